//! Every byte of a file by category, against an independent reader's tensors.

use std::fs;

use netweight_core::storage::{self, FileBytes};
use netweight_core::{Bytes, ImportOptions, Importer, analyze};
use netweight_onnx::OnnxImporter;
use onnx_protobuf::tensor_proto::DataLocation;
use onnx_protobuf::{GraphProto, Message as _, ModelProto, NodeProto, TensorProto};
use protobuf::rt::compute_raw_varint64_size;

use crate::files;
use crate::sketch::sketch;

fn files_of(bytes: Vec<u8>) -> Vec<FileBytes> {
    let source = Bytes::new("model.onnx", bytes);
    let model = OnnxImporter.import(&source, &ImportOptions::default()).unwrap();
    storage::files(&analyze(&model))
}

#[test]
fn what_tensors_take_is_what_another_reader_finds() {
    let mut seen = 0;
    for (path, _) in files::models() {
        let bytes = fs::read(&path).unwrap();
        let theirs = ModelProto::parse_from_bytes(&bytes).unwrap();
        let length = bytes.len() as u64;
        let own = files_of(bytes).swap_remove(0);
        assert_eq!(own.total(), length, "{}", path.display());
        assert_eq!(length - own.graph, graph(&theirs.graph), "{}: {own:?}", path.display());
        seen += own.total();
    }
    assert!(seen > 1_000_000);
}

fn graph(graph: &GraphProto) -> u64 {
    let stored = graph.initializer.iter().map(payload);
    stored.chain(graph.node.iter().map(node)).sum()
}

/// What a node holds: a constant, bodies, the lists of a classical model.
fn node(node: &NodeProto) -> u64 {
    let classical = node.attribute.iter().filter(|_| node.domain == "ai.onnx.ml");
    let lists: u64 = classical.map(|attribute| attribute.floats.len() as u64 * 4).sum();
    let constants = node.attribute.iter().filter(|_| node.op_type == "Constant");
    let bodies = node.attribute.iter().filter_map(|attribute| attribute.g.as_ref());
    let held = constants.map(|attribute| payload(&attribute.t)).chain(bodies.map(graph));
    held.sum::<u64>() + lists
}

/// Bytes of a tensor's values in the file.
fn payload(tensor: &TensorProto) -> u64 {
    let short = tensor.int32_data.iter().copied().map(i64::from);
    let numbers = short.chain(tensor.int64_data.iter().copied());
    let integers: u64 =
        numbers.map(|number| compute_raw_varint64_size(number.cast_unsigned())).sum();
    let floats = tensor.float_data.len() as u64 * 4 + tensor.double_data.len() as u64 * 8;
    assert!(tensor.string_data.is_empty(), "{tensor:?}");
    tensor.raw_data.len() as u64 + floats + integers
}

#[test]
fn each_category_has_its_bytes() {
    let lines = "input x 1x3x8x8\nweight W 4x3x3x3\nweight g 4\nweight b 4\nweight m 4\nweight v 4
        weight left 7\nints s 1,-1\nweight q 4x2 uint8\nfloats scale 0.5
        t = Conv(x, W)\nn = BatchNormalization(t, g, b, m, v)\nr = Reshape(n, s)
        d = DequantizeLinear(q, scale)\ny = Mul(r, d)";
    let mut sketch = sketch(lines);
    // The weights of a sketch are in another file, which is not there.
    for tensor in sketch.graph.initializer.iter_mut().filter(|t| !t.external_data.is_empty()) {
        let width = if tensor.data_type == 1 { 4 } else { 1 };
        let bytes = tensor.dims.iter().product::<i64>() * width;
        tensor.raw_data = vec![1; usize::try_from(bytes).unwrap()];
        tensor.external_data.clear();
        tensor.data_location = DataLocation::DEFAULT.into();
    }
    let bytes = sketch.bytes();
    let length = bytes.len() as u64;
    let own = files_of(bytes).swap_remove(0);
    assert_eq!(own.parameters, (4 * 3 * 3 * 3 + 4 + 4) * 4 + 4 * 2);
    assert_eq!(own.statistics, (4 + 4) * 4);
    assert_eq!(own.constants, 1 + 10, "numbers one by one");
    assert_eq!(own.quantization, 4);
    assert_eq!(own.unused, 7 * 4);
    assert_eq!(own.total(), length);
}
