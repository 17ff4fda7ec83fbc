//! What a quantizer takes out of a graph and puts into it, and what that comes to.

use std::collections::HashSet;

use super::flow::Flow;
use crate::DType;
use crate::graph::message;
use crate::scheme::size::Size;

/// Edits of a graph: readers of stored tensors that read something else now, bytes of the file.
pub(super) struct Edit<'f, 'a> {
    pub(super) flow: &'f Flow<'a>,
    replaced: HashSet<(usize, usize)>,
    /// Readers that each value still has.
    left: Vec<usize>,
    /// Bytes that come into the graph and go out of it.
    added: u64,
    removed: u64,
}

/// The domain of ONNX Runtime's own operators.
pub(super) const MICROSOFT: &str = "com.microsoft";

impl<'f, 'a> Edit<'f, 'a> {
    pub(super) fn new(flow: &'f Flow<'a>) -> Self {
        let values = 0..flow.graph.values.len();
        let readers = |index| u32::try_from(index).map_or(0, |index| flow.readers(index).len());
        let left = values.map(readers).collect();
        Self { flow, replaced: HashSet::new(), left, added: 0, removed: 0 }
    }

    /// A node reads something else in the place of a value.
    pub(super) fn replace(&mut self, node: usize, position: usize) {
        if !self.replaced.insert((node, position)) {
            return;
        }
        let read = self.flow.graph.nodes.get(node).and_then(|node| node.input(position));
        if let Some(left) = read.and_then(|value| self.left.get_mut(value as usize)) {
            *left = left.saturating_sub(1);
        }
    }

    /// Whether nobody needs an initializer any more.
    pub(super) fn is_unread(&self, value: u32) -> bool {
        self.left.get(value as usize) == Some(&0) && !self.flow.is_output(value)
    }

    pub(super) fn add_message(&mut self, length: u64) {
        self.added = self.added.saturating_add(message::field(length));
    }

    pub(super) fn remove_message(&mut self, length: u64) {
        self.removed = self.removed.saturating_add(message::field(length));
    }

    /// Bytes that come into a message that stays.
    pub(super) fn add(&mut self, bytes: u64) {
        self.added = self.added.saturating_add(bytes);
    }

    /// Bytes that go out of a message that stays.
    pub(super) fn remove(&mut self, bytes: u64) {
        self.removed = self.removed.saturating_add(bytes);
    }

    /// What remains of the stored tensors: kept by `kept`'s word for it, or gone from the file.
    pub(super) fn keep_rest(
        &mut self,
        size: &mut Size,
        kept: impl Fn(&Self, u32) -> Option<&'static str>,
    ) {
        let flow = self.flow;
        for (value, stored) in flow.initializers() {
            match kept(self, value) {
                Some(reason) => size.keep(flow.layer(value), stored.bytes(), reason),
                None => self.remove_message(stored.length),
            }
        }
        for (value, stored) in flow.constants() {
            let reason = match is_floating(stored.dtype) {
                true => "in a Constant node, where quantizers do not look",
                false => WHOLE_NUMBERS,
            };
            size.keep(flow.layer(value), stored.bytes(), reason);
        }
    }

    /// The file with these edits and an import of ONNX Runtime's operators where it is asked for
    /// and missing; none for a graph that no file holds.
    pub(super) fn file_length(&self, imports: bool) -> Option<u64> {
        let graph = &self.flow.graph;
        if graph.file_length == 0 {
            return None;
        }
        let has = graph.opsets.iter().any(|(domain, _)| domain == MICROSOFT);
        let import = if imports && !has { message::opset(MICROSOFT, 1) } else { 0 };
        let body = graph.graph_length.saturating_add(self.added).checked_sub(self.removed)?;
        let outside = graph.file_length.checked_sub(message::field(graph.graph_length))?;
        Some(outside.saturating_add(import).saturating_add(message::field(body)))
    }
}

impl Edit<'_, '_> {
    /// The same of a file that a quantizer wrote: it notes which tool inferred shapes, and puts its
    /// own name and version in the place of the exporter's.
    pub(super) fn quantized_length(&self, imports: bool, producer: &str) -> Option<u64> {
        const METADATA: u64 = 33;
        let text = |text: &str| message::field(text.len() as u64);
        let before = match producer.split_once(' ') {
            Some((name, version)) => text(name) + text(version),
            None if producer.is_empty() => 0,
            None => text(producer),
        };
        let added = METADATA + text("onnx.quantize") + text("0.1.0");
        Some(self.file_length(imports)?.saturating_add(added).saturating_sub(before))
    }
}

/// Why tensors without real numbers stay.
pub(super) const WHOLE_NUMBERS: &str = "whole numbers: shapes, axes, what is quantized already";

/// Why a stored tensor stays where every operator with real numbers might be quantized.
pub(super) fn why_kept(flow: &Flow<'_>, value: u32) -> Option<&'static str> {
    let is_real = is_floating(flow.initializer(Some(value))?.dtype);
    Some(if is_real { "read by operators that stay float" } else { WHOLE_NUMBERS })
}

/// Whether a type holds real numbers.
pub(super) fn is_floating(dtype: DType) -> bool {
    matches!(dtype, DType::Float16 | DType::Float32 | DType::Float64 | DType::BFloat16)
}
