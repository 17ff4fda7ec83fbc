//! The same files through an independent reader, which decodes everything: both must tell the
//! same of graphs, nodes, attributes and tensors.

use std::fmt::Write;

use netweight_onnx::{AttributeValue, Dim, Graph, OnnxFile, Storage, Tensor, ValueInfo};
use onnx_protobuf::attribute_proto::AttributeType;
use onnx_protobuf::tensor_shape_proto::dimension::Value;
use onnx_protobuf::type_proto::Value as TypeValue;
use onnx_protobuf::{
    AttributeProto, GraphProto, Message as _, ModelProto, NodeProto, StringStringEntryProto,
    TensorProto, ValueInfoProto,
};

use crate::random::Random;
use crate::truncation::rich_model;
use crate::{good, main_graph, proto, texts};

#[test]
fn both_readers_tell_the_same_of_a_rich_model() {
    let bytes = rich_model().0;
    let theirs = ModelProto::parse_from_bytes(&bytes).unwrap();
    compare(&theirs, bytes);
}

#[test]
fn both_readers_tell_the_same_of_models_that_the_other_wrote() {
    let mut random = Random::new();
    for _ in 0..50 {
        let graph = Some(random_graph(&mut random, 3)).into();
        let model = ModelProto { ir_version: 9, graph, ..ModelProto::default() };
        let bytes = model.write_to_bytes().unwrap();
        compare(&model, bytes);
    }
}

fn compare(theirs: &ModelProto, bytes: Vec<u8>) {
    let ours = good(&proto::Message(bytes));
    assert_eq!(ours.ir_version, Some(theirs.ir_version));
    assert_eq!(our_graph(&ours, main_graph(&ours)), their_graph(&theirs.graph));
}

fn random_graph(random: &mut Random, depth: usize) -> GraphProto {
    let mut graph = GraphProto { name: random.text(), ..GraphProto::default() };
    for _ in 0..random.below(8) {
        let mut node = NodeProto { op_type: random.text(), ..NodeProto::default() };
        node.input.extend((0..random.below(4)).map(|_| random.text()));
        node.output.extend((0..random.below(3)).map(|_| random.text()));
        node.attribute.extend((0..random.below(5)).map(|_| random_attribute(random, depth)));
        graph.node.push(node);
    }
    graph.initializer.extend((0..random.below(5)).map(|_| random_tensor(random)));
    graph
}

fn random_attribute(random: &mut Random, depth: usize) -> AttributeProto {
    let mut attribute = AttributeProto { name: random.text(), ..AttributeProto::default() };
    let kind = match random.below(if depth > 0 { 8 } else { 7 }) {
        0 => {
            attribute.f = 0.5;
            AttributeType::FLOAT
        }
        1 => {
            attribute.i = random.number();
            AttributeType::INT
        }
        2 => {
            attribute.s = random.text().into_bytes();
            AttributeType::STRING
        }
        3 => {
            attribute.t = Some(random_tensor(random)).into();
            AttributeType::TENSOR
        }
        4 => {
            attribute.floats = vec![0.25; random.below(100)];
            AttributeType::FLOATS
        }
        5 => {
            attribute.ints.extend((0..random.below(100)).map(|_| random.number()));
            AttributeType::INTS
        }
        6 => {
            attribute.strings.extend((0..random.below(5)).map(|_| random.text().into_bytes()));
            AttributeType::STRINGS
        }
        _ => {
            attribute.g = Some(random_graph(random, depth - 1)).into();
            AttributeType::GRAPH
        }
    };
    attribute.type_ = kind.into();
    attribute
}

fn random_tensor(random: &mut Random) -> TensorProto {
    let mut tensor = TensorProto { name: random.text(), data_type: 1, ..TensorProto::default() };
    tensor.dims.extend((0..random.below(4)).map(|_| random.below(50) as i64));
    match random.below(3) {
        0 => tensor.raw_data = vec![1; random.below(5_000) + 1],
        1 => tensor.float_data = vec![1.0; random.below(5_000) + 1],
        _ => {
            let entry = |key: &str, value: String| StringStringEntryProto {
                key: key.to_owned(),
                value,
                ..StringStringEntryProto::default()
            };
            tensor.external_data.push(entry("location", random.text()));
            tensor.external_data.push(entry("offset", random.below(1 << 40).to_string()));
            tensor.data_location = onnx_protobuf::tensor_proto::DataLocation::EXTERNAL.into();
        }
    }
    tensor
}

fn our_graph(file: &OnnxFile, graph: &Graph) -> String {
    let text = |name| file.names.text(name);
    let mut told = format!("graph {}\n", text(graph.name));
    for node in &graph.nodes {
        let (inputs, outputs) = (texts(file, &node.inputs), texts(file, &node.outputs));
        let (name, op_type) = (text(node.name), text(node.op_type));
        writeln!(told, "{name} {op_type} {inputs:?} {outputs:?}").unwrap();
        for attribute in &node.attributes {
            let value = match &attribute.value {
                AttributeValue::Float(float) => format!("{float}"),
                AttributeValue::Int(int) => format!("{int}"),
                AttributeValue::Str(name) => text(*name).to_owned(),
                AttributeValue::Tensor(tensor) => our_tensor(file, tensor),
                AttributeValue::Graph(id) => our_graph(file, file.graph(*id).unwrap()),
                AttributeValue::Floats(list) => format!("{} {:?}", list.count, list.first),
                AttributeValue::Ints(list) => format!("{} {:?}", list.count, list.first),
                AttributeValue::Strings(list) => format!("{:?}", texts(file, &list.first)),
                other => panic!("{other:?}"),
            };
            writeln!(told, "  {} = {value}", text(attribute.name)).unwrap();
        }
    }
    for tensor in &graph.initializers {
        writeln!(told, "{}", our_tensor(file, tensor)).unwrap();
    }
    for input in &graph.inputs {
        writeln!(told, "{}", our_value(file, input)).unwrap();
    }
    told
}

fn their_graph(graph: &GraphProto) -> String {
    let mut told = format!("graph {}\n", graph.name);
    for node in &graph.node {
        writeln!(told, "{} {} {:?} {:?}", node.name, node.op_type, node.input, node.output)
            .unwrap();
        for attribute in &node.attribute {
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            let value = match attribute.type_.unwrap() {
                AttributeType::FLOAT => format!("{}", attribute.f),
                AttributeType::INT => format!("{}", attribute.i),
                AttributeType::STRING => text(&attribute.s),
                AttributeType::TENSOR => their_tensor(&attribute.t),
                AttributeType::GRAPH => their_graph(&attribute.g),
                AttributeType::FLOATS => {
                    let list = &attribute.floats;
                    format!("{} {:?}", list.len(), &list[..list.len().min(16)])
                }
                AttributeType::INTS => {
                    let list = &attribute.ints;
                    format!("{} {:?}", list.len(), &list[..list.len().min(64)])
                }
                AttributeType::STRINGS => {
                    format!("{:?}", attribute.strings.iter().map(|s| text(s)).collect::<Vec<_>>())
                }
                other => panic!("{other:?}"),
            };
            writeln!(told, "  {} = {value}", attribute.name).unwrap();
        }
    }
    for tensor in &graph.initializer {
        writeln!(told, "{}", their_tensor(tensor)).unwrap();
    }
    for input in &graph.input {
        writeln!(told, "{}", their_value(input)).unwrap();
    }
    told
}

fn our_tensor(file: &OnnxFile, tensor: &Tensor) -> String {
    let storage = match tensor.storage {
        Storage::Missing => "nowhere".to_owned(),
        Storage::Inline { bytes } => format!("inline {bytes}"),
        Storage::Typed { .. } => "typed".to_owned(),
        Storage::External { location, offset, .. } => {
            format!("{} at {offset:?}", file.names.text(location))
        }
    };
    let name = file.names.text(tensor.name);
    format!("{name} {:?} {} {storage}", tensor.dims, tensor.data_type)
}

fn their_tensor(tensor: &TensorProto) -> String {
    let entry = |key| tensor.external_data.iter().find(|entry| entry.key == key);
    let storage = if tensor.data_location.value() == 1 {
        let offset = entry("offset").map(|entry| entry.value.parse::<u64>().unwrap());
        format!("{} at {offset:?}", entry("location").unwrap().value)
    } else if !tensor.raw_data.is_empty() {
        format!("inline {}", tensor.raw_data.len())
    } else if tensor.float_data.len() + tensor.int64_data.len() > 0 {
        "typed".to_owned()
    } else {
        "nowhere".to_owned()
    };
    format!("{} {:?} {} {storage}", tensor.name, tensor.dims, tensor.data_type)
}

fn our_value(file: &OnnxFile, value: &ValueInfo) -> String {
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

fn their_value(value: &ValueInfoProto) -> String {
    let Some(TypeValue::TensorType(tensor)) = &value.type_.value else { panic!("a tensor") };
    let dims: Option<Vec<_>> = tensor.shape.as_ref().map(|shape| {
        let text = |dim: &onnx_protobuf::tensor_shape_proto::Dimension| match &dim.value {
            Some(Value::DimValue(size)) => size.to_string(),
            Some(Value::DimParam(name)) => name.clone(),
            _ => "?".to_owned(),
        };
        shape.dim.iter().map(text).collect()
    });
    format!("{} {} {dims:?}", value.name, tensor.elem_type)
}
