//! Matrices in blocks, activations as they are: exact to the byte of the file.

use std::collections::HashSet;

use super::begun;
use super::blocks::{Blocks, Made, Matrix};
use super::edit::{Edit, MICROSOFT, WHOLE_NUMBERS, is_floating};
use super::flow::Flow;
use super::rows::Layout;
use crate::graph::{Node, StoredValue, message};
use crate::scheme::Group;
use crate::scheme::request::Request;
use crate::scheme::size::{FileSize, Size};
use crate::scheme::subject::Subject;

pub(in crate::scheme) fn size(subject: &Subject<'_>, request: &Request, layout: Layout) -> Size {
    let flow = subject.flow();
    let mut size = begun(subject, request);
    let mut edit = Edit::new(flow);
    let mut done = HashSet::new();
    for (index, node) in flow.graph.nodes.iter().enumerate() {
        let Some((position, value, matrix)) = target(flow, node, layout) else { continue };
        let first = done.insert(value);
        if layout == Layout::Rtn && !first {
            // The second reader of a shared matrix keeps the float one.
            continue;
        }
        edit.replace(index, position);
        let made = match Blocks::new(request.scheme, &matrix).made(layout, &node.op) {
            Ok(made) => made,
            Err(reason) => {
                size.refuse(format!("{}: {reason}", flow.name(value)));
                continue;
            }
        };
        replace_node(&mut edit, node, request, layout, (value, &matrix));
        if first {
            store(&mut edit, &mut size, value, made);
        }
    }
    edit.keep_rest(&mut size, |edit, value| kept(edit, value, layout));
    if done.is_empty() {
        size.assume("nothing to quantize: no MatMul with a constant matrix");
    }
    let imports = !matches!(layout, Layout::Dequantized | Layout::Rtn);
    size.file = edit.file_length(imports).map(|bytes| FileSize { bytes, tolerance: 0.0 });
    size
}

/// What a node holds for the quantizer: which input, and its matrix.
fn target(flow: &Flow<'_>, node: &Node, layout: Layout) -> Option<(usize, u32, Matrix)> {
    let matrix = |stored: &StoredValue, k: u64, n: u64| {
        let (scale, shape) = (stored.width(), stored.shape.clone());
        Matrix { k, n, scale, shape }
    };
    match (node.op.as_str(), layout) {
        ("MatMul", _) => {
            let (value, stored) = flow.weight(node, 1)?;
            let [leading @ .., k, n] = stored.shape.as_slice() else { return None };
            let flat_only = matches!(layout, Layout::Rtn | Layout::Bnb4);
            let squeezed = leading.iter().all(|dim| *dim == 1);
            let fits = if flat_only { leading.is_empty() } else { squeezed };
            fits.then(|| (1, value, matrix(stored, *k, *n)))
        }
        ("Gather", Layout::Gather) => {
            let (value, stored) = flow.weight(node, 0)?;
            let k = stored.shape.get(1).copied().unwrap_or(0);
            let n = stored.elements().checked_div(k).unwrap_or(0);
            Some((0, value, matrix(stored, k, n)))
        }
        _ => None,
    }
}

/// The node is written anew, without the exporter's notes.
fn replace_node(
    edit: &mut Edit<'_, '_>,
    node: &Node,
    request: &Request,
    layout: Layout,
    (weight, matrix): (u32, &Matrix),
) {
    let flow = edit.flow;
    let new = Replacement {
        name: &node.name,
        weight: flow.name(weight),
        input: node.input(usize::from(node.op == "Gather")).map_or("", |input| flow.name(input)),
        output: node.output(0).map_or("", |output| flow.name(output)),
        matrix,
        request,
    };
    edit.remove_message(node.length);
    let lengths = match layout {
        Layout::Dequantized => new.dequantized(),
        Layout::Bnb4 => vec![new.fused("MatMulBnb4", "_Bnb4", &["_Bnb4", "_absmax"])],
        Layout::Rtn => {
            let (bits, block) = (request.scheme.bits, new.block());
            let codes = format!("_Q{bits}G{block}");
            vec![new.fused("MatMulNBits", &format!("_Q{bits}"), &[&codes, "_scale", "_zp"])]
        }
        _ => {
            let op = if node.op == "Gather" { "GatherBlockQuantized" } else { "MatMulNBits" };
            let codes = format!("_Q{}", request.scheme.bits);
            vec![new.fused(op, &codes, &[&codes, "_scales", "_zero_points"])]
        }
    };
    lengths.into_iter().for_each(|length| edit.add_message(length));
}

/// A node in the place of a MatMul or Gather.
struct Replacement<'r> {
    name: &'r str,
    weight: &'r str,
    input: &'r str,
    output: &'r str,
    matrix: &'r Matrix,
    request: &'r Request,
}

impl Replacement<'_> {
    fn block(&self) -> u64 {
        self.request.scheme.block().unwrap_or(self.matrix.k)
    }

    fn renamed(&self, suffix: &str) -> String {
        if self.name.is_empty() { String::new() } else { format!("{}{suffix}", self.name) }
    }

    /// One operator that reads the tensors of these suffixes, the last only where there are zero
    /// points.
    fn fused(&self, op: &str, suffix: &str, tensors: &[&str]) -> u64 {
        let zeros = self.request.scheme.zero_point.is_some();
        let tensors = tensors.iter().take(if zeros { 3 } else { 2 });
        let tensors: Vec<String> =
            tensors.map(|suffix| format!("{}{suffix}", self.weight)).collect();
        let names: Vec<&str> =
            tensors.iter().map(String::as_str).chain([self.input, self.output]).collect();
        let (k, n) = (message::int("K", self.matrix.k), message::int("N", self.matrix.n));
        let block = message::int("block_size", self.block());
        let attributes = match op {
            "GatherBlockQuantized" => {
                vec![block, message::int("gather_axis", 0), message::int("quantize_axis", 1)]
            }
            "MatMulBnb4" => vec![block, k, n, message::int("quant_type", 1)],
            _ => vec![block, k, n, message::int("bits", self.request.scheme.bits)],
        };
        message::node(op, MICROSOFT, &self.renamed(suffix), &names, &attributes)
    }

    /// A DequantizeLinear, a Transpose where each column has one scale, and the MatMul.
    fn dequantized(&self) -> Vec<u64> {
        let scheme = self.request.scheme;
        let named = |suffix: &str| format!("{}{suffix}", self.weight);
        let (codes, scales, zeros) =
            (named("_DQ_Q4"), named("_DQ_scales"), named("_DQ_zero_points"));
        let mut read = named("_DQ_Q4_output");
        let mut names = vec![codes.as_str(), scales.as_str(), read.as_str()];
        if scheme.zero_point.is_some() {
            names.push(&zeros);
        }
        let attributes = [message::int("axis", 0), message::int("block_size", self.block())];
        let name = self.renamed("_DQ_Q4");
        let mut lengths = vec![message::node("DequantizeLinear", "", &name, &names, &attributes)];
        if scheme.group == Group::Channel && scheme.zero_point.is_none() {
            let transposed = format!("{read}_transposed");
            let order = message::ints("perm", &[1, 0]);
            lengths.push(message::node("Transpose", "", "", &[&read, &transposed], &[order]));
            read = transposed;
        }
        let name = self.renamed("_matmul_Q4");
        lengths.push(message::node("MatMul", "", &name, &[self.input, &read, self.output], &[]));
        lengths
    }
}

fn store(edit: &mut Edit<'_, '_>, size: &mut Size, weight: u32, made: Vec<Made>) {
    let flow = edit.flow;
    for tensor in &made {
        let name = format!("{}{}", flow.name(weight), tensor.suffix);
        edit.add_message(message::tensor(&name, &tensor.dims, tensor.term.bytes()));
    }
    let terms = made.into_iter().map(|made| made.term).collect();
    size.add_terms(flow.layer(weight), flow.name(weight), terms);
}

/// Why an initializer stays; none for one that goes.
fn kept(edit: &Edit<'_, '_>, value: u32, layout: Layout) -> Option<&'static str> {
    let flow = edit.flow;
    let never_read = flow.readers(value).is_empty();
    if edit.is_unread(value) && !(layout == Layout::Rtn && never_read) {
        return None;
    }
    let stored = flow.initializer(Some(value))?;
    let read_by = |op: &str| {
        flow.readers(value)
            .iter()
            .any(|(node, _)| flow.graph.nodes.get(*node).is_some_and(|node| node.op == op))
    };
    Some(match stored.shape.len() {
        _ if !is_floating(stored.dtype) => WHOLE_NUMBERS,
        0 | 1 => "vectors: biases, normalizations",
        _ if read_by("Conv") || read_by("ConvTranspose") => "Conv is not covered",
        _ if read_by("Gemm") => "Gemm is not covered, only MatMul",
        _ if read_by("Gather") => "tables are looked up, not multiplied",
        _ => "no MatMul reads it as its matrix",
    })
}
