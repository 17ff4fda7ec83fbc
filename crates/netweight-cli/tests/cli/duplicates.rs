//! Stored tensors that repeat others, as the program tells them.

use serde_json::Value;

use crate::program::netweight;

fn model(arguments: &[&str]) -> Value {
    let said = netweight(80, arguments);
    let report: Value = serde_json::from_str(&said.out).unwrap();
    report["models"][0].clone()
}

#[test]
fn a_tied_matrix_that_was_folded_is_named_with_what_it_costs() {
    let file = "onnx/tied-embedding.onnx";
    let found = model(&[file, "--find-duplicates", "--format", "json"])["duplicates"].clone();
    // The table of 20 vectors of 6 floats, turned over for the output matrix.
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert_eq!(found[0]["layout"], "transposed");
    assert_eq!(found[0]["bytes"], 20 * 6 * 4);
    assert_eq!((&found[0]["layer"], &found[0]["of_layer"]), (&"head".into(), &"embedding".into()));
    assert!(model(&[file, "--format", "json"]).get("duplicates").is_none(), "only on request");
}

#[test]
fn what_repeats_is_what_could_go() {
    let arguments = ["sizes", "--explain", "onnx/tied-embedding.onnx", "--find-duplicates"];
    let said = netweight(100, &arguments);
    assert!(said.out.contains("keep one of each"), "{}", said.out);
    assert!(said.out.contains("transposed"), "{}", said.out);
    let arguments = ["onnx/tied-embedding-unfolded.onnx", "--find-duplicates"];
    let said = netweight(80, &arguments);
    assert!(said.out.contains("no stored tensor repeats another"), "{}", said.out);
}
