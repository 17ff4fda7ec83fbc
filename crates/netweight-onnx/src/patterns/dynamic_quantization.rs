//! Dynamic quantization: the scale of an activation times the scale of a weight, by operators of
//! their own.

use crate::graph::CallId;
use crate::ops::Use;
use crate::plan::{Context, Plan};

/// A product with the scale that `DynamicQuantizeLinear` gives, or with the sums of quantized
/// products: its other factor is a scale too.
pub(super) fn scales(context: &Context, plan: &mut Plan, call: CallId) {
    let wiring = &context.wiring;
    if wiring.op(call) != "Mul" {
        return;
    }
    let maker = |call: CallId, input: usize| wiring.maker(wiring.input(call, input)?);
    let scaled = |input: usize| {
        let Some(made) = maker(call, input) else { return false };
        match wiring.op(made) {
            "DynamicQuantizeLinear" => true,
            "Cast" => maker(made, 0)
                .is_some_and(|sums| matches!(wiring.op(sums), "MatMulInteger" | "ConvInteger")),
            _ => false,
        }
    };
    for (quantized, other) in [(0, 1), (1, 0)] {
        if scaled(quantized) && context.fixed_input(call, other).is_some() {
            plan.assign(call, other, call, Use::Scale);
        }
    }
}
