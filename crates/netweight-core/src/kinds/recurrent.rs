//! Recurrent layers: a cell of g dense networks, run along a sequence.

use super::{last_dim, unknown};
use crate::kind::{
    ArgRow, Each, Example, Fallback, Kind, WeightRow, arg, count, flag, option, size, weight,
};
use crate::site::{Outputs, Site};
use crate::{Arg, Convention, Dim, Role, Shape};

const HIDDEN: ArgRow = size("h", "hidden_size", "hidden units");
const INPUT: ArgRow = size("i", "input_size", "input size").from(last_dim);
const DIRECTIONS: ArgRow = count("d", "directions", 1, "directions along the sequence");
const BIAS: ArgRow = flag("bias", true, "a bias in every gate");
const SEQUENCES: ArgRow = arg(
    "return_sequences",
    "return_sequences",
    Fallback::By(|convention| Arg::Flag(convention != Convention::Keras)),
    "whether every time step is given, not only the last",
);
const STATE: ArgRow = flag("return_state", false, "whether the last states are given too");
const MERGE: ArgRow = option("merge_mode", "how directions come together: `concat`, `sum`, `none`");
const TIME_FIRST: ArgRow = flag("time_first", false, "whether time stands before the batch");

/// Bias vectors per gate: PyTorch and ONNX keep one for the input and one for the state.
const BIASES: ArgRow = arg(
    "b",
    "bias_vectors",
    Fallback::By(|convention| Arg::Int(if two_biases(convention) { 2 } else { 1 })),
    "bias vectors per gate",
);

const fn two_biases(convention: Convention) -> bool {
    matches!(convention, Convention::PyTorch | Convention::Onnx)
}

const KERNEL: WeightRow = weight("kernel", Role::Kernel, "[i, g × h]").each(Each::Direction);
const RECURRENT: WeightRow =
    weight("recurrent_kernel", Role::RecurrentKernel, "[h, g × h]").each(Each::Direction);
const BIAS_WEIGHT: WeightRow =
    weight("bias", Role::Bias, "[b × g × h]").when("bias").each(Each::Direction);

pub(super) static KINDS: &[Kind] = &[
    Kind {
        name: "simple_rnn",
        aliases: &["rnn", "elman"],
        title: "simple recurrent layer",
        phrase: "{h} units on {i} features",
        summary: "one dense network of input and state, run along the sequence",
        source: "Keras SimpleRNN, PyTorch nn.RNN, ONNX RNN",
        args: &[
            INPUT,
            HIDDEN,
            count("g", "gates", 1, "dense networks in one cell"),
            BIAS,
            BIASES,
            DIRECTIONS,
            SEQUENCES,
            STATE,
            MERGE,
            TIME_FIRST,
        ],
        formula: "d? × g × [h(h + i) + b? × h{bias}]",
        weights: &[KERNEL, RECURRENT, BIAS_WEIGHT],
        shape: |site| sequence(site, 1),
        ..Kind::PLAIN
    },
    Kind {
        name: "gru",
        title: "GRU",
        phrase: "{h} units on {i} features",
        summary: "a gated recurrent unit: reset and update gates beside the candidate",
        source: "Keras GRU, PyTorch nn.GRU, ONNX GRU",
        args: &[
            INPUT,
            HIDDEN,
            count("g", "gates", 3, "dense networks in one cell (update, reset, candidate)"),
            BIAS,
            arg(
                "reset_after",
                "reset_after",
                Fallback::By(|convention| Arg::Flag(convention == Convention::Keras)),
                "the reset gate acts behind the recurrent product, which takes a second bias",
            ),
            BIASES.from(|site| site.args.flag("reset_after").then_some(Arg::Int(2))),
            DIRECTIONS,
            SEQUENCES,
            STATE,
            MERGE,
            TIME_FIRST,
        ],
        formula: "d? × g × [h(h + i) + b? × h{bias}]",
        weights: &[KERNEL, RECURRENT, BIAS_WEIGHT],
        shape: |site| sequence(site, 1),
        examples: &[Example {
            args: &[("h", Arg::Int(5)), ("i", Arg::Int(8)), ("d", Arg::Int(2))],
            by_hand: "2 × 3 × [5(5 + 8) + 5]",
            parameters: 420,
        }],
        ..Kind::PLAIN
    },
    Kind {
        name: "lstm",
        title: "LSTM",
        phrase: "{h} units on {i} features",
        summary: "long short-term memory: three gates and a cell state",
        source: "Keras LSTM, PyTorch nn.LSTM (with proj_size), ONNX LSTM (with peepholes)",
        args: &[
            INPUT,
            HIDDEN,
            count("g", "gates", 4, "dense networks in one cell (input, forget, cell, output)"),
            BIAS,
            BIASES,
            DIRECTIONS,
            option("projection_size", "size that the state is projected to").symbol("p"),
            flag("peephole", false, "weights from the cell state to the three gates"),
            SEQUENCES,
            STATE,
            MERGE,
            TIME_FIRST,
        ],
        formula: "d? × (g × [h(h{!p} + p{p} + i) + b? × h{bias}] + 3 × h{peephole} + h × p{p})",
        weights: &[
            KERNEL,
            RECURRENT.when("!p"),
            weight("recurrent_kernel", Role::RecurrentKernel, "[p, g × h]")
                .when("p")
                .each(Each::Direction),
            BIAS_WEIGHT,
            weight("peephole", Role::Peephole, "[3 × h]").when("peephole").each(Each::Direction),
            weight("projection", Role::Kernel, "[h, p]").when("p").each(Each::Direction),
        ],
        shape: |site| sequence(site, 2),
        examples: &[Example {
            args: &[("h", Arg::Int(2)), ("i", Arg::Int(3))],
            by_hand: "4 × [2(2 + 3) + 2]",
            parameters: 48,
        }],
        ..Kind::PLAIN
    },
];

/// All steps or the last one, directions merged; then the states where they are asked for.
fn sequence(site: &Site, states: usize) -> Outputs {
    let hidden = site.size("projection_size").or(site.size("hidden_size"));
    let directions = site.size("directions").unwrap_or(1);
    let concatenated = matches!(site.args.text("merge_mode"), None | Some("concat"));
    let width = if concatenated {
        hidden.and_then(|hidden| hidden.checked_mul(directions))
    } else {
        hidden
    };
    let Some(input) = site.input() else { return unknown() };
    let (time, batch) = if site.args.flag("time_first") { (0, 1) } else { (1, 0) };
    let batch_dim = input.axis(batch).filter(|_| input.len() > 2 || batch == 0).cloned();
    let last = |width: Option<u64>| -> Shape {
        batch_dim.iter().cloned().chain([Dim::from(width)]).collect()
    };
    let output = match site.args.flag("return_sequences") && input.len() > time {
        true => input.with(-1, width.into()),
        false => last(width),
    };
    let states = if site.args.flag("return_state") { states } else { 0 };
    let per_direction = usize::try_from(directions).unwrap_or(usize::MAX).min(2);
    let state = last(hidden);
    Ok(std::iter::once(output)
        .chain(std::iter::repeat_n(state, states * per_direction))
        .map(Some)
        .collect())
}
