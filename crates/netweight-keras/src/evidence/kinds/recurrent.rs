//! Recurrent layers.

use netweight_core::Args;

use crate::evidence::row::{Variables, biased, sizes};

/// A kernel of so many gates; those of a GRU may have a second bias, as all have in cuDNN's
/// layout.
pub(super) fn recurrent(found: &Variables, gates: u64) -> Option<Args> {
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
