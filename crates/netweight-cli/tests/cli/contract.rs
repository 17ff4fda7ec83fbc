//! What scripts rely on: the JSON report follows its schema, and its rows add up to its totals.

use std::path::Path;

use crate::program::{files, netweight, testdata};
use serde_json::Value;

#[test]
fn every_report_follows_the_schema_and_adds_up() {
    let schema: Value = serde_json::from_str(&netweight(80, &["schema", "report"]).out).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let is_model = |name: &str| {
        let endings = [".onnx", ".json", ".yaml", ".keras", ".h5"];
        endings.iter().any(|ending| name.ends_with(ending)) && !name.ends_with(".truth.json")
    };
    let models = files(&testdata(), is_model);
    assert!(models.len() > 100, "only {} files", models.len());
    for path in models {
        let report: Value = serde_json::from_str(&report(&path)).unwrap();
        let broken: Vec<String> =
            validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(broken.is_empty(), "{}: {broken:?}", path.display());
        assert!(
            !report["models"].as_array().unwrap().is_empty()
                || !report["failures"].as_array().unwrap().is_empty()
        );
        for model in report["models"].as_array().unwrap() {
            adds_up(model, &path);
        }
    }
}

fn report(path: &Path) -> String {
    netweight(80, &["--format", "json", path.to_str().unwrap()]).out
}

fn adds_up(model: &Value, path: &Path) {
    for key in ["trainable", "non_trainable"] {
        let rows = model["layers"].as_array().unwrap().iter();
        let sum: u64 = rows.filter_map(|layer| layer[key].as_u64()).sum();
        assert_eq!(model["totals"][key], sum, "{key} of {}", path.display());
    }
    let unknown =
        model["layers"].as_array().unwrap().iter().any(|layer| layer["parameters"].is_null());
    assert_eq!(model["totals"]["complete"], !unknown, "{}", path.display());
}

/// The keys that the contract names, in every place that it names them.
#[test]
fn the_contract_names_these_keys() {
    let report: Value =
        serde_json::from_str(&netweight(80, &["--format", "json", "onnx/conv-1-3.onnx"]).out)
            .unwrap();
    let has = |value: &Value, keys: &[&str]| {
        for key in keys {
            assert!(value.get(key).is_some(), "no `{key}` in {value}");
        }
    };
    assert_eq!(report["schema"], "netweight-report/1");
    has(&report, &["schema", "models", "failures"]);
    let model = &report["models"][0];
    has(
        model,
        &["source", "format", "name", "producer", "totals", "layers", "sizes", "diagnostics"],
    );
    has(
        &model["totals"],
        &[
            "parameters",
            "trainable",
            "non_trainable",
            "complete",
            "constants",
            "quantization",
            "unused",
            "layers",
            "layers_with_parameters",
            "stored_bytes",
        ],
    );
    let layers = model["layers"].as_array().unwrap();
    let conv = layers.iter().find(|layer| layer["kind"] == "conv").unwrap();
    has(
        conv,
        &[
            "path",
            "type",
            "kind",
            "output_shape",
            "parameters",
            "trainable",
            "non_trainable",
            "shared_with",
            "formula",
            "weights",
        ],
    );
    has(&conv["formula"], &["symbols", "numbers", "value", "check"]);
    has(
        &conv["weights"][0],
        &["name", "role", "category", "shape", "dtype", "elements", "stored_bytes"],
    );
    has(
        &model["sizes"][0],
        &[
            "scheme",
            "kind",
            "weights_bytes",
            "file_bytes",
            "bits_per_parameter",
            "ratio",
            "items",
            "refused",
        ],
    );
    has(
        &model["sizes"][0]["items"],
        &["weights", "scales", "zero_points", "biases", "activations", "kept"],
    );
}
