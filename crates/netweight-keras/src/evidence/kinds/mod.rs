//! THE kinds that stored variables tell: one row each, with the variables' names in the order
//! in which Keras numbers them, and what their shapes say.

mod conv;
mod dense;
mod embedding;
mod norm;
mod recurrent;

use netweight_core::Args;

use self::conv::{conv, conv_lstm, conv_transpose, depthwise_conv, separable_conv};
use self::dense::{dense, einsum_dense, quantized_dense};
use self::embedding::{quantized_embedding, reversible, table};
use self::norm::{batch_norm, group_norm, layer_norm};
use self::recurrent::recurrent;
use super::row::{Row, biased, row, shape, sizes};

const KERNEL: &[&[&str]] = &[&["kernel"], &["kernel", "bias"]];
const RECURRENT: &[&[&str]] =
    &[&["kernel", "recurrent_kernel"], &["kernel", "recurrent_kernel", "bias"]];
const LSTM: &[&[&str]] = &[
    &["kernel", "recurrent_kernel"],
    &["kernel", "recurrent_kernel", "bias"],
    &["W_i", "U_i", "b_i", "W_c", "U_c", "b_c", "W_f", "U_f", "b_f", "W_o", "U_o", "b_o"],
];
const GRU: &[&[&str]] = &[
    &["kernel", "recurrent_kernel"],
    &["kernel", "recurrent_kernel", "bias"],
    &["W_z", "U_z", "b_z", "W_r", "U_r", "b_r", "W_h", "U_h", "b_h"],
];
const SCALED: &[&[&str]] = &[&["gamma", "beta"], &["gamma"], &["beta"]];

/// In the order in which they are tried where no name tells the class.
pub(super) static ROWS: &[Row] = &[
    Row { is_plain: |found| found.has("bias"), ..row("dense", KERNEL, dense) },
    row(
        "quantized_dense",
        &[&["kernel", "kernel_scale"], &["kernel", "bias", "kernel_scale"]],
        quantized_dense,
    ),
    Row {
        is_plain: |found| found.has("bias") && found.rank("kernel") > 3,
        ..row("conv", KERNEL, conv)
    },
    Row {
        is_plain: |found| found.has("bias") && found.rank("kernel") > 3,
        ..row(
            "depthwise_conv",
            &[
                &["depthwise_kernel"],
                &["depthwise_kernel", "bias"],
                &["kernel"],
                &["kernel", "bias"],
            ],
            depthwise_conv,
        )
    },
    Row {
        is_plain: |found| found.has("bias") && found.rank("kernel") > 3,
        ..row("conv_transpose", KERNEL, conv_transpose)
    },
    row("einsum_dense", KERNEL, einsum_dense),
    Row {
        is_plain: |_| true,
        ..row(
            "separable_conv",
            &[
                &["depthwise_kernel", "pointwise_kernel"],
                &["depthwise_kernel", "pointwise_kernel", "bias"],
            ],
            separable_conv,
        )
    },
    Row { is_plain: |_| true, ..row("lstm", LSTM, |found| recurrent(found, 4)) },
    Row { is_plain: |_| true, ..row("gru", GRU, |found| recurrent(found, 3)) },
    Row { is_plain: |_| true, ..row("simple_rnn", RECURRENT, |found| recurrent(found, 1)) },
    Row { is_plain: |_| true, ..row("conv_lstm", RECURRENT, conv_lstm) },
    row("embedding", &[&["embeddings"]], |found| table(found, "vocabulary_size")),
    row("position_embedding", &[&["embeddings"]], |found| table(found, "sequence_length")),
    row(
        "reversible_embedding",
        &[&["embeddings"], &["embeddings", "reverse_embeddings"]],
        reversible,
    ),
    row("quantized_embedding", &[&["embeddings", "embeddings_scale"]], quantized_embedding),
    Row {
        is_plain: |found| found.has("gamma") && found.has("beta"),
        ..row(
            "batch_norm",
            &[
                &["gamma", "beta", "moving_mean", "moving_variance"],
                &["beta", "moving_mean", "moving_variance"],
                &["gamma", "moving_mean", "moving_variance"],
                &["moving_mean", "moving_variance"],
                &[
                    "gamma",
                    "beta",
                    "moving_mean",
                    "moving_variance",
                    "moving_stddev",
                    "renorm_mean",
                    "renorm_stddev",
                ],
                &[
                    "beta",
                    "moving_mean",
                    "moving_variance",
                    "moving_stddev",
                    "renorm_mean",
                    "renorm_stddev",
                ],
                &[
                    "gamma",
                    "moving_mean",
                    "moving_variance",
                    "moving_stddev",
                    "renorm_mean",
                    "renorm_stddev",
                ],
                &[
                    "moving_mean",
                    "moving_variance",
                    "moving_stddev",
                    "renorm_mean",
                    "renorm_stddev",
                ],
            ],
            batch_norm,
        )
    },
    Row {
        is_plain: |found| found.has("beta") && found.has("gamma"),
        ..row("layer_norm", SCALED, layer_norm)
    },
    row("group_norm", SCALED, group_norm),
    row("layer_scale", &[&["gamma"]], |found| match found.get("gamma")? {
        [channels] => sizes([("channels", *channels)]),
        _ => None,
    }),
    row("rms_norm", &[&["scale"]], |found| shape(found, "scale", "normalized_shape")),
    row("feature_norm", &[&["mean", "variance", "count"]], |found| {
        shape(found, "mean", "normalized_shape")
            .filter(|_| found.get("mean") == found.get("variance"))
    }),
    row("prelu", &[&["alpha"]], |found| shape(found, "alpha", "slope_shape")),
    row("learned_activation", &[&["t_left", "a_left", "t_right", "a_right"]], |found| {
        Some(shape(found, "t_left", "slope_shape")?.with("tensors", 4))
    }),
    row("learned_activation", &[&["alpha", "betas"]], |found| {
        Some(shape(found, "alpha", "slope_shape")?.with("tensors", 2))
    }),
    row(
        "attention",
        &[&["scale"], &["concat_score_weight"], &["scale", "concat_score_weight"]],
        |found| {
            let scalars = ["scale", "concat_score_weight"].iter().all(|name| found.fits(name, &[]));
            scalars.then(|| {
                Args::default()
                    .with("scale", found.has("scale"))
                    .with("concat_score", found.has("concat_score_weight"))
            })
        },
    ),
    row("additive_attention", &[&["scale"]], |found| match found.get("scale")? {
        [features] => sizes([("features", *features)]),
        _ => None,
    }),
    row("maxout", &[&["kernel"], &["kernel", "bias"]], |found| {
        let [features, inputs, outputs] = found.get("kernel")? else { return None };
        let args = [("features", *features), ("input_size", *inputs), ("output_size", *outputs)];
        let fits = found.fits("bias", &[*features, *outputs]);
        biased(found, sizes(args)?).filter(|_| fits)
    }),
    row(
        "highway",
        &[&["kernel", "carry_kernel"], &["kernel", "carry_kernel", "bias", "carry_bias"]],
        |found| match found.get("kernel")? {
            [inputs, outputs] if inputs == outputs => {
                biased(found, sizes([("input_size", *inputs)])?)
            }
            _ => None,
        },
    ),
];
