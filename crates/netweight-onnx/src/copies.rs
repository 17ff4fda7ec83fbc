//! Weights that the file stores twice in different layouts: a tied output matrix is the embedding
//! turned over once exporters fold the turning, a codebook has another rank where it is compared.

use std::collections::{BTreeSet, HashMap};

use netweight_core::{Diagnostic, Role};

use crate::claim::Claim;
use crate::graph::TensorId;
use crate::name::Map;
use crate::ops::Use;
use crate::path;
use crate::peek::Peek;
use crate::plan::Context;

/// Tensors that repeat others.
pub(crate) struct Copies {
    originals: Map<TensorId, TensorId>,
}

/// Pairs of tensors that are compared with each other: few others than copies have the same ends.
const MOST_COMPARED: usize = 256;
/// Places at which two tensors are compared.
const SAMPLES: u64 = 64;

impl Copies {
    pub(crate) fn of(context: &Context, claims: &[Claim], peek: &mut Peek) -> Self {
        let mut originals = context.provenance.copies(&context.wiring);
        let mut left = MOST_COMPARED;
        for (copies, sources) in of_one_size(context, claims) {
            let mut by_ends: HashMap<_, Vec<TensorId>> = HashMap::new();
            for source in sources {
                if let Some(ends) = ends(context, peek, source) {
                    by_ends.entry(ends).or_default().push(source);
                }
            }
            for copy in copies {
                if originals.contains_key(&copy) {
                    continue;
                }
                let alike = ends(context, peek, copy).and_then(|ends| by_ends.get(&ends));
                let is_own =
                    |source: &&TensorId| **source != copy && !originals.contains_key(*source);
                let mut others = alike.into_iter().flatten().filter(is_own);
                let repeated = others.find(|source| {
                    left > 0 && {
                        left -= 1;
                        repeats(context, peek, **source, copy)
                    }
                });
                if let Some(source) = repeated.copied() {
                    originals.insert(copy, source);
                }
            }
        }
        Self { originals }
    }

    /// The tensor that a tensor repeats, or itself.
    pub(crate) fn original(&self, mut tensor: TensorId) -> TensorId {
        // None repeats what repeats another one already, so this comes to an end.
        while let Some(original) = self.originals.get(&tensor) {
            tensor = *original;
        }
        tensor
    }

    /// A note about them.
    pub(crate) fn note(&self, context: &Context) -> Option<Diagnostic> {
        let (copy, original) = self.originals.iter().min()?;
        let bytes =
            self.originals.keys().filter_map(|tensor| context.wiring.tensor(*tensor)?.bytes);
        let bytes = bytes.fold(0_u64, u64::saturating_add);
        let (copy, original) = (name(context, *copy), name(context, *original));
        let what = match self.originals.len() {
            1 => format!(
                "`{copy}` repeats `{original}` in another layout ({bytes} bytes); it is counted once"
            ),
            count => format!(
                "{count} stored tensors repeat others in another layout ({bytes} bytes) and are counted once; the first is `{copy}`, which is `{original}`"
            ),
        };
        Some(Diagnostic::note("onnx/repeated-weight", what))
    }
}

fn name<'f>(context: &Context<'f>, tensor: TensorId) -> &'f str {
    context.wiring.tensor(tensor).map_or("", |stored| context.wiring.text(stored.name))
}

/// Tensors that an exporter computed, with those of their size and type that the source named or
/// that rows are taken from: what they may repeat.
fn of_one_size(context: &Context, claims: &[Claim]) -> Vec<(Vec<TensorId>, Vec<TensorId>)> {
    let mut groups: HashMap<_, (BTreeSet<TensorId>, BTreeSet<TensorId>)> = HashMap::new();
    for claim in claims.iter().filter(|claim| is_of_values(claim.usage)) {
        let Some(stored) = context.wiring.tensor(claim.tensor) else { continue };
        if stored.elements > Some(1) && stored.dtype.is_float() {
            let group = groups.entry((stored.dtype, stored.elements)).or_default();
            let name = name(context, claim.tensor);
            let computed = path::is_result(name) || path::is_turned(name);
            if computed {
                group.0.insert(claim.tensor);
            }
            if !computed || claim.usage == Use::Learned(Role::Embedding) {
                group.1.insert(claim.tensor);
            }
        }
    }
    let mut groups: Vec<_> = groups
        .into_values()
        .filter(|(copies, sources)| !copies.is_empty() && !sources.is_empty())
        .map(|(copies, sources)| (copies.into_iter().collect(), sources.into_iter().collect()))
        .collect();
    groups.sort_unstable();
    groups
}

/// Whether a use is that of values that may be learned.
fn is_of_values(usage: Use) -> bool {
    matches!(usage, Use::Learned(_) | Use::Beside(_) | Use::Free)
}

/// The first and the last value of a tensor, which stay where they are when it is turned over.
fn ends(context: &Context, peek: &mut Peek, tensor: TensorId) -> Option<(u64, u64)> {
    let stored = context.wiring.tensor(tensor)?;
    let mut value = |place: u64| {
        let values = peek.part(&context.wiring, stored, place, 1)?;
        values.first().map(|value| value.to_bits())
    };
    Some((value(0)?, value(stored.elements?.checked_sub(1)?)?))
}

/// Whether a tensor has another one's values, in the same order or with rows and columns
/// exchanged, by values here and there.
fn repeats(context: &Context, peek: &mut Peek, source: TensorId, copy: TensorId) -> bool {
    let wiring = &context.wiring;
    let (Some(source), Some(copy)) = (wiring.tensor(source), wiring.tensor(copy)) else {
        return false;
    };
    let total = source.elements.unwrap_or(0);
    let turned = match (source.dims.as_deref(), copy.dims.as_deref()) {
        (Some([rows, columns]), Some(turned)) if *turned == [*columns, *rows] => {
            Some((*rows, *columns))
        }
        _ => None,
    };
    // A step that shares no factor with most sizes, so that places spread over both dimensions.
    let step = (total / SAMPLES).max(1) | 1;
    let mut differ = false;
    let mut first = None;
    for sample in 0..SAMPLES.min(total) {
        let place = sample.saturating_mul(step) % total;
        let there = match turned {
            Some((rows, columns)) => {
                (place % columns).saturating_mul(rows).saturating_add(place / columns)
            }
            None => place,
        };
        let one = peek.part(wiring, source, place, 1);
        match (one.as_deref(), peek.part(wiring, copy, there, 1).as_deref()) {
            (Some([one]), Some([other])) if one == other => {
                differ |= first.get_or_insert(*one) != one;
            }
            _ => return false,
        }
    }
    differ
}
