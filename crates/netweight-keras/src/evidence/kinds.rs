//! THE kinds that stored variables tell: one row each, with the variables' names in the order
//! in which Keras numbers them, and what their shapes say.

use netweight_core::{Arg, Args, DType};

use super::part::Variable;

/// A kind, by its variables.
pub(super) struct Row {
    pub(super) kind: &'static str,
    /// Which variables there may be, in order.
    pub(super) names: &'static [&'static [&'static str]],
    /// The sizes by the variables' shapes; none where these do not fit each other.
    pub(super) measure: fn(&Variables) -> Option<Args>,
    /// Whether numbered variables of such shapes can hardly be of another kind.
    pub(super) is_plain: fn(&Variables) -> bool,
}

/// The variables of one layer, named.
pub(super) struct Variables<'v>(Vec<(&'static str, &'v Variable<'v>)>);

impl<'v> Variables<'v> {
    /// Variables under the names of a row's choice: their own, else by their numbers.
    pub(super) fn named(variables: &'v [Variable<'v>], names: &[&'static str]) -> Option<Self> {
        if variables.len() != names.len() {
            return None;
        }
        let of = |(name, numbered): (&'static str, &'v Variable<'v>)| match numbered.name {
            Some(_) => {
                let own = variables.iter().find(|variable| variable.name == Some(name))?;
                Some((name, own))
            }
            None => Some((name, numbered)),
        };
        names.iter().copied().zip(variables).map(of).collect::<Option<_>>().map(Self)
    }

    fn get(&self, name: &str) -> Option<&'v [u64]> {
        self.find(name).map(|variable| variable.shape)
    }

    fn find(&self, name: &str) -> Option<&'v Variable<'v>> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, variable)| *variable)
    }

    fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Whether a variable is not there, or of that shape.
    fn fits(&self, name: &str, shape: &[u64]) -> bool {
        self.get(name).is_none_or(|found| found == shape)
    }

    fn rank(&self, name: &str) -> usize {
        self.get(name).map_or(0, <[u64]>::len)
    }

    /// Whether a variable holds whole numbers, as quantized ones do.
    fn is_whole(&self, name: &str) -> bool {
        let whole = |dtype| matches!(dtype, DType::Int8 | DType::UInt8 | DType::Int4);
        self.find(name).is_some_and(|variable| whole(variable.dtype))
    }
}

/// Sizes under the names of arguments.
fn sizes<const N: usize>(sizes: [(&'static str, u64); N]) -> Option<Args> {
    sizes
        .into_iter()
        .try_fold(Args::default(), |args, (name, size)| Some(args.with(name, Arg::size(size)?)))
}

const NEVER: fn(&Variables) -> bool = |_| false;

const fn row(
    kind: &'static str,
    names: &'static [&'static [&'static str]],
    measure: fn(&Variables) -> Option<Args>,
) -> Row {
    Row { kind, names, measure, is_plain: NEVER }
}

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

fn biased(found: &Variables, args: Args) -> Option<Args> {
    Some(args.with("bias", found.has("bias")))
}

/// A whole shape as one argument.
fn shape(found: &Variables, variable: &str, arg: &'static str) -> Option<Args> {
    Some(Args::default().with(arg, Arg::sizes(found.get(variable)?)?))
}

fn dense(found: &Variables) -> Option<Args> {
    let [inputs, outputs] = found.get("kernel")? else { return None };
    let fits = found.fits("bias", &[*outputs]) && !found.is_whole("kernel");
    biased(found, sizes([("input_size", *inputs), ("output_size", *outputs)])?).filter(|_| fits)
}

/// One scale for each output.
fn quantized_dense(found: &Variables) -> Option<Args> {
    let [inputs, outputs] = found.get("kernel")? else { return None };
    let scaled = found.get("kernel_scale")? == [*outputs] && found.fits("bias", &[*outputs]);
    let sizes =
        sizes([("input_size", *inputs), ("output_size", *outputs), ("stored_size", *outputs)])?;
    biased(found, sizes).filter(|_| scaled && found.is_whole("kernel"))
}

/// The spatial sizes of a kernel, and its last two.
fn filter<'v>(found: &Variables<'v>, name: &str) -> Option<(&'v [u64], u64, u64)> {
    match found.get(name)? {
        [spatial @ .., inputs, outputs] if (1..=3).contains(&spatial.len()) => {
            Some((spatial, *inputs, *outputs))
        }
        _ => None,
    }
}

fn conv(found: &Variables) -> Option<Args> {
    let (spatial, inputs, outputs) = filter(found, "kernel")?;
    let args = sizes([("in_channels", inputs), ("out_channels", outputs)])?;
    let args = args.with("kernel_size", Arg::sizes(spatial)?);
    biased(found, args).filter(|_| found.fits("bias", &[outputs]))
}

fn depthwise_conv(found: &Variables) -> Option<Args> {
    let (spatial, inputs, multiplier) =
        filter(found, if found.has("kernel") { "kernel" } else { "depthwise_kernel" })?;
    let args = sizes([("in_channels", inputs), ("depth_multiplier", multiplier)])?;
    let args = args.with("kernel_size", Arg::sizes(spatial)?);
    let fits = found.fits("bias", &[inputs.checked_mul(multiplier)?]);
    biased(found, args).filter(|_| fits)
}

fn conv_transpose(found: &Variables) -> Option<Args> {
    let (spatial, outputs, inputs) = filter(found, "kernel")?;
    let args = sizes([("in_channels", inputs), ("out_channels", outputs)])?;
    let args = args.with("kernel_size", Arg::sizes(spatial)?);
    biased(found, args).filter(|_| found.fits("bias", &[outputs]))
}

fn separable_conv(found: &Variables) -> Option<Args> {
    let (spatial, inputs, multiplier) = filter(found, "depthwise_kernel")?;
    let (_, middle, outputs) = filter(found, "pointwise_kernel")?;
    let args =
        [("in_channels", inputs), ("depth_multiplier", multiplier), ("out_channels", outputs)];
    let args = sizes(args)?.with("kernel_size", Arg::sizes(spatial)?);
    let fits = inputs.checked_mul(multiplier) == Some(middle) && found.fits("bias", &[outputs]);
    biased(found, args).filter(|_| fits)
}

/// The equation is not stored; the sizes are.
fn einsum_dense(found: &Variables) -> Option<Args> {
    let args = shape(found, "kernel", "kernel_sizes")?;
    match found.get("bias") {
        Some(bias) => Some(args.with("bias_sizes", Arg::sizes(bias)?)),
        None => Some(args),
    }
}

/// A kernel of so many gates; those of a GRU may have a second bias, as all have in cuDNN's
/// layout.
fn recurrent(found: &Variables, gates: u64) -> Option<Args> {
    if found.has("U_i") || found.has("U_z") {
        return one_by_one(found);
    }
    let [inputs, wide] = found.get("kernel")? else { return None };
    let [hidden, recurrent_wide] = found.get("recurrent_kernel")? else { return None };
    let all = hidden.checked_mul(gates)?;
    if *wide != all || *recurrent_wide != all {
        return None;
    }
    let vectors = match found.get("bias") {
        None => 1,
        Some([size]) if *size == all => 1,
        Some([2, size]) if *size == all => 2,
        Some([size]) if Some(*size) == all.checked_mul(2) => 2,
        Some(_) => return None,
    };
    let args = sizes([("input_size", *inputs), ("hidden_size", *hidden)])?;
    let args = if gates == 3 { args.with("reset_after", vectors == 2) } else { args };
    biased(found, args.with("bias_vectors", vectors))
}

/// Keras 1 keeps a kernel for each gate.
fn one_by_one(found: &Variables) -> Option<Args> {
    let [inputs, hidden] = found.get("W_i").or_else(|| found.get("W_z"))? else { return None };
    let args = sizes([("input_size", *inputs), ("hidden_size", *hidden)])?;
    let args = if found.has("W_z") { args.with("reset_after", false) } else { args };
    Some(args.with("bias", true).with("bias_vectors", 1))
}

fn conv_lstm(found: &Variables) -> Option<Args> {
    let (spatial, inputs, wide) = filter(found, "kernel")?;
    let (_, hidden, recurrent_wide) = filter(found, "recurrent_kernel")?;
    let all = hidden.checked_mul(4)?;
    let fits = wide == all && recurrent_wide == all && found.fits("bias", &[all]);
    let args = sizes([("in_channels", inputs), ("hidden_size", hidden)])?;
    biased(found, args.with("kernel_size", Arg::sizes(spatial)?)).filter(|_| fits)
}

fn table(found: &Variables, entries: &'static str) -> Option<Args> {
    match found.get("embeddings")? {
        [count, size] => sizes([(entries, *count), ("embedding_size", *size)]),
        _ => None,
    }
}

fn reversible(found: &Variables) -> Option<Args> {
    let [count, size] = found.get("embeddings")? else { return None };
    let args = table(found, "vocabulary_size")?.with("untied", found.has("reverse_embeddings"));
    Some(args).filter(|_| found.fits("reverse_embeddings", &[*size, *count]))
}

/// One scale for each entry.
fn quantized_embedding(found: &Variables) -> Option<Args> {
    let [count, size] = found.get("embeddings")? else { return None };
    let scaled = found.get("embeddings_scale")? == [*count] && found.is_whole("embeddings");
    let args = [("vocabulary_size", *count), ("embedding_size", *size), ("stored_size", *size)];
    sizes(args).filter(|_| scaled)
}

fn batch_norm(found: &Variables) -> Option<Args> {
    // Those of several axes have a dimension for each.
    let mean = found.get("moving_mean")?;
    let channels = mean.iter().try_fold(1u64, |all, size| all.checked_mul(*size))?;
    let all = ["gamma", "beta", "moving_variance", "moving_stddev", "renorm_mean", "renorm_stddev"];
    let fits = all.iter().all(|name| found.fits(name, mean));
    let args = sizes([("channels", channels)])?;
    let args = args.with("renorm", found.has("renorm_mean"));
    Some(scaled(found, args)).filter(|_| fits)
}

fn layer_norm(found: &Variables) -> Option<Args> {
    let given = found.get("gamma").or_else(|| found.get("beta"))?;
    let args = Args::default().with("normalized_shape", Arg::sizes(given)?);
    Some(scaled(found, args)).filter(|_| found.fits("beta", given) && !given.is_empty())
}

fn group_norm(found: &Variables) -> Option<Args> {
    let [channels] = found.get("gamma").or_else(|| found.get("beta"))? else { return None };
    let args = sizes([("channels", *channels)])?;
    Some(scaled(found, args)).filter(|_| found.fits("beta", &[*channels]))
}

fn scaled(found: &Variables, args: Args) -> Args {
    args.with("scale", found.has("gamma")).with("offset", found.has("beta"))
}
