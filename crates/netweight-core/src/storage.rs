//! What a file's bytes hold today, and what would shrink them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::graph::{Graph, StoredValue, message};
use crate::{Analysis, Category, DType};

/// Bytes of a file that hold one sort of thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Holding {
    /// What they hold: `weights, float32`.
    pub what: String,
    /// How many tensors or entries.
    pub entries: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Bytes that could go.
    pub savable: u64,
    /// What to do for it.
    pub help: Option<String>,
}

/// Every byte of a file by what it holds, the most first. The bytes add up to the file's length.
pub fn holdings(analysis: &Analysis<'_>, file_length: u64) -> Vec<Holding> {
    let mut ledger = Ledger::default();
    match &analysis.model.graph {
        Some(graph) => operators(graph, &mut ledger),
        None => tensors(analysis, &mut ledger),
    }
    let told = ledger.0.iter().fold(0u64, |sum, holding| sum.saturating_add(holding.bytes));
    ledger.add("everything else: header, structure, metadata", file_length.saturating_sub(told));
    ledger.0.retain(|holding| holding.bytes > 0);
    ledger.0.sort_by_key(|holding| std::cmp::Reverse(holding.bytes));
    ledger.0
}

#[derive(Default)]
struct Ledger(Vec<Holding>);

impl Ledger {
    fn add(&mut self, what: &str, bytes: u64) -> &mut Holding {
        let known = self.0.iter().position(|holding| holding.what == what);
        let place = known.unwrap_or(self.0.len());
        if known.is_none() {
            let what = what.to_owned();
            self.0.push(Holding { what, entries: 0, bytes: 0, savable: 0, help: None });
        }
        #[expect(clippy::indexing_slicing, reason = "found or pushed just now")]
        let holding = &mut self.0[place];
        holding.entries = holding.entries.saturating_add(1);
        holding.bytes = holding.bytes.saturating_add(bytes);
        holding
    }

    fn savable(&mut self, what: &str, bytes: u64, savable: u64, help: &str) {
        let holding = self.add(what, bytes);
        holding.savable = holding.savable.saturating_add(savable);
        holding.help = Some(help.to_owned());
    }
}

/// Tensors by category and type, where the format says no more.
fn tensors(analysis: &Analysis<'_>, ledger: &mut Ledger) {
    let own = analysis.layers.iter().flat_map(|layer| &layer.tensors);
    for tensor in own.filter(|tensor| !tensor.shared) {
        let Some(bytes) = tensor.stored_bytes else { continue };
        match tensor.category {
            Category::Unused => {
                ledger.savable("tensors that nothing reads", bytes, bytes, UNREAD);
            }
            Category::Constant => {
                ledger.add("constants", bytes);
            }
            Category::Quantization => {
                ledger.add("scales and zero points", bytes);
            }
            Category::Trainable | Category::NonTrainable => weights(tensor.dtype, bytes, ledger),
        }
    }
}

const UNREAD: &str = "remove them: no operator reads them";

fn weights(dtype: DType, bytes: u64, ledger: &mut Ledger) {
    let what = format!("weights, {dtype}");
    match dtype {
        DType::Float32 => ledger.savable(&what, bytes, bytes / 2, "half of it in float16"),
        _ => {
            ledger.add(&what, bytes);
        }
    }
}

fn operators(graph: &Graph, ledger: &mut Ledger) {
    let readers = readers(graph);
    let mut in_nodes = 0u64;
    for (index, value) in graph.values.iter().enumerate() {
        let Some(stored) = &value.stored else { continue };
        if stored.in_node {
            let bytes = stored.bytes().min(stored.length);
            ledger.add(&format!("constants inside operators, {}", stored.dtype), bytes);
            in_nodes = in_nodes.saturating_add(bytes);
            continue;
        }
        let readers = readers.get(index).map_or(&[] as &[&str], Vec::as_slice);
        let is_unread = readers.is_empty() && !value.is_output;
        initializer(&value.name, stored, is_unread, readers, ledger);
    }
    for node in &graph.nodes {
        let own = node.length.saturating_sub(node.notes_length);
        ledger.add("operators, their names and attributes", own.min(node.length));
        if node.notes_length > 0 {
            let notes = node.notes_length;
            let help =
                "strip metadata_props and doc_string: nothing that runs the model reads them";
            ledger.savable("an exporter's notes in operators", notes, notes, help);
        }
    }
    // What constants take is told of them, not of the operators around them.
    let operators = ledger.0.iter_mut().find(|holding| holding.what.starts_with("operators"));
    if let Some(operators) = operators {
        operators.bytes = operators.bytes.saturating_sub(in_nodes);
    }
    let parts = graph.nodes.iter().map(|node| node.length);
    let stored = graph.values.iter().filter_map(|value| value.stored.as_ref());
    let parts = parts.chain(stored.filter(|stored| !stored.in_node).map(|stored| stored.length));
    let inside = parts.fold(0u64, u64::saturating_add);
    ledger.add(
        "descriptions of values, and what frames the rest",
        graph.graph_length.saturating_sub(inside),
    );
}

/// The operators that read each value.
fn readers(graph: &Graph) -> Vec<Vec<&str>> {
    let mut readers = vec![Vec::new(); graph.values.len()];
    for node in &graph.nodes {
        for input in node.inputs.iter().flatten() {
            if let Some(list) = readers.get_mut(*input as usize) {
                list.push(node.op.as_str());
            }
        }
    }
    readers
}

fn initializer(
    name: &str,
    stored: &StoredValue,
    is_unread: bool,
    readers: &[&str],
    ledger: &mut Ledger,
) {
    let raw = message::tensor(name, &stored.shape, stored.bytes());
    // A tensor whose values lie in another file takes only its name and shape here.
    let payload = if stored.length < stored.bytes() { 0 } else { stored.bytes() };
    let excess = if payload > 0 { stored.length.saturating_sub(raw) } else { 0 };
    let head = stored.length.saturating_sub(payload).saturating_sub(excess);
    ledger.add("names and shapes of tensors", head);
    if excess > 0 {
        let help = "store them as raw bytes: numbers one by one take up to ten bytes each";
        ledger.savable(
            "what numbers written one by one take beyond their width",
            excess,
            excess,
            help,
        );
    }
    let pretends = !readers.is_empty() && readers.iter().all(|op| *op == "QuantizeLinear");
    match stored.dtype {
        _ if is_unread => ledger.savable("tensors that nothing reads", payload, payload, UNREAD),
        DType::Float32 if pretends => {
            let help = "quantize them once and store eight bits: they go through QuantizeLinear at every start";
            ledger.savable("float weights before QuantizeLinear", payload, payload / 4 * 3, help);
        }
        DType::Int64 | DType::Int32 | DType::Bool => {
            ledger.add(&format!("shapes, axes and other whole numbers, {}", stored.dtype), payload);
        }
        dtype => weights(dtype, payload, ledger),
    }
}
