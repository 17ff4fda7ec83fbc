//! Dense layers: every input meets every output.

use std::borrow::Cow;

use super::einsum;
use super::{LORA, last_dim, last_dim_of, one, replace_last, unknown};
use crate::kind::{Each, Example, Fallback, Kind, arg, flag, option, size, weight};
use crate::site::{Outputs, Site};
use crate::{Arg, Role};

const BIAS: &str = "a bias for each output";

pub(super) static KINDS: &[Kind] = &[
    Kind {
        name: "dense",
        aliases: &["linear", "fully_connected", "fc", "gemm", "matmul"],
        title: "dense layer",
        phrase: "{o} outputs on {i} inputs",
        summary: "every output is a weighted sum of all inputs",
        source: "Keras Dense, PyTorch nn.Linear, ONNX Gemm and MatMul",
        args: &[
            size("i", "input_size", "inputs").from(last_dim),
            size("o", "output_size", "outputs"),
            flag("bias", true, BIAS),
            LORA,
        ],
        formula: "i × o + (i × r + r × o){r} + o{bias}",
        weights: &[
            weight("kernel", Role::Kernel, "[i, o]").when("!r"),
            weight("kernel", Role::Kernel, "[i, o]").when("r").statistic(),
            weight("lora_kernel_a", Role::Kernel, "[i, r]").when("r"),
            weight("lora_kernel_b", Role::Kernel, "[r, o]").when("r"),
            weight("bias", Role::Bias, "[o]").when("bias"),
        ],
        shape: |site| replace_last(site, site.dim("output_size")),
        examples: &[Example {
            args: &[("i", Arg::Int(512)), ("o", Arg::Int(1000))],
            by_hand: "512 × 1000 + 1000",
            parameters: 513_000,
        }],
        ..Kind::PLAIN
    },
    Kind {
        name: "ffnn",
        aliases: &["mlp", "feed_forward"],
        title: "feed-forward network",
        phrase: "{i} inputs, layers of {h}, {o} outputs",
        summary: "a chain of dense layers, each feeding the next",
        source: "the sum of its dense layers",
        args: &[
            size("i", "input_size", "inputs").from(last_dim),
            arg(
                "h",
                "hidden_sizes",
                Fallback::Is(Arg::List(Cow::Borrowed(&[]))),
                "sizes of the hidden layers",
            ),
            size("o", "output_size", "outputs"),
            flag("bias", true, "a bias for each hidden unit and output"),
        ],
        formula: "(pairs(i, h, o)) + (sum(h, o)){bias}",
        weights: &[
            weight("kernel", Role::Kernel, "[a, b]").each(Each::Link),
            weight("bias", Role::Bias, "[b]").when("bias").each(Each::Link),
        ],
        shape: |site| replace_last(site, site.dim("output_size")),
        examples: &[Example {
            args: &[("i", Arg::Int(3)), ("h", Arg::Int(5)), ("o", Arg::Int(2))],
            by_hand: "(3 × 5 + 5 × 2) + (5 + 2)",
            parameters: 32,
        }],
        ..Kind::PLAIN
    },
    Kind {
        name: "bilinear",
        title: "bilinear layer",
        phrase: "{o} outputs on {i} and {j} inputs",
        summary: "every output is a weighted sum of the products of two inputs' features",
        source: "PyTorch nn.Bilinear",
        args: &[
            size("i", "input_size", "features of the first input").from(last_dim),
            size("j", "second_input_size", "features of the second input")
                .from(|site| last_dim_of(site, 1)),
            size("o", "output_size", "outputs"),
            flag("bias", true, BIAS),
        ],
        formula: "i × j × o + o{bias}",
        weights: &[
            weight("kernel", Role::Kernel, "[o, i, j]"),
            weight("bias", Role::Bias, "[o]").when("bias"),
        ],
        shape: |site| replace_last(site, site.dim("output_size")),
        ..Kind::PLAIN
    },
    Kind {
        name: "maxout",
        aliases: &["maxout_dense"],
        title: "maxout layer",
        phrase: "{o} outputs on {i} inputs, the largest of {k}",
        summary: "the largest of several dense layers side by side",
        source: "Keras 1 MaxoutDense, Goodfellow et al. 2013",
        args: &[
            size("i", "input_size", "inputs").from(last_dim),
            size("o", "output_size", "outputs"),
            size("k", "features", "dense layers to choose from"),
            flag("bias", true, BIAS),
        ],
        formula: "k × [i × o + o{bias}]",
        weights: &[
            weight("kernel", Role::Kernel, "[k, i, o]"),
            weight("bias", Role::Bias, "[k, o]").when("bias"),
        ],
        shape: |site| replace_last(site, site.dim("output_size")),
        ..Kind::PLAIN
    },
    Kind {
        name: "experts",
        aliases: &["mixture_of_experts"],
        title: "experts",
        summary: "dense layers side by side, of which a router chooses for each token",
        source: "Keras Hub's Mixtral",
        args: &[
            size("i", "input_size", "inputs").from(last_dim),
            size("o", "output_size", "outputs"),
            size("e", "experts", "dense layers to choose from"),
            flag("bias", true, BIAS),
        ],
        formula: "e × [i × o + o{bias}]",
        weights: &[
            weight("kernel", Role::Kernel, "[e, i, o]"),
            weight("bias", Role::Bias, "[e, o]").when("bias"),
        ],
        shape: |site| replace_last(site, site.dim("output_size")),
        ..Kind::PLAIN
    },
    Kind {
        name: "highway",
        title: "highway layer",
        phrase: "{i} outputs on {i} inputs",
        summary: "a dense layer and a gate that lets the input pass beside it",
        source: "Keras 1 Highway, Srivastava et al. 2015",
        args: &[
            size("i", "input_size", "inputs and outputs").from(last_dim),
            flag("bias", true, BIAS),
        ],
        formula: "2 × [i × i + i{bias}]",
        weights: &[
            weight("kernel", Role::Kernel, "[i, i]"),
            weight("bias", Role::Bias, "[i]").when("bias"),
            weight("carry_kernel", Role::Kernel, "[i, i]"),
            weight("carry_bias", Role::Bias, "[i]").when("bias"),
        ],
        ..Kind::PLAIN
    },
    Kind {
        name: "random_features",
        aliases: &["random_fourier_features"],
        title: "random Fourier features",
        phrase: "{o} outputs on {i} inputs",
        summary: "cosines of a fixed random projection, whose scale alone can be learned",
        source: "Keras 2 RandomFourierFeatures, Rahimi and Recht 2007",
        args: &[
            size("i", "input_size", "inputs").from(last_dim),
            size("o", "output_size", "outputs"),
        ],
        formula: "i × o + o + 1",
        weights: &[
            weight("unscaled_kernel", Role::Kernel, "[i, o]").statistic(),
            weight("bias", Role::Bias, "[o]").statistic(),
            weight("kernel_scale", Role::Scale, "[1]"),
        ],
        shape: |site| replace_last(site, site.dim("output_size")),
        ..Kind::PLAIN
    },
    Kind {
        name: "einsum_dense",
        title: "dense layer by an equation",
        summary: "an einsum of the input with a kernel, whose sizes the equation gives",
        source: "Keras EinsumDense",
        args: &[
            option("equation", "the einsum, such as `abc,cd->abd`"),
            option(
                "output_shape",
                "the output's dimensions without the batch, -1 for an open one, 0 for the input's",
            ),
            option("bias_axes", "the output's axes that the bias has"),
            size("s", "kernel_sizes", "sizes of the kernel").from(einsum::kernel_sizes),
            option("bias_sizes", "sizes of the bias").symbol("b").from(einsum::bias_sizes),
            LORA,
            option("lora_sizes", "sizes of the first low-rank matrix")
                .symbol("f")
                .from(einsum::lora_sizes),
            option("last_size", "last size of the kernel").symbol("l").from(einsum::last_size),
        ],
        formula: "prod(s) + (prod(f) + r × l){r} + prod(b){b}",
        weights: &[
            weight("kernel", Role::Kernel, "[s...]").when("!r"),
            weight("kernel", Role::Kernel, "[s...]").when("r").statistic(),
            weight("lora_kernel_a", Role::Kernel, "[f...]").when("r"),
            weight("lora_kernel_b", Role::Kernel, "[r, l]").when("r"),
            weight("bias", Role::Bias, "[b...]").when("b"),
        ],
        shape: einsum_shape,
        ..Kind::PLAIN
    },
];

pub(super) fn einsum_shape(site: &Site) -> Outputs {
    einsum::output(site).map_or_else(unknown, one)
}
