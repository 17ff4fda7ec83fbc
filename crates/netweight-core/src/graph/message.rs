//! Lengths of protobuf messages, as ONNX's Python package writes them.

use super::Dim;

/// Bytes of a number as a varint.
pub(crate) fn varint(number: u64) -> u64 {
    let bits = u64::from(u64::BITS - number.leading_zeros());
    bits.div_ceil(7).max(1)
}

/// Bytes of a field of some length: a tag, the length, the content.
pub(crate) fn field(length: u64) -> u64 {
    1u64.saturating_add(varint(length)).saturating_add(length)
}

fn text(text: &str) -> u64 {
    field(text.len() as u64)
}

fn optional(value: &str) -> u64 {
    if value.is_empty() { 0 } else { text(value) }
}

/// Bytes of a tensor: its name, if it has one, type, dimensions and payload.
pub(crate) fn tensor(name: &str, dims: &[u64], bytes: u64) -> u64 {
    const DTYPE: u64 = 2;
    let dims = dims.iter().fold(0u64, |sum, dim| sum.saturating_add(1 + varint(*dim)));
    optional(name).saturating_add(DTYPE).saturating_add(dims).saturating_add(field(bytes))
}

/// Bytes of a node; a nameless one has no name field.
pub(crate) fn node(op: &str, domain: &str, name: &str, names: &[&str], attributes: &[u64]) -> u64 {
    let names: u64 = names.iter().map(|name| text(name)).sum();
    let attributes: u64 = attributes.iter().map(|length| field(*length)).sum();
    text(op) + optional(domain) + optional(name) + names + attributes
}

/// Bytes of an attribute's type, whose tag takes two.
const ATTRIBUTE_TYPE: u64 = 3;

/// Bytes of an attribute that is a whole number.
pub(crate) fn int(name: &str, value: u64) -> u64 {
    text(name) + 1 + varint(value) + ATTRIBUTE_TYPE
}

/// Bytes of an attribute that is a list of whole numbers.
pub(crate) fn ints(name: &str, values: &[u64]) -> u64 {
    let values: u64 = values.iter().map(|value| 1 + varint(*value)).sum();
    text(name) + values + ATTRIBUTE_TYPE
}

/// Bytes of an attribute that is a tensor of some length.
pub(crate) fn tensor_attribute(name: &str, length: u64) -> u64 {
    text(name) + field(length) + ATTRIBUTE_TYPE
}

/// Bytes of an import of an operator set.
pub(crate) fn opset(domain: &str, version: u64) -> u64 {
    field(text(domain) + 1 + varint(version))
}

/// Bytes of a value's name, type and shape, as far as that is known.
pub(crate) fn shape(name: &str, dims: Option<&[Dim]>) -> u64 {
    const DTYPE: u64 = 2;
    let sum = |dims: &[Dim]| dims.iter().copied().map(dim).fold(0, u64::saturating_add);
    let shape = dims.map_or(0, |dims| field(sum(dims)));
    text(name).saturating_add(field(field(DTYPE.saturating_add(shape))))
}

fn dim(dim: Dim) -> u64 {
    field(match dim {
        Dim::Size(size) => 1 + varint(size),
        Dim::Named(0) => 0,
        Dim::Named(length) => field(length),
    })
}
