//! `quantize_static`, QOperator: operators that compute in eight bits themselves.

use std::collections::{HashMap, HashSet};

use super::begun;
use super::edit::{Edit, why_kept};
use super::flow::{Flow, is_float};
use super::qdq_file::{floors, scales, zero_point};
use super::qop_file::Names;
use super::rows::Static;
use super::shapes::describe;
use super::static_qdq::add_scale;
use crate::DType;
use crate::graph::{Node, message};
use crate::scheme::items::Item::{Biases, Scales, Weights, ZeroPoints};
use crate::scheme::request::Request;
use crate::scheme::size::Size;
use crate::scheme::subject::Subject;
use crate::scheme::term::Term;

pub(super) fn size(subject: &Subject<'_>, request: &Request, rule: Static) -> Size {
    let flow = subject.flow();
    let mut run = Run {
        flow,
        rule,
        edit: Edit::new(flow),
        size: begun(subject, request),
        carriers: HashMap::new(),
        used: HashSet::new(),
        weights: HashSet::new(),
        biases: HashSet::new(),
        names: Names::default(),
        choices: Vec::new(),
    };
    for (index, node) in flow.graph.nodes.iter().enumerate() {
        run.node(index, node);
    }
    run.finish(subject.analysis.model.producer.as_deref().unwrap_or_default())
}

struct Run<'f, 'a> {
    flow: &'f Flow<'a>,
    rule: Static,
    edit: Edit<'f, 'a>,
    size: Size,
    /// The tensor whose scale a quantized value goes by; none for a stored one's.
    carriers: HashMap<u32, Option<u32>>,
    /// Carriers whose scale is really read.
    used: HashSet<u32>,
    weights: HashSet<u32>,
    biases: HashSet<u32>,
    names: Names,
    /// Nodes whose inputs must be there as float.
    choices: Vec<usize>,
}

impl Run<'_, '_> {
    fn node(&mut self, index: usize, node: &Node) {
        if self.is_quantized(index, node) {
            return;
        }
        for value in node.inputs.iter().flatten() {
            self.names.dequantize(&mut self.edit, *value);
        }
    }

    /// Whether the node works on eight bits from now on, or is left out.
    fn is_quantized(&mut self, index: usize, node: &Node) -> bool {
        let gives_float = node.output(0).is_some_and(|output| self.is_activation(output));
        match node.op.as_str() {
            "Conv" => self.conv(index, node),
            "Gemm" => self.gemm(index, node),
            "MatMul" => self.matmul(index, node),
            "Add" | "Mul" if gives_float => self.computed(index, node, &[0, 1]),
            "Relu" | "Clip" => self.absorbed(node),
            "LeakyRelu" | "Sigmoid" | "Softmax" | "AveragePool" if gives_float => {
                self.computed(index, node, &[0])
            }
            "GlobalAveragePool" => {
                let Some(carrier) = self.carrier(node.input(0)) else { return false };
                self.used.extend(carrier);
                self.gives(node, false)
            }
            "Concat" if gives_float => {
                let all: Vec<usize> = (0..node.inputs.len()).collect();
                self.computed(index, node, &all)
            }
            "Gather" if self.flow.float_weight(node, 0).is_some() => {
                self.takes(index, node, &[0], true);
                self.carry(node.output(0), None);
                self.handed_on(node)
            }
            "Pad" => {
                let Some(carrier) = self.carrier(node.input(0)) else { return false };
                self.carry(node.output(0), carrier);
                // What it pads with is quantized with the input's scale.
                if let (Some(input), Some(constant)) = (node.input(0), node.input(2)) {
                    self.names.quantize_as(&mut self.edit, constant, input);
                }
                self.handed_on(node)
            }
            "Split" => self.split(index, node),
            // The tool leaves it as it is, and does not cast back what it reads.
            "Where" => {
                self.choices.push(index);
                true
            }
            "Reshape" | "Squeeze" | "Unsqueeze" | "Flatten" | "Transpose" | "MaxPool"
            | "Resize" => self.passed_on(index, node),
            _ => false,
        }
    }

    /// The node stays, with its values in eight bits under the input's scale.
    fn handed_on(&mut self, node: &Node) -> bool {
        self.names.hand_on(&mut self.edit, node);
        self.scale_outputs(node)
    }

    /// What the node gives goes by its input's scale.
    fn scale_outputs(&mut self, node: &Node) -> bool {
        if let Some(input) = node.input(0) {
            let outputs = node.outputs.iter().flatten();
            outputs.for_each(|output| self.names.scaled(input, *output));
        }
        true
    }

    /// Whether a value holds floats that are not stored.
    fn is_activation(&self, value: u32) -> bool {
        self.flow.initializer(Some(value)).is_none() && self.flow.dtype(value).is_some_and(is_float)
    }

    fn carrier(&self, value: Option<u32>) -> Option<Option<u32>> {
        self.carriers.get(&value?).copied()
    }

    fn carry(&mut self, value: Option<u32>, carrier: Option<u32>) {
        if let Some(value) = value {
            self.carriers.insert(value, carrier);
        }
    }

    /// The node becomes an operator on eight bits, whose result gets a scale of its own.
    fn gives(&mut self, node: &Node, has_bias: bool) -> bool {
        let value = node.output(0);
        self.used.extend(value);
        self.carry(value, value);
        self.names.operator(&mut self.edit, node, has_bias);
        true
    }

    /// Inputs of an operator in eight bits: stored ones as a whole, others with their own scale.
    fn takes(&mut self, index: usize, node: &Node, positions: &[usize], is_read: bool) {
        for position in positions {
            let Some(value) = node.input(*position) else { continue };
            if is_read && self.is_activation(value) {
                self.names.quantize(&mut self.edit, value);
            }
            match self.carrier(Some(value)) {
                Some(carrier) if is_read => self.used.extend(carrier),
                Some(_) => {}
                None if self.flow.float_weight(node, *position).is_some() => {
                    self.weight(value, 1, self.rule.activation);
                    self.carriers.entry(value).or_insert(None);
                }
                None if self.is_activation(value) => {
                    self.carry(Some(value), Some(value));
                    self.used.extend(is_read.then_some(value));
                }
                None => {}
            }
            if self.flow.float_weight(node, *position).is_some() {
                self.edit.replace(index, *position);
            }
        }
    }

    fn computed(&mut self, index: usize, node: &Node, positions: &[usize]) -> bool {
        if !positions.iter().all(|position| self.flow.is_float(node.input(*position))) {
            return false;
        }
        self.takes(index, node, positions, true);
        self.gives(node, false)
    }

    /// A function that the input's scale does the work of is left out.
    fn absorbed(&mut self, node: &Node) -> bool {
        let Some(carrier) = self.carrier(node.input(0)) else { return false };
        self.carry(node.output(0), carrier);
        self.edit.remove_message(node.length);
        if let (Some(input), Some(output)) = (node.input(0), node.output(0)) {
            self.names.same(input, output);
        }
        true
    }

    fn passed_on(&mut self, index: usize, node: &Node) -> bool {
        let Some(carrier) = self.carrier(node.input(0)) else { return false };
        self.used.extend(carrier);
        let is_stored = self.flow.weight(node, 0).is_some();
        if is_stored {
            self.edit.replace(index, 0);
        }
        self.carry(node.output(0), if is_stored { None } else { carrier });
        self.handed_on(node)
    }

    fn split(&mut self, index: usize, node: &Node) -> bool {
        let is_stored = self.flow.float_weight(node, 0).is_some();
        let is_float = |input: &u32| is_stored || self.is_activation(*input);
        let Some(input) = node.input(0).filter(is_float) else { return false };
        self.takes(index, node, &[0], true);
        let carrier = self.carrier(Some(input)).flatten();
        node.outputs.iter().for_each(|output| self.carry(*output, carrier));
        self.names.split(&mut self.edit, node);
        self.scale_outputs(node)
    }

    fn conv(&mut self, index: usize, node: &Node) -> bool {
        if !self.flow.is_float(node.input(0)) {
            return false;
        }
        self.takes(index, node, &[0], true);
        match self.flow.weight(node, 1) {
            Some((weight, stored)) => {
                self.weight(weight, self.channels(stored.shape.first()), self.rule.weight);
                self.edit.replace(index, 1);
            }
            // One that is computed is calibrated like what goes through it.
            None => self.takes(index, node, &[1], true),
        }
        if node.input(2).is_some() {
            match self.flow.weight(node, 2) {
                Some((bias, _)) => self.bias(index, bias),
                None => self.refuse(node),
            }
        }
        self.gives(node, true)
    }

    fn refuse(&mut self, node: &Node) {
        self.size.refuse(format!(
            "{}: the tool fails on a Conv whose bias is no stored tensor (`'NoneType' object has no attribute 'data_type'`); run quant_pre_process first, which removes the Identity before it",
            node.name
        ));
    }

    /// A product of something whose type inference does not find, as what ONNX Runtime's own
    /// operators give.
    fn refuse_untyped(&mut self, node: &Node) {
        let untyped = [0, 1].into_iter().filter_map(|position| node.input(position));
        if let Some(value) = untyped.into_iter().find(|value| self.flow.dtype(*value).is_none()) {
            self.size.refuse(format!(
                "{}: the tool fails on a product of {}, whose type it cannot infer (`'NoneType' object has no attribute 'extend'`); describe it in the file's value_info, or exclude the node",
                node.name,
                self.flow.name(value)
            ));
        }
    }

    fn gemm(&mut self, index: usize, node: &Node) -> bool {
        let is_weight = self.flow.float_weight(node, 1).is_some();
        if !is_weight && !node.input(1).is_some_and(|value| self.is_activation(value)) {
            return false;
        }
        self.refuse_untyped(node);
        // With a bias that is not stored it stays float, though its inputs have been marked.
        let is_converted = node.input(2).is_none() || self.flow.weight(node, 2).is_some();
        match self.flow.weight(node, 1) {
            Some((weight, stored)) => {
                self.takes(index, node, &[0], is_converted);
                let axis = usize::from(node.attributes.int("transB") != Some(1));
                self.weight(weight, self.channels(stored.shape.get(axis)), self.rule.weight);
                self.edit.replace(index, 1);
            }
            None => self.takes(index, node, &[0, 1], is_converted),
        }
        if !is_converted {
            return false;
        }
        if let Some((bias, _)) = self.flow.weight(node, 2) {
            self.bias(index, bias);
        }
        self.gives(node, true)
    }

    fn matmul(&mut self, index: usize, node: &Node) -> bool {
        let holds = |position: usize| {
            self.flow.float_weight(node, position).is_some()
                || node.input(position).is_some_and(|value| self.is_activation(value))
        };
        if !holds(0) && !holds(1) {
            return false;
        }
        self.refuse_untyped(node);
        self.takes(index, node, &[0], true);
        match self.flow.float_weight(node, 1) {
            Some((weight, stored)) => {
                self.weight(weight, self.channels(stored.shape.last()), self.rule.weight);
                self.edit.replace(index, 1);
            }
            None => self.takes(index, node, &[1], true),
        }
        self.gives(node, false)
    }

    /// A bias in 32 bits, once however many nodes read it; its scale follows from others.
    fn bias(&mut self, index: usize, bias: u32) {
        if self.biases.insert(bias) {
            let elements = self.flow.initializer(Some(bias)).map_or(0, |bias| bias.elements());
            self.size.add(self.flow.layer(bias), Biases, elements.saturating_mul(4));
            let name = format!("{}_quantized", self.flow.name(bias));
            let length = message::tensor(&name, &[elements], elements.saturating_mul(4));
            self.edit.add_message(length);
        }
        self.edit.replace(index, 2);
    }

    /// Scales of a weight with so many outputs.
    fn channels(&self, outputs: Option<&u64>) -> u64 {
        outputs.copied().filter(|_| self.rule.per_channel).unwrap_or(1)
    }

    fn weight(&mut self, weight: u32, channels: u64, dtype: DType) {
        let Some(stored) = self.flow.initializer(Some(weight)) else { return };
        if !self.weights.insert(weight) {
            return;
        }
        let width = stored.width();
        let terms = vec![
            Term::new(Weights, "codes").times(stored.elements()),
            Term::new(Scales, "scales").times(width).times(channels),
            Term::new(ZeroPoints, "zero points").times(channels),
        ];
        let name = self.flow.name(weight);
        self.size.add_terms(self.flow.layer(weight), name, terms);
        let codes = format!("{name}_quantized");
        self.edit.add_message(message::tensor(&codes, &stored.shape, stored.elements()));
        let dims = if channels == 1 { Vec::new() } else { vec![channels] };
        // Numbers around the middle of an unsigned type take one byte or two.
        let zeros = match dtype {
            DType::UInt8 => channels.saturating_mul(3).div_ceil(2),
            _ => channels,
        };
        scales(&mut self.edit, name, &dims, width, zeros);
    }

    /// What only a Where reads as float is missing from the file.
    fn refuse_missing(&mut self) {
        let nodes = self.choices.iter().filter_map(|index| self.flow.graph.nodes.get(*index));
        let missing = nodes.clone().find(|node| {
            let mut read = node.inputs.iter().flatten();
            read.any(|value| !self.names.is_float(self.flow, *value))
        });
        if let Some(node) = missing {
            self.size.refuse(format!(
                "{}: the tool fails on a Where that reads a quantized result (`Invalid model with unknown initializers/tensors`); exclude the node before it, or use QDQ",
                node.name
            ));
        }
    }

    fn finish(mut self, producer: &str) -> Size {
        let flow = self.flow;
        let floors = floors(flow);
        let is_function = |node: &Node| matches!(node.op.as_str(), "Relu" | "Clip");
        for value in self.used.iter().filter(|value| flow.initializer(Some(**value)).is_none()) {
            add_scale(&mut self.size, flow, *value, 1);
            let mut readers = flow.readers(*value).iter();
            let begins_at_zero = floors.contains(value)
                || readers.any(|(node, _)| flow.graph.nodes.get(*node).is_some_and(is_function));
            let zero = zero_point(self.rule.activation, begins_at_zero);
            let width = flow.scale_width(Some(*value));
            scales(&mut self.edit, flow.name(*value), &[], width, zero);
        }
        for output in (0u32..).zip(&flow.graph.values).filter(|(_, value)| value.is_output) {
            self.names.dequantize(&mut self.edit, output.0);
        }
        self.refuse_missing();
        let activations = self.used.len() as u64;
        let Self { mut edit, mut size, names, rule, .. } = self;
        edit.keep_rest(&mut size, |edit, value| {
            if edit.is_unread(value) { None } else { why_kept(edit.flow, value) }
        });
        let estimated = describe(flow, &mut edit);
        let estimated = estimated.with_zero_points(rule.activation, activations);
        let bytes = edit.quantized_length(names.is_contributed, producer);
        size.file = bytes.map(|bytes| estimated.file(bytes));
        size
    }
}
