//! Dynamic quantization: the scale of an activation times the scale of a weight, by operators of
//! their own.

use crate::graph::CallId;
use crate::ops::Use;
use crate::plan::{Context, Plan};

/// A product with the scale that `DynamicQuantizeLinear` gives: its other factor is a scale too.
pub(super) fn scales(context: &Context, plan: &mut Plan, call: CallId) {
    let wiring = &context.wiring;
    if wiring.op(call) != "Mul" {
        return;
    }
    let dynamic = |input: usize| {
        let maker = wiring.input(call, input).and_then(|value| wiring.maker(value));
        maker.is_some_and(|maker| wiring.op(maker) == "DynamicQuantizeLinear")
    };
    for (scale, other) in [(0, 1), (1, 0)] {
        if dynamic(scale) && context.fixed_input(call, other).is_some() {
            plan.assign(call, other, call, Use::Scale);
        }
    }
}
