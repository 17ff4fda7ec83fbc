//! What the other reader says of a file, in the same words.

use std::fmt::Write;

use onnx_protobuf::attribute_proto::AttributeType;
use onnx_protobuf::tensor_shape_proto::{Dimension, dimension};
use onnx_protobuf::type_proto::Value as TypeValue;
use onnx_protobuf::{
    AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto, SparseTensorProto,
    TensorProto, ValueInfoProto,
};
use protobuf::rt::compute_raw_varint64_size;

/// Floats and integers that our reader keeps of a list.
const FLOATS: usize = 16;
const INTS: usize = 64;

pub(super) fn model(model: &ModelProto) -> String {
    let mut told = format!("version {}\n", model.ir_version);
    writeln!(told, "by {} {}", model.producer_name, model.producer_version).unwrap();
    for opset in &model.opset_import {
        writeln!(told, "opset {} {}", opset.domain, opset.version).unwrap();
    }
    told += &graph(&model.graph);
    model.functions.iter().for_each(|called| told += &function(called));
    told
}

fn function(function: &FunctionProto) -> String {
    let FunctionProto { name, domain, input, output, .. } = function;
    let mut told = format!("function {domain} {name} {input:?} {output:?}\n");
    function.node.iter().for_each(|inner| told += &node(inner));
    told
}

fn graph(graph: &GraphProto) -> String {
    let mut told = format!("graph {}\n", graph.name);
    graph.node.iter().for_each(|inner| told += &node(inner));
    for stored in &graph.initializer {
        writeln!(told, "{}", tensor(stored)).unwrap();
    }
    for stored in &graph.sparse_initializer {
        writeln!(told, "{}", sparse(stored)).unwrap();
    }
    for known in graph.input.iter().chain(&graph.output).chain(&graph.value_info) {
        writeln!(told, "{}", value(known)).unwrap();
    }
    told
}

fn node(node: &NodeProto) -> String {
    let NodeProto { name, domain, op_type, input, output, .. } = node;
    let mut told = format!("{name} {domain} {op_type} {input:?} {output:?}\n");
    for own in &node.attribute {
        writeln!(told, "  {} = {}", own.name, attribute(own)).unwrap();
    }
    told
}

fn attribute(attribute: &AttributeProto) -> String {
    let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
    if !attribute.ref_attr_name.is_empty() {
        return format!("what the caller calls {}", attribute.ref_attr_name);
    }
    match kind(attribute) {
        AttributeType::FLOAT => format!("{}", attribute.f),
        AttributeType::INT => format!("{}", attribute.i),
        AttributeType::STRING => text(&attribute.s),
        AttributeType::TENSOR => tensor(&attribute.t),
        AttributeType::TENSORS => attribute.tensors.iter().map(tensor).collect(),
        AttributeType::GRAPH => graph(&attribute.g),
        AttributeType::GRAPHS => attribute.graphs.iter().map(graph).collect(),
        AttributeType::FLOATS => {
            let list = &attribute.floats;
            format!("{} {:?}", list.len(), &list[..list.len().min(FLOATS)])
        }
        AttributeType::INTS => {
            let list = &attribute.ints;
            format!("{} {:?}", list.len(), &list[..list.len().min(INTS)])
        }
        AttributeType::STRINGS => {
            let list = &attribute.strings;
            let first: Vec<String> = list.iter().take(INTS).map(text).collect();
            format!("{} {first:?}", list.len())
        }
        AttributeType::SPARSE_TENSOR => sparse(&attribute.sparse_tensor),
        AttributeType::SPARSE_TENSORS => attribute.sparse_tensors.iter().map(sparse).collect(),
        AttributeType::UNDEFINED | AttributeType::TYPE_PROTO | AttributeType::TYPE_PROTOS => {
            "other".to_owned()
        }
    }
}

/// The kind of value as the attribute says, else, as in files of IR version 1, what it has.
fn kind(attribute: &AttributeProto) -> AttributeType {
    let present = [
        (AttributeType::FLOAT, attribute.f != 0.0),
        (AttributeType::INT, attribute.i != 0),
        (AttributeType::STRING, !attribute.s.is_empty()),
        (AttributeType::TENSOR, attribute.t.is_some()),
        (AttributeType::GRAPH, attribute.g.is_some()),
        (AttributeType::FLOATS, !attribute.floats.is_empty()),
        (AttributeType::INTS, !attribute.ints.is_empty()),
        (AttributeType::STRINGS, !attribute.strings.is_empty()),
    ];
    match attribute.type_.enum_value_or(AttributeType::TYPE_PROTO) {
        AttributeType::UNDEFINED => present
            .iter()
            .find(|(_, present)| *present)
            .map_or(AttributeType::UNDEFINED, |(kind, _)| *kind),
        stated => stated,
    }
}

fn sparse(stored: &SparseTensorProto) -> String {
    format!("sparse {:?} {} at {}", stored.dims, tensor(&stored.values), tensor(&stored.indices))
}

fn tensor(tensor: &TensorProto) -> String {
    let entry = |key| tensor.external_data.iter().find(|entry| entry.key == key);
    let number = |key| entry(key).and_then(|entry| entry.value.parse::<u64>().ok());
    let typed = typed(tensor);
    let storage = if tensor.data_location.value() == 1 {
        let location = entry("location").map_or("", |entry| &entry.value);
        format!("{location} at {:?}, {:?}", number("offset"), number("length"))
    } else if !tensor.raw_data.is_empty() {
        format!("inline {}", tensor.raw_data.len())
    } else if typed > 0 {
        format!("typed {typed}")
    } else {
        "nowhere".to_owned()
    };
    format!("{} {:?} {} {storage}", tensor.name, tensor.dims, tensor.data_type)
}

/// Bytes of the numbers and texts of the typed fields.
fn typed(tensor: &TensorProto) -> usize {
    let varint = |number: u64| compute_raw_varint64_size(number) as usize;
    let signed = |number: i64| varint(number.cast_unsigned());
    tensor.float_data.len() * 4
        + tensor.double_data.len() * 8
        + tensor.int32_data.iter().map(|number| signed(i64::from(*number))).sum::<usize>()
        + tensor.int64_data.iter().map(|number| signed(*number)).sum::<usize>()
        + tensor.uint64_data.iter().map(|number| varint(*number)).sum::<usize>()
        + tensor.string_data.iter().map(Vec::len).sum::<usize>()
}

fn value(value: &ValueInfoProto) -> String {
    let Some(TypeValue::TensorType(tensor)) = &value.type_.value else {
        return format!("{} 0 None", value.name);
    };
    let dims: Option<Vec<_>> = tensor.shape.as_ref().map(|shape| {
        let text = |dim: &Dimension| match &dim.value {
            Some(dimension::Value::DimValue(size)) if *size >= 0 => size.to_string(),
            Some(dimension::Value::DimParam(name)) if !name.is_empty() => name.clone(),
            _ => "?".to_owned(),
        };
        shape.dim.iter().map(text).collect()
    });
    format!("{} {} {dims:?}", value.name, tensor.elem_type)
}
