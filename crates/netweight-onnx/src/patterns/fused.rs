//! Several projections that a simplifier fused into one product and splits again: each part has
//! its own bias.

use netweight_core::Role;

use super::bias;
use crate::graph::CallId;
use crate::ops::Use;
use crate::plan::{Context, Plan};

/// Starts at the product.
pub(super) fn biases(context: &Context, plan: &mut Plan, call: CallId) {
    let wiring = &context.wiring;
    if wiring.op(call) != "MatMul" {
        return;
    }
    let kernel = context.fixed_input(call, 1).and_then(|kernel| kernel.dims.as_deref());
    let Some(outputs) = kernel.and_then(<[u64]>::last).copied() else { return };
    let Some(split) = wiring.only_reader(call).filter(|next| wiring.op(next.call) == "Split")
    else {
        return;
    };
    let parts = wiring.call(split.call).map_or(&[][..], |split| &split.outputs);
    let added = parts.iter().map(|part| match wiring.value((*part)?).readers.as_slice() {
        [reader] if wiring.op(reader.call) == "Add" => bias::bias_of(context, *reader),
        _ => None,
    });
    let Some(added) = added.collect::<Option<Vec<_>>>() else { return };
    let sizes = added.iter().try_fold(0_u64, |sum, (_, _, size)| sum.checked_add(*size));
    if added.len() > 1 && sizes == Some(outputs) {
        for (add, input, _) in added {
            plan.assign(add, input, call, Use::Learned(Role::Bias));
        }
    }
}
