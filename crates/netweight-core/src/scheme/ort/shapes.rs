//! The shapes that inference adds to a file.

use super::edit::Edit;
use super::flow::Flow;
use crate::DType;
use crate::graph::message;
use crate::scheme::size::FileSize;

/// The shapes of values of which the file says none.
pub(super) fn describe(flow: &Flow<'_>, edit: &mut Edit<'_, '_>) -> Estimated {
    let is_open = |value: &u32| flow.value(*value).is_some_and(|found| !found.is_described);
    Estimated::add(edit, inner(flow).filter(is_open).map(|value| message(flow, value)))
}

/// What had to be estimated, in bytes that may be wrong.
pub(super) struct Estimated(f64);

impl Estimated {
    #[expect(clippy::cast_precision_loss, reason = "a share, told in percent")]
    fn add(edit: &mut Edit<'_, '_>, lengths: impl Iterator<Item = u64>) -> Self {
        let all = lengths.fold(0, |sum: u64, length| {
            edit.add_message(length);
            sum.saturating_add(length)
        });
        Self(UNCERTAIN * all as f64)
    }

    /// Zero points of activations, which take a byte or two, signed ones a byte or ten.
    #[expect(clippy::cast_precision_loss, reason = "a share, told in percent")]
    pub(super) fn with_zero_points(self, dtype: DType, count: u64) -> Self {
        let is_signed = matches!(dtype, DType::Int8 | DType::Int16);
        Self(self.0 + count as f64 * if is_signed { 5.0 } else { 1.0 })
    }

    /// A file of this length, which is exact but for the estimate.
    #[expect(clippy::cast_precision_loss, reason = "a share, told in percent")]
    pub(super) fn file(&self, bytes: u64) -> FileSize {
        FileSize { bytes, tolerance: (self.0 / bytes.max(1) as f64).max(LEAST) }
    }
}

/// How much of the shapes may be wrong, as a share: what holds for 19 of 20 files that ONNX Runtime
/// 1.32 wrote.
const UNCERTAIN: f64 = 0.01;
/// What is said at least of a file that is not worked out to the byte.
const LEAST: f64 = 0.001;

/// A conversion to another opset writes everything beside nodes and stored tensors anew: shapes of
/// all values between the nodes, and no notes.
pub(super) fn describe_anew(flow: &Flow<'_>, edit: &mut Edit<'_, '_>) -> Estimated {
    let kept = flow.graph.nodes.iter().map(|node| message::field(node.length));
    let stored = flow.initializers().map(|(_, stored)| message::field(stored.length));
    let kept = kept.chain(stored).fold(0, u64::saturating_add);
    edit.remove(flow.graph.graph_length.saturating_sub(kept));
    edit.add_message("main_graph".len() as u64);
    let ends = (0u32..)
        .zip(&flow.graph.values)
        .filter(|(_, found)| found.is_output || (found.is_input && found.stored.is_none()));
    let all = inner(flow).chain(ends.map(|(value, _)| value));
    Estimated::add(edit, all.map(|value| message(flow, value)))
}

/// Values that nodes give to other nodes, as far as inference finds a type.
fn inner(flow: &Flow<'_>) -> impl Iterator<Item = u32> {
    let nodes = flow.graph.nodes.iter();
    let given = nodes.flat_map(|node| {
        let own = node.outputs.iter().flatten().filter(|value| flow.dtype(**value).is_some());
        own.chain(&node.inner).copied()
    });
    given.filter(|value| {
        flow.value(*value).is_some_and(|found| !found.is_output && !found.name.is_empty())
    })
}

fn message(flow: &Flow<'_>, value: u32) -> u64 {
    message::shape(flow.name(value), flow.dims(value))
}
