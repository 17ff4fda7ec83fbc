//! What stands under a kind: sizes, shapes and values in every vocabulary.

use netweight_core::{Bytes, ImportOptions, Importer, Shape, analyze};
use netweight_yaml::YamlImporter;

use super::{gives, import, rows};

#[test]
fn every_vocabulary_says_the_same() {
    let ways = [
        "- conv2d: [64, 3]\n- lstm: {h: 5, d: 2}",
        "- conv2d: {o: 64, f: 3}\n- bidirectional: {lstm: 5}",
        "- conv2d: {filters: 64, kernel_size: [3, 3]}\n- lstm: {units: 5, bidirectional: true}",
        "- conv2d: {out_channels: 64, kernel_size: 3}\n- lstm: {hidden_size: 5, bidirectional: true}",
        "- conv: {out_channels: 64, kernel_shape: [3, 3]}\n- lstm: {hidden_size: 5, directions: 2}",
    ];
    let counted = |way: &str| {
        let layers = format!("\n{way}").replace('\n', "\n  ");
        let model = import(&format!("input: [28, 28, 1]\nlayers:{layers}"));
        let analysis = analyze(&model);
        let counts = analysis.layers.iter().map(|layer| layer.counts.unwrap().parameters());
        counts.collect::<Vec<u64>>()
    };
    for way in ways {
        assert_eq!(counted(way), [0, 640, 2 * 4 * (5 * (5 + 64) + 5)], "{way}");
    }
}

#[test]
fn conventions_are_defaults() {
    let gru = |convention: &str| {
        let spec = format!("convention: {convention}\ninput: [null, 8]\nlayers: [gru: 5]");
        rows(&analyze(&import(&spec)))[1].clone()
    };
    assert_eq!(gru("textbook"), "gru ?×?×5 210");
    assert_eq!(gru("keras"), "gru ?×5 225");
    assert_eq!(gru("pytorch"), "gru ?×?×5 225");
    assert_eq!(gru("onnx"), "gru ?×?×5 225");
}

#[test]
fn channels_stand_where_the_convention_has_them() {
    let first = "convention: pytorch\ninput: [3, 32, 32]\nlayers: [conv2d: [8, 3], max_pool2d: 2]";
    gives(first, &["input ?×3×32×32 0", "conv2d ?×8×30×30 224", "max_pool2d ?×8×15×15 0"]);
    let last = "convention: keras\ninput: [32, 32, 3]\nlayers: [conv2d: [8, 3], max_pool2d: 2]";
    gives(last, &["input ?×32×32×3 0", "conv2d ?×30×30×8 224", "max_pool2d ?×15×15×8 0"]);
    let said = "input: [3, 32, 32]\nlayers: [conv2d: {filters: 8, kernel: 3, data_format: channels_first}]";
    gives(said, &["input ?×3×32×32 0", "conv2d ?×8×30×30 224"]);
}

#[test]
fn padding_is_one_number_one_a_dimension_or_both_ends() {
    let padded = |padding: &str| {
        let spec = format!(
            "input: [10, 20, 1]\nlayers: [conv2d: {{filters: 1, kernel: 3, padding: {padding}}}]"
        );
        rows(&analyze(&import(&spec)))[1].clone()
    };
    assert_eq!(padded("valid"), "conv2d ?×8×18×1 10");
    assert_eq!(padded("same"), "conv2d ?×10×20×1 10");
    assert_eq!(padded("1"), "conv2d ?×10×20×1 10");
    assert_eq!(padded("[0, 1]"), "conv2d ?×8×20×1 10");
    assert_eq!(padded("[1, 0, 0, 0]"), "conv2d ?×9×18×1 10");
    gives(
        "input: [10, 20, 1]\nlayers: [zero_padding2d: [[1, 2], [3, 4]]]",
        &["input ?×10×20×1 0", "zero_padding2d ?×13×27×1 0"],
    );
}

#[test]
fn inputs_have_open_and_named_dimensions() {
    gives(
        "input: [null, steps, 8]\nlayers: [dense: 2]",
        &["input ?×?×steps×8 0", "dense ?×?×steps×2 18"],
    );
    gives(
        "vars: {n: 4}\ninput: {a: $n, b: [2, \"${n / 2}\"]}\nlayers: [{flatten, from: b}]"
            .replace("{flatten, from: b}", "{flatten: , from: b}")
            .as_str(),
        &["a ?×4 0", "b ?×2×2 0", "flatten ?×4 0"],
    );
}

#[test]
fn a_shape_from_outside_fills_what_the_spec_leaves_open() {
    let source = Bytes::new("spec.yaml", "layers: [dense: 2]");
    let shape = Shape::from_iter([None, Some(8)].map(netweight_core::Dim::from));
    let options = ImportOptions { input_shapes: vec![(None, shape)], ..ImportOptions::default() };
    let model = YamlImporter.import(&source, &options).unwrap();
    assert_eq!(rows(&analyze(&model)), ["input ?×8 0", "dense ?×2 18"]);
    gives("layers: [dense: 2, lstm: {h: 2, i: 3}]", &["dense - ?", "lstm - 48"]);
}

#[test]
fn values_may_be_given_in_any_order_and_be_anything() {
    let spec = "
vars: {c: '${a + b}', b: '${a * 2}', a: 3, sizes: [2, '${c}'], word: same, bias: false}
input: [10, 10, 1]
layers:
  - conv2d: {filters: $c, kernel: $sizes, padding: $word, bias: $bias}
  - flatten
  - dense: ${prod(sizes) - 8}
";
    gives(
        spec,
        &["input ?×10×10×1 0", "conv2d ?×10×10×9 162", "flatten ?×900 0", "dense ?×10 9010"],
    );
}

#[test]
fn what_changes_nothing_may_be_said() {
    let spec = "
input: [4, 4, 2]
layers:
  - conv2d: {filters: 2, kernel: 1, activation: relu}
  - batch_norm: {epsilon: 0.001, momentum: 0.9}
  - leaky_relu: 0.2
  - dropout: 0.5
  - activation: softmax
";
    let model = import(spec);
    assert_eq!(analyze(&model).totals.parameters(), Some(6 + 8));
    assert!(model.layers[1].args.get("activation").is_none());
}
