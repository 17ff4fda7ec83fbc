//! Weights that the file stores twice in different layouts: a tied output matrix is the embedding
//! turned over once exporters fold the turning.

use std::collections::{HashMap, HashSet};

use netweight_core::{Diagnostic, Role};

use crate::claim::Claim;
use crate::graph::TensorId;
use crate::ops::Use;
use crate::path;
use crate::peek::Peek;
use crate::plan::Context;

/// Tensors that repeat others.
pub(crate) struct Copies {
    originals: HashMap<TensorId, TensorId>,
}

/// Pairs of tables and matrices that are compared with each other.
const MOST_COMPARED: usize = 64;
/// Places at which two tensors are compared.
const SAMPLES: u64 = 64;

impl Copies {
    pub(crate) fn of(context: &Context, claims: &[Claim], peek: &mut Peek) -> Self {
        let mut originals = context.provenance.copies(&context.wiring);
        let tables = matrices(context, claims, Role::Embedding);
        // Most models have one or two tables, and few matrices of their size.
        let mut left = MOST_COMPARED;
        for matrix in matrices(context, claims, Role::Kernel) {
            if !path::is_result(name(context, matrix)) || originals.contains_key(&matrix) {
                continue;
            }
            let turned = tables.iter().find(|table| {
                left > 0 && are_reversed(context, **table, matrix) && {
                    left -= 1;
                    is_turned(context, peek, **table, matrix)
                }
            });
            if let Some(table) = turned {
                originals.insert(matrix, *table);
            }
        }
        Self { originals }
    }

    /// The tensor that a tensor repeats, or itself.
    pub(crate) fn original(&self, tensor: TensorId) -> TensorId {
        self.originals.get(&tensor).copied().unwrap_or(tensor)
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

/// Tensors of two dimensions that are learned in a role, each once.
fn matrices(context: &Context, claims: &[Claim], role: Role) -> Vec<TensorId> {
    let is_one = |claim: &&Claim| {
        let dims = context.wiring.tensor(claim.tensor).and_then(|stored| stored.dims.as_ref());
        claim.usage == Use::Learned(role)
            && dims.is_some_and(|dims| matches!(dims.as_slice(), [a, b] if *a > 1 && *b > 1))
    };
    let mut seen = HashSet::new();
    let found = claims.iter().filter(is_one).map(|claim| claim.tensor);
    found.filter(|tensor| seen.insert(*tensor)).collect()
}

/// Whether two tensors of one type have each other's rows and columns.
fn are_reversed(context: &Context, table: TensorId, matrix: TensorId) -> bool {
    let stored = |tensor| context.wiring.tensor(tensor);
    let (Some(table), Some(matrix)) = (stored(table), stored(matrix)) else { return false };
    match (table.dims.as_deref(), matrix.dims.as_deref()) {
        (Some([rows, columns]), Some(turned)) => {
            *turned == [*columns, *rows] && table.dtype == matrix.dtype
        }
        _ => false,
    }
}

/// Whether a matrix is a table turned over, by values here and there.
fn is_turned(context: &Context, peek: &mut Peek, table: TensorId, matrix: TensorId) -> bool {
    let wiring = &context.wiring;
    let (Some(table), Some(matrix)) = (wiring.tensor(table), wiring.tensor(matrix)) else {
        return false;
    };
    let Some([rows, columns]) = table.dims.as_deref() else { return false };
    let total = rows.saturating_mul(*columns);
    // A step that shares no factor with most sizes, so that places spread over both dimensions.
    let step = (total / SAMPLES).max(1) | 1;
    let mut values: Vec<f64> = Vec::new();
    for sample in 0..SAMPLES.min(total) {
        let place = sample.saturating_mul(step) % total;
        let (row, column) = (place / columns, place % columns);
        let there = column.saturating_mul(*rows).saturating_add(row);
        let one = peek.part(wiring, table, place, 1);
        match (one.as_deref(), peek.part(wiring, matrix, there, 1).as_deref()) {
            (Some([one]), Some([other])) if one == other => values.push(*one),
            _ => return false,
        }
    }
    values.iter().any(|value| Some(value) != values.first())
}
