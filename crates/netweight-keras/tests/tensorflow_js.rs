//! `model.json` of TensorFlow.js: what its list of weights says, and what no config is.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may be blunt")]

use netweight_core::{Bytes, Confidence, DType, ImportOptions, Importer, analyze};
use netweight_keras::KerasImporter;

/// A model of a dense layer and a layer of a class of its own, with these weights.
fn file(weights: &str) -> Bytes {
    let config = format!(
        r#"{{"format": "layers-model", "generatedBy": "keras v2.10.0", "modelTopology": {{
        "keras_version": "2.10.0", "backend": "tensorflow", "model_config": {{"class_name": "Sequential",
        "config": {{"name": "s", "layers": [
        {{"class_name": "Dense", "config": {{"name": "d", "units": 2, "batch_input_shape": [null, 3]}}}},
        {{"class_name": "Own", "config": {{"name": "own"}}}}]}}}}}},
        "weightsManifest": [{{"paths": ["group1-shard1of1.bin"], "weights": [{weights}]}}]}}"#
    );
    Bytes::new("model.json", config.into_bytes())
}

const DENSE: &str = r#"{"name": "d/kernel", "shape": [3, 2], "dtype": "float32",
    "quantization": {"dtype": "uint8", "min": -1.5, "scale": 0.1, "original_dtype": "float32"}},
    {"name": "d/bias", "shape": [2], "dtype": "float32"}"#;

#[test]
fn a_class_that_is_not_known_weighs_what_is_listed_for_it() {
    let source =
        file(&format!(r#"{DENSE}, {{"name": "own/scale", "shape": [5], "dtype": "float32"}}"#));
    assert_eq!(KerasImporter.probe(&source), Confidence::Certain);
    let model = KerasImporter.import(&source, &ImportOptions::default()).unwrap();
    assert_eq!(analyze(&model).totals.parameters(), Some(3 * 2 + 2 + 5));
    assert_eq!(model.layers[0].weights[0].dtype, DType::UInt8, "as it is stored");

    let model = KerasImporter.import(&file(DENSE), &ImportOptions::default()).unwrap();
    let totals = analyze(&model).totals;
    assert_eq!((totals.parameters(), totals.complete), (Some(3 * 2 + 2), true));
}

#[test]
fn without_a_list_of_weights_a_class_that_is_not_known_stays_open() {
    let model = KerasImporter.import(&file(""), &ImportOptions::default()).unwrap();
    assert!(!analyze(&model).totals.complete);
}

#[test]
fn a_graph_of_tensorflow_is_no_config() {
    let graph = br#"{"format": "graph-model", "modelTopology": {"node": [], "versions": {}},
        "weightsManifest": []}"#;
    let source = Bytes::new("model.json", graph.to_vec());
    let error = KerasImporter.import(&source, &ImportOptions::default()).unwrap_err();
    assert!(error.problems[0].message.starts_with("a graph model of TensorFlow.js"));
}
