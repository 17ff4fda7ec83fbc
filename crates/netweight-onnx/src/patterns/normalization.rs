//! Normalizations written out: layer and RMS normalization by arithmetic, group normalization by
//! an instance normalization of other channels.
//!
//! All are found from their end, the product with a stored scale.

use netweight_core::Role;

use crate::graph::{CallId, Kept, ValueId};
use crate::ops::{Site, Sizes, Use};
use crate::path;
use crate::plan::{Context, Plan, Recognised};

pub(super) fn scaled(context: &Context, plan: &mut Plan, call: CallId) {
    let wiring = &context.wiring;
    if wiring.op(call) != "Mul" {
        return;
    }
    for (scale, data) in [(1, 0), (0, 1)] {
        let Some(size) = context.elements(call, scale).filter(|size| *size > 1) else { continue };
        let Some(value) = wiring.input(call, data) else { continue };
        let Some(found) = normalized(context, value) else { continue };
        let parts = || found.calls.iter().copied().chain([call]);
        // Two layers that normalize one value may share all steps but the scale and the offset.
        let shared = parts().any(|part| plan.is_part(part));
        let Some(first) = parts().find(|part| !shared || *part == call) else { continue };
        plan.assign(call, scale, first, Use::Learned(Role::Gamma));
        parts().filter(|_| !shared).for_each(|part| plan.join(part, first));
        // What is added behind an RMS normalization, which has no offset, is another layer's.
        let offset = offset(context, call, size).filter(|_| found.recognised.kind != RMS.kind);
        if let Some((add, offset)) = offset {
            plan.assign(add, offset, first, Use::Learned(Role::Beta));
            plan.join(add, first);
        }
        plan.recognise(first, found.recognised);
        return;
    }
}

/// The addition of an offset of the same size behind a product.
fn offset(context: &Context, call: CallId, size: u64) -> Option<(CallId, usize)> {
    let reader = context.wiring.only_reader(call)?;
    let other = 1 - reader.input.min(1);
    let fits = context.wiring.op(reader.call) == "Add"
        && context.elements(reader.call, other) == Some(size);
    fits.then_some((reader.call, other))
}

/// A normalization without scale and offset.
struct Normalized {
    /// Its calls, the one that reads the input first.
    calls: Vec<CallId>,
    recognised: Recognised,
}

const LAYER: Recognised =
    Recognised { type_name: "LayerNormalization", kind: "layer_norm", sizes: shape };
const RMS: Recognised =
    Recognised { type_name: "RMSNormalization", kind: "rms_norm", sizes: shape };
const GROUP: Recognised =
    Recognised { type_name: "GroupNormalization", kind: "group_norm", sizes: groups };

fn normalized(context: &Context, value: ValueId) -> Option<Normalized> {
    by_root(context, value).or_else(|| by_instances(context, value))
}

/// `x ÷ √(mean(x²) + ε)`, in which `x` may be without its mean.
fn by_root(context: &Context, value: ValueId) -> Option<Normalized> {
    let mut calls = Vec::new();
    let quotient = maker(context, value, &mut calls)?;
    let wiring = &context.wiring;
    let (data, root) = match wiring.op(quotient) {
        "Div" => (wiring.input(quotient, 0)?, wiring.input(quotient, 1)?),
        "Mul" => {
            let inverse = |input| inverse(context, wiring.input(quotient, input)?);
            let (data, (root, steps)) =
                inverse(1).map(|root| (0, root)).or_else(|| inverse(0).map(|root| (1, root)))?;
            calls.extend(steps);
            (wiring.input(quotient, data)?, root)
        }
        _ => return None,
    };
    calls.extend(mean_square(context, root, data)?);
    let recognised = match without_mean(context, data) {
        Some(steps) => {
            calls.extend(steps);
            LAYER
        }
        None => RMS,
    };
    calls.sort_unstable();
    calls.dedup();
    Some(Normalized { calls, recognised })
}

/// Operators that leave values as they are: optimizers turn them over in the middle of a layer.
const SAME: &[&str] = &["Cast", "Transpose"];

/// The call that makes a value, changes of its type and layout looked through.
fn maker(context: &Context, value: ValueId, calls: &mut Vec<CallId>) -> Option<CallId> {
    let mut call = context.wiring.maker(value)?;
    while SAME.contains(&context.wiring.op(call)) && calls.len() < MOST_CASTS {
        calls.push(call);
        call = context.wiring.maker(context.wiring.input(call, 0)?)?;
    }
    calls.push(call);
    Some(call)
}

/// Changes of type and layout one behind the other.
const MOST_CASTS: usize = 4;

/// What a value is one divided by, and the calls that divide.
fn inverse(context: &Context, value: ValueId) -> Option<(ValueId, Vec<CallId>)> {
    let call = context.wiring.maker(value)?;
    let input = match context.wiring.op(call) {
        "Reciprocal" => 0,
        "Div" if context.fixed_input(call, 0).is_some() => 1,
        _ => return None,
    };
    Some((context.wiring.input(call, input)?, vec![call]))
}

/// The calls of `√(mean(data²) + ε)`.
fn mean_square(context: &Context, root: ValueId, data: ValueId) -> Option<Vec<CallId>> {
    let wiring = &context.wiring;
    let mut calls = Vec::new();
    let mut step = |value: ValueId, ops: &[&str]| {
        let call = maker(context, value, &mut calls)?;
        ops.contains(&wiring.op(call)).then_some(call)
    };
    let root = step(root, &["Sqrt"])?;
    let sum = step(wiring.input(root, 0)?, &["Add", "ReduceMean"])?;
    let mean = match wiring.op(sum) {
        "Add" => {
            let open = usize::from(context.fixed_input(sum, 0).is_some());
            step(wiring.input(sum, open)?, &["ReduceMean"])?
        }
        _ => sum,
    };
    let square = step(wiring.input(mean, 0)?, &["Pow", "Mul"])?;
    let base = |input| wiring.input(square, input).map(|value| plain(context, value));
    let squared =
        base(0) == Some(plain(context, data)) && (wiring.op(square) == "Pow" || base(1) == base(0));
    squared.then_some(calls)
}

/// The calls of `x − mean(x)`.
fn without_mean(context: &Context, data: ValueId) -> Option<Vec<CallId>> {
    let wiring = &context.wiring;
    let mut calls = Vec::new();
    let difference = maker(context, data, &mut calls)?;
    let mean = wiring.maker(wiring.input(difference, 1)?)?;
    let same =
        plain(context, wiring.input(difference, 0)?) == plain(context, wiring.input(mean, 0)?);
    calls.push(mean);
    let fits = wiring.op(difference) == "Sub" && wiring.op(mean) == "ReduceMean" && same;
    fits.then_some(calls)
}

/// The value before changes of its type and layout.
fn plain(context: &Context, value: ValueId) -> ValueId {
    let mut value = context.wiring.resolve(value);
    for _ in 0..MOST_CASTS {
        let Some(call) = context.wiring.maker(value) else { break };
        match context.wiring.input(call, 0) {
            Some(input) if SAME.contains(&context.wiring.op(call)) => {
                value = context.wiring.resolve(input)
            }
            _ => break,
        }
    }
    value
}

/// An instance normalization of made-up scale on channels laid out anew, and back again.
fn by_instances(context: &Context, value: ValueId) -> Option<Normalized> {
    let wiring = &context.wiring;
    let back = wiring.maker(value).filter(|call| wiring.op(*call) == "Reshape")?;
    let instance = wiring.maker(wiring.input(back, 0)?)?;
    let there = wiring.maker(wiring.input(instance, 0)?)?;
    let stored = wiring.tensor(wiring.stored(wiring.input(instance, 1)?)?)?;
    let name = wiring.text(stored.name);
    let made_up = stored.kept == Kept::Constant || path::is_result(name) || path::is_fill(name);
    let recognised = match wiring.op(instance) {
        "InstanceNormalization" => GROUP,
        // TensorFlow normalizes layers by a batch normalization of the batch's own statistics.
        "BatchNormalization" if context.fixed_input(instance, 3).is_none() => LAYER,
        _ => return None,
    };
    let laid_out = wiring.op(there) == "Reshape";
    (made_up && laid_out).then(|| Normalized { calls: vec![there, instance, back], recognised })
}

/// One size for each normalized dimension: scales also have ones for those in between.
fn shape(site: &Site) -> Sizes {
    let Some(dims) = site.dims(Role::Gamma) else { return Sizes::misfit() };
    let sizes: Vec<u64> = dims.iter().copied().filter(|size| *size != 1).collect();
    let axes = site.ints("axes").or_else(|| site.ints_at(1));
    let reduced = site.wiring.op(site.call) == "ReduceMean";
    Sizes::default()
        .state("scale", Some(true))
        .state("offset", Some(site.has(Role::Beta)))
        .state("axis", axes.filter(|axes| reduced && axes.len() == sizes.len()))
        .measure_all("normalized_shape", Some(&sizes))
}

fn groups(site: &Site) -> Sizes {
    // The channels were laid out as groups.
    let groups = site.ints_at(1).and_then(|sizes| sizes.get(1).copied());
    Sizes::default()
        .state("scale", Some(true))
        .state("offset", Some(site.has(Role::Beta)))
        .state("groups", groups)
        .measure("channels", site.elements(Role::Gamma))
}
