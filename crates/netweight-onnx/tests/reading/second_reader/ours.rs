//! What our reader says of a file, in words.

use std::fmt::Write;

use netweight_onnx::{
    Attribute, AttributeValue, Dim, Function, Graph, GraphId, Node, OnnxFile, SparseTensor,
    Storage, Tensor, ValueInfo,
};

use crate::texts;

pub(super) fn model(file: &OnnxFile) -> String {
    let text = |name| file.names.text(name);
    let mut told = format!("version {}\n", file.ir_version.unwrap_or(0));
    writeln!(told, "by {} {}", text(file.producer_name), text(file.producer_version)).unwrap();
    for (domain, version) in &file.opsets {
        writeln!(told, "opset {} {version}", text(*domain)).unwrap();
    }
    told += &graph(file, file.graph);
    file.functions.iter().for_each(|called| told += &function(file, called));
    told
}

fn function(file: &OnnxFile, function: &Function) -> String {
    let (name, domain) = (file.names.text(function.name), file.names.text(function.domain));
    let (inputs, outputs) = (texts(file, &function.inputs), texts(file, &function.outputs));
    let mut told = format!("function {domain} {name} {inputs:?} {outputs:?}\n");
    function.nodes.iter().for_each(|inner| told += &node(file, inner));
    told
}

fn graph(file: &OnnxFile, id: GraphId) -> String {
    let graph: &Graph = file.graph(id).unwrap();
    let mut told = format!("graph {}\n", file.names.text(graph.name));
    graph.nodes.iter().for_each(|inner| told += &node(file, inner));
    for stored in &graph.initializers {
        writeln!(told, "{}", tensor(file, stored)).unwrap();
    }
    for stored in &graph.sparse_initializers {
        writeln!(told, "{}", sparse(file, stored)).unwrap();
    }
    for known in graph.inputs.iter().chain(&graph.outputs).chain(&graph.value_infos) {
        writeln!(told, "{}", value(file, known)).unwrap();
    }
    told
}

fn node(file: &OnnxFile, node: &Node) -> String {
    let text = |name| file.names.text(name);
    let (inputs, outputs) = (texts(file, &node.inputs), texts(file, &node.outputs));
    let (name, op_type, domain) = (text(node.name), text(node.op_type), text(node.domain));
    let mut told = format!("{name} {domain} {op_type} {inputs:?} {outputs:?}\n");
    for own in &node.attributes {
        writeln!(told, "  {} = {}", text(own.name), attribute(file, own)).unwrap();
    }
    told
}

fn attribute(file: &OnnxFile, attribute: &Attribute) -> String {
    let text = |name| file.names.text(name);
    let tensors = |all: &[Tensor]| all.iter().map(|one| tensor(file, one)).collect::<String>();
    match &attribute.value {
        AttributeValue::Other => "other".to_owned(),
        AttributeValue::Reference(name) => format!("what the caller calls {}", text(*name)),
        AttributeValue::Float(float) => format!("{float}"),
        AttributeValue::Int(int) => format!("{int}"),
        AttributeValue::Str(name) => text(*name).to_owned(),
        AttributeValue::Tensor(one) => tensor(file, one),
        AttributeValue::Tensors(all) => tensors(all),
        AttributeValue::Graph(id) => graph(file, *id),
        AttributeValue::Graphs(ids) => ids.iter().map(|id| graph(file, *id)).collect(),
        AttributeValue::Floats(list) => format!("{} {:?}", list.count, list.first),
        AttributeValue::Ints(list) => format!("{} {:?}", list.count, list.first),
        AttributeValue::Strings(list) => format!("{} {:?}", list.count, texts(file, &list.first)),
        AttributeValue::SparseTensor(one) => sparse(file, one),
        AttributeValue::SparseTensors(all) => all.iter().map(|one| sparse(file, one)).collect(),
    }
}

fn sparse(file: &OnnxFile, stored: &SparseTensor) -> String {
    let (values, indices) = (tensor(file, &stored.values), tensor(file, &stored.indices));
    format!("sparse {:?} {values} at {indices}", stored.dims)
}

fn tensor(file: &OnnxFile, tensor: &Tensor) -> String {
    let storage = match tensor.storage {
        // The other reader cannot tell what is empty from what is left out.
        Storage::Missing | Storage::Inline { bytes: 0 } | Storage::Typed { bytes: 0 } => {
            "nowhere".to_owned()
        }
        Storage::Inline { bytes } => format!("inline {bytes}"),
        Storage::Typed { bytes } => format!("typed {bytes}"),
        Storage::External { location, offset, length } => {
            format!("{} at {offset:?}, {length:?}", file.names.text(location))
        }
    };
    let name = file.names.text(tensor.name);
    format!("{name} {:?} {} {storage}", tensor.dims, tensor.data_type)
}

fn value(file: &OnnxFile, value: &ValueInfo) -> String {
    let dims: Option<Vec<_>> = value.shape.as_ref().map(|shape| {
        let text = |dim: &Dim| match dim {
            Dim::Known(size) => size.to_string(),
            Dim::Named(name) => file.names.text(*name).to_owned(),
            Dim::Unknown => "?".to_owned(),
        };
        shape.iter().map(text).collect()
    });
    format!("{} {} {dims:?}", file.names.text(value.name), value.elem_type)
}
