//! Dense layers.

use netweight_core::{Arg, Args};

use crate::evidence::row::{Variables, biased, shape, sizes};

pub(super) fn dense(found: &Variables) -> Option<Args> {
    let [inputs, outputs] = found.get("kernel")? else { return None };
    let fits = found.fits("bias", &[*outputs]) && !found.is_whole("kernel");
    biased(found, sizes([("input_size", *inputs), ("output_size", *outputs)])?).filter(|_| fits)
}

/// One scale for each output.
pub(super) fn quantized_dense(found: &Variables) -> Option<Args> {
    let [inputs, outputs] = found.get("kernel")? else { return None };
    let scaled = found.get("kernel_scale")? == [*outputs] && found.fits("bias", &[*outputs]);
    let sizes =
        sizes([("input_size", *inputs), ("output_size", *outputs), ("stored_size", *outputs)])?;
    biased(found, sizes).filter(|_| scaled && found.is_whole("kernel"))
}

/// The equation is not stored; the sizes are.
pub(super) fn einsum_dense(found: &Variables) -> Option<Args> {
    let args = shape(found, "kernel", "kernel_sizes")?;
    match found.get("bias") {
        Some(bias) => Some(args.with("bias_sizes", Arg::sizes(bias)?)),
        None => Some(args),
    }
}
