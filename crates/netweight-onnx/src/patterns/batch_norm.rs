//! Batch normalization written out: minus the mean, times a factor, plus an offset.

use netweight_core::Role;

use crate::graph::CallId;
use crate::ops::{Site, Sizes, Use};
use crate::plan::{Context, Plan, Recognised};

/// Starts at the subtraction. The variance is part of the factor; the mean stands beside what is
/// left, a scale and an offset.
pub(super) fn written_out(context: &Context, plan: &mut Plan, call: CallId) {
    let Some((factor, offset)) = steps(context, call) else { return };
    plan.assign(call, 1, call, Use::Beside(Role::Mean));
    plan.assign(factor.0, factor.1, call, Use::Learned(Role::Gamma));
    plan.assign(offset.0, offset.1, call, Use::Learned(Role::Beta));
    plan.join(factor.0, call);
    plan.join(offset.0, call);
    plan.recognise(call, RECOGNISED);
}

const RECOGNISED: Recognised =
    Recognised { type_name: "BatchNormalization", kind: "batch_norm", sizes };

fn sizes(site: &Site) -> Sizes {
    let along = |dims: &[u64]| dims.iter().rev().position(|size| *size != 1);
    // A layer without a scale or an offset has ones or zeros there, which nobody learned.
    let learned = [Role::Gamma, Role::Beta].into_iter().find(|role| site.has(*role));
    let axis = learned
        .and_then(|role| site.dims(role))
        .and_then(along)
        .and_then(|from_end| i64::try_from(from_end).ok());
    Sizes::default()
        .state("axis", axis.map(|from_end| -1 - from_end))
        .state("statistics", Some(false))
        .state("scale", Some(site.has(Role::Gamma)))
        .state("offset", Some(site.has(Role::Beta)))
        .measure("channels", learned.and_then(|role| site.elements(role)))
}

type Operand = (CallId, usize);

fn steps(context: &Context, call: CallId) -> Option<(Operand, Operand)> {
    if context.wiring.op(call) != "Sub" {
        return None;
    }
    let mean = context.elements(call, 1).filter(|size| *size > 1)?;
    let next = |at: CallId, op: &str| {
        let reader = context.wiring.only_reader(at)?;
        let operand = 1 - reader.input.min(1);
        let fits = context.wiring.op(reader.call) == op
            && context.elements(reader.call, operand) == Some(mean);
        fits.then_some((reader.call, operand))
    };
    let factor = next(call, "Mul")?;
    Some((factor, next(factor.0, "Add")?))
}
