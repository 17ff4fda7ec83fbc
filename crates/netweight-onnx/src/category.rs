//! What a stored tensor is: a parameter, a statistic, a constant, a part of a quantization.
//!
//! What the exporter says decides, then the place in the layer, then names and values.

use std::collections::BTreeMap;

use netweight_core::{Category, DType, Role};
use smallvec::SmallVec;

use crate::claim::Claim;
use crate::graph::{CallId, Dims, Kept, Stored, TensorId};
use crate::name::Map;
use crate::ops::Use;
use crate::padding::{self, Own};
use crate::path;
use crate::peek::{self, Peek};
use crate::plan::Context;
use crate::provenance::Spec;

/// Tensors' categories, with those that were guessed.
pub(crate) struct Categories {
    by_tensor: Vec<Option<Category>>,
    pub(crate) guessed: Vec<TensorId>,
    /// What tensors have of their own, where that is not all.
    own: Map<TensorId, Own>,
}

impl Categories {
    pub(crate) fn of(context: &Context, claims: &[Claim], peek: &mut Peek) -> Self {
        let mut uses: Vec<SmallVec<[&Claim; 2]>> =
            vec![SmallVec::new(); context.wiring.tensors.len()];
        for claim in claims {
            if let Some(uses) = uses.get_mut(claim.tensor.index()) {
                uses.push(claim);
            }
        }
        let mut judge = Judge::of(context, claims, peek);
        let mut guessed = Vec::new();
        let tensors = (0..context.wiring.tensors.len()).map(TensorId::new);
        let by_tensor = tensors
            .map(|tensor| {
                let uses = uses.get(tensor.index()).filter(|uses| !uses.is_empty())?;
                let (category, sure) = judge.decide(tensor, uses);
                if !sure {
                    guessed.push(tensor);
                }
                Some(category)
            })
            .collect();
        let own = padding::own_values(context, claims, peek);
        Self { by_tensor, guessed, own }
    }

    /// A tensor's values without those that say nothing of their own.
    pub(crate) fn elements(&self, context: &Context, tensor: TensorId) -> Option<u64> {
        let all = || context.wiring.tensor(tensor)?.elements;
        self.own.get(&tensor).map(|own| own.elements).or_else(all)
    }

    /// The dimensions of what a tensor has of its own, where they are not the tensor's.
    pub(crate) fn dims(&self, tensor: TensorId) -> Option<&Dims> {
        self.own.get(&tensor)?.dims.as_ref()
    }

    /// A tensor's category; none where nobody reads it.
    pub(crate) fn of_tensor(&self, tensor: TensorId) -> Option<Category> {
        *self.by_tensor.get(tensor.index())?
    }
}

struct Judge<'a, 'f, 'p, 's> {
    context: &'a Context<'f>,
    peek: &'p mut Peek<'s>,
    /// How the file holds most of its weights, so that what it holds otherwise is made up; none
    /// without weights.
    kept: Option<Kept>,
    pytorch: bool,
    /// Whether the model was fitted rather than trained: it keeps tables and statistics of its
    /// data, and learned values only in products.
    fitted: bool,
    /// What calls have in each role.
    mains: Map<(CallId, Role), SmallVec<[TensorId; 1]>>,
    /// Operands of each shape that may be learned or not.
    free: Map<&'a [u64], Vec<TensorId>>,
}

impl<'a, 'f, 'p, 's> Judge<'a, 'f, 'p, 's> {
    fn of(context: &'a Context<'f>, claims: &[Claim], peek: &'p mut Peek<'s>) -> Self {
        let wiring = &context.wiring;
        let learned = claims.iter().filter(|claim| matches!(claim.usage, Use::Learned(_)));
        let kept = learned.filter_map(|claim| Some(wiring.tensor(claim.tensor)?.kept));
        let mut counts = BTreeMap::new();
        kept.for_each(|kept| *counts.entry(kept).or_insert(0_usize) += 1);
        let kept = counts.into_iter().max_by_key(|(_, count)| *count).map(|(kept, _)| kept);
        let pytorch = wiring.text(wiring.file.producer_name) == "pytorch";
        let fitted = is_fitted(context);
        let mut mains: Map<(CallId, Role), SmallVec<[TensorId; 1]>> = Map::default();
        mains.reserve(claims.len());
        let mut free: Map<&[u64], Vec<TensorId>> = Map::default();
        for claim in claims {
            let dims = wiring.tensor(claim.tensor).and_then(|stored| stored.dims.as_deref());
            match (claim.usage, dims) {
                (Use::Learned(role), _) => {
                    mains.entry((claim.call, role)).or_default().push(claim.tensor);
                }
                (Use::Free, Some(dims)) => free.entry(dims).or_default().push(claim.tensor),
                _ => {}
            }
        }
        Self { context, peek, kept, pytorch, fitted, mains, free }
    }

    /// The category, and whether it is more than a guess.
    fn decide(&mut self, tensor: TensorId, claims: &[&Claim]) -> (Category, bool) {
        let Some(stored) = self.context.wiring.tensor(tensor) else {
            return (Category::Constant, true);
        };
        let any = |wanted: fn(&Use) -> bool| claims.iter().any(|claim| wanted(&claim.usage));
        let statistic = any(|usage| matches!(usage, Use::Statistic(_) | Use::Beside(Role::Mean)));
        let own = any(|usage| matches!(usage, Use::Learned(_)));
        let beside = any(|usage| matches!(usage, Use::Beside(role) if *role != Role::Mean));
        // What a fitted model joins to a table are its statistics.
        let learned = own || beside && !self.fitted;
        let linear = |claim: &Claim| self.context.wiring.op(claim.call).starts_with("QLinear");
        let values = stored.dtype.is_float()
            || claims.iter().any(|claim| claim.dequantized || linear(claim));
        if matches!(stored.dtype, DType::String | DType::Bool) {
            return (Category::Constant, true);
        }
        if let Some(said) = self.context.provenance.said(tensor) {
            match said.spec {
                // A product with a state of zeros.
                _ if said.folded && is_zero(stored) => return (Category::Constant, true),
                _ if self.context.provenance.follows(&self.context.wiring, tensor) => {
                    return (Category::Constant, true);
                }
                // What a layer made of a table, as that of relative positions.
                Some(Spec::Parameter) if said.mixed && !own => return (Category::Constant, true),
                Some(Spec::Parameter) if values || learned => {
                    return (Category::Trainable, true);
                }
                Some(Spec::Buffer) if statistic => return (Category::NonTrainable, true),
                Some(Spec::Captured) if self.context.provenance.captures() => {}
                _ => return (Category::Constant, true),
            }
        }
        let integer = matches!(stored.dtype, DType::Int64 | DType::Unknown);
        let name = self.context.wiring.text(stored.name);
        let echo = path::is_result(name) && (is_step(stored, name) || self.echoes(tensor, claims));
        if !own && beside && (path::is_iterated(name) || echo) {
            return (Category::Constant, false);
        }
        if learned && !integer && !self.made_up(stored, claims) {
            return (Category::Trainable, true);
        }
        if statistic && !integer {
            return (Category::NonTrainable, true);
        }
        if any(|usage| matches!(usage, Use::Scale | Use::ZeroPoint)) {
            return (Category::Quantization, true);
        }
        if self.fitted {
            return (Category::Constant, true);
        }
        if any(|usage| *usage == Use::Unknown) && may_be_weight(stored.dtype) {
            return (Category::Trainable, false);
        }
        let free = any(|usage| matches!(usage, Use::Free | Use::State));
        if !free || !values {
            return (Category::Constant, true);
        }
        self.guess(tensor, stored, claims)
    }

    /// Whether a tensor stands beside another one of its size and type in a weight, as what an
    /// exporter made of that one to compute its norm or its statistics does.
    fn echoes(&self, tensor: TensorId, claims: &[&Claim]) -> bool {
        let stored = |tensor: TensorId| {
            self.context.wiring.tensor(tensor).map(|stored| (stored.dtype, stored.elements))
        };
        let mains = |claim: &&Claim| match claim.usage {
            Use::Beside(role) => self.mains.get(&(claim.call, role)),
            _ => None,
        };
        let mut mains = claims.iter().filter_map(mains).flatten();
        mains.any(|main| *main != tensor && stored(*main) == stored(tensor))
    }

    /// What stands in a weight's place but nobody learned.
    fn made_up(&mut self, stored: &Stored, claims: &[&Claim]) -> bool {
        let aside = stored.kept == Kept::Constant && self.kept == Some(Kept::Initializer);
        let name = self.context.wiring.text(stored.name);
        let mut roles = claims.iter().map(|claim| match claim.usage {
            Use::Learned(role) | Use::Beside(role) => Some(role),
            _ => None,
        });
        let first = roles.next().flatten();
        match first.filter(|first| roles.all(|role| role == Some(*first) || affine(role))) {
            // Ones and zeros for a normalization without scale and offset.
            role if affine(role) => {
                let result = path::is_result(name);
                aside || path::is_fill(name) || result && self.looks(stored, peek::uniform)
            }
            Some(Role::Embedding) if self.fitted => true,
            Some(Role::Bias) if path::is_fill(name) && self.looks(stored, peek::uniform) => true,
            // What a linear model fitted without an intercept has in its place.
            Some(Role::Bias)
                if (self.fitted || !stored.attribute.is_empty()) && is_zero(stored) =>
            {
                true
            }
            Some(Role::Embedding)
                if (path::is_made_up(name) || stored.rank() == 1) && self.is_regular(stored)
                    || self.is_sinusoid(stored) =>
            {
                true
            }
            Some(Role::Kernel) if self.is_filter(stored, claims) => true,
            // The attention to a single place, which a simplifier computed.
            Some(Role::Kernel) if path::operator(name).is_some() && self.looks(stored, ones) => {
                true
            }
            Some(Role::Kernel) if path::is_result(name) && self.is_identity(stored) => true,
            // One value for all outputs, spread out as no layer's own bias is.
            Some(Role::Bias)
                if path::is_result(name)
                    && stored.rank() > 1
                    && self.looks(stored, peek::uniform) =>
            {
                true
            }
            Some(Role::Embedding | Role::Bias) if path::is_kept(name) => true,
            // What PyTorch code made on the way.
            _ => aside && self.pytorch,
        }
    }

    fn is_sinusoid(&mut self, stored: &Stored) -> bool {
        self.looks(stored, |values| peek::is_sinusoid(values, stored.width()))
    }

    fn is_identity(&mut self, stored: &Stored) -> bool {
        self.looks(stored, |values| peek::is_identity(values, stored.width()))
    }

    /// Whether the values follow from each other.
    fn is_regular(&mut self, stored: &Stored) -> bool {
        self.looks(stored, |values| {
            let rounding = peek::rounding(stored.dtype);
            peek::is_sequence(values, stored.width(), rounding)
                || peek::is_geometric(values, rounding)
        })
    }

    /// Whether a kernel is a fixed filter: one for all channels, which blurs, or one that weighs
    /// each channel by its number.
    fn is_filter(&mut self, stored: &Stored, claims: &[&Claim]) -> bool {
        let seen =
            claims.first().and_then(|claim| claim.dims.as_deref()).or(stored.dims.as_deref());
        let Some([outputs, depth, window @ ..]) = seen else { return false };
        let size = netweight_core::elements(window);
        match (*outputs, *depth, size.and_then(|size| usize::try_from(size).ok())) {
            (2.., 1, Some(size)) if size > 1 => {
                stored.elements == Some(size as u64)
                    || self.looks(stored, |values| peek::is_one_filter(values, size))
            }
            (1, _, Some(1)) => {
                let rounding = peek::rounding(stored.dtype);
                self.looks(stored, |values| peek::is_sequence(values, values.len(), rounding))
            }
            _ => false,
        }
    }

    /// Whether the values of what a program computed follow from places alone.
    fn is_computed(&mut self, tensor: TensorId, stored: &Stored, values: &[f64]) -> bool {
        if peek::is_two_valued(values)
            || peek::is_grid(values)
            || peek::is_identity(values, stored.width())
        {
            return true;
        }
        let alike = stored.dims.as_deref().and_then(|dims| self.free.get(dims));
        let others: SmallVec<[TensorId; MOST_ALIKE]> =
            alike.into_iter().flatten().copied().take(MOST_ALIKE).collect();
        others.into_iter().filter(|other| *other != tensor).any(|other| {
            self.context
                .wiring
                .tensor(other)
                .is_some_and(|other| self.looks(other, |others| peek::is_rotation(values, others)))
        })
    }

    /// Whether the values are as asked, as far as they can be read.
    fn looks(&mut self, stored: &Stored, are: impl Fn(&[f64]) -> bool) -> bool {
        self.peek.floats(&self.context.wiring, stored).is_some_and(|values| are(&values))
    }

    fn guess(&mut self, tensor: TensorId, stored: &Stored, claims: &[&Claim]) -> (Category, bool) {
        let name = path::original(self.context.wiring.text(stored.name));
        let named = !path::is_made_up(name);
        // Code computes the exponential of a number of its own once; what a model raises is learned.
        let single = stored.elements == Some(1) && !name.starts_with("onnx::Exp_");
        let state = claims.iter().all(|claim| claim.usage == Use::State);
        let constant = match stored.kept {
            kept @ (Kept::Generated | Kept::Constant) => self.kept != Some(kept) || single,
            Kept::Initializer => single && !(self.pytorch && named || path::is_variable(name)),
        };
        if constant || state && !(self.pytorch && named) {
            return (Category::Constant, true);
        }
        if let Some(category) = path::word(name) {
            return (category, false);
        }
        let values = self.peek.floats(&self.context.wiring, stored).unwrap_or_default();
        let rounding = peek::rounding(stored.dtype);
        let regular = peek::is_mask(&values)
            || peek::is_sequence(&values, stored.width(), rounding)
            || peek::is_geometric(&values, rounding)
            || peek::is_sinusoid(&values, stored.width())
            || peek::is_window(&values, stored.elements.unwrap_or(0))
            || !named && self.is_computed(tensor, stored, &values);
        if regular || (!named || path::is_fill(name)) && peek::uniform(&values) {
            return (Category::Constant, true);
        }
        (Category::Trainable, false)
    }
}

/// Operands of one shape that are compared with each other.
const MOST_ALIKE: usize = 8;

/// Exporters of models that are fitted to data.
const FITTING: &[&str] = &["skl2onnx", "OnnxMLTools"];

/// Whether the model was fitted rather than trained.
pub(crate) fn is_fitted(context: &Context) -> bool {
    FITTING.contains(&context.wiring.text(context.wiring.file.producer_name))
}

/// Whether a role is that of a normalization's scale or offset.
fn affine(role: Option<Role>) -> bool {
    matches!(role, Some(Role::Gamma | Role::Beta))
}

/// Whether weights of an operator that is not known may be of this type.
fn may_be_weight(dtype: DType) -> bool {
    dtype.is_float() || dtype.bits().is_some_and(|bits| bits <= 8)
}

/// Whether a tensor that an exporter computed is a step to a norm or a statistic of the weight
/// that it stands beside: a number, or a norm with a lower bound.
fn is_step(stored: &Stored, name: &str) -> bool {
    stored.elements == Some(1) || name.starts_with("onnx::Clip_")
}

/// Whether the values are all one and the same and not zero.
fn ones(values: &[f64]) -> bool {
    peek::uniform(values) && !values.contains(&0.0)
}

fn is_zero(stored: &Stored) -> bool {
    stored.floats().is_some_and(|values| values.iter().all(|value| *value == 0.0))
}
