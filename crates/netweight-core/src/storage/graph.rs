//! What the bytes of an ONNX graph hold beside its tensors' values.

use std::collections::{HashMap, HashSet};

use super::Part;
use super::holding::Ledger;
use crate::graph::Graph;

/// Shares out the bytes that belong to no tensor's values, of which `told` bytes are in the file.
pub(super) fn structure(graph: &Graph, told: u64, mut left: u64, ledger: &mut Ledger) {
    let sum = |lengths: &mut dyn Iterator<Item = u64>| lengths.fold(0, u64::saturating_add);
    let own = || {
        let stored = graph.values.iter().filter_map(|value| value.stored.as_ref());
        stored.filter(|stored| !stored.in_node)
    };
    let payloads = sum(&mut own().map(|stored| stored.payload));
    let tensors = sum(&mut own().map(|stored| stored.length));
    let notes = sum(&mut graph.nodes.iter().map(|node| node.notes_length));
    let nodes = sum(&mut graph.nodes.iter().map(|node| node.length));
    let inside = notes.saturating_add(told.saturating_sub(payloads));
    let around = nodes.saturating_add(tensors);
    // Hostile lengths may add up to more than there is.
    let mut take = |bytes: u64| {
        let taken = bytes.min(left);
        left -= taken;
        taken
    };
    let part = Part::Graph;
    let notes = take(notes);
    ledger.shrinkable(part, "an exporter's notes", notes, notes, NOTES);
    ledger.add(part, "operators", take(nodes.saturating_sub(inside)));
    ledger.add(part, "names, shapes of tensors", take(tensors.saturating_sub(payloads)));
    let frames = take(graph.graph_length.saturating_sub(around));
    ledger.add(part, "descriptions of values", frames);
    ledger.add(part, "header and metadata", left);
}

const NOTES: &str = "strip metadata_props and doc_string: nothing that runs the model reads them";

/// Tensors that only QuantizeLinear reads.
pub(super) fn before_quantization(graph: &Graph) -> HashSet<&str> {
    let mut only: HashMap<u32, bool> = HashMap::new();
    for node in &graph.nodes {
        for input in node.inputs.iter().take(1).flatten() {
            *only.entry(*input).or_insert(true) &= node.op == "QuantizeLinear";
        }
        for input in node.inputs.iter().skip(1).flatten() {
            only.insert(*input, false);
        }
    }
    let values = only.into_iter().filter(|(_, only)| *only);
    let stored = values.filter_map(|(index, _)| graph.value(index));
    stored.filter(|value| value.stored.is_some()).map(|value| value.name.as_str()).collect()
}
