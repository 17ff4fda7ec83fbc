//! The nodes of a file in which operators work on eight bits, message by message.

use std::collections::{HashMap, HashSet};

use super::edit::{Edit, MICROSOFT};
use super::flow::Flow;
use crate::graph::{Node, message};

/// What quantized values are called, and what has been written for them.
#[derive(Default)]
pub(super) struct Names {
    /// Of a quantized value the ones whose codes and whose scale it goes by.
    values: HashMap<u32, (u32, u32)>,
    /// Values that are there as float: given so before they were quantized, or cast back.
    floats: HashSet<u32>,
    /// Whether ONNX Runtime's own operators are among the nodes.
    pub(super) is_contributed: bool,
}

impl Names {
    /// A value with codes and a scale of its own.
    fn own(&mut self, value: u32) {
        self.values.entry(value).or_insert((value, value));
    }

    /// A result with codes of its own, and the scale of what it was made of.
    pub(super) fn scaled(&mut self, from: u32, value: u32) {
        let scale = self.values.get(&from).map_or(from, |(_, scale)| *scale);
        self.values.insert(value, (value, scale));
    }

    /// A result of a function that is left out: another's codes stand for it.
    pub(super) fn same(&mut self, from: u32, value: u32) {
        let names = self.values.get(&from).copied().unwrap_or((from, from));
        self.values.insert(value, names);
    }

    fn of<'f>(&self, flow: &'f Flow<'_>, value: u32) -> (&'f str, &'f str) {
        let (codes, scale) = self.values.get(&value).copied().unwrap_or((value, value));
        (flow.name(codes), flow.name(scale))
    }

    /// A value that comes as float is quantized, once.
    pub(super) fn quantize(&mut self, edit: &mut Edit<'_, '_>, value: u32) {
        if self.values.contains_key(&value) {
            return;
        }
        self.own(value);
        self.floats.insert(value);
        let name = edit.flow.name(value);
        edit.add_message(convert("QuantizeLinear", name, name, name));
    }

    /// A constant is quantized with another value's scale.
    pub(super) fn quantize_as(&mut self, edit: &mut Edit<'_, '_>, constant: u32, value: u32) {
        let name = edit.flow.name(constant);
        let (_, scale) = self.of(edit.flow, value);
        edit.add_message(convert("QuantizeLinear", name, name, scale));
    }

    /// A value that is read as float is cast back, once.
    pub(super) fn dequantize(&mut self, edit: &mut Edit<'_, '_>, value: u32) {
        let flow = edit.flow;
        if !self.is_float(flow, value) && self.floats.insert(value) {
            let (codes, scale) = self.of(flow, value);
            edit.add_message(convert("DequantizeLinear", flow.name(value), codes, scale));
        }
    }

    /// Whether a value can be read as float.
    pub(super) fn is_float(&self, flow: &Flow<'_>, value: u32) -> bool {
        let is_outside = flow.is_input(value) || flow.initializer(Some(value)).is_some();
        is_outside || !self.values.contains_key(&value) || self.floats.contains(&value)
    }

    /// A node's own operator on eight bits in its place.
    pub(super) fn operator(&mut self, edit: &mut Edit<'_, '_>, node: &Node, has_bias: bool) {
        let flow = edit.flow;
        let op = match node.op.as_str() {
            "Gemm" => "QGemm".to_owned(),
            op => format!("QLinear{op}"),
        };
        let is_standard = matches!(node.op.as_str(), "Conv" | "MatMul");
        self.is_contributed |= !is_standard;
        let mut names = Vec::new();
        for (position, value) in node.inputs.iter().enumerate() {
            let Some(value) = value else { continue };
            if has_bias && position == 2 {
                names.push(format!("{}_quantized", flow.name(*value)));
                continue;
            }
            let (codes, scale) = self.of(flow, *value);
            names.push(format!("{codes}_quantized"));
            names.extend(["scale", "zero_point"].map(|suffix| format!("{scale}_{suffix}")));
        }
        let output = node.output(0).map_or("", |output| flow.name(output));
        let given = ["scale", "zero_point", "quantized"].map(|suffix| format!("{output}_{suffix}"));
        names.extend(given);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let name = format!("{}_quant", node.name);
        let domain = if is_standard { "" } else { MICROSOFT };
        let length = message::node(&op, domain, &name, &names, &[]);
        edit.remove_message(node.length);
        edit.add_message(length.saturating_add(settings(flow, node)));
        if let Some(output) = node.output(0) {
            self.own(output);
        }
    }

    /// A split is a new node on eight bits, without the notes of the old one; the names of what it
    /// gives lack an underscore.
    pub(super) fn split(&self, edit: &mut Edit<'_, '_>, node: &Node) {
        let named = if node.name.is_empty() { 0 } else { "_quant".len() as u64 };
        let joined = node.outputs.iter().flatten().count() as u64;
        self.hand_on(edit, node);
        edit.remove(node.notes_length.saturating_add(joined));
        edit.add(named);
    }

    /// A node that hands on eight bits: its values' names get longer.
    pub(super) fn hand_on(&self, edit: &mut Edit<'_, '_>, node: &Node) {
        const SUFFIX: u64 = "_quantized".len() as u64;
        let flow = edit.flow;
        let read = node.input(0).map_or(0, |input| {
            let (codes, _) = self.of(flow, input);
            (codes.len() as u64 + SUFFIX).saturating_sub(flow.name(input).len() as u64)
        });
        let given = node.outputs.iter().flatten().count() as u64 * SUFFIX;
        edit.remove_message(node.length);
        edit.add_message(node.length.saturating_add(read).saturating_add(given));
    }
}

/// Bytes of a node's attributes; a Gemm's factor of the bias is not among those that remain.
fn settings(flow: &Flow<'_>, node: &Node) -> u64 {
    const BETA: u64 = 16;
    let all = flow.settings(node);
    match node.op.as_str() {
        "Gemm" if node.attributes.get("beta").is_some() => all.saturating_sub(BETA),
        "Softmax" => all.saturating_add(message::field(message::int("opset", 1))),
        _ => all,
    }
}

/// A node that quantizes a value or casts it back.
fn convert(op: &str, of: &str, codes: &str, scale: &str) -> u64 {
    let [codes, scale, zero] =
        [format!("{codes}_quantized"), format!("{scale}_scale"), format!("{scale}_zero_point")];
    message::node(op, "", &format!("{of}_{op}"), &[of, &codes, &scale, &zero], &[])
}
