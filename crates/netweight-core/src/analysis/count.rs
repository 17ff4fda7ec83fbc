//! The tensors of a layer, what they come to, and how that stands to its formula.

use std::borrow::Cow;

use super::{Check, Counts, LayerAnalysis, Owners, Tensor};
use crate::evaluate::{Evaluated, Expected, frozen};
use crate::{Category, DType, Layer, Role, Weight, elements};

/// The tensors of a layer and what they come to.
pub(super) fn count<'m>(
    layer: &'m Layer,
    index: usize,
    analysis: &mut LayerAnalysis<'m>,
    owners: &mut Owners<'m>,
) {
    let evaluated = &analysis.evaluated;
    let mut shared_with = layer.shared_with;
    let mut tensors: Vec<Tensor<'m>> = if layer.weights.is_empty() {
        evaluated.weights.iter().map(|weight| expected(weight, shared_with.is_some())).collect()
    } else {
        let mut shared_by = None;
        let tensors: Vec<Tensor<'m>> = layer
            .weights
            .iter()
            .map(|weight| {
                let owner = *owners.entry(&weight.name).or_insert(index);
                shared_by = shared_by
                    .or(Some(owner)
                        .filter(|owner| *owner != index && weight.category.is_parameter()));
                stored(weight, layer.frozen, owner != index)
            })
            .collect();
        let parameters = |tensor: &&Tensor<'_>| tensor.category.is_parameter();
        if tensors.iter().filter(parameters).all(|tensor| tensor.shared) {
            shared_with = shared_with.or(shared_by);
        }
        tensors
    };
    let known = layer.unknown.is_none() && is_known(layer, evaluated, &tensors);
    analysis.check = check(layer, evaluated, &tensors);
    let stated = layer.assumed.filter(|_| !known && shared_with.is_none());
    if let Some(parameters) = stated {
        tensors = vec![assumed(parameters, layer.frozen)];
    }
    analysis.counts = match shared_with {
        Some(_) => Some(Counts::default()),
        None => (known || stated.is_some()).then(|| sum(&tensors)),
    };
    (analysis.tensors, analysis.shared_with) = (tensors, shared_with);
    analysis.assumed = stated.is_some();
}

/// All that a person states of a layer as one tensor.
fn assumed(parameters: u64, is_frozen: bool) -> Tensor<'static> {
    Tensor {
        name: "assumed".into(),
        role: Role::Parameter,
        category: if is_frozen { Category::NonTrainable } else { Category::Trainable },
        shape: Some(vec![parameters].into()),
        dtype: DType::Float32,
        elements: Some(parameters),
        stored_bytes: None,
        place: None,
        shared: false,
    }
}

fn expected(weight: &Expected, shared: bool) -> Tensor<'static> {
    Tensor {
        name: weight.name.clone(),
        role: weight.role,
        category: weight.category,
        elements: weight.shape.as_deref().and_then(elements),
        shape: weight.shape.clone().map(Cow::Owned),
        dtype: DType::Float32,
        stored_bytes: None,
        place: None,
        shared,
    }
}

fn stored(weight: &Weight, is_frozen: bool, shared: bool) -> Tensor<'_> {
    Tensor {
        name: weight.name.as_str().into(),
        role: weight.role,
        category: if is_frozen { frozen(weight.category) } else { weight.category },
        shape: Some(weight.shape.as_slice().into()),
        dtype: weight.dtype,
        elements: weight.count(),
        stored_bytes: weight.stored_bytes,
        place: weight.place,
        shared,
    }
}

/// Whether a layer's parameters can be counted at all.
fn is_known(layer: &Layer, evaluated: &Evaluated, tensors: &[Tensor<'_>]) -> bool {
    let counted = tensors.iter().filter(|tensor| tensor.category.is_parameter());
    if counted.clone().any(|tensor| tensor.elements.is_none()) {
        return false;
    }
    if !layer.weights.is_empty() || !layer.outputs.is_empty() {
        return true;
    }
    match evaluated.kind {
        Some(kind) if kind.has_parameters() => evaluated.tree.is_some(),
        Some(_) => evaluated.problems.is_empty() || tensors.is_empty(),
        None => layer.kind.is_none() || evaluated.tree.is_some(),
    }
}

fn sum(tensors: &[Tensor<'_>]) -> Counts {
    let of = |category| {
        let mine = tensors.iter().filter(|tensor| tensor.category == category && !tensor.shared);
        mine.filter_map(|tensor| tensor.elements).fold(0u64, u64::saturating_add)
    };
    Counts { trainable: of(Category::Trainable), non_trainable: of(Category::NonTrainable) }
}

fn check(layer: &Layer, evaluated: &Evaluated, tensors: &[Tensor<'_>]) -> Check {
    let Some(tree) = &evaluated.tree else { return Check::None };
    if layer.weights.is_empty() {
        return Check::FormulaOnly;
    }
    if tree.value() != held(tensors) || !evaluated.contradicted.is_empty() {
        Check::Differ
    } else if evaluated.measured.is_empty() {
        Check::Agree
    } else {
        Check::ByConstruction
    }
}

/// All parameters that a layer's tensors hold, shared ones too.
pub(super) fn held(tensors: &[Tensor<'_>]) -> u64 {
    let parameters = tensors.iter().filter(|tensor| tensor.category.is_parameter());
    parameters.filter_map(|tensor| tensor.elements).fold(0, u64::saturating_add)
}
