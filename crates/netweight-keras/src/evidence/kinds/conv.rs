//! Convolutions.

use netweight_core::{Arg, Args};

use crate::evidence::row::{Variables, biased, sizes};

/// The spatial sizes of a kernel, and its last two.
fn filter<'v>(found: &Variables<'v>, name: &str) -> Option<(&'v [u64], u64, u64)> {
    match found.get(name)? {
        [spatial @ .., inputs, outputs] if (1..=3).contains(&spatial.len()) => {
            Some((spatial, *inputs, *outputs))
        }
        _ => None,
    }
}

pub(super) fn conv(found: &Variables) -> Option<Args> {
    let (spatial, inputs, outputs) = filter(found, "kernel")?;
    let args = sizes([("in_channels", inputs), ("out_channels", outputs)])?;
    let args = args.with("kernel_size", Arg::sizes(spatial)?);
    biased(found, args).filter(|_| found.fits("bias", &[outputs]))
}

pub(super) fn depthwise_conv(found: &Variables) -> Option<Args> {
    let (spatial, inputs, multiplier) =
        filter(found, if found.has("kernel") { "kernel" } else { "depthwise_kernel" })?;
    let args = sizes([("in_channels", inputs), ("depth_multiplier", multiplier)])?;
    let args = args.with("kernel_size", Arg::sizes(spatial)?);
    let fits = found.fits("bias", &[inputs.checked_mul(multiplier)?]);
    biased(found, args).filter(|_| fits)
}

pub(super) fn conv_transpose(found: &Variables) -> Option<Args> {
    let (spatial, outputs, inputs) = filter(found, "kernel")?;
    let args = sizes([("in_channels", inputs), ("out_channels", outputs)])?;
    let args = args.with("kernel_size", Arg::sizes(spatial)?);
    biased(found, args).filter(|_| found.fits("bias", &[outputs]))
}

pub(super) fn separable_conv(found: &Variables) -> Option<Args> {
    let (spatial, inputs, multiplier) = filter(found, "depthwise_kernel")?;
    let (_, middle, outputs) = filter(found, "pointwise_kernel")?;
    let args =
        [("in_channels", inputs), ("depth_multiplier", multiplier), ("out_channels", outputs)];
    let args = sizes(args)?.with("kernel_size", Arg::sizes(spatial)?);
    let fits = inputs.checked_mul(multiplier) == Some(middle) && found.fits("bias", &[outputs]);
    biased(found, args).filter(|_| fits)
}

pub(super) fn conv_lstm(found: &Variables) -> Option<Args> {
    let (spatial, inputs, wide) = filter(found, "kernel")?;
    let (_, hidden, recurrent_wide) = filter(found, "recurrent_kernel")?;
    let all = hidden.checked_mul(4)?;
    let fits = wide == all && recurrent_wide == all && found.fits("bias", &[all]);
    let args = sizes([("in_channels", inputs), ("hidden_size", hidden)])?;
    biased(found, args.with("kernel_size", Arg::sizes(spatial)?)).filter(|_| fits)
}
