//! `quantize_dynamic`: weights in eight bits, activations measured while the model runs.

use std::collections::HashSet;

use super::edit::{Edit, is_floating};
use super::flow::Flow;
use super::overhead::{self, Overhead, Tally};
use crate::graph::Node;
use crate::scheme::Group;
use crate::scheme::items::Item::{Activations, Scales, Weights, ZeroPoints};
use crate::scheme::request::Request;
use crate::scheme::size::{Part, Size};
use crate::scheme::subject::Subject;
use crate::scheme::term::Term;

const OVERHEAD: Overhead = Overhead {
    weight: 0.0,
    activation: 36.2,
    bias: 316.6,
    name: 20.75,
    shape: 0.89,
    zero_point: 0.1,
    fixed: 0.0,
};

/// The operators that are written anew, without the exporter's notes.
fn is_rebuilt(flow: &Flow<'_>, node: &Node) -> bool {
    match node.op.as_str() {
        "Conv" | "Gemm" | "LSTM" => true,
        "MatMul" => flow.weight(node, 1).is_some(),
        _ => false,
    }
}

pub(in crate::scheme) fn size(subject: &Subject<'_>, request: &Request) -> Size {
    let flow = subject.flow();
    let mut run = Run {
        flow,
        edit: Edit::new(flow),
        size: Size::new(request, subject.analysis.layers.len()),
        per_channel: request.scheme.group == Group::Channel,
        done: HashSet::new(),
        tally: Tally::default(),
    };
    flow.assumed.iter().for_each(|what| run.size.assume(what.clone()));
    for (index, node) in flow.graph.nodes.iter().enumerate() {
        run.node(index, node);
    }
    let Run { mut edit, mut size, tally, .. } = run;
    edit.keep_rest(&mut size, |edit, value| kept(edit, value));
    let payload = size.total.total();
    size.file =
        overhead::file_size(flow, payload, &tally, &OVERHEAD, |node| is_rebuilt(flow, node));
    size
}

struct Run<'f, 'a> {
    flow: &'f Flow<'a>,
    edit: Edit<'f, 'a>,
    size: Size,
    per_channel: bool,
    /// Tensors that have their copy in eight bits; a transposed copy is one of its own.
    done: HashSet<(u32, bool)>,
    tally: Tally,
}

impl Run<'_, '_> {
    fn node(&mut self, index: usize, node: &Node) {
        let flow = self.flow;
        match node.op.as_str() {
            "Gemm" if is_plain_product(node) => self.gemm(index, node),
            "MatMul" => self.matmul(index, node),
            "Conv" => self.conv(index, node),
            "LSTM" => self.lstm(index, node),
            "Gather" => {
                if let Some((table, _)) = flow.float_weight(node, 0) {
                    self.quantize(table, false, 1);
                    self.edit.replace(index, 0);
                }
            }
            // It reads the copy that an earlier node had made.
            "Transpose" => {
                let read = node.input(0).filter(|value| self.done.contains(&(*value, false)));
                if read.is_some() {
                    self.edit.replace(index, 0);
                }
            }
            _ => {}
        }
    }

    /// Becomes a MatMul and an Add first; a transposed matrix is stored again.
    fn gemm(&mut self, index: usize, node: &Node) {
        let is_transposed = node.attributes.int("transB") == Some(1);
        let Some((weight, stored)) = self.flow.float_weight(node, 1) else { return };
        let outputs = if is_transposed { stored.shape.first() } else { stored.shape.last() };
        let scales = self.channels(outputs.copied());
        self.quantize(weight, is_transposed, scales);
        self.edit.replace(index, 1);
        self.converted(node, node.input(2).is_some());
    }

    fn matmul(&mut self, index: usize, node: &Node) {
        let Some((weight, stored)) = self.flow.weight(node, 1) else { return };
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
            self.converted(node, false);
        }
    }

    fn conv(&mut self, index: usize, node: &Node) {
        let Some((weight, stored)) = self.flow.weight(node, 1) else {
            self.size.refuse(format!(
                "{}: the tool fails on a Conv whose weight is no stored tensor; run quant_pre_process first",
                node.name
            ));
            return;
        };
        let rank = stored.shape.len() as u64;
        self.quantize(weight, false, 1);
        self.edit.replace(index, 1);
        if let Some((first, _)) = self.flow.float_weight(node, 0) {
            self.quantize(first, false, 1);
            self.edit.replace(index, 0);
        }
        let has_bias = node.input(2).is_some();
        if has_bias {
            // The bias is reshaped before it is added; the shape is stored.
            self.size.keep(
                self.flow.layer(weight),
                8 * rank,
                "shapes that the tool adds for biases",
            );
        }
        self.converted(node, has_bias);
    }

    fn lstm(&mut self, index: usize, node: &Node) {
        let weights = [1, 2].map(|position| self.flow.float_weight(node, position));
        let [Some(kernel), Some(recurrent)] = weights else { return };
        for (position, (weight, stored)) in [(1, kernel), (2, recurrent)] {
            let at = |axis: usize| stored.shape.get(axis).copied().unwrap_or(1);
            let scales = if self.per_channel { at(0).saturating_mul(at(1)) } else { at(0) };
            self.quantize(weight, false, scales);
            self.edit.replace(index, position);
        }
    }

    fn channels(&self, outputs: Option<u64>) -> u64 {
        if self.per_channel { outputs.unwrap_or(1) } else { 1 }
    }

    /// A copy in eight bits, made once however many nodes read it.
    fn quantize(&mut self, weight: u32, is_transposed: bool, scales: u64) {
        if !self.done.insert((weight, is_transposed)) {
            return;
        }
        let Some(stored) = self.flow.initializer(Some(weight)) else { return };
        let width = stored.dtype.bits().unwrap_or(32).div_ceil(8);
        let (scale, zero) =
            if is_transposed { (Activations, Activations) } else { (Scales, ZeroPoints) };
        let terms = vec![
            Term::new(Weights, "codes").times(stored.elements()),
            Term::new(scale, "scales").times(width).times(scales),
            Term::new(zero, "zero points").times(scales),
        ];
        let layer = self.flow.layer(weight);
        terms.iter().for_each(|term| self.size.add(layer, term.item, term.bytes()));
        let name = self.flow.name(weight);
        let suffix = if is_transposed { "_Transposed" } else { "" };
        self.tally.weights += 1;
        self.tally.names += (name.len() + suffix.len()) as u64;
        self.tally.zero_points = self.tally.zero_points.saturating_add(scales);
        if let Some(layer) = layer {
            self.size.parts.push(Part { layer, name: name.to_owned(), terms });
        }
    }

    fn converted(&mut self, node: &Node, has_bias: bool) {
        self.tally.activations += 1;
        self.tally.biases += u64::from(has_bias);
        let output = node.output(0).map_or("", |output| self.flow.name(output));
        self.tally.names += output.len() as u64;
    }
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
        _ if !is_floating(stored.dtype) => "shapes, axes and other whole numbers",
        0 | 1 => "biases and normalizations stay as they are",
        _ => "read by operators that the tool does not cover",
    })
}
