//! Formula against stored weights: sizes from a second place confirm or contradict.

use std::fs;

use netweight_core::{Bytes, Check, ImportOptions, Importer, analyze};
use netweight_onnx::OnnxImporter;
use onnx_protobuf::{AttributeProto, Message as _, ModelProto};

use crate::files;
use crate::sketch::{at, check, sketch};

#[test]
fn attributes_and_neighbours_confirm_a_convolution() {
    let lines =
        "input x 1x3x8x8\nweight c.weight 4x3x3x3\nweight d.weight 5x4x1x1\noutput y 1x5x6x6
        t = Conv(x, c.weight) kernel_shape=[3,3] group=1
        r = Relu(t)
        y = Conv(r, d.weight) kernel_shape=[1,1] group=1";
    let model = sketch(lines).import();
    assert_eq!(check(&model, "c"), Check::Agree);
    assert_eq!(check(&model, "d"), Check::Agree);
}

#[test]
fn sizes_of_the_weights_alone_prove_nothing() {
    let lines = "input x axbxcxd\nweight c.weight 4x3x3x3\ny = Conv(x, c.weight)";
    assert_eq!(check(&sketch(lines).import(), "c"), Check::ByConstruction);
}

#[test]
fn an_attribute_that_the_weights_contradict_differs() {
    let wrong = [
        "input x 1x3x8x8\nweight c.weight 4x3x3x3\ny = Conv(x, c.weight) kernel_shape=[5,5]",
        "input x 1x3x8x8\nweight c.weight 4x3x3x3\ny = Conv(x, c.weight) kernel_shape=[3,3] group=3",
        "input x 1x2x8x8\nweight c.weight 4x3x3x3\ny = Conv(x, c.weight) kernel_shape=[3,3]",
        "input x 3x1x5\nweight c.W 1x16x5\nweight c.R 1x16x4\ny = LSTM(x, c.W, c.R) hidden_size=5",
        "input x 1x7\nweight c.weight 3x4\ny = Gemm(x, c.weight) transB=1",
    ];
    for lines in wrong {
        assert_eq!(check(&sketch(lines).import(), "c"), Check::Differ, "{lines}");
    }
}

/// Exported files and an attribute of one of their operators, changed by hand.
const EDITS: &[(&str, &str, &str, Edit)] = &[
    ("conv-1-3", "Conv", "kernel_shape", |shape| shape.ints[0] += 1),
    ("conv-1-3", "Conv", "group", |group| group.i = 2),
    ("conv-3-1", "Conv", "kernel_shape", |shape| shape.ints = vec![3, 3]),
    ("conv-3-1", "Conv", "group", |group| group.i = 3),
    ("conv1d", "Conv", "kernel_shape", |shape| shape.ints[0] += 2),
    ("conv3d", "Conv", "kernel_shape", |shape| shape.ints[2] += 1),
    ("conv-grouped", "Conv", "group", |group| group.i = 1),
    ("conv-depthwise", "Conv", "group", |group| group.i -= 1),
    ("conv-transpose", "ConvTranspose", "kernel_shape", |shape| shape.ints[1] += 1),
    ("lstm-2-3", "LSTM", "hidden_size", |size| size.i = 3),
    ("gru", "GRU", "hidden_size", |size| size.i -= 1),
    ("rnn", "RNN", "hidden_size", |size| size.i *= 2),
];

type Edit = fn(&mut AttributeProto);

#[test]
fn an_exported_file_with_one_attribute_changed_differs() {
    for (file, operator, attribute, edit) in EDITS {
        let bytes = fs::read(files::folder().join(format!("{file}.onnx"))).unwrap();
        let mut model = ModelProto::parse_from_bytes(&bytes).unwrap();
        assert_eq!(differing(&model), 0, "{file} as exported");
        let nodes = &mut model.graph.as_mut().unwrap().node;
        let node = nodes.iter_mut().find(|node| node.op_type == *operator).unwrap();
        edit(node.attribute.iter_mut().find(|known| known.name == *attribute).unwrap());
        assert_eq!(differing(&model), 1, "{file} with another {attribute}");
    }
}

/// Layers whose formula and stored weights differ, each told.
fn differing(model: &ModelProto) -> usize {
    let source = Bytes::new("edited.onnx", model.write_to_bytes().unwrap());
    let model = OnnxImporter.import(&source, &ImportOptions::default()).unwrap();
    let analysis = analyze(&model);
    let told = analysis.diagnostics.iter().filter(|found| found.code == "layer/differs");
    let differ = analysis.layers.iter().filter(|layer| layer.check == Check::Differ);
    assert_eq!(told.count(), differ.clone().count());
    differ.count()
}

#[test]
fn a_recurrent_layer_says_its_two_biases() {
    let lines = "input x 4x1x3\nweight W 1x8x3\nweight R 1x8x2\nweight B 1x16\ny = LSTM(x, W, R, B) hidden_size=2 name=lstm";
    let model = sketch(lines).import();
    let analysis = analyze(&model);
    let lstm = at(&analysis, "lstm");
    assert_eq!(lstm.counts.unwrap().trainable, 56);
    assert_eq!(lstm.evaluated.tree.as_ref().unwrap().numbers(), "4 × [2(2 + 3) + 2 × 2]");
    assert_eq!(lstm.check, Check::Agree);
}

#[test]
fn rows_add_up_to_the_totals() {
    let lines =
        "input x 1x4\nweight W 4x3\nweight left 7\nints s 1,3\nt = MatMul(x, W)\ny = Reshape(t, s)";
    let model = sketch(lines).import();
    let stored: u64 = model
        .layers
        .iter()
        .flat_map(|layer| &layer.weights)
        .filter_map(|weight| weight.count())
        .sum();
    assert_eq!(stored, 12 + 7 + 2);
}
