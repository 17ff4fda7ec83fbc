//! What a converted file takes besides its tensors: new nodes, repeated names, the shapes that
//! inference adds. Fitted on files of known length, and stated with the error to expect.

use super::flow::Flow;
use crate::graph::Node;
use crate::scheme::size::FileSize;

/// What a converter made, as far as the file's length depends on it.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Quantized weights.
    pub(super) weights: u64,
    /// Activations that get a scale; of dynamic quantization the converted nodes.
    pub(super) activations: u64,
    /// Quantized biases.
    pub(super) biases: u64,
    /// Bytes of the names of those tensors.
    pub(super) names: u64,
    /// Zero points of weights.
    pub(super) zero_points: u64,
}

/// Bytes for each of what a tally counts.
pub(super) struct Overhead {
    pub(super) weight: f64,
    pub(super) activation: f64,
    pub(super) bias: f64,
    pub(super) name: f64,
    /// For each byte of the shapes that inference adds.
    pub(super) shape: f64,
    pub(super) zero_point: f64,
    pub(super) fixed: f64,
}

/// How much of what had to be estimated may be wrong, as a share: what holds for 19 of 20 of
/// some seven hundred files that ONNX Runtime 1.32 wrote. Everything else is exact.
const UNCERTAIN: f64 = 0.35;
/// What is said at least of a file that is not worked out to the byte.
const LEAST: f64 = 0.001;

/// The length of the file with these tensors; none for a graph that no file holds.
#[expect(clippy::cast_precision_loss, reason = "an estimate with its error beside it")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped and rounded")]
pub(super) fn file_size(
    flow: &Flow<'_>,
    payload: u64,
    tally: &Tally,
    overhead: &Overhead,
    is_rebuilt: impl Fn(&Node) -> bool,
) -> Option<FileSize> {
    let graph = &flow.graph;
    if graph.file_length == 0 {
        return None;
    }
    let sum = |lengths: &mut dyn Iterator<Item = u64>| lengths.fold(0u64, u64::saturating_add);
    let today = sum(&mut flow.initializers().map(|(_, stored)| stored.bytes()))
        .saturating_add(sum(&mut flow.constants().map(|(_, stored)| stored.bytes())));
    let rebuilt = graph.nodes.iter().filter(|node| is_rebuilt(node));
    let notes = sum(&mut rebuilt.map(|node| node.notes_length));
    let Overhead { weight, activation, bias, name, shape, zero_point, fixed } = overhead;
    let estimated = weight * tally.weights as f64
        + activation * tally.activations as f64
        + bias * tally.biases as f64
        + name * tally.names as f64
        + shape * undescribed(flow) as f64
        + zero_point * tally.zero_points as f64
        + fixed;
    let kept = graph.file_length.saturating_sub(today).saturating_sub(notes);
    let estimated = estimated.max(0.0);
    let bytes = kept.saturating_add(payload).saturating_add(estimated.round() as u64);
    let tolerance = (UNCERTAIN * estimated / bytes.max(1) as f64).max(LEAST);
    Some(FileSize { bytes, tolerance })
}

/// About what inference writes for values of which the file says no shape.
fn undescribed(flow: &Flow<'_>) -> u64 {
    const TYPE_AND_SHAPE: u64 = 30;
    let given = flow.graph.nodes.iter().flat_map(|node| &node.outputs).flatten();
    let values = given.filter_map(|value| flow.value(*value));
    let open = values.filter(|value| !value.is_described && !value.is_output);
    open.fold(0u64, |sum, value| sum.saturating_add(value.name.len() as u64 + TYPE_AND_SHAPE))
}
