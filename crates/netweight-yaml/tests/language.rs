//! What each part of the language means, in layers, shapes and counts worked by hand.

use netweight_core::{
    Analysis, Bytes, Confidence, ImportOptions, Importer, Model, Shape, Source, analyze,
};
use netweight_yaml::YamlImporter;

fn import(spec: &str) -> Model {
    let source = Bytes::new("spec.yaml", spec);
    match YamlImporter.import(&source, &ImportOptions::default()) {
        Ok(model) => model,
        Err(error) => panic!("{spec}\n{:#?}", error.problems),
    }
}

/// Paths, output shapes and counts of all layers, one line each; `=` and the owner for a shared
/// one, `*` for a frozen one.
fn rows(analysis: &Analysis<'_>) -> Vec<String> {
    let layers = analysis.model.layers.iter().zip(&analysis.layers);
    layers
        .map(|(layer, found)| {
            let shape = match found.outputs.first() {
                Some(Some(shape)) => shape.to_string(),
                _ => "-".to_owned(),
            };
            let count = match (found.shared_with, found.counts) {
                (Some(owner), _) => format!("={}", analysis.model.layers[owner].path),
                (None, Some(counts)) => counts.parameters().to_string(),
                (None, None) => "?".to_owned(),
            };
            let frozen = if layer.frozen { "*" } else { "" };
            format!("{} {shape} {count}{frozen}", layer.path)
        })
        .collect()
}

#[track_caller]
fn gives(spec: &str, expected: &[&str]) {
    let model = import(spec);
    let analysis = analyze(&model);
    assert_eq!(rows(&analysis), expected, "{spec}\n{:#?}", analysis.diagnostics);
}

#[test]
fn a_layer_is_fed_by_the_one_above() {
    gives(
        "input: 3\nlayers: [dense: 5, relu, dense: 2]",
        &["input ?×3 0", "dense ?×5 20", "relu ?×5 0", "dense_1 ?×2 12"],
    );
}

#[test]
fn counted_names_keep_clear_of_given_ones() {
    gives(
        "input: 3\nlayers: [dense: 5, {dense: 5, name: dense_1}, dense: 5]",
        &["input ?×3 0", "dense ?×5 20", "dense_1 ?×5 30", "dense_2 ?×5 30"],
    );
}

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
fn names_make_a_graph() {
    let spec = "
input: {left: 4, right: 6}
layers:
  - dense: 3
    name: a
    from: left
  - dense: 5
    name: b
    from: right
  - concat: [a, b]
  - dense: 3
  - add: [previous, a]
";
    gives(
        spec,
        &[
            "left ?×4 0",
            "right ?×6 0",
            "a ?×3 15",
            "b ?×5 35",
            "concat ?×8 0",
            "dense ?×3 27",
            "add ?×3 0",
        ],
    );
}

#[test]
fn further_outputs_have_a_number() {
    let spec = "
convention: keras
input: [null, 8]
layers:
  - lstm: {units: 5, return_state: true, return_sequences: true}
    name: encoder
  - dense: 2
    from: 'encoder:1'
";
    gives(spec, &["input ?×?×8 0", "encoder ?×?×5 280", "dense ?×2 12"]);
}

#[test]
fn repetition_feeds_each_copy_by_the_one_before() {
    gives(
        "input: 4\nlayers: [{dense: 3, repeat: 2}, {dense: 2, name: out, repeat: 1}]",
        &["input ?×4 0", "dense.0 ?×3 15", "dense.1 ?×3 12", "out.0 ?×2 8"],
    );
}

#[test]
fn groups_have_names_of_their_own() {
    let spec = "
input: 4
layers:
  - dense: 4
  - layers:
      - dense: 4
      - add: [previous, input]
    name: block
    repeat: 2
    expect: 40
  - add: [block, dense]
";
    gives(
        spec,
        &[
            "input ?×4 0",
            "dense ?×4 20",
            "block.0.dense ?×4 20",
            "block.0.add ?×4 0",
            "block.1.dense ?×4 20",
            "block.1.add ?×4 0",
            "add ?×4 0",
        ],
    );
    assert!(analyze(&import(spec)).diagnostics.is_empty());
}

#[test]
fn blocks_take_values_and_inputs() {
    let spec = "
vars: {d: 4}
input: {x: 4, memory: 6}
blocks:
  cross:
    vars: {width: null, out: '${2 * width}'}
    inputs: [x, memory]
    layers:
      - dense: $width
        from: memory
      - concat: [previous, x]
      - dense: $d
layers:
  - cross: 3
    name: first
    from: [x, memory]
  - cross: {width: 2}
    name: more
    from: [first, memory]
    repeat: 2
";
    gives(
        spec,
        &[
            "x ?×4 0",
            "memory ?×6 0",
            "first.dense ?×3 21",
            "first.concat ?×7 0",
            "first.dense_1 ?×4 32",
            "more.0.dense ?×2 14",
            "more.0.concat ?×6 0",
            "more.0.dense_1 ?×4 28",
            "more.1.dense ?×2 14",
            "more.1.concat ?×6 0",
            "more.1.dense_1 ?×4 28",
        ],
    );
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
fn used_again_is_shared() {
    let spec = "
input: 4
layers:
  - layers: [dense: 4, relu, dense: 4]
    name: encoder
  - use: encoder
  - dense: 4
    name: own
  - use: own
    repeat: 2
";
    gives(
        spec,
        &[
            "input ?×4 0",
            "encoder.dense ?×4 20",
            "encoder.relu ?×4 0",
            "encoder.dense_1 ?×4 20",
            "encoder_1.dense ?×4 =encoder.dense",
            "encoder_1.relu ?×4 0",
            "encoder_1.dense_1 ?×4 =encoder.dense_1",
            "own ?×4 20",
            "own_1.0 ?×4 =own",
            "own_1.1 ?×4 =own",
        ],
    );
}

#[test]
fn a_repeated_group_is_used_again_with_all_its_copies() {
    let spec = "input: 4\nlayers: [{layers: [dense: 4], name: g, repeat: 2}, use: g]";
    gives(
        spec,
        &[
            "input ?×4 0",
            "g.0.dense ?×4 20",
            "g.1.dense ?×4 20",
            "g_1.0.dense ?×4 =g.0.dense",
            "g_1.1.dense ?×4 =g.1.dense",
        ],
    );
}

#[test]
fn tied_weights_count_once() {
    let spec = "
input: [null]
layers:
  - embedding: [100, 8]
    name: table
  - dense: {units: 100, bias: false}
    tied: table
";
    gives(spec, &["input ?×? 0", "table ?×?×8 800", "dense ?×?×100 =table"]);
}

#[test]
fn training_leaves_frozen_layers_alone() {
    let spec = "
input: 4
layers:
  - layers: [dense: 4, batch_norm]
    trainable: false
  - dense: {units: 2, trainable: false}
  - dense: 2
";
    let model = import(spec);
    let analysis = analyze(&model);
    assert_eq!(
        rows(&analysis)[1..],
        ["layers.dense ?×4 20*", "layers.batch_norm ?×4 16*", "dense ?×2 10*", "dense_1 ?×2 6",]
    );
    assert_eq!(analysis.totals.counts.trainable, 6);
}

#[test]
fn wrappers_hold_layers() {
    let spec = "
input: [5, 4, 4, 3]
layers:
  - time_distributed: {conv2d: [2, 3]}
  - time_distributed: flatten
  - recurrent_cells: [lstm: 5, gru: 2]
  - spectral_norm: {dense: 3}
";
    gives(
        spec,
        &[
            "input ?×5×4×4×3 0",
            "time_distributed ?×5×2×2×2 56",
            "time_distributed_1 ?×5×8 0",
            // 4 × [5(5 + 8) + 5] + 3 × [2(2 + 5) + 2]
            "recurrent_cells ?×2 328",
            // 2 × 3 + 3, and the vector of 3
            "spectral_norm ?×3 12",
        ],
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

#[test]
fn own_kinds_count_by_their_formula() {
    let spec = "
input: [null, 6]
kinds:
  low_rank:
    args: {i: inputs, o: outputs, r: {meaning: rank, default: 2}}
    input: i
    output: o
    formula: r(i + o)
    weights: {down: [i, r], up: [r, o]}
  scale: {formula: '1'}
layers:
  - low_rank: 4
  - low_rank: {o: 3, r: 1}
  - scale
  - time_distributed: {low_rank: 2}
";
    gives(
        spec,
        &[
            "input ?×?×6 0",
            "low_rank ?×?×4 20",
            "low_rank_1 ?×?×3 7",
            "scale ?×?×3 1",
            "time_distributed ?×?×2 10",
        ],
    );
}

#[test]
fn a_formula_that_its_weights_contradict_is_told() {
    let spec = "
kinds:
  odd:
    args: {i: inputs}
    formula: i + 1
    weights: {kernel: [i]}
layers: [odd: 5]
";
    let model = import(spec);
    let told = &analyze(&model).diagnostics[0];
    assert_eq!(told.message, "the formula gives 6 parameters, the kind's weights hold 5");
}

#[test]
fn a_missed_expectation_says_by_how_much() {
    let spec = "
input: 4
layers:
  - dense: 4
    expect: 20
  - layers: [dense: 4, dense: 4]
    name: pair
    expect: {parameters: 39, trainable: 41}
expect: 1060
";
    let model = import(spec);
    let told: Vec<_> = analyze(&model)
        .diagnostics
        .into_iter()
        .map(|told| format!("{} {:?} {}", told.code, told.place.as_deref(), told.message))
        .collect();
    assert_eq!(
        told,
        [
            "expect/mismatch Some(\"pair\") expected 39 parameters, counted 40: 1 more",
            "expect/mismatch Some(\"pair\") expected 41 trainable parameters, counted 40: 1 fewer",
            "expect/mismatch None expected 1,060 parameters, counted 60: 1,000 fewer",
        ]
    );
    let unknown = import("layers: [dense: 5]\nexpect: 5");
    let codes: Vec<_> = analyze(&unknown).diagnostics.into_iter().map(|told| told.code).collect();
    assert_eq!(codes, ["layer/unknown-size", "expect/unknown"]);
}

#[test]
fn json_is_read_as_well() {
    let json = r#"{"input": [null, 8], "layers": [{"bidirectional": {"gru": 5}}, {"lstm": 50}]}"#;
    let source = Bytes::new("spec.json", json);
    assert_eq!(YamlImporter.probe(&source), Confidence::Certain);
    let model = YamlImporter.import(&source, &ImportOptions::default()).unwrap();
    assert_eq!(analyze(&model).totals.parameters(), Some(12_620));
}

#[test]
fn only_specs_are_claimed() {
    let probe = |name: &str, content: &[u8]| {
        YamlImporter.probe(&Bytes::new(name, content.to_vec()) as &dyn Source)
    };
    assert_eq!(probe("a.yaml", b"layers: []"), Confidence::Certain);
    assert_eq!(probe("a.txt", b"\xef\xbb\xbf# spec\n\"layers\":\n  - relu\n"), Confidence::Certain);
    assert_eq!(probe("a.yaml", b"layrs: []"), Confidence::Name);
    assert_eq!(probe("a.yaml", b""), Confidence::Name);
    assert_eq!(probe("a.yaml", b"\xff\xfe\x00"), Confidence::Name);
    for (name, content) in [
        ("a.json", &b"{\"class_name\": \"Sequential\", \"config\": {\"layers\": []}}"[..]),
        ("a.json", b"{\"config\": {\"layers\": []}, \"layers\": 3}"),
        ("a.json", b"{\"model\": {\"layers\": []}}"),
        ("a.json", b"[{\"layers\": []}]"),
        ("a.yaml", b"backend: tensorflow\nclass_name: Sequential\nconfig:\n  layers: []\n"),
        ("a.txt", b"a text about layers: many of them\n"),
        ("a.txt", b"  layers: indented\n"),
        ("a.onnx", b"\x08\x07layers: \x00"),
        ("a", b""),
    ] {
        assert_eq!(probe(name, content), Confidence::No, "{name}: {content:?}");
    }
}
