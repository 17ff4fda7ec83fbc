//! The shapes that inference adds to a file: dimensions followed through the operators.

use super::edit::Edit;
use super::flow::Flow;
use crate::graph::{Node, message};

/// Where nothing says it.
const USUAL: u64 = 3;

/// The dimensions of every value, as far as operators tell.
pub(super) fn ranks(flow: &Flow<'_>) -> Vec<u64> {
    let stored = flow
        .graph
        .values
        .iter()
        .map(|value| value.stored.as_ref().map(|stored| stored.shape.len() as u64));
    let mut ranks: Vec<Option<u64>> = stored.collect();
    for node in &flow.graph.nodes {
        let of = |position: usize| *ranks.get(node.input(position)? as usize)?;
        let rank = rank(flow, node, of);
        for value in node.outputs.iter().flatten() {
            if let Some(place) = ranks.get_mut(*value as usize).filter(|place| place.is_none()) {
                *place = rank;
            }
        }
    }
    ranks.into_iter().map(|rank| rank.unwrap_or(USUAL)).collect()
}

/// The dimensions of what a node gives; `of` says those of its inputs.
fn rank(flow: &Flow<'_>, node: &Node, of: impl Fn(usize) -> Option<u64>) -> Option<u64> {
    let listed = |name: &str| node.attributes.list(name).map(|list| list.len() as u64);
    // How many numbers a vector among the inputs holds.
    let numbers = |position: usize| {
        let stored = flow.value(node.input(position)?)?.stored.as_ref()?;
        stored.shape.first().copied()
    };
    let axes = || listed("axes").or_else(|| numbers(1)).unwrap_or(1);
    match node.op.as_str() {
        "Conv" | "ConvTranspose" => of(1),
        "Gemm" | "Flatten" => Some(2),
        "Shape" => Some(1),
        "Size" => Some(0),
        "Reshape" | "Expand" => numbers(1).or_else(|| of(0)),
        "Unsqueeze" => Some(of(0)?.saturating_add(axes())),
        "Squeeze" => Some(of(0)?.saturating_sub(axes())),
        "Gather" => Some((of(0)? + of(1).unwrap_or(1)).saturating_sub(1)),
        "LSTM" | "GRU" | "RNN" => Some(4),
        op if op.starts_with("Reduce") && node.attributes.int("keepdims") == Some(0) => {
            Some(of(0)?.saturating_sub(axes()))
        }
        // Elementwise operators and products: the widest of what they read.
        _ => (0..node.inputs.len().min(3)).filter_map(of).max(),
    }
}

/// The shapes of values of which the file says none.
pub(super) fn describe(flow: &Flow<'_>, ranks: &[u64], edit: &mut Edit<'_, '_>) {
    for value in flow.graph.nodes.iter().flat_map(|node| node.outputs.iter().flatten()) {
        let Some(found) = flow.value(*value) else { continue };
        if found.is_described || found.is_output || found.name.is_empty() {
            continue;
        }
        let rank = ranks.get(*value as usize).copied().unwrap_or(0);
        edit.add_message(message::shape(&found.name, rank));
    }
}
