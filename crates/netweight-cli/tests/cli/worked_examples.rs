//! The networks that the project started from, counted by hand, in every format that can hold them.

use crate::program::{golden, netweight, testdata};
use serde_json::Value;

const CHAIN: &str = "(50 × 100 + 100 × 1 + 1 × 100 + 100 × 50) + (100 + 1 + 100 + 50)";

/// File, parameters, and the arithmetic of its layers that have some.
const EXAMPLES: &[(&str, u64, &[&str])] = &[
    ("yaml/ffnn-3-5-2.yaml", 32, &["(3 × 5 + 5 × 2) + (5 + 2)"]),
    ("yaml/ffnn-50.yaml", 10_451, &[CHAIN]),
    ("yaml/lstm.yaml", 48, &["4 × [2(2 + 3) + 2]"]),
    ("yaml/bigru-lstm.yaml", 12_620, &["2 × 3 × [5(5 + 8) + 5]", "4 × [50(50 + 10) + 50]"]),
    ("yaml/conv-1-3.yaml", 15, &["[1 × (2 × 2) × 3] + 3"]),
    ("yaml/conv-3-1.yaml", 13, &["[3 × (2 × 2) × 1] + 1"]),
    ("yaml/conv-2-3.yaml", 27, &["[2 × (2 × 2) × 3] + 3"]),
    ("keras/ffnn-3-5-2.json", 32, &["3 × 5 + 5", "5 × 2 + 2"]),
    (
        "keras/ffnn-50-100-1-100-50.json",
        10_451,
        &["50 × 100 + 100", "100 × 1 + 1", "1 × 100 + 100", "100 × 50 + 50"],
    ),
    ("keras/lstm-2-3.json", 48, &["4 × [2(2 + 3) + 2]"]),
    ("keras/bigru-lstm.json", 12_620, &["2 × 3 × [5(5 + 8) + 5]", "4 × [50(50 + 10) + 50]"]),
    ("keras/conv-1-3.json", 15, &["[1 × (2 × 2) × 3] + 3"]),
    ("keras/conv-3-1.json", 13, &["[3 × (2 × 2) × 1] + 1"]),
    ("keras/conv-2-3.json", 27, &["[2 × (2 × 2) × 3] + 3"]),
    ("onnx/ffnn-3-5-2.onnx", 32, &["3 × 5 + 5", "5 × 2 + 2"]),
    (
        "onnx/ffnn-50-100-1-100-50.onnx",
        10_451,
        &["50 × 100 + 100", "100 × 1 + 1", "1 × 100 + 100", "100 × 50 + 50"],
    ),
    ("onnx/conv-1-3.onnx", 15, &["[1 × (2 × 2) × 3] + 3"]),
    ("onnx/conv-3-1.onnx", 13, &["[3 × (2 × 2) × 1] + 1"]),
    ("onnx/conv-2-3.onnx", 27, &["[2 × (2 × 2) × 3] + 3"]),
    // PyTorch keeps two bias vectors for each gate.
    ("onnx/lstm-2-3.onnx", 56, &["4 × [2(2 + 3) + 2 × 2]"]),
];

#[test]
fn by_hand_to_the_letter() {
    for (file, parameters, by_hand) in EXAMPLES {
        let said = netweight(80, &["--format", "json", file]);
        assert_eq!(said.code, 0, "{file}: {}", said.err);
        let report: Value = serde_json::from_str(&said.out).unwrap();
        let model = &report["models"][0];
        assert_eq!(model["totals"]["parameters"], *parameters, "{file}");
        assert_eq!(model["totals"]["complete"], true, "{file}");
        let layers = model["layers"].as_array().unwrap().iter();
        let numbers: Vec<&str> = layers
            .filter(|layer| layer["parameters"].as_u64().unwrap() > 0)
            .map(|layer| layer["formula"]["numbers"].as_str().expect(file))
            .collect();
        assert_eq!(numbers, *by_hand, "{file}");
    }
}

#[test]
fn report_and_explanation_are_fit_for_a_slide() {
    for file in ["yaml/bigru-lstm", "yaml/ffnn-50", "yaml/conv-1-3", "onnx/lstm-2-3"] {
        let ending = file.split('/').next().unwrap();
        let model = format!("{file}.{ending}");
        let report = netweight(80, &[&model]);
        golden(&testdata().join(format!("{file}.report.txt")), &report.out);
        let explained = netweight(80, &["explain", &model]);
        golden(&testdata().join(format!("{file}.explain.txt")), &explained.out);
    }
}
