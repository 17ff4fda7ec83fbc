//! The length of a file with pairs of QuantizeLinear and DequantizeLinear, message by message.

use std::collections::HashSet;

use super::edit::{Edit, MICROSOFT};
use super::flow::Flow;
use super::shapes::{describe, describe_anew};
use super::static_qdq::{Mark, Marker};
use crate::DType;
use crate::graph::{Dim, Node, message};
use crate::scheme::packed;
use crate::scheme::size::FileSize;

/// The length with all that a marker found; none for a graph that no file holds.
pub(super) fn size(
    marker: &Marker<'_, '_>,
    mut edit: Edit<'_, '_>,
    converts: bool,
    producer: &str,
) -> Option<FileSize> {
    let flow = marker.flow;
    let contributed = !converts && needs_domain(marker);
    let domain = if contributed { MICROSOFT } else { "" };
    let floors = floors(flow);
    for value in marker.marked() {
        match flow.initializer(Some(value)) {
            Some(_) => weight(&mut edit, marker, domain, value),
            None => {
                let zero_point = zero_point(marker.rule.activation, floors.contains(&value));
                activation(&mut edit, marker, domain, (value, zero_point));
            }
        }
    }
    for (value, weight) in &marker.biases {
        bias(&mut edit, marker, domain, *value, *weight);
    }
    for node in &flow.graph.nodes {
        edit.remove_message(node.length);
        if !marker.leaves_out(node) {
            let notes = if converts { node.notes_length } else { 0 };
            edit.add_message(renamed(marker, node, node.length.saturating_sub(notes)));
        }
    }
    if converts {
        axes(flow, &mut edit);
    }
    let estimated = match converts {
        true => describe_anew(flow, &mut edit),
        false => describe(flow, &mut edit),
    };
    let bytes = edit.quantized_length(contributed, producer)?;
    let own = marker.marked().filter(|value| marker.scale_of(*value) == *value).count() as u64;
    Some(estimated.with_zero_points(marker.rule.activation, own).file(bytes))
}

/// Axes that reductions state as an attribute; from opset 18 on they are tensors.
pub(super) fn old_axes<'g>(flow: &'g Flow<'_>) -> impl Iterator<Item = &'g [i64]> {
    let is_old = flow.graph.opset().is_some_and(|version| version < 18);
    let nodes = flow.graph.nodes.iter().filter(move |node| is_old && node.op.starts_with("Reduce"));
    nodes.filter_map(|node| node.attributes.list("axes"))
}

/// Each list of axes moves into a `Constant` node, whose result has a number for a name: they are
/// counted on from all values that there are.
fn axes(flow: &Flow<'_>, edit: &mut Edit<'_, '_>) {
    const BEFORE: usize = 3;
    let inputs = flow.graph.values.iter().filter(|value| value.is_input && value.stored.is_none());
    let given = flow.graph.nodes.iter().map(|node| node.outputs.len());
    let first = BEFORE + inputs.count() + flow.initializers().count() + given.sum::<usize>();
    for (index, axes) in old_axes(flow).enumerate() {
        let name = format!("_v_{}", first + index);
        let numbers: Vec<u64> = axes.iter().map(|axis| axis.cast_unsigned()).collect();
        let payload = numbers.iter().map(|number| message::varint(*number)).sum();
        let dims = [numbers.len() as u64];
        let tensor = message::tensor_attribute("value", message::tensor("", &dims, payload));
        edit.add_message(message::node("Constant", "", "", &[&name], &[tensor]));
        edit.add_message(message::shape(&name, Some(&[Dim::Size(numbers.len() as u64)])));
        edit.remove(message::field(message::ints("axes", &numbers)));
        edit.add(message::field(name.len() as u64));
    }
}

/// Before opset 21 the standard operators know no numbers of four bits.
fn needs_domain(marker: &Marker<'_, '_>) -> bool {
    let is_old = marker.flow.graph.opset().is_some_and(|version| version < 21);
    is_old && marker.rule.weight.bits() == Some(4)
}

/// A node that quantizes or casts back: what it reads, its scale's name, what it gives.
fn convert(op: &str, domain: &str, of: &str, names: [&str; 3], axis: Option<usize>) -> u64 {
    let [read, scale, given] = names;
    let (scale, zero) = (format!("{scale}_scale"), format!("{scale}_zero_point"));
    let axis = axis.map(|axis| message::int("axis", axis as u64));
    let name = format!("{of}_{op}");
    message::node(op, domain, &name, &[read, &scale, &zero, given], axis.as_slice())
}

/// A scale and its zero point, whose numbers lie in the file as varints.
pub(super) fn scales(
    edit: &mut Edit<'_, '_>,
    name: &str,
    dims: &[u64],
    width: u64,
    zero_points: u64,
) {
    let count = dims.iter().fold(1, |product: u64, dim| product.saturating_mul(*dim));
    let scale = message::tensor(&format!("{name}_scale"), dims, count.saturating_mul(width));
    edit.add_message(scale);
    edit.add_message(message::tensor(&format!("{name}_zero_point"), dims, zero_points));
}

fn weight(edit: &mut Edit<'_, '_>, marker: &Marker<'_, '_>, domain: &str, value: u32) {
    let Some(stored) = marker.flow.initializer(Some(value)) else { return };
    let name = marker.flow.name(value);
    let (dtype, axis) = match marker.marks.get(&value) {
        Some(Mark::Weight { axis }) => (marker.rule.weight, *axis),
        _ => (marker.rule.activation, None),
    };
    let bits = dtype.bits().unwrap_or(8);
    let channels = marker.channels(value);
    let dims = if axis.is_some() { vec![channels] } else { Vec::new() };
    let codes = format!("{name}_quantized");
    edit.add_message(message::tensor(&codes, &stored.shape, packed(stored.elements(), bits)));
    // The middle of an unsigned type takes two bytes, or three; zero takes one.
    let each = match dtype {
        DType::UInt8 => 2,
        DType::UInt16 => 3,
        DType::UInt4 if axis.is_some() => 2,
        _ => 1,
    };
    let zeros = if bits == 4 { channels.div_ceil(2) } else { channels };
    scales(edit, name, &dims, stored.width(), zeros.saturating_mul(each));
    let given = format!("{name}_DequantizeLinear_Output");
    let names = [codes.as_str(), name, given.as_str()];
    edit.add_message(convert("DequantizeLinear", domain, name, names, axis));
}

fn bias(
    edit: &mut Edit<'_, '_>,
    marker: &Marker<'_, '_>,
    domain: &str,
    value: u32,
    weight: Option<u32>,
) {
    let elements = marker.flow.initializer(Some(value)).map_or(0, |stored| stored.elements());
    let name = marker.flow.name(value);
    let axis = weight.and_then(|weight| match marker.marks.get(&weight) {
        Some(Mark::Weight { axis: Some(_) }) => Some(0),
        _ => None,
    });
    let channels = weight.map_or(1, |weight| marker.channels(weight));
    let codes = format!("{name}_quantized");
    edit.add_message(message::tensor(&codes, &[elements], elements.saturating_mul(4)));
    let dims = if axis.is_some() { vec![channels] } else { Vec::new() };
    scales(edit, &codes, &dims, marker.flow.scale_width(weight), channels.saturating_mul(4));
    let names = [codes.as_str(), codes.as_str(), name];
    edit.add_message(convert("DequantizeLinear", domain, name, names, axis));
}

/// A pair; the scale and the zero point, of so many bytes, where it has its own.
fn activation(
    edit: &mut Edit<'_, '_>,
    marker: &Marker<'_, '_>,
    domain: &str,
    (value, zero_point): (u32, u64),
) {
    let flow = marker.flow;
    let (name, scale) = (flow.name(value), flow.name(marker.scale_of(value)));
    let (read, given) = match flow.is_output(value) {
        true => (format!("{name}_QuantizeLinear_Input"), name.to_owned()),
        false => (name.to_owned(), format!("{name}_DequantizeLinear_Output")),
    };
    let codes = format!("{name}_QuantizeLinear_Output");
    let quantize = convert("QuantizeLinear", domain, name, [&read, scale, &codes], None);
    let dequantize = convert("DequantizeLinear", domain, name, [&codes, scale, &given], None);
    edit.add_message(quantize);
    edit.add_message(dequantize);
    if scale == name {
        scales(edit, name, &[], flow.scale_width(Some(value)), zero_point);
    }
}

/// Values that begin at zero; constants are mostly factors and small numbers that are added.
pub(super) fn floors(flow: &Flow<'_>) -> HashSet<u32> {
    let nodes = flow.graph.nodes.iter().filter(|node| FLOORS.contains(&node.op.as_str()));
    let given = nodes.flat_map(|node| node.outputs.iter().flatten().copied());
    given.chain(flow.constants().map(|(value, _)| value)).collect()
}

/// Operators that give no number below zero.
const FLOORS: &[&str] =
    &["Abs", "Clip", "Exp", "HardSigmoid", "Relu", "Sigmoid", "Softmax", "Softplus", "Sqrt"];

/// Bytes of an activation's zero point: where values begin at zero the least number, else some
/// number between, of which four in five lie below the middle. A negative one takes ten.
pub(super) fn zero_point(dtype: DType, begins_at_zero: bool) -> u64 {
    match (dtype, begins_at_zero) {
        // Even without an end at zero most lie in the lower half, where one byte does.
        (DType::UInt8, _) | (DType::UInt16, true) => 1,
        (DType::UInt16, false) => 3,
        (_, true) => 10,
        (_, false) => 8,
    }
}

/// A node's length with the names that it reads and gives now.
fn renamed(marker: &Marker<'_, '_>, node: &Node, length: u64) -> u64 {
    let flow = marker.flow;
    let name =
        |value: u32, suffix: &str| message::field((flow.name(value).len() + suffix.len()) as u64);
    let is_marked = |value: &u32| marker.marks.contains_key(value);
    let is_read = |value: &&u32| is_marked(value) && !flow.is_output(**value);
    let read = node.inputs.iter().flatten().filter(is_read);
    let read = read.map(|value| (name(*value, ""), name(*value, "_DequantizeLinear_Output")));
    let given = node.outputs.iter().flatten().map(|value| {
        // A function that is left out hands on the name of what it gave.
        let last = marker.left_out.get(value).copied().unwrap_or(*value);
        let is_output = flow.is_output(last) && is_marked(&last);
        let suffix = if is_output { "_QuantizeLinear_Input" } else { "" };
        (name(*value, ""), name(last, suffix))
    });
    read.chain(given)
        .fold(length, |length, (old, new)| length.saturating_sub(old).saturating_add(new))
}
