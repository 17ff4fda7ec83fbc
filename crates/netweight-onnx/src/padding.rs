//! Values that say nothing of their own: they fill a tensor up, or say others again.

use std::collections::HashMap;

use netweight_core::{Role, limits};

use crate::claim::Claim;
use crate::graph::{CallId, Stored, TensorId};
use crate::ops::Use;
use crate::peek::Peek;
use crate::plan::Context;

/// How many values of its own a tensor has, where these are not all.
pub(crate) fn own_values(
    context: &Context,
    claims: &[Claim],
    peek: &mut Peek,
) -> HashMap<TensorId, u64> {
    let mut own = HashMap::new();
    for claim in claims.iter().filter(|claim| claim.usage == Use::Learned(Role::Bias)) {
        let Some(stored) = context.wiring.tensor(claim.tensor) else { continue };
        match context.wiring.op(claim.call) {
            "LSTM" | "GRU" | "RNN" if context.roots.any() => {
                own.extend(empty_half(context, peek, stored).map(|half| (claim.tensor, half)));
            }
            "LinearClassifier" => own.extend(said_twice(context, claim.call)),
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
fn said_twice(context: &Context, call: CallId) -> Vec<(TensorId, u64)> {
    let lists = context.wiring.call(call).map_or(&[][..], |call| &call.lists);
    let stored = |tensor: &TensorId| context.wiring.tensor(*tensor);
    let opposite = |stored: &Stored| stored.floats().map(|values| is_opposite(&values));
    let two_classes =
        lists.iter().filter_map(|(_, tensor)| stored(tensor)).any(|list| list.elements == Some(2));
    let known: Vec<bool> =
        lists.iter().filter_map(|(_, tensor)| opposite(stored(tensor)?)).collect();
    let twice = two_classes && !known.is_empty() && known.iter().all(|opposite| *opposite);
    let halves =
        lists.iter().filter_map(|(_, tensor)| Some((*tensor, stored(tensor)?.elements? / 2)));
    halves.filter(|_| twice).collect()
}

/// Whether the second half of some values is the first one with other signs.
fn is_opposite(values: &[f64]) -> bool {
    let (first, second) = values.split_at(values.len() / 2);
    let pairs = first.iter().zip(second);
    values.len().is_multiple_of(2) && pairs.clone().all(|(a, b)| *a == -*b) && pairs.count() > 0
}
