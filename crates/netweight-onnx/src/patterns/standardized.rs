//! What is fed, minus its mean and by its deviation: numbers of the data, which nobody learned.

use crate::graph::{CallId, Origin, ValueId};
use crate::ops::Use;
use crate::plan::{Context, Plan};

/// Starts at the subtraction from an input of the model.
pub(super) fn inputs(context: &Context, plan: &mut Plan, call: CallId) {
    let wiring = &context.wiring;
    // Keras has a layer for this, whose statistics count as such.
    let keras = context.roots.any();
    if wiring.op(call) != "Sub" || keras || context.fixed_input(call, 1).is_none() {
        return;
    }
    if !wiring.input(call, 0).is_some_and(|value| is_fed(context, value)) {
        return;
    }
    let Some(reader) = wiring.only_reader(call) else { return };
    let other = 1 - reader.input.min(1);
    let scaled = match wiring.op(reader.call) {
        "Div" => reader.input == 0,
        "Mul" => true,
        _ => false,
    };
    if scaled && context.fixed_input(reader.call, other).is_some() {
        plan.assign(call, 1, call, Use::Fixed);
        plan.assign(reader.call, other, reader.call, Use::Fixed);
    }
}

/// Steps from an input of the model to its standardization.
const MOST_STEPS: usize = 6;

/// Whether a value is an input of the model but for its type, its layout and its range.
fn is_fed(context: &Context, value: ValueId) -> bool {
    let wiring = &context.wiring;
    let mut value = wiring.resolve(value);
    for _ in 0..MOST_STEPS {
        if wiring.value(value).origin == Origin::Input {
            return true;
        }
        let Some(call) = wiring.maker(value) else { return false };
        let prepares = match wiring.op(call) {
            "Cast" | "Transpose" => true,
            "Div" | "Mul" => context.elements(call, 1) == Some(1),
            _ => false,
        };
        match wiring.input(call, 0).filter(|_| prepares) {
            Some(input) => value = wiring.resolve(input),
            None => return false,
        }
    }
    false
}
