//! What a stored tensor is: a parameter, a statistic, a constant, a part of a quantization.
//!
//! What the exporter says decides, then the place in the layer, then names and values.

use std::collections::HashMap;

use netweight_core::{Category, DType, Role};

use crate::graph::{CallId, Kept, Stored, TensorId};
use crate::ops::Use;
use crate::path;
use crate::plan::{Context, Plan};
use crate::provenance::Spec;
use crate::trace::{Fixed, Part, Source};

/// A stored tensor at work in a layer.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    pub(crate) tensor: TensorId,
    /// The call that stands for the layer.
    pub(crate) layer: CallId,
    /// The call that reads it, and where.
    pub(crate) call: CallId,
    pub(crate) input: usize,
    pub(crate) usage: Use,
    /// Dimensions of the value that the layer sees.
    pub(crate) dims: Option<Vec<u64>>,
}

/// Everything that layers read of what the file holds, in order.
pub(crate) fn claims(context: &Context, plan: &Plan) -> Vec<Claim> {
    let mut claims = Vec::new();
    for call in context.wiring.ids() {
        if context.trace.is_fixed(&context.wiring, call) {
            continue;
        }
        let inputs = context.wiring.call(call).map_or(0, |call| call.inputs.len());
        for input in 0..inputs {
            let Some(fixed) = context.fixed_input(call, input) else { continue };
            let usage =
                context.op(call).map_or(Use::Learned(Role::Parameter), |op| op.use_of(input));
            let own = (plan.whole(call), usage);
            let (layer, usage) = plan.assigned(call, input).unwrap_or(own);
            let main = main_sources(context, fixed);
            for source in fixed.sources.iter() {
                let usage = part(usage, source, &main);
                let (tensor, dims) = (source.tensor, fixed.dims.clone());
                claims.push(Claim { tensor, layer, call, input, usage, dims });
            }
        }
    }
    claims
}

/// What a tensor behind a value is, when the value as a whole is used like this.
fn part(usage: Use, source: &Source, main: &[TensorId]) -> Use {
    match (source.part, usage) {
        (Part::Scale, _) => Use::Scale,
        (Part::ZeroPoint, _) => Use::ZeroPoint,
        (Part::Helper, _) => Use::Fixed,
        (Part::Values, Use::Learned(role)) if !main.contains(&source.tensor) => Use::Beside(role),
        (Part::Values, usage) => usage,
    }
}

/// The tensors that a value mainly is: those that it is joined from, or the one that others
/// only scale or shift.
fn main_sources(context: &Context, fixed: &Fixed) -> Vec<TensorId> {
    let values = fixed.sources.iter().filter(|source| source.part == Part::Values);
    let all: Vec<TensorId> = values.map(|source| source.tensor).collect();
    let size = |tensor: &TensorId| context.wiring.tensor(*tensor)?.elements;
    let dims = fixed.dims.as_ref();
    let whole =
        dims.and_then(|dims| dims.iter().try_fold(1_u64, |product, dim| product.checked_mul(*dim)));
    let sum = all.iter().try_fold(0_u64, |sum, tensor| sum.checked_add(size(tensor)?));
    if all.len() < 2 || whole.is_none() || whole == sum {
        return all;
    }
    let same: Vec<TensorId> = all.iter().copied().filter(|tensor| size(tensor) == whole).collect();
    if same.is_empty() { all } else { same.into_iter().take(1).collect() }
}

/// Tensors' categories, with those that were guessed.
pub(crate) struct Categories {
    by_tensor: Vec<Option<Category>>,
    pub(crate) guessed: Vec<TensorId>,
}

impl Categories {
    pub(crate) fn of(context: &Context, claims: &[Claim]) -> Self {
        let mut uses: HashMap<TensorId, Vec<&Claim>> = HashMap::new();
        for claim in claims {
            uses.entry(claim.tensor).or_default().push(claim);
        }
        let judge = Judge::of(context, claims);
        let mut guessed = Vec::new();
        let tensors = (0..context.wiring.tensors.len()).map(TensorId);
        let by_tensor = tensors
            .map(|tensor| {
                let (category, sure) = judge.decide(tensor, uses.get(&tensor)?);
                if !sure {
                    guessed.push(tensor);
                }
                Some(category)
            })
            .collect();
        Self { by_tensor, guessed }
    }

    /// A tensor's category; none where nobody reads it.
    pub(crate) fn of_tensor(&self, tensor: TensorId) -> Option<Category> {
        *self.by_tensor.get(tensor.0)?
    }
}

struct Judge<'a, 'f> {
    context: &'a Context<'f>,
    /// Whether weights stand in initializers, so that what stands in nodes is made up.
    weights_in_initializers: bool,
    pytorch: bool,
}

impl<'a, 'f> Judge<'a, 'f> {
    fn of(context: &'a Context<'f>, claims: &[Claim]) -> Self {
        let wiring = &context.wiring;
        let learned = claims.iter().filter(|claim| matches!(claim.usage, Use::Learned(_)));
        let kept = learned.filter_map(|claim| Some(wiring.tensor(claim.tensor)?.kept));
        let weights_in_initializers = kept.fold((0_usize, 0_usize), |(yes, no), kept| match kept {
            Kept::Initializer => (yes + 1, no),
            Kept::Constant | Kept::Generated => (yes, no + 1),
        });
        let pytorch = wiring.text(wiring.file.producer_name) == "pytorch";
        Self {
            context,
            weights_in_initializers: weights_in_initializers.0 > weights_in_initializers.1,
            pytorch,
        }
    }

    /// The category, and whether it is more than a guess.
    fn decide(&self, tensor: TensorId, claims: &[&Claim]) -> (Category, bool) {
        let Some(stored) = self.context.wiring.tensor(tensor) else {
            return (Category::Constant, true);
        };
        let any = |wanted: fn(&Use) -> bool| claims.iter().any(|claim| wanted(&claim.usage));
        let statistic = any(|usage| matches!(usage, Use::Statistic(_)));
        let learned = any(|usage| matches!(usage, Use::Learned(_) | Use::Beside(_)));
        if matches!(stored.dtype, DType::String | DType::Bool) {
            return (Category::Constant, true);
        }
        if let Some(said) = self.context.provenance.said(tensor) {
            match said.spec {
                Some(Spec::Parameter) if stored.dtype.is_float() || learned => {
                    return (Category::Trainable, true);
                }
                Some(Spec::Buffer) if statistic => return (Category::NonTrainable, true),
                Some(Spec::Captured) if self.context.provenance.captures() => {}
                _ => return (Category::Constant, true),
            }
        }
        let integer = matches!(stored.dtype, DType::Int64 | DType::Unknown);
        if learned && !integer && !self.made_up(stored, claims) {
            return (Category::Trainable, true);
        }
        if statistic && !integer {
            return (Category::NonTrainable, true);
        }
        if any(|usage| matches!(usage, Use::Scale | Use::ZeroPoint)) {
            return (Category::Quantization, true);
        }
        let free = any(|usage| matches!(usage, Use::Free | Use::State));
        if !free || !stored.dtype.is_float() {
            return (Category::Constant, true);
        }
        self.guess(stored, claims)
    }

    /// Scales of one and offsets of zero that an exporter makes up for a normalization without any.
    fn made_up(&self, stored: &Stored, claims: &[&Claim]) -> bool {
        let scales = claims
            .iter()
            .all(|claim| matches!(claim.usage, Use::Learned(Role::Gamma | Role::Beta)));
        let aside = stored.kept == Kept::Constant && self.weights_in_initializers;
        let name = self.context.wiring.text(stored.name);
        scales && (aside || uniform(stored) && (path::is_made_up(name) || path::is_fill(name)))
    }

    fn guess(&self, stored: &Stored, claims: &[&Claim]) -> (Category, bool) {
        let name = self.context.wiring.text(stored.name);
        let named = !path::is_made_up(name);
        let state = claims.iter().all(|claim| claim.usage == Use::State);
        let constant = match stored.kept {
            Kept::Generated => true,
            Kept::Constant => self.weights_in_initializers || stored.elements == Some(1),
            Kept::Initializer => stored.elements == Some(1) && !(self.pytorch && named),
        };
        if constant || state && !(self.pytorch && named) || uniform(stored) && !named {
            return (Category::Constant, true);
        }
        if path::is_buffer(name) || is_mask(stored) {
            return (Category::Constant, false);
        }
        (Category::Trainable, false)
    }
}

/// Whether all values are one and the same.
fn uniform(stored: &Stored) -> bool {
    let Some(values) = stored.floats() else { return false };
    values.len() > 1 && values.iter().all(|value| Some(value) == values.first())
}

/// Whether some values shut others out: minus infinity, or a number that stands for it.
fn is_mask(stored: &Stored) -> bool {
    stored.floats().is_some_and(|values| values.iter().any(|value| *value <= -9_999.0))
}
