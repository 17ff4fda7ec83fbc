//! The same files through an independent reader, which decodes everything: both must tell the
//! same of graphs, nodes, attributes and tensors.

mod ours;
mod theirs;

use std::path::{Path, PathBuf};

use onnx_protobuf::attribute_proto::AttributeType;
use onnx_protobuf::{
    AttributeProto, GraphProto, Message as _, ModelProto, NodeProto, StringStringEntryProto,
    TensorProto,
};
use protobuf::CodedInputStream;
use protobuf::rt::WireType;

use crate::random::Random;
use crate::truncation::rich_model;
use crate::{good, proto};

#[test]
fn both_readers_tell_the_same_of_a_rich_model() {
    let bytes = rich_model().0;
    let theirs = ModelProto::parse_from_bytes(&bytes).unwrap();
    compare(&theirs, bytes, "a rich model");
}

#[test]
fn both_readers_tell_the_same_of_models_that_the_other_wrote() {
    let mut random = Random::new();
    for _ in 0..50 {
        let graph = Some(random_graph(&mut random, 3)).into();
        let model = ModelProto { ir_version: 9, graph, ..ModelProto::default() };
        let bytes = model.write_to_bytes().unwrap();
        compare(&model, bytes, "a model at random");
    }
}

#[test]
fn both_readers_tell_the_same_of_every_file() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/onnx");
    assert!(all_of(&own) > 40, "the files of testdata/onnx are there");
}

/// The same for the models of any folder, those below it included.
#[test]
fn both_readers_tell_the_same_of_a_folder_of_models() {
    let Some(folder) = std::env::var_os("NETWEIGHT_ONNX_DIR") else { return };
    assert!(all_of(Path::new(&folder)) > 0, "no models in {}", folder.display());
}

/// Compares what both say of every model in a folder that the other can read.
fn all_of(folder: &Path) -> usize {
    let (mut folders, mut seen) = (vec![folder.to_owned()], 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "onnx") {
                let bytes = std::fs::read(&path).unwrap();
                let theirs = ModelProto::parse_from_bytes(&bytes).ok();
                if let Some(theirs) =
                    theirs.filter(|theirs| theirs.graph.is_some() && graphs(&bytes) == Some(1))
                {
                    compare(&theirs, bytes, &path.display().to_string());
                    seen += 1;
                }
            }
        }
    }
    seen
}

/// In how many parts a graph is written. Protobuf says that they are one, but the other reader
/// keeps only the last.
fn graphs(bytes: &[u8]) -> Option<usize> {
    let mut input = CodedInputStream::from_bytes(bytes);
    let mut graphs = 0;
    while let Some(tag) = input.read_raw_tag_or_eof().ok()? {
        let (field, wire_type) = (tag >> 3, WireType::new(tag & 7)?);
        graphs += usize::from(field == 7);
        input.skip_field(wire_type).ok()?;
    }
    Some(graphs)
}

fn compare(theirs: &ModelProto, bytes: Vec<u8>, name: &str) {
    let ours = ours::model(&good(&proto::Message(bytes)));
    let theirs = theirs::model(theirs);
    for (number, (ours, theirs)) in ours.lines().zip(theirs.lines()).enumerate() {
        assert_eq!(ours, theirs, "{name}, line {number}");
    }
    assert_eq!(ours.len(), theirs.len(), "{name}");
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
