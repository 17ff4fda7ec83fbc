//! A table that goes through a layer: of two stored operands of a product, the left one is what the
//! layer is fed.

use crate::graph::CallId;
use crate::ops::Use;
use crate::plan::{Context, Plan};

pub(super) fn fed(context: &Context, plan: &mut Plan, call: CallId) {
    let fixed = |input| context.fixed_input(call, input).is_some();
    if matches!(context.wiring.op(call), "Gemm" | "MatMul") && fixed(0) && fixed(1) {
        plan.assign(call, 0, call, Use::Free);
    }
}
