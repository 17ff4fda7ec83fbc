//! The three layouts of calls, and what versions differ in: small configs, counted by hand.
#![expect(clippy::unwrap_used, reason = "a test may be blunt")]

use netweight_core::{Bytes, ImportError, ImportOptions, Importer, Model, Totals, analyze};
use netweight_keras::KerasImporter;

fn import(config: &str, options: &ImportOptions) -> Result<Model, ImportError> {
    KerasImporter.import(&Bytes::new("config.json", config.as_bytes()), options)
}

fn read(config: &str) -> Model {
    import(config, &ImportOptions::default()).unwrap()
}

fn totals(config: &str) -> Totals {
    analyze(&read(config)).totals
}

/// What is wrong with a config, the first problem alone.
fn refused(config: &str) -> String {
    import(config, &ImportOptions::default()).unwrap_err().to_string()
}

/// A Keras 2 config of these layers, from `x` to `y`.
fn functional(layers: &str) -> String {
    format!(
        r#"{{"class_name": "Functional", "keras_version": "2.15.0", "config": {{"name": "m", "layers": [
        {{"class_name": "InputLayer", "name": "x", "inbound_nodes": [],
          "config": {{"name": "x", "batch_input_shape": [null, 4]}}}}, {layers}],
        "input_layers": [["x", 0, 0]], "output_layers": [["y", 0, 0]]}}}}"#
    )
}

fn dense(name: &str, units: u64, inbound: &str) -> String {
    format!(
        r#"{{"class_name": "Dense", "name": "{name}", "inbound_nodes": {inbound},
        "config": {{"name": "{name}", "units": {units}}}}}"#
    )
}

#[test]
fn each_call_of_a_shared_layer_is_a_row_and_counts_once() {
    let twice = dense("y", 4, r#"[[["x", 0, 0, {}]], [["y", 0, 0, {}]]]"#);
    let model = read(&functional(&twice));
    let paths: Vec<&str> = model.layers.iter().map(|layer| layer.path.as_str()).collect();
    assert_eq!(paths, ["x", "y", "y"]);
    assert_eq!(model.layers[2].shared_with, Some(1));
    assert_eq!(model.layers[2].inputs[0].unwrap().layer, 1);
    assert_eq!(analyze(&model).totals.parameters(), Some(4 * 4 + 4));
}

#[test]
fn keras_3_keeps_tensors_at_any_depth_of_its_operands() {
    let tensor = |name: &str| {
        format!(
            r#"{{"class_name": "__keras_tensor__", "config": {{"shape": [null, 3], "keras_history": ["{name}", 0, 0]}}}}"#
        )
    };
    let input = |name: &str| {
        format!(
            r#"{{"module": "keras.layers", "class_name": "InputLayer", "name": "{name}", "inbound_nodes": [],
            "config": {{"name": "{name}", "batch_shape": [null, 3]}}}}"#
        )
    };
    let config = format!(
        r#"{{"module": "keras", "class_name": "Functional", "config": {{"layers": [{}, {},
        {{"module": "keras.layers", "class_name": "Concatenate", "name": "c", "config": {{"name": "c"}},
          "inbound_nodes": [{{"args": [[{}, {}]], "kwargs": {{}}}}]}},
        {{"module": "keras.layers", "class_name": "Dense", "name": "y", "config": {{"name": "y", "units": 2}},
          "inbound_nodes": [{{"args": [], "kwargs": {{"inputs": {}}}}}]}}],
        "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": ["y", 0, 0]}}}}"#,
        input("a"),
        input("b"),
        tensor("a"),
        tensor("b"),
        tensor("c"),
    );
    assert_eq!(totals(&config).parameters(), Some((3 + 3) * 2 + 2));
}

#[test]
fn a_nested_model_of_keras_2_counts_its_own_making_as_call_0() {
    let nested = format!(
        r#"{{"class_name": "Sequential", "name": "enc", "inbound_nodes": [[["x", 0, 0, {{}}]]], "config": {{"name": "enc",
        "layers": [{{"class_name": "Dense", "config": {{"name": "d", "units": 3, "batch_input_shape": [null, 4]}}}}]}}}},
        {}"#,
        dense("y", 2, r#"[[["enc", 1, 0, {}]]]"#)
    );
    let model = read(&functional(&nested));
    let analysis = analyze(&model);
    assert_eq!(model.layers[2].path, "enc/d");
    assert_eq!(model.layers[3].inputs[0].unwrap().layer, 2, "wired to the layer itself");
    assert_eq!(analysis.layers[1].counts.unwrap().parameters(), 0);
    assert_eq!(analysis.totals.parameters(), Some(4 * 3 + 3 + 3 * 2 + 2));
}

#[test]
fn an_operation_takes_tensors_and_constants_by_keyword() {
    let layers = format!(
        r#"{{"class_name": "TFOpLambda", "name": "sum", "config": {{"name": "sum", "function": "math.add"}},
          "inbound_nodes": [["x", 0, 0, {{"y": [[1.0, 1.0, 1.0, 1.0], [2.0, 2.0, 2.0, 2.0]]}}]]}},
        {{"class_name": "SlicingOpLambda", "name": "part", "config": {{"name": "part", "function": "__operators__.getitem"}},
          "inbound_nodes": [["sum", 0, 0, {{"slice_spec": [{{"start": null, "stop": null, "step": null}},
          {{"start": 1, "stop": null, "step": null}}]}}]]}}, {}"#,
        dense("y", 2, r#"[[["part", 0, 0, {}]]]"#)
    );
    let model = read(&functional(&layers));
    let analysis = analyze(&model);
    assert_eq!(analysis.layers[1].outputs[0].as_ref().unwrap().to_string(), "2×4");
    assert_eq!(analysis.layers[2].outputs[0].as_ref().unwrap().to_string(), "2×3");
    assert_eq!(analysis.totals.parameters(), Some(3 * 2 + 2));
}

#[test]
fn one_gru_counts_by_the_default_of_its_version() {
    let gru = |version: &str, argument: &str| {
        totals(&format!(
            r#"{{"class_name": "Sequential", "keras_version": "{version}", "config": {{"layers": [
            {{"class_name": "GRU", "config": {{"name": "g", "units": 5, "batch_input_shape": [null, 7, 8]{argument}}}}}]}}}}"#
        ))
        .parameters()
    };
    let (one_bias, two_biases) = (3 * (5 * (5 + 8) + 5), 3 * (5 * (5 + 8) + 2 * 5));
    assert_eq!(gru("2.2.4", ""), Some(one_bias));
    assert_eq!(gru("3.8.0", ""), Some(two_biases));
    assert_eq!(gru("2.15.0", r#", "reset_after": true"#), Some(two_biases));
}

#[test]
fn words_of_keras_1_mean_the_same() {
    let config = r#"{"class_name": "Sequential", "keras_version": "1.2.2", "config": [
        {"class_name": "Convolution2D", "config": {"name": "c", "batch_input_shape": [null, 3, 9, 9], "nb_filter": 4,
         "nb_row": 3, "nb_col": 2, "dim_ordering": "th", "border_mode": "same", "bias": false}},
        {"class_name": "Flatten", "config": {"name": "f"}},
        {"class_name": "Dense", "config": {"name": "d", "output_dim": 2}}]}"#;
    assert_eq!(totals(config).parameters(), Some(3 * 3 * 2 * 4 + (4 * 9 * 9) * 2 + 2));
}

#[test]
fn a_graph_that_is_not_trained_freezes_all_in_it() {
    let layers = dense("y", 4, r#"[[["x", 0, 0, {}]]]"#);
    let frozen =
        functional(&layers).replace(r#""name": "m""#, r#""name": "m", "trainable": false"#);
    let counts = totals(&frozen).counts;
    assert_eq!((counts.trainable, counts.non_trainable), (0, 4 * 4 + 4));
}

#[test]
fn an_unbuilt_model_takes_the_shape_that_is_given() {
    let config = r#"{"module": "keras", "class_name": "Sequential", "config": {"layers": [
        {"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 3}}]}}"#;
    assert!(!totals(config).complete);
    let shape = [None, Some(5u64)].into_iter().map(Into::into).collect();
    let options = ImportOptions { input_shapes: vec![(None, shape)], ..ImportOptions::default() };
    let built = import(config, &options).unwrap();
    assert_eq!(analyze(&built).totals.parameters(), Some(5 * 3 + 3));
}

#[test]
fn graphs_that_cannot_be_are_refused() {
    let y = |inbound: &str| refused(&functional(&dense("y", 2, inbound)));
    assert_eq!(y(r#"[[["ghost", 0, 0, {}]]]"#), "there is no layer `ghost`");
    assert!(y(r#"[[["x", 3, 0, {}]]]"#).starts_with("call 3 of `x`"));
    assert_eq!(y(r#"[[["y", 0, 0, {}]]]"#), "the layer is fed by its own output");
    let twice = format!(
        "{}, {}",
        dense("y", 2, r#"[[["x", 0, 0, {}]]]"#),
        dense("y", 2, r#"[[["x", 0, 0, {}]]]"#)
    );
    assert_eq!(refused(&functional(&twice)), "a second layer named `y`");
}

#[test]
fn bombs_of_wrappers_and_calls_end() {
    let mut bomb = r#"{"class_name": "LSTM", "config": {"units": 1}}"#.to_owned();
    for _ in 0..60 {
        bomb = format!(r#"{{"class_name": "Bidirectional", "config": {{"layer": {bomb}}}}}"#);
    }
    let config = format!(
        r#"{{"class_name": "Sequential", "keras_version": "2.15.0", "config": {{"layers": [{bomb}]}}}}"#
    );
    assert!(refused(&config).contains("layers"), "each one doubles what it wraps");

    let calls: Vec<String> = (0..5_000).map(|_| "[]".to_owned()).collect();
    let many = dense("y", 2, &format!("[{}]", calls.join(", ")));
    assert_eq!(read(&functional(&many)).layers.len(), 5_001);
}

#[test]
fn the_copy_of_a_bidirectional_layer_has_a_path_of_its_own() {
    let both = r#"{"class_name": "Bidirectional", "name": "y", "inbound_nodes": [[["x", 0, 0, {}]]],
        "config": {"name": "y", "layer": {"class_name": "RNN", "config": {"name": "rnn",
        "cell": {"class_name": "GRUCell", "config": {"name": "cell", "units": 2}}}}}}"#;
    let model = read(&functional(both));
    let inner = &model.layers[1].inner;
    let paths = |layer: usize| (inner[layer].path.as_str(), inner[layer].inner[0].path.as_str());
    assert_eq!(paths(0), ("y/forward_rnn", "y/forward_rnn/cell"));
    assert_eq!(paths(1), ("y/backward_rnn", "y/backward_rnn/cell"));
}

#[test]
fn full_padding_of_keras_1_reaches_every_touch_of_the_filter() {
    let config = |version: &str| {
        format!(
            r#"{{"class_name": "Sequential", "keras_version": "{version}", "config": [
            {{"class_name": "Convolution1D", "config": {{"name": "c", "batch_input_shape": [null, 10, 3],
              "nb_filter": 4, "filter_length": 3, "border_mode": "full"}}}},
            {{"class_name": "Flatten", "config": {{"name": "f"}}}},
            {{"class_name": "Dense", "config": {{"name": "d", "output_dim": 1}}}}]}}"#
        )
    };
    // 10 + 3 - 1 positions of 4 filters.
    assert_eq!(totals(&config("1.2.2")).parameters(), Some(3 * 3 * 4 + 4 + 12 * 4 + 1));
    assert!(refused(&config("2.2.4")).contains("Keras 1 alone"));
}

#[test]
fn a_model_of_keras_3_leaves_training_to_its_layers() {
    let dense = |name: &str, trainable: bool| {
        format!(
            r#"{{"module": "keras.layers", "class_name": "Dense", "name": "{name}",
            "config": {{"name": "{name}", "units": 2, "trainable": {trainable}}},
            "build_config": {{"input_shape": [null, 3]}}, "inbound_nodes": [{{"args": [{{
              "class_name": "__keras_tensor__", "config": {{"keras_history": ["x", 0, 0]}}}}], "kwargs": {{}}}}]}}"#
        )
    };
    let input = r#"{"module": "keras.layers", "class_name": "InputLayer", "name": "x", "inbound_nodes": [],
        "config": {"name": "x", "batch_shape": [null, 3]}}"#;
    let inner = format!(
        r#"{{"module": "keras", "class_name": "Functional", "name": "m", "inbound_nodes": [{{"args": [{{
          "class_name": "__keras_tensor__", "config": {{"keras_history": ["x", 0, 0]}}}}], "kwargs": {{}}}}],
        "config": {{"name": "m", "trainable": false, "layers": [{input}, {}, {}],
        "input_layers": ["x", 0, 0], "output_layers": [["a", 0, 0], ["b", 0, 0]]}}}}"#,
        dense("a", true),
        dense("b", false)
    );
    // The one call of `m` is its second: its creation was the first.
    let config = format!(
        r#"{{"module": "keras", "class_name": "Functional", "config": {{"layers": [{input}, {inner}],
        "input_layers": ["x", 0, 0], "output_layers": [["m", 1, 0], ["m", 1, 1]]}}}}"#
    );
    let counts = totals(&config).counts;
    assert_eq!((counts.trainable, counts.non_trainable), (3 * 2 + 2, 3 * 2 + 2));
}

#[test]
fn a_task_of_an_unknown_backbone_keeps_its_own_layers() {
    let model = read(
        r#"{"module": "keras_hub.models", "class_name": "BertTextClassifier", "config": {
        "name": "task", "num_classes": 3, "backbone": {"module": "own", "class_name": "Own",
        "config": {"name": "own"}, "registered_name": "own>Own"}},
        "registered_name": "keras_hub>BertTextClassifier", "build_config": {"input_shape": null}}"#,
    );
    let rows = model.layers.iter().map(|layer| (layer.path.as_str(), layer.unknown.is_some()));
    let rows: Vec<_> = rows.collect();
    assert_eq!(rows, [("own", true), ("classifier_dropout", false), ("logits", false)]);
    assert!(!analyze(&model).totals.complete);
}

#[test]
fn a_reshape_behind_what_is_not_known_keeps_the_batch() {
    let layers = r#"{"class_name": "Own", "name": "own", "inbound_nodes": [[["x", 0, 0, {}]]], "config": {"name": "own"}},
        {"class_name": "Reshape", "name": "y", "inbound_nodes": [[["own", 0, 0, {}]]],
         "config": {"name": "y", "target_shape": [2, 3]}}"#;
    let model = read(&functional(layers));
    let shape = analyze(&model).layers[2].outputs[0].as_ref().unwrap().to_string();
    assert_eq!(shape, "?×2×3");
}
