//! Layers that hold other layers.

use super::{one, stated_only, steps, unknown};
use crate::kind::{ArgRow, Inner, Kind, flag, option, size, weight};
use crate::site::{Outputs, Site};
use crate::{Arg, Role, Shape};

const MERGE: ArgRow =
    option("merge_mode", "how the directions come together: `concat`, `sum`, `ave`, `mul`, `none`");

pub(super) static KINDS: &[Kind] = &[
    Kind {
        name: "bidirectional",
        title: "bidirectional layer",
        summary: "two recurrent layers, one for each direction along the sequence",
        source: "Keras Bidirectional",
        args: &[
            MERGE,
            flag("forward_width", false, "a concatenation is as wide as two forward layers"),
        ],
        formula: "inner",
        inner: Inner::Each,
        shape: bidirectional,
        ..Kind::PLAIN
    },
    Kind {
        name: "time_distributed",
        title: "time-distributed layer",
        summary: "the same layer at every step of a sequence",
        source: "Keras TimeDistributed",
        formula: "inner",
        inner: Inner::Step,
        shape: time_distributed,
        ..Kind::PLAIN
    },
    Kind {
        name: "recurrent_cells",
        aliases: &["stacked_rnn_cells"],
        title: "stacked recurrent cells",
        summary: "recurrent cells on top of each other, run along a sequence",
        source: "Keras RNN and StackedRNNCells",
        args: &[
            flag("return_sequences", false, "whether every time step is given, not only the last"),
            flag("return_state", false, "whether the last states are given too"),
        ],
        formula: "inner",
        inner: Inner::Cells,
        shape: recurrent_cells,
        ..Kind::PLAIN
    },
    Kind {
        name: "spectral_norm",
        aliases: &["spectral_normalization"],
        title: "spectral normalization",
        summary: "keeps a layer's largest singular value at one, by a vector of a power iteration",
        source: "Keras SpectralNormalization, Miyato et al. 2018",
        args: &[size("u", "vector_size", "last dimension of the wrapped kernel").from(|site| {
            let weights = &site.inner.first()?.weights;
            let table = |role| matches!(role, Role::Kernel | Role::Embedding);
            let kernel = weights.iter().find(|weight| table(weight.role))?;
            kernel.shape.as_ref()?.last().copied().and_then(Arg::size)
        })],
        formula: "inner + u",
        weights: &[weight("vector_u", Role::State, "[1, u]").statistic()],
        inner: Inner::Each,
        shape: |site| site.inner.first().map_or_else(unknown, |inner| Ok(inner.outputs.clone())),
        ..Kind::PLAIN
    },
    Kind {
        name: "model",
        aliases: &["sequential", "functional"],
        title: "model",
        summary: "a graph of layers used as one",
        source: "Keras Sequential and Functional inside another model",
        formula: "inner",
        inner: Inner::Graph,
        shape: |site| site.inner.last().map_or_else(unknown, |last| Ok(last.outputs.clone())),
        ..Kind::PLAIN
    },
    Kind {
        name: "opaque",
        aliases: &["lambda", "custom"],
        title: "layer of unknown kind",
        summary: "a layer whose shape and weights only its own code knows",
        source: "Keras Lambda and custom layers",
        shape: stated_only,
        ..Kind::PLAIN
    },
];

/// Sequences or last steps of both directions, concatenated by default.
fn bidirectional(site: &Site) -> Outputs {
    let Some(forward) = site.inner.first() else { return unknown() };
    let Some((output, states)) = forward.outputs.split_first() else { return unknown() };
    let backward = match site.args.flag("forward_width") {
        true => output,
        false => site.inner.last().and_then(|last| last.outputs.first()).unwrap_or(output),
    };
    let states = states.iter().chain(states).cloned();
    let merged = match site.args.text("merge_mode").unwrap_or("concat") {
        "none" => vec![output.clone(), backward.clone()],
        "concat" => {
            let width = |shape: &Option<Shape>| shape.as_ref()?.last()?.known();
            let both = width(output).zip(width(backward)).and_then(|(a, b)| a.checked_add(b));
            vec![output.as_ref().map(|shape| shape.with(-1, both.into()))]
        }
        _ => vec![output.clone()],
    };
    Ok(merged.into_iter().chain(states).collect())
}

/// The wrapped layer's output with the sequence's length put back behind the batch.
fn time_distributed(site: &Site) -> Outputs {
    let Some(step) = site.inner.last().and_then(|inner| inner.outputs.first()?.as_ref()) else {
        return unknown();
    };
    one(step.inserted(1, steps(site)))
}

/// The last cell's output, at every step or the last; then each cell's states.
fn recurrent_cells(site: &Site) -> Outputs {
    let Some(last) = site.inner.last() else { return unknown() };
    let output = last.outputs.first().cloned().flatten();
    let sequence = output.as_ref().map(|shape| shape.inserted(1, steps(site)));
    let result = if site.args.flag("return_sequences") { sequence } else { output };
    let states = site.inner.iter().flat_map(|cell| {
        let count = if cell.kind.is_some_and(|kind| kind.name == "lstm") { 2 } else { 1 };
        std::iter::repeat_n(cell.outputs.first().cloned().flatten(), count)
    });
    let states = states.filter(|_| site.args.flag("return_state"));
    Ok(std::iter::once(result).chain(states).collect())
}
