//! `quantize_dynamic`: weights in eight bits, activations measured while the model runs.

use std::collections::{HashMap, HashSet};

use super::begun;
use super::dynamic_file::{Product, dequantized, lstm, measured};
use super::edit::{Edit, WHOLE_NUMBERS, is_floating};
use super::flow::Flow;
use super::shapes::describe;
use crate::DType;
use crate::graph::{Node, message};
use crate::scheme::Group;
use crate::scheme::items::Item::{Activations, Scales, Weights, ZeroPoints};
use crate::scheme::request::Request;
use crate::scheme::size::Size;
use crate::scheme::subject::Subject;
use crate::scheme::term::Term;

pub(in crate::scheme) fn size(subject: &Subject<'_>, request: &Request) -> Size {
    let flow = subject.flow();
    let mut run = Run {
        flow,
        edit: Edit::new(flow),
        size: begun(subject, request),
        per_channel: request.scheme.group == Group::Channel,
        is_signed: request.scheme.zero_point != Some(DType::UInt8),
        done: HashSet::new(),
        measured: HashSet::new(),
        coded: HashMap::new(),
        cast_back: HashSet::new(),
        has_lstm: false,
    };
    for (index, node) in flow.graph.nodes.iter().enumerate() {
        if !run.is_converted(index, node) {
            run.read_as_float(index, node);
        }
    }
    for (output, _) in (0u32..).zip(&flow.graph.values).filter(|(_, value)| value.is_output) {
        run.cast_back(output);
    }
    let Run { mut edit, mut size, has_lstm, .. } = run;
    edit.keep_rest(&mut size, |edit, value| kept(edit, value));
    let estimated = describe(flow, &mut edit);
    let producer = subject.analysis.model.producer.as_deref().unwrap_or_default();
    let bytes = edit.quantized_length(has_lstm, producer);
    size.file = bytes.map(|bytes| estimated.file(bytes));
    size
}

struct Run<'f, 'a> {
    flow: &'f Flow<'a>,
    edit: Edit<'f, 'a>,
    size: Size,
    per_channel: bool,
    /// Whether weights are signed, so that zero stands for zero.
    is_signed: bool,
    /// Tensors that have their copy in eight bits; a transposed copy is one of its own.
    done: HashSet<(u32, bool)>,
    /// Activations that are measured, each once.
    measured: HashSet<u32>,
    /// Results that are there in eight bits, with the tensor whose scale they go by.
    coded: HashMap<u32, u32>,
    /// Those among them that are cast back for a node that reads floats.
    cast_back: HashSet<u32>,
    has_lstm: bool,
}

impl Run<'_, '_> {
    /// Whether the node works on eight bits from now on.
    fn is_converted(&mut self, index: usize, node: &Node) -> bool {
        let flow = self.flow;
        match node.op.as_str() {
            "Gemm" if is_plain_product(node) => self.gemm(index, node),
            "MatMul" => self.matmul(index, node),
            "Conv" => self.conv(index, node),
            "LSTM" => self.lstm(index, node),
            "Gather" => {
                let Some((table, _)) = flow.float_weight(node, 0) else { return false };
                self.quantize_unsigned(table);
                self.hand_on(index, node, table)
            }
            // It reads the copy that an earlier node had made.
            "Transpose" => {
                let is_there = |value: &u32| {
                    self.done.contains(&(*value, false))
                        || self.measured.contains(value)
                        || self.coded.contains_key(value)
                };
                let Some(read) = node.input(0).filter(is_there) else { return false };
                self.hand_on(index, node, read)
            }
            _ => false,
        }
    }

    /// The node stays, on numbers of eight bits.
    fn hand_on(&mut self, index: usize, node: &Node, read: u32) -> bool {
        const SUFFIXES: u64 = 2 * "_quantized".len() as u64;
        let source = self.coded.get(&read).copied().unwrap_or(read);
        self.edit.replace(index, 0);
        self.edit.remove_message(node.length);
        self.edit.add_message(node.length.saturating_add(SUFFIXES));
        self.coded.extend(node.output(0).map(|output| (output, source)));
        true
    }

    /// What an earlier node has only left in eight bits is cast back, stored tensors too.
    fn read_as_float(&mut self, index: usize, node: &Node) {
        for (position, value) in node.inputs.iter().enumerate() {
            let Some(value) = value else { continue };
            if self.done.contains(&(*value, false)) {
                self.coded.entry(*value).or_insert(*value);
                self.edit.replace(index, position);
            }
            self.cast_back(*value);
        }
    }

    /// A result in eight bits becomes float again, once.
    fn cast_back(&mut self, value: u32) {
        let Some(source) = self.coded.get(&value).copied() else { return };
        if self.cast_back.insert(value) {
            self.edit.add_message(dequantized(self.flow.name(value), self.flow.name(source)));
        }
    }

    /// Becomes a MatMul and an Add first; a transposed matrix is stored again.
    fn gemm(&mut self, index: usize, node: &Node) -> bool {
        let is_transposed = node.attributes.int("transB") == Some(1);
        let Some((weight, stored)) = self.flow.float_weight(node, 1) else { return false };
        let outputs = if is_transposed { stored.shape.first() } else { stored.shape.last() };
        let scales = self.channels(outputs.copied());
        self.quantize(weight, is_transposed, scales);
        self.edit.replace(index, 1);
        self.write(node, "MatMulInteger", (weight, is_transposed));
        true
    }

    fn matmul(&mut self, index: usize, node: &Node) -> bool {
        let Some((weight, stored)) = self.flow.weight(node, 1) else { return false };
        let mut is_converted = false;
        if self.flow.float_weight(node, 1).is_some() {
            let scales = self.channels(stored.shape.last().copied());
            self.quantize(weight, false, scales);
            self.edit.replace(index, 1);
            is_converted = true;
        }
        if let Some((first, _)) = self.flow.float_weight(node, 0) {
            self.quantize(first, false, 1);
            self.edit.replace(index, 0);
            is_converted = true;
        }
        if is_converted {
            self.write(node, "MatMulInteger", (weight, false));
        }
        is_converted
    }

    fn conv(&mut self, index: usize, node: &Node) -> bool {
        if !self.flow.is_float(node.input(0)) {
            return false;
        }
        let Some((weight, stored)) = self.flow.weight(node, 1) else {
            return self.conv_by_result(index, node);
        };
        let rank = stored.shape.len() as u64;
        self.quantize(weight, false, 1);
        self.edit.replace(index, 1);
        self.quantize_first(index, node);
        let has_bias = node.input(2).is_some();
        if has_bias {
            // The bias is reshaped before it is added; the shape is stored.
            self.size.keep(
                self.flow.layer(weight),
                8 * rank,
                "shapes that the tool adds for biases",
            );
        }
        self.write(node, "ConvInteger", (weight, false));
        true
    }

    /// A weight that is computed is measured like what goes through it.
    fn conv_by_result(&mut self, index: usize, node: &Node) -> bool {
        if node.input(2).is_some() {
            self.size.refuse(format!(
                "{}: the tool fails on a Conv whose weight is no stored tensor beside a bias; run quant_pre_process first",
                node.name
            ));
            return false;
        }
        let Some(weight) = node.input(1) else { return false };
        self.quantize_first(index, node);
        if !self.coded.contains_key(&weight) && self.measured.insert(weight) {
            self.edit.add_message(measured(self.flow.name(weight)));
        }
        self.write(node, "ConvInteger", (weight, false));
        true
    }

    /// An input that is stored is quantized as a weight is.
    fn quantize_first(&mut self, index: usize, node: &Node) {
        if let Some((first, _)) = self.flow.float_weight(node, 0) {
            self.quantize(first, false, 1);
            self.edit.replace(index, 0);
        }
    }

    fn lstm(&mut self, index: usize, node: &Node) -> bool {
        let weights = [1, 2].map(|position| self.flow.float_weight(node, position));
        let [Some(kernel), Some(recurrent)] = weights else { return false };
        for (position, (weight, stored)) in [(1, kernel), (2, recurrent)] {
            let at = |axis: usize| stored.shape.get(axis).copied().unwrap_or(1);
            let scales = if self.per_channel { at(0).saturating_mul(at(1)) } else { at(0) };
            self.quantize(weight, false, scales);
            self.edit.replace(index, position);
        }
        self.has_lstm = true;
        self.edit.remove_message(node.length);
        self.edit.add_message(lstm(self.flow, node, [kernel.0, recurrent.0]));
        true
    }

    fn channels(&self, outputs: Option<u64>) -> u64 {
        if self.per_channel { outputs.unwrap_or(1) } else { 1 }
    }

    /// A copy in eight bits, made once however many nodes read it.
    fn quantize(&mut self, weight: u32, is_transposed: bool, scales: u64) {
        // Numbers around the middle of an unsigned type take one byte or two.
        let zeros = if self.is_signed { scales } else { scales.saturating_mul(3).div_ceil(2) };
        self.copy(weight, is_transposed, scales, zeros);
    }

    /// Tables are unsigned whatever weights are.
    fn quantize_unsigned(&mut self, table: u32) {
        self.copy(table, false, 1, 2);
    }

    /// A copy whose zero points take so many bytes, as varints.
    fn copy(&mut self, weight: u32, is_transposed: bool, scales: u64, zeros: u64) {
        if !self.done.insert((weight, is_transposed)) {
            return;
        }
        let Some(stored) = self.flow.initializer(Some(weight)) else { return };
        let width = stored.width();
        let (scale, zero_point) =
            if is_transposed { (Activations, Activations) } else { (Scales, ZeroPoints) };
        let terms = vec![
            Term::new(Weights, "codes").times(stored.elements()),
            Term::new(scale, "scales").times(width).times(scales),
            Term::new(zero_point, "zero points").times(scales),
        ];
        let name = self.flow.name(weight);
        self.size.add_terms(self.flow.layer(weight), name, terms);
        let base = copy_name(name, is_transposed);
        let dims = if scales == 1 { Vec::new() } else { vec![scales] };
        for (suffix, dims, bytes) in [
            ("quantized", stored.shape.as_slice(), stored.elements()),
            ("scale", dims.as_slice(), scales.saturating_mul(width)),
            ("zero_point", dims.as_slice(), zeros),
        ] {
            self.edit.add_message(message::tensor(&format!("{base}_{suffix}"), dims, bytes));
        }
    }

    /// The node as a product of whole numbers, and what goes around it.
    fn write(&mut self, node: &Node, op: &'static str, (weight, is_transposed): (u32, bool)) {
        let flow = self.flow;
        if node.output(0).is_some_and(|output| flow.dtype(output).is_none()) {
            self.size.refuse(format!(
                "{}: the tool fails on a result whose type it cannot infer (`Unable to find data type for weight_name`); describe it in the file's value_info first",
                node.name
            ));
        }
        let named = |value: Option<u32>| value.map_or("", |value| flow.name(value));
        let source = node.input(0).and_then(|value| self.coded.get(&value).copied());
        let is_activation = |value: &u32| flow.initializer(Some(*value)).is_none();
        let activation = node.input(0).filter(is_activation).filter(|_| source.is_none());
        if let Some(value) = activation.filter(|value| self.measured.insert(*value)) {
            self.edit.add_message(measured(flow.name(value)));
        }
        let weight = copy_name(flow.name(weight), is_transposed);
        let product = Product {
            op,
            node,
            settings: flow.settings(node),
            input: named(node.input(0)),
            input_scale: named(source.or(node.input(0))),
            weight: &weight,
            bias: node.input(2).map(|bias| flow.name(bias)),
            output: named(node.output(0)),
            rank: flow.weight(node, 1).map_or(2, |(_, stored)| stored.shape.len() as u64),
            dims: node.output(0).and_then(|output| flow.dims(output)),
        };
        self.edit.remove_message(node.length);
        product.messages().into_iter().for_each(|length| self.edit.add_message(length));
    }
}

/// What a copy in eight bits is called, before what it is a part of.
fn copy_name(name: &str, is_transposed: bool) -> String {
    if is_transposed { format!("{name}_Transposed") } else { name.to_owned() }
}

/// Whether a Gemm is a product and a sum and nothing else.
fn is_plain_product(node: &Node) -> bool {
    let is = |name: &str, value: i64| {
        node.attributes.get(name).is_none_or(|_| node.attributes.int(name) == Some(value))
    };
    is("alpha", 1) && is("beta", 1) && is("transA", 0)
}

fn kept(edit: &Edit<'_, '_>, value: u32) -> Option<&'static str> {
    if edit.is_unread(value) {
        return None;
    }
    let stored = edit.flow.initializer(Some(value))?;
    Some(match stored.shape.len() {
        _ if !is_floating(stored.dtype) => WHOLE_NUMBERS,
        0 | 1 => "biases and normalizations stay as they are",
        _ => "read by operators that the tool does not cover",
    })
}
