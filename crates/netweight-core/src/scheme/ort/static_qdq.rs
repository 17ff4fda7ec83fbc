//! `quantize_static`, QDQ: pairs of QuantizeLinear and DequantizeLinear around the operators.

use std::collections::{HashMap, HashSet};

use super::begun;
use super::edit::{Edit, why_kept};
use super::flow::{Flow, is_float};
use super::qdq_file;
use super::rows::Static;
use crate::DType;
use crate::graph::Node;
use crate::scheme::items::Item::{Activations, Biases, Scales, Weights, ZeroPoints};
use crate::scheme::packed;
use crate::scheme::request::Request;
use crate::scheme::size::Size;
use crate::scheme::subject::Subject;
use crate::scheme::term::Term;

/// What a tensor is quantized as.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Mark {
    /// With the activations' type, and the scale of another tensor where that serves.
    Activation { shared: Option<u32> },
    /// With the weights' type, by channel of an axis or as a whole.
    Weight { axis: Option<usize> },
}

pub(super) fn size(subject: &Subject<'_>, request: &Request, rule: Static) -> Size {
    let flow = subject.flow();
    let mut size = begun(subject, request);
    let mut marker = Marker {
        flow,
        rule,
        marks: HashMap::new(),
        order: Vec::new(),
        biases: Vec::new(),
        left_out: HashMap::new(),
        refused: None,
    };
    for node in &flow.graph.nodes {
        marker.node(node);
    }
    refuse_measured(flow, &mut size);
    if let Some(reason) = marker.refused.take() {
        size.refuse(reason);
    }
    let gone = marker.write(&mut size);
    let mut edit = Edit::new(flow);
    edit.keep_rest(&mut size, |edit, value| {
        let unused = flow.readers(value).is_empty() && !flow.is_output(value);
        if gone.contains(&value) || unused { None } else { why_kept(edit.flow, value) }
    });
    // Types of sixteen bits need a newer opset, and the conversion writes every node anew.
    let is_old = flow.graph.opset().is_some_and(|version| version < 21);
    let converts = is_old && (bits(rule.activation) == 16 || bits(rule.weight) == 16);
    if converts {
        for axes in qdq_file::old_axes(flow) {
            let bytes = 8 * axes.len() as u64;
            size.keep(None, bytes, "axes that become tensors in a newer opset");
        }
    }
    let producer = subject.analysis.model.producer.as_deref().unwrap_or_default();
    size.file = qdq_file::size(&marker, edit, converts, producer);
    size
}

/// Scales that the model measures itself have the names that the tool gives its own.
fn refuse_measured(flow: &Flow<'_>, size: &mut Size) {
    let mut nodes = flow.graph.nodes.iter();
    if let Some(node) = nodes.find(|node| node.op == "DynamicQuantizeLinear") {
        size.refuse(format!(
            "{}: the file is quantized dynamically already, where the tool fails (`KeyError`, `Graph is not a DAG`); take the float file",
            node.name
        ));
    }
}

fn bits(dtype: DType) -> u64 {
    dtype.bits().unwrap_or(8)
}

pub(super) struct Marker<'f, 'a> {
    pub(super) flow: &'f Flow<'a>,
    pub(super) rule: Static,
    pub(super) marks: HashMap<u32, Mark>,
    order: Vec<u32>,
    /// Biases with the weight beside them; one that two nodes read is stored twice.
    pub(super) biases: Vec<(u32, Option<u32>)>,
    /// What functions that are left out read, and what they gave.
    pub(super) left_out: HashMap<u32, u32>,
    /// Why the tool fails.
    refused: Option<String>,
}

impl Marker<'_, '_> {
    fn node(&mut self, node: &Node) {
        let (first, output) = (node.input(0), node.output(0));
        match node.op.as_str() {
            "Conv" | "ConvTranspose" | "Gemm" => self.linear(node),
            "MatMul" => {
                for value in node.inputs.iter().chain(&node.outputs).flatten() {
                    match self.flow.initializer(Some(*value)) {
                        Some(_) => self.weight(Some(*value), 1),
                        None => self.activation(Some(*value)),
                    }
                }
            }
            "Relu" | "Clip" => self.relu(node),
            "Reshape" | "Transpose" | "Squeeze" | "Unsqueeze" | "Flatten" | "AveragePool"
            | "Slice" | "TopK" => self.pass_on(node),
            "MaxPool" if self.opset() >= 12 => self.pass_on(node),
            "Resize" if self.opset() >= 11 => self.pass_on(node),
            "Pad" => {
                node.inputs.iter().for_each(|value| self.activation(*value));
                self.share(first, output);
            }
            "Split" => {
                if !self.is_quantized(first) {
                    self.activation(first);
                }
                node.outputs.iter().for_each(|value| self.share(first, *value));
            }
            "Gather" | "GatherElements" => {
                if self.flow.float_weight(node, 0).is_some() {
                    self.activation(first);
                    self.share(first, output);
                } else if self.is_quantized(first) {
                    self.share(first, output);
                }
            }
            "Where" if self.is_quantized(node.input(1)) && self.is_quantized(node.input(2)) => {
                self.activation(output);
            }
            "InstanceNormalization" | "LayerNormalization" | "BatchNormalization" => {
                self.normalization(node);
            }
            "Add"
            | "Mul"
            | "LeakyRelu"
            | "Sigmoid"
            | "Softmax"
            | "Concat"
            | "GlobalAveragePool"
            | "ArgMax"
            | "CumSum"
            | "EmbedLayerNormalization" => {
                let values = node.inputs.iter().chain(&node.outputs);
                values.for_each(|value| self.activation(*value));
            }
            _ => {}
        }
    }

    fn opset(&self) -> u64 {
        self.flow.graph.opset().unwrap_or(17)
    }

    fn linear(&mut self, node: &Node) {
        self.activation(node.input(0));
        self.activation(node.output(0));
        let axis = match node.op.as_str() {
            "Conv" => 0,
            "Gemm" if node.attributes.int("transB") == Some(1) => 0,
            _ => 1,
        };
        self.weight(node.input(1), axis);
        self.bias(node, node.input(2));
    }

    fn normalization(&mut self, node: &Node) {
        self.activation(node.input(0));
        match self.flow.weight(node, 1) {
            Some(_) => self.weight(node.input(1), 1),
            None => self.activation(node.input(1)),
        }
        self.bias(node, node.input(2));
        node.outputs.iter().for_each(|value| self.activation(*value));
    }

    /// Behind a tensor that only it reads, it is left out: the scale cuts off what it would.
    fn relu(&mut self, node: &Node) {
        let (Some(input), output) = (node.input(0), node.output(0)) else { return };
        if !self.is_quantized(Some(input)) {
            return;
        }
        let flow = self.flow;
        let is_float32 = output.and_then(|output| flow.dtype(output)) == Some(DType::Float32);
        let is_inner = !flow.is_output(input)
            && !flow.is_input(input)
            && flow.initializer(Some(input)).is_none();
        if is_float32 && is_inner && flow.readers(input).len() == 1 {
            self.marks.remove(&input);
            if let Some(output) = output {
                self.left_out.insert(input, output);
            }
        } else {
            self.activation(Some(input));
        }
        self.activation(output);
    }

    fn pass_on(&mut self, node: &Node) {
        if self.is_quantized(node.input(0)) {
            self.share(node.input(0), node.output(0));
        }
    }

    fn is_quantized(&self, value: Option<u32>) -> bool {
        value.is_some_and(|value| {
            self.marks.contains_key(&value) || self.biases.iter().any(|(bias, _)| *bias == value)
        })
    }

    /// Whether a value holds floats that are quantized.
    fn takes(&self, value: u32) -> bool {
        self.flow.dtype(value).is_some_and(is_float)
            && !self.flow.value(value).is_some_and(|value| {
                value
                    .stored
                    .as_ref()
                    .is_some_and(|stored| stored.in_node && !is_float(stored.dtype))
            })
    }

    fn mark(&mut self, value: u32, mark: Mark) {
        if self.marks.insert(value, mark).is_none() {
            self.order.push(value);
        }
    }

    fn activation(&mut self, value: Option<u32>) {
        let Some(value) = value.filter(|value| self.takes(*value)) else { return };
        if !self.marks.contains_key(&value) {
            self.mark(value, Mark::Activation { shared: None });
        }
    }

    /// The first value's scale serves for the second.
    fn share(&mut self, from: Option<u32>, value: Option<u32>) {
        if let Some(value) = value.filter(|value| self.takes(*value)) {
            let shared = from.map(|from| self.scale_of(from));
            self.mark(value, Mark::Activation { shared });
        }
    }

    fn weight(&mut self, value: Option<u32>, axis: usize) {
        let Some(value) = value else { return };
        let stored = self.flow.initializer(Some(value));
        let by_channel = stored.filter(|stored| self.rule.per_channel && axis < stored.shape.len());
        match by_channel {
            Some(stored) if is_float(stored.dtype) => {
                self.mark(value, Mark::Weight { axis: Some(axis) });
            }
            None if self.takes(value) && !self.marks.contains_key(&value) => {
                self.mark(value, Mark::Weight { axis: None });
            }
            _ => {}
        }
    }

    /// A bias, whose scale is that of the input times that of the weight.
    fn bias(&mut self, node: &Node, bias: Option<u32>) {
        let stored = self.flow.initializer(bias);
        let Some(bias) = bias.filter(|_| stored.is_some_and(|stored| is_float(stored.dtype)))
        else {
            return;
        };
        self.biases.push((bias, node.input(1)));
        let factors = node.inputs.iter().take(2).flatten();
        let unscaled = factors.copied().find(|value| !self.marks.contains_key(value));
        if let (Some(value), None) = (unscaled, &self.refused) {
            self.refused = Some(format!(
                "{}: the tool fails on a bias beside {}, which it does not quantize (`Unable to get valid quantization scale`); describe its type in the file's value_info, or exclude the node",
                node.name,
                self.flow.name(value)
            ));
        }
    }

    /// Whether a node is left out.
    pub(super) fn leaves_out(&self, node: &Node) -> bool {
        let given = node.input(0).and_then(|input| self.left_out.get(&input));
        given.is_some() && given.copied() == node.output(0)
    }

    /// The tensors that are marked in the end, each once.
    pub(super) fn marked(&self) -> impl Iterator<Item = u32> {
        let mut seen = HashSet::new();
        let marked = self.order.iter().copied().filter(|value| self.marks.contains_key(value));
        marked.filter(move |value| seen.insert(*value))
    }

    /// The tensor whose scale serves for a value.
    pub(super) fn scale_of(&self, value: u32) -> u32 {
        match self.marks.get(&value) {
            Some(Mark::Activation { shared: Some(from) }) => *from,
            _ => value,
        }
    }

    /// The tensors that come into the file; gives those that go.
    fn write(&self, size: &mut Size) -> HashSet<u32> {
        let mut gone = HashSet::new();
        for value in self.marked() {
            let Some(mark) = self.marks.get(&value) else { continue };
            match self.flow.initializer(Some(value)) {
                Some(_) => {
                    self.write_weight(size, value, *mark);
                    gone.insert(value);
                }
                None => self.write_activation(size, value, *mark),
            }
        }
        for (bias, weight) in &self.biases {
            let scales = weight.map_or(1, |weight| self.channels(weight));
            let elements = self.flow.initializer(Some(*bias)).map_or(0, |bias| bias.elements());
            let values = elements.saturating_add(scales).saturating_mul(4);
            // A bias's scale has the type of the weight beside it.
            let width = self.flow.scale_width(*weight);
            let bytes = values.saturating_add(scales.saturating_mul(width));
            size.add(self.flow.layer(*bias), Biases, bytes);
            gone.insert(*bias);
        }
        gone
    }

    /// Scales of a marked weight.
    pub(super) fn channels(&self, weight: u32) -> u64 {
        let stored = self.flow.initializer(Some(weight));
        match (self.marks.get(&weight), stored) {
            (Some(Mark::Weight { axis: Some(axis) }), Some(stored)) => {
                stored.shape.get(*axis).copied().unwrap_or(1)
            }
            _ => 1,
        }
    }

    fn write_weight(&self, size: &mut Size, value: u32, mark: Mark) {
        let Some(stored) = self.flow.initializer(Some(value)) else { return };
        let dtype = match mark {
            Mark::Weight { .. } => self.rule.weight,
            Mark::Activation { .. } => self.rule.activation,
        };
        let (bits, scales) = (bits(dtype), self.channels(value));
        let terms = vec![
            Term::new(Weights, "codes").ceil(&[stored.elements(), bits], 8),
            Term::new(Scales, "scales").times(stored.width()).times(scales),
            Term::new(ZeroPoints, "zero points").ceil(&[scales, bits], 8),
        ];
        size.add_terms(self.flow.layer(value), self.flow.name(value), terms);
    }

    fn write_activation(&self, size: &mut Size, value: u32, mark: Mark) {
        if !matches!(mark, Mark::Activation { shared: Some(_) }) {
            add_scale(size, self.flow, value, packed(1, bits(self.rule.activation)));
        }
    }
}

/// The scale of an activation, and its zero point of so many bytes; those of a stored tensor are
/// its layer's.
pub(super) fn add_scale(size: &mut Size, flow: &Flow<'_>, value: u32, zero_point: u64) {
    let scale = flow.scale_width(Some(value));
    match flow.value(value).is_some_and(|value| value.stored.is_some()) {
        true => {
            size.add(flow.layer(value), Scales, scale);
            size.add(flow.layer(value), ZeroPoints, zero_point);
        }
        false => size.add(None, Activations, scale + zero_point),
    }
}
