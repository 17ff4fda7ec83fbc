//! Layers as Keras keeps them once they are quantized: packed kernels, scales, zero points.
//! Keras counts all of them as parameters, and trains none but biases and adaptations.

use super::{LORA, dense, einsum, embedding, last_dim, replace_last};
use crate::Role;
use crate::kind::{ArgRow, Kind, WeightRow, count, flag, option, size, weight};

const INPUTS: ArgRow = size("i", "input_size", "inputs").from(last_dim);
const OUTPUTS: ArgRow = size("o", "output_size", "outputs");
const BIAS: ArgRow = flag("bias", true, "a bias for each output, not quantized");
const GROUPS: ArgRow =
    count("c", "scale_groups", 1, "scales for each output or entry").from(groups);
const LORA_SIZES: ArgRow =
    option("lora_sizes", "sizes of the first low-rank matrix").symbol("f").from(einsum::lora_sizes);
const LAST_SIZE: ArgRow =
    option("last_size", "last size of the kernel").symbol("l").from(einsum::last_size);
const BLOCK: ArgRow = option("block_size", "inputs that share a scale");
const ZERO: ArgRow =
    flag("zero_points", false, "a zero point beside each scale, and a group for each input");
const PACKED: ArgRow = size("k", "stored_size", "stored values in place of the last size");
const HISTORY: ArgRow = count("a", "history", 1024, "largest values remembered of each tensor");
const EQUATION: ArgRow = option("equation", "the einsum, such as `abc,cd->abd`");
const SHAPE: ArgRow = option("output_shape", "the output's dimensions, -1 for an open one");
const AXES: ArgRow = option("bias_axes", "the output's axes that the bias has");
const KERNEL: ArgRow = size("s", "kernel_sizes", "sizes of the kernel before it was quantized")
    .from(einsum::kernel_sizes);
const BIASES: ArgRow =
    option("bias_sizes", "sizes of the bias").symbol("b").from(einsum::bias_sizes);
const INPUTS_SCALE: WeightRow = weight("inputs_scale", Role::Scale, "[1]");
const INPUTS_HISTORY: WeightRow = weight("inputs_amax_history", Role::State, "[a]");
const KERNEL_SCALE: WeightRow = weight("kernel_scale", Role::Scale, "[1]");
const KERNEL_HISTORY: WeightRow = weight("kernel_amax_history", Role::State, "[a]");
const GRADIENT_SCALE: WeightRow = weight("outputs_grad_scale", Role::Scale, "[1]");
const GRADIENT_HISTORY: WeightRow = weight("outputs_grad_amax_history", Role::State, "[a]");
const SOURCE: &str = "Keras 3 `quantize`";

pub(super) static KINDS: &[Kind] = &[
    Kind {
        name: "quantized_dense",
        title: "quantized dense layer",
        phrase: "{o} outputs on {i} inputs",
        summary: "a dense layer of whole numbers with a scale for each output",
        source: SOURCE,
        args: &[INPUTS, OUTPUTS, PACKED, BLOCK, GROUPS, ZERO, BIAS, LORA],
        formula: "i × k + c? × o + (c? × o + i){zero_points} + (i × r + r × o){r} + o{bias}",
        weights: &[
            weight("kernel", Role::Kernel, "[i, k]").statistic(),
            weight("kernel_scale", Role::Scale, "[c, o]").statistic(),
            weight("kernel_zero", Role::ZeroPoint, "[c, o]").when("zero_points").statistic(),
            weight("g_idx", Role::State, "[i]").when("zero_points").statistic(),
            weight("lora_kernel_a", Role::Kernel, "[i, r]").when("r"),
            weight("lora_kernel_b", Role::Kernel, "[r, o]").when("r"),
            weight("bias", Role::Bias, "[o]").when("bias"),
        ],
        shape: |site| replace_last(site, site.dim("output_size")),
        ..Kind::PLAIN
    },
    Kind {
        name: "quantized_einsum_dense",
        title: "quantized dense layer by an equation",
        phrase: "{o} outputs on {i} inputs",
        summary: "an einsum with a kernel of whole numbers and a scale for each output",
        source: SOURCE,
        args: &[
            EQUATION,
            SHAPE,
            AXES,
            KERNEL,
            BIASES,
            size("i", "input_size", "inputs of the kernel as a matrix")
                .from(|site| einsum::kernel_product(site, false)),
            size("o", "output_size", "its outputs").from(|site| einsum::kernel_product(site, true)),
            size("k", "stored_size", "stored values in place of its outputs").from(stored_outputs),
            flag("packed", false, "two values in each stored one"),
            BLOCK,
            GROUPS,
            ZERO,
            LORA,
            LORA_SIZES,
            LAST_SIZE,
        ],
        formula: "i × k + c? × o + (c? × o + i){zero_points} + (prod(f) + r × l){r} + prod(b){b}",
        weights: &[
            weight("kernel", Role::Kernel, "[i, k]").statistic(),
            weight("kernel_scale", Role::Scale, "[c, o]").statistic(),
            weight("kernel_zero", Role::ZeroPoint, "[c, o]").when("zero_points").statistic(),
            weight("g_idx", Role::State, "[i]").when("zero_points").statistic(),
            weight("lora_kernel_a", Role::Kernel, "[f...]").when("r"),
            weight("lora_kernel_b", Role::Kernel, "[r, l]").when("r"),
            weight("bias", Role::Bias, "[b...]").when("b"),
        ],
        shape: dense::einsum_shape,
        ..Kind::PLAIN
    },
    Kind {
        name: "quantized_embedding",
        title: "quantized embedding",
        phrase: "{v} entries of {d} values",
        summary: "a table of whole numbers with a scale for each entry",
        source: SOURCE,
        args: &[
            size("v", "vocabulary_size", "entries"),
            size("d", "embedding_size", "values per entry"),
            PACKED,
            BLOCK,
            GROUPS,
            ZERO,
            flag("untied", false, "a table of its own for the way back"),
            LORA,
        ],
        formula: "v × k + c? × v + (c? × v + d){zero_points} + (k × v + c? × v + (c? × v){zero_points}){untied} + (v × r + r × d){r}",
        weights: &[
            weight("embeddings", Role::Embedding, "[v, k]").statistic(),
            weight("embeddings_scale", Role::Scale, "[v, c]").statistic(),
            weight("embeddings_zero", Role::ZeroPoint, "[v, c]").when("zero_points").statistic(),
            weight("g_idx", Role::State, "[d]").when("zero_points").statistic(),
            weight("reverse_embeddings", Role::Embedding, "[k, v]").when("untied").statistic(),
            weight("reverse_embeddings_scale", Role::Scale, "[c, v]").when("untied").statistic(),
            weight("reverse_embeddings_zero", Role::ZeroPoint, "[c, v]")
                .when("untied && zero_points")
                .statistic(),
            weight("lora_embeddings_a", Role::Embedding, "[v, r]").when("r"),
            weight("lora_embeddings_b", Role::Kernel, "[r, d]").when("r"),
        ],
        shape: embedding::looked_up,
        ..Kind::PLAIN
    },
    Kind {
        name: "float8_dense",
        title: "dense layer in 8-bit floats",
        phrase: "{o} outputs on {i} inputs",
        summary: "a dense layer with a scale and a history of largest values for each of its tensors",
        source: SOURCE,
        args: &[INPUTS, OUTPUTS, BIAS, HISTORY, LORA],
        formula: "i × o + (i × r + r × o){r} + o{bias} + 3 × (1 + a)",
        weights: &[
            weight("kernel", Role::Kernel, "[i, o]").when("!r"),
            weight("kernel", Role::Kernel, "[i, o]").when("r").statistic(),
            weight("lora_kernel_a", Role::Kernel, "[i, r]").when("r"),
            weight("lora_kernel_b", Role::Kernel, "[r, o]").when("r"),
            weight("bias", Role::Bias, "[o]").when("bias"),
            INPUTS_SCALE,
            INPUTS_HISTORY,
            KERNEL_SCALE,
            KERNEL_HISTORY,
            GRADIENT_SCALE,
            GRADIENT_HISTORY,
        ],
        shape: |site| replace_last(site, site.dim("output_size")),
        ..Kind::PLAIN
    },
    Kind {
        name: "float8_einsum_dense",
        title: "dense layer by an equation in 8-bit floats",
        summary: "an einsum with a scale and a history of largest values for each of its tensors",
        source: SOURCE,
        args: &[EQUATION, SHAPE, AXES, KERNEL, BIASES, HISTORY, LORA, LORA_SIZES, LAST_SIZE],
        formula: "prod(s) + (prod(f) + r × l){r} + prod(b){b} + 3 × (1 + a)",
        weights: &[
            weight("kernel", Role::Kernel, "[s...]").when("!r"),
            weight("kernel", Role::Kernel, "[s...]").when("r").statistic(),
            weight("lora_kernel_a", Role::Kernel, "[f...]").when("r"),
            weight("lora_kernel_b", Role::Kernel, "[r, l]").when("r"),
            weight("bias", Role::Bias, "[b...]").when("b"),
            INPUTS_SCALE,
            INPUTS_HISTORY,
            KERNEL_SCALE,
            KERNEL_HISTORY,
            GRADIENT_SCALE,
            GRADIENT_HISTORY,
        ],
        shape: dense::einsum_shape,
        ..Kind::PLAIN
    },
];

/// The kernel's columns, or half of them where two share a byte.
fn stored_outputs(site: &crate::Site) -> Option<crate::Arg> {
    let columns = site.size("output_size")?;
    crate::Arg::size(if site.args.flag("packed") { columns.div_ceil(2) } else { columns })
}

/// A scale for each block of inputs; those of a table are the values of an entry.
fn groups(site: &crate::Site) -> Option<crate::Arg> {
    let block = site.size("block_size").filter(|block| *block > 0)?;
    let inputs = site.size("input_size").or_else(|| site.size("embedding_size"))?;
    crate::Arg::size(inputs.div_ceil(block))
}
