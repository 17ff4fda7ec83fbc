//! Two files side by side, in any two formats.

use crate::program::netweight;
use serde_json::Value;

#[test]
fn one_network_in_two_formats_is_one_network() {
    let pair = ["keras/conv-1-3.json", "yaml/conv-1-3.yaml"];
    let said = netweight(80, &["diff", pair[0], pair[1], "--exit-code"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{}", said.out);
    assert!(said.out.contains("1 layer with parameters is the same"), "{}", said.out);
}

#[test]
fn a_second_bias_is_told_as_arithmetic() {
    let said = netweight(80, &["diff", "onnx/lstm-2-3.onnx", "yaml/lstm.yaml"]);
    assert_eq!(said.code, 0);
    assert!(said.out.contains("4 × [2(2 + 3) + 2 × 2] → 4 × [2(2 + 3) + 2]"), "{}", said.out);
    let said = netweight(80, &["diff", "onnx/lstm-2-3.onnx", "yaml/lstm.yaml", "--exit-code"]);
    assert_eq!(said.code, 1);
}

#[test]
fn the_document_keeps_to_the_published_schema() {
    let schema: Value = serde_json::from_str(&netweight(80, &["schema", "diff"]).out).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let pair = ["keras/resnet50.json", "keras/mobilenet-v2.json"];
    let said = netweight(80, &["diff", "--format", "json", "--scheme", "int8", pair[0], pair[1]]);
    let document: Value = serde_json::from_str(&said.out).unwrap();
    assert!(validator.is_valid(&document));
    let totals = document["totals"].as_array().unwrap();
    let int8 = totals.iter().find(|total| total["name"] == "int8").unwrap();
    assert_eq!((&int8["before"], &int8["after"]), (&25_636_712.into(), &3_538_984.into()));
}

#[test]
fn both_bad_files_are_told() {
    let said = netweight(80, &["diff", "nothing", "bad/onnx/truncated.onnx"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("nothing: no such file") && said.err.contains("truncated.onnx"));
}
