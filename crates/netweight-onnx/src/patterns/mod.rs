//! What exporters write for one layer, in one file each.

mod batch_norm;
mod bias;
mod dynamic_quantization;
mod fused;
mod normalization;
mod standardized;
mod table;

use crate::graph::CallId;
use crate::plan::{Context, Plan};

/// A pattern: looks whether it starts at a call, and says in the plan what it found.
type Pattern = fn(&Context, &mut Plan, CallId);

const PATTERNS: &[Pattern] = &[
    dynamic_quantization::scales,
    bias::added_later,
    fused::biases,
    table::fed,
    standardized::inputs,
    batch_norm::written_out,
    normalization::scaled,
];

pub(crate) fn apply(context: &Context, plan: &mut Plan) {
    let at_work = |call: &CallId| !context.trace.is_fixed(&context.wiring, *call);
    let calls: Vec<CallId> = context.wiring.ids().filter(at_work).collect();
    for pattern in PATTERNS {
        for call in &calls {
            if !plan.is_part(*call) {
                pattern(context, plan, *call);
            }
        }
    }
}
