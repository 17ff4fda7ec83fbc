//! Values that say nothing of their own: they fill a tensor up, or say others again.

use netweight_core::{Role, limits};

use crate::category::is_fitted;
use crate::claim::Claim;
use crate::graph::{CallId, Dims, Stored, TensorId};
use crate::name::Map;
use crate::ops::Use;
use crate::peek::Peek;
use crate::plan::Context;

/// What a tensor has of its own, where that is not all.
#[derive(Debug, Clone)]
pub(crate) struct Own {
    pub(crate) elements: u64,
    /// Dimensions that a layer sees, where they are others than the tensor's.
    pub(crate) dims: Option<Dims>,
}

/// What tensors have of their own, where that is not all.
pub(crate) fn own_values(
    context: &Context,
    claims: &[Claim],
    peek: &mut Peek,
) -> Map<TensorId, Own> {
    let mut own = Map::default();
    let fitted = is_fitted(context);
    let products = |claim: &&Claim| matches!(claim.usage, Use::Learned(Role::Kernel | Role::Bias));
    for claim in claims.iter().filter(products) {
        let Some(stored) = context.wiring.tensor(claim.tensor) else { continue };
        match (context.wiring.op(claim.call), claim.usage) {
            ("LSTM" | "GRU" | "RNN", Use::Learned(Role::Bias)) if context.roots.any() => {
                let half = empty_half(context, peek, stored);
                own.extend(half.map(|half| (claim.tensor, Own { elements: half, dims: None })));
            }
            ("LinearClassifier", Use::Learned(Role::Bias)) => {
                own.extend(said_twice(context, claim.call));
            }
            ("MatMul" | "Add", _) if fitted => {
                let column = opposite_columns(context, peek, stored);
                own.extend(column.map(|column| (claim.tensor, column)));
            }
            ("Conv", Use::Learned(Role::Kernel)) if is_blocked(context, claim.call) => {
                own.extend(unpadded(context, peek, claim));
            }
            _ => {}
        }
    }
    own
}

/// Half of a bias, when the second half of each direction holds nothing but zeros: Keras'
/// recurrent layers have one bias, and its exporter fills the second one.
fn empty_half(context: &Context, peek: &mut Peek, stored: &Stored) -> Option<u64> {
    let [directions, both] = stored.dims.as_deref()? else { return None };
    let half = both / 2;
    for direction in 0..*directions.min(&limits::DIRECTIONS) {
        let from = direction.checked_mul(*both)?.checked_add(half)?;
        let values = peek.part(&context.wiring, stored, from, half)?;
        if values.iter().any(|value| *value != 0.0) {
            return None;
        }
    }
    directions.checked_mul(half)
}

/// The lists of a linear model that tells two classes apart, with half of their values: one row
/// of coefficients decides, and the row of the other class is the same one with other signs.
fn said_twice(context: &Context, call: CallId) -> Vec<(TensorId, Own)> {
    let lists = context.wiring.call(call).map_or(&[][..], |call| &call.lists);
    let stored = |tensor: &TensorId| context.wiring.tensor(*tensor);
    let opposite = |stored: &Stored| stored.floats().map(|values| is_opposite(&values));
    let two_classes =
        lists.iter().filter_map(|(_, tensor)| stored(tensor)).any(|list| list.elements == Some(2));
    let known: Vec<bool> =
        lists.iter().filter_map(|(_, tensor)| opposite(stored(tensor)?)).collect();
    let twice = two_classes && !known.is_empty() && known.iter().all(|opposite| *opposite);
    let half = |(_, tensor): &(_, TensorId)| {
        Some((*tensor, Own { elements: stored(tensor)?.elements? / 2, dims: None }))
    };
    lists.iter().filter(|_| twice).filter_map(half).collect()
}

/// One of two columns, where the other one is the same with other signs: the same two classes by a
/// matrix.
fn opposite_columns(context: &Context, peek: &mut Peek, stored: &Stored) -> Option<Own> {
    let [rows @ .., 2] = stored.dims.as_deref()? else { return None };
    let values = peek.floats(&context.wiring, stored)?;
    let dims: Dims = rows.iter().copied().chain([1]).collect();
    let elements = stored.elements? / 2;
    values.chunks(2).all(is_opposite).then_some(Own { elements, dims: Some(dims) })
}

/// Whether the second half of some values is the first one with other signs.
fn is_opposite(values: &[f64]) -> bool {
    let (first, second) = values.split_at(values.len() / 2);
    let pairs = first.iter().zip(second);
    values.len().is_multiple_of(2) && pairs.clone().all(|(a, b)| *a == -*b) && pairs.count() > 0
}

/// Whether a call works on a runtime's own layout, in which channels stand in blocks.
pub(crate) fn is_blocked(context: &Context, call: CallId) -> bool {
    let wiring = &context.wiring;
    wiring.call(call).is_some_and(|call| wiring.text(call.node.domain) == "com.microsoft.nchwc")
}

/// Channels of a block, by what a processor computes at once.
const BLOCKS: &[u64] = &[16, 8];

/// A kernel and a bias without the channels of zeros that fill the last blocks.
fn unpadded(context: &Context, peek: &mut Peek, kernel: &Claim) -> Vec<(TensorId, Own)> {
    let wiring = &context.wiring;
    let Some(stored) = wiring.tensor(kernel.tensor) else { return Vec::new() };
    let found = BLOCKS.iter().find_map(|block| channels(context, peek, stored, *block));
    let Some(dims) = found else { return Vec::new() };
    let bias = wiring.input(kernel.call, 2).and_then(|value| wiring.stored(value));
    let filled = |bias: &TensorId| {
        let size = wiring.tensor(*bias).and_then(|bias| bias.elements);
        size.is_some() && size == stored.dims.as_ref().and_then(|dims| dims.first().copied())
    };
    let bias = bias
        .filter(filled)
        .zip(dims.first().copied())
        .map(|(bias, outputs)| (bias, Own { elements: outputs, dims: Some([outputs].into()) }));
    let elements = netweight_core::elements(&dims);
    let kernel =
        elements.map(|elements| (kernel.tensor, Own { elements, dims: Some(dims.into()) }));
    kernel.into_iter().chain(bias).collect()
}

/// The dimensions of a kernel without filling channels, if its blocks are of this size and some
/// fill them up: outputs vary fastest, behind them the inputs of a block where these come in
/// blocks.
fn channels(context: &Context, peek: &mut Peek, stored: &Stored, block: u64) -> Option<Vec<u64>> {
    let [outputs, inputs, window @ ..] = stored.dims.as_deref()? else { return None };
    let window_size = netweight_core::elements(window)?;
    let width = usize::try_from(block).ok()?;
    let before_last =
        |channels: u64| channels.checked_sub(block).filter(|_| channels.is_multiple_of(block));
    let deep = before_last(*inputs);
    let depth = deep.map_or(inputs.checked_mul(window_size), |_| Some(block))?;
    let first = before_last(*outputs)?.checked_mul(*inputs)?.checked_mul(window_size)?;
    let values = peek.part(&context.wiring, stored, first, depth.checked_mul(block)?)?;
    let is_empty =
        |lane: &usize| values.iter().skip(*lane).step_by(width).all(|value| *value == 0.0);
    let empty_outputs = (0..width).rev().take_while(is_empty).count() as u64;
    let empty_inputs = match deep {
        Some(before) => {
            let first = before.checked_mul(window_size)?.checked_mul(block)?;
            let values = peek.part(&context.wiring, stored, first, block.checked_mul(block)?)?;
            let rows = values.chunks(width).rev();
            rows.take_while(|row| row.iter().all(|value| *value == 0.0)).count() as u64
        }
        None => 0,
    };
    let filled = empty_outputs > 0 || empty_inputs > 0;
    let real = empty_outputs < block && empty_inputs < block;
    (filled && real).then(|| {
        let channels = [outputs - empty_outputs, inputs - empty_inputs];
        channels.into_iter().chain(window.iter().copied()).collect()
    })
}
