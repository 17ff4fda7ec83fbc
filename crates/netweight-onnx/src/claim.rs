//! What layers read of what the file holds.

use netweight_core::{Role, limits};

use crate::graph::{CallId, Dims, Kept, TensorId, ValueId};
use crate::ops::Use;
use crate::plan::{Context, Plan};
use crate::trace::{Fixed, Part, Source};

/// A stored tensor at work in a layer.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    pub(crate) tensor: TensorId,
    /// The call that stands for the layer.
    pub(crate) layer: CallId,
    /// The call that reads it.
    pub(crate) call: CallId,
    pub(crate) usage: Use,
    /// Dimensions of the value that the layer sees.
    pub(crate) dims: Option<Dims>,
    /// Whether its values are dequantized on the way.
    pub(crate) dequantized: bool,
}

/// Everything that layers read of what the file holds, in order.
pub(crate) fn claims(context: &Context, plan: &Plan) -> Vec<Claim> {
    let mut claims = Vec::new();
    for call in context.wiring.ids() {
        if context.trace.is_fixed(&context.wiring, call) || claims.len() > limits::onnx::SOURCES {
            continue;
        }
        lists(context, call, &mut claims);
        for (fixed, usage) in given_by_bodies(context, call) {
            let claim = |source| Claim::of(source, call, call, usage, fixed);
            claims.extend(fixed.sources.iter().map(claim));
        }
        let inputs = context.wiring.call(call).map_or(0, |call| call.inputs.len());
        for input in 0..inputs {
            let Some(fixed) = context.fixed_input(call, input) else { continue };
            let usage = context.op(call).map_or(Use::Unknown, |op| op.use_of(input));
            let own = (plan.whole(call), usage);
            let (layer, usage) = plan.assigned(call, input).unwrap_or(own);
            let layer = plan.whole(layer);
            let make_up = MakeUp::of(context, fixed);
            claims.extend(fixed.sources.iter().map(|source| {
                let usage = make_up.part(context, usage, source);
                Claim::of(source, layer, call, usage, fixed)
            }));
        }
    }
    claims
}

impl Claim {
    fn of(source: &Source, layer: CallId, call: CallId, usage: Use, fixed: &Fixed) -> Self {
        let (tensor, dims) = (source.tensor, fixed.dims.clone());
        Self { tensor, layer, call, usage, dims, dequantized: source.dequantized }
    }
}

/// Lists in a call's attributes.
fn lists(context: &Context, call: CallId, claims: &mut Vec<Claim>) {
    let lists = context.wiring.call(call).map_or(&[][..], |call| &call.lists);
    for (attribute, tensor) in lists {
        let attribute = context.wiring.text(*attribute);
        let usage = context.op(call).map_or(Use::Fixed, |op| op.use_of_attribute(attribute));
        let dims = context.wiring.tensor(*tensor).and_then(|stored| stored.dims.clone());
        let (tensor, dequantized) = (*tensor, false);
        claims.push(Claim { tensor, layer: call, call, usage, dims, dequantized });
    }
}

/// What the bodies of a call give without computing anything, used as what the call gives is.
fn given_by_bodies<'a>(context: &'a Context, call: CallId) -> Vec<(&'a Fixed, Use)> {
    let Some(found) = context.wiring.call(call) else { return Vec::new() };
    let given = |(index, value): (usize, &Option<ValueId>)| {
        let fixed = context.fixed((*value)?)?;
        let output = context.wiring.output(call, index);
        let readers = output.map_or(&[][..], |output| &context.wiring.value(output).readers);
        let usage = readers
            .iter()
            .find_map(|reader| context.op(reader.call).map(|op| op.use_of(reader.input)));
        Some((fixed, usage.filter(|usage| *usage == Use::Fixed).unwrap_or(Use::Free)))
    };
    found.bodies.iter().flat_map(|body| body.iter().enumerate().filter_map(given)).collect()
}

/// What a value is made of.
struct MakeUp {
    /// The tensors that it mainly is: those that it is joined from, or the one that others only
    /// scale or shift.
    main: Vec<TensorId>,
    /// Whether one of them is an initializer, so that what nodes hold is an exporter's.
    initializers: bool,
}

impl MakeUp {
    fn of(context: &Context, fixed: &Fixed) -> Self {
        let stored = |tensor: &TensorId| context.wiring.tensor(*tensor);
        let values = fixed.sources.iter().filter(|source| source.part == Part::Values);
        let all: Vec<TensorId> = values.map(|source| source.tensor).collect();
        let is_initializer = |tensor: &TensorId| {
            stored(tensor).is_some_and(|stored| stored.kept == Kept::Initializer)
        };
        let initializers = all.iter().any(is_initializer);
        let size = |tensor: &TensorId| stored(tensor)?.elements;
        let dims = fixed.dims.as_ref();
        let whole = dims.and_then(|dims| netweight_core::elements(dims));
        let sum = all.iter().try_fold(0_u64, |sum, tensor| sum.checked_add(size(tensor)?));
        let same: Vec<TensorId> =
            all.iter().copied().filter(|tensor| size(tensor) == whole).take(1).collect();
        let joined = all.len() < 2 || whole.is_none() || whole == sum || same.is_empty();
        Self { main: if joined { all } else { same }, initializers }
    }

    /// What a tensor behind the value is, when the value as a whole is used like this.
    fn part(&self, context: &Context, usage: Use, source: &Source) -> Use {
        match (source.part, usage) {
            (Part::Scale, _) => Use::Scale,
            (Part::ZeroPoint, _) => Use::ZeroPoint,
            (Part::Helper, _) => Use::Fixed,
            (Part::Values, Use::Fixed | Use::Scale | Use::ZeroPoint) => usage,
            (Part::Values, _) => {
                let stored = context.wiring.tensor(source.tensor);
                let aside = stored.is_none_or(|stored| {
                    stored.kept != Kept::Initializer && self.initializers
                        || stored.elements == Some(1) && self.main.len() > 1
                });
                match usage {
                    _ if aside => Use::Free,
                    Use::Learned(role) if !self.main.contains(&source.tensor) => Use::Beside(role),
                    Use::Free if source.gathered => Use::Beside(Role::Embedding),
                    usage => usage,
                }
            }
        }
    }
}
