//! A graph with what its wiring gives: who reads a value, and what type it has.

use std::borrow::Cow;
use std::collections::HashMap;

use super::lower;
use crate::graph::{Dim, Graph, Node, StoredValue, Value, message};
use crate::{Analysis, DType};

/// A graph and what follows from its wiring.
pub(in crate::scheme) struct Flow<'a> {
    pub(super) graph: Cow<'a, Graph>,
    /// Who reads each value, and as which input.
    readers: Vec<Vec<(usize, usize)>>,
    types: Vec<Option<DType>>,
    /// The layer that holds a stored value.
    layers: Vec<Option<usize>>,
    pub(super) assumed: Vec<String>,
}

impl<'a> Flow<'a> {
    /// The file's own operators, else those that an exporter would write for the layers.
    pub(in crate::scheme) fn of(analysis: &Analysis<'a>) -> Self {
        match &analysis.model.graph {
            Some(graph) => Self::new(Cow::Borrowed(graph), analysis, Vec::new()),
            None => {
                let lowered = lower::graph(analysis);
                Self::new(Cow::Owned(lowered.graph), analysis, lowered.assumed)
            }
        }
    }

    fn new(graph: Cow<'a, Graph>, analysis: &Analysis<'_>, assumed: Vec<String>) -> Self {
        let mut readers = vec![Vec::new(); graph.values.len()];
        for (index, node) in graph.nodes.iter().enumerate() {
            for (position, value) in node.inputs.iter().enumerate() {
                let list = value.and_then(|value| readers.get_mut(value as usize));
                if let Some(list) = list {
                    list.push((index, position));
                }
            }
        }
        let types = types(&graph);
        let layers = holders(&graph, analysis);
        Self { graph, readers, types, layers, assumed }
    }

    pub(super) fn value(&self, index: u32) -> Option<&Value> {
        self.graph.value(index)
    }

    pub(super) fn name(&self, index: u32) -> &str {
        self.value(index).map_or("", |value| &value.name)
    }

    /// The stored tensor of a value; one in a `Constant` node is none to a quantizer.
    pub(super) fn initializer(&self, index: Option<u32>) -> Option<&StoredValue> {
        let stored = self.value(index?)?.stored.as_ref()?;
        (!stored.in_node).then_some(stored)
    }

    /// The initializer that a node reads at a position.
    pub(super) fn weight(&self, node: &Node, position: usize) -> Option<(u32, &StoredValue)> {
        let index = node.input(position)?;
        Some((index, self.initializer(Some(index))?))
    }

    /// The same, if it holds floats that quantizers take.
    pub(super) fn float_weight(&self, node: &Node, position: usize) -> Option<(u32, &StoredValue)> {
        self.weight(node, position).filter(|(_, stored)| is_float(stored.dtype))
    }

    /// Every initializer in the graph's order.
    pub(super) fn initializers(&self) -> impl Iterator<Item = (u32, &StoredValue)> {
        let stored = self.graph.values.iter().enumerate();
        stored.filter_map(|(index, value)| {
            let stored = value.stored.as_ref().filter(|stored| !stored.in_node)?;
            Some((u32::try_from(index).ok()?, stored))
        })
    }

    /// Tensors that are attributes of `Constant` nodes.
    pub(super) fn constants(&self) -> impl Iterator<Item = (u32, &StoredValue)> {
        let stored = self.graph.values.iter().enumerate();
        stored.filter_map(|(index, value)| {
            let stored = value.stored.as_ref().filter(|stored| stored.in_node)?;
            Some((u32::try_from(index).ok()?, stored))
        })
    }

    pub(super) fn readers(&self, index: u32) -> &[(usize, usize)] {
        self.readers.get(index as usize).map_or(&[], Vec::as_slice)
    }

    pub(super) fn is_output(&self, index: u32) -> bool {
        self.value(index).is_some_and(|value| value.is_output)
    }

    pub(super) fn is_input(&self, index: u32) -> bool {
        self.value(index).is_some_and(|value| value.is_input)
    }

    /// Whether a value is known to hold floats that quantizers take.
    pub(super) fn is_float(&self, index: Option<u32>) -> bool {
        index.and_then(|index| self.dtype(index)).is_some_and(is_float)
    }

    pub(super) fn dtype(&self, index: u32) -> Option<DType> {
        self.types.get(index as usize).copied().flatten()
    }

    /// Bytes of a scale beside a value, which has the value's own type.
    pub(super) fn scale_width(&self, value: Option<u32>) -> u64 {
        match value.and_then(|value| self.dtype(value)) {
            Some(DType::Float16) => 2,
            _ => 4,
        }
    }

    /// Bytes of a node's attributes: what is left of it without its names and an exporter's notes.
    pub(super) fn settings(&self, node: &Node) -> u64 {
        let values = node.inputs.iter().chain(&node.outputs);
        let names: Vec<&str> =
            values.map(|value| value.map_or("", |value| self.name(value))).collect();
        let plain = message::node(&node.op, &node.domain, &node.name, &names, &[]);
        node.length.saturating_sub(node.notes_length).saturating_sub(plain)
    }

    /// Why a runtime would not load the file.
    pub(super) fn wrong(&self) -> Option<String> {
        let mut nodes = self.graph.nodes.iter();
        nodes.find_map(|node| Some(format!("{}: {}", node.name, node.wrong.as_ref()?)))
    }

    /// The dimensions that inference finds.
    pub(super) fn dims(&self, index: u32) -> Option<&[Dim]> {
        self.value(index)?.dims.as_deref()
    }

    pub(super) fn layer(&self, index: u32) -> Option<usize> {
        self.layers.get(index as usize).copied().flatten()
    }
}

/// The two float types that ONNX Runtime's quantizers take.
pub(super) fn is_float(dtype: DType) -> bool {
    matches!(dtype, DType::Float32 | DType::Float16)
}

/// The layer of each stored value, by the names of the layers' tensors.
fn holders(graph: &Graph, analysis: &Analysis<'_>) -> Vec<Option<usize>> {
    let mut by_name: HashMap<&str, usize> = HashMap::new();
    for (index, layer) in analysis.layers.iter().enumerate() {
        for tensor in layer.tensors.iter().filter(|tensor| !tensor.shared) {
            by_name.entry(&tensor.name).or_insert(index);
        }
    }
    let of = |value: &Value| by_name.get(value.name.as_str()).copied();
    graph.values.iter().map(|value| value.layer.or_else(|| of(value))).collect()
}

/// The element types of all values: as the file states them, else through the operators.
fn types(graph: &Graph) -> Vec<Option<DType>> {
    let stated = |value: &Value| value.stored.as_ref().map(|stored| stored.dtype).or(value.dtype);
    let mut types: Vec<Option<DType>> = graph.values.iter().map(stated).collect();
    for node in &graph.nodes {
        let of = |position: usize| *types.get(node.input(position)? as usize)?;
        let given: Vec<Option<DType>> =
            (0..node.outputs.len()).map(|output| result(node, output, of)).collect();
        for (value, dtype) in node.outputs.iter().zip(given) {
            let place = value.and_then(|value| types.get_mut(value as usize));
            if let Some(place) = place.filter(|place| place.is_none()) {
                *place = dtype;
            }
        }
    }
    types
}

/// The type of an operator's result; unknown for operators that inference does not know.
fn result(node: &Node, output: usize, of: impl Fn(usize) -> Option<DType>) -> Option<DType> {
    if !node.is_standard() || node.wrong.is_some() {
        return None;
    }
    match node.op.as_str() {
        "Shape" | "Size" | "NonZero" | "ArgMax" | "ArgMin" | "NonMaxSuppression" => {
            Some(DType::Int64)
        }
        "Unique" if output > 0 => Some(DType::Int64),
        "MatMulInteger" | "ConvInteger" => Some(DType::Int32),
        "DequantizeLinear" | "CastLike" => of(1),
        "QuantizeLinear" | "OneHot" => of(2),
        "TopK" if output == 1 => Some(DType::Int64),
        "MaxPool" | "Dropout" if output == 1 => Some(DType::Int64),
        "Equal" | "Less" | "LessOrEqual" | "Greater" | "GreaterOrEqual" | "Not" | "And" | "Or"
        | "Xor" | "IsNaN" | "IsInf" => Some(DType::Bool),
        "Cast" => node.attributes.int("to").and_then(onnx_type),
        "Where" => of(1).or_else(|| of(2)),
        // What bodies give is not followed.
        "ConstantOfShape" | "If" | "Loop" | "Scan" => Some(DType::Float32),
        "Constant" => None,
        _ => of(0),
    }
}

/// ONNX's numbers of element types, those that casts give.
fn onnx_type(number: i64) -> Option<DType> {
    Some(match number {
        1 => DType::Float32,
        2 => DType::UInt8,
        3 => DType::Int8,
        6 => DType::Int32,
        7 => DType::Int64,
        9 => DType::Bool,
        10 => DType::Float16,
        11 => DType::Float64,
        16 => DType::BFloat16,
        _ => return None,
    })
}
