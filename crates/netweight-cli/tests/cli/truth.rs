//! Every model of the test data counts what the framework that made it counted.

use std::path::Path;

use crate::program::{files, netweight, testdata};
use serde_json::Value;

#[test]
fn totals_are_those_of_the_frameworks() {
    let truths = files(&testdata(), |name| name.ends_with(".truth.json"));
    assert!(truths.len() > 80, "only {} models", truths.len());
    let wrong: Vec<String> = truths.iter().flat_map(|truth| check(truth)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a model's report has else than its truth record.
fn check(truth: &Path) -> Vec<String> {
    let record: Value = serde_json::from_slice(&std::fs::read(truth).unwrap()).unwrap();
    let stem = truth.file_name().unwrap().to_str().unwrap().trim_end_matches(".truth.json");
    let model = model_beside(truth, stem);
    let mut arguments = vec!["--format", "json", model.to_str().unwrap()];
    if truth.parent().unwrap().ends_with("rules") {
        arguments.extend(["--rules", "rules/layers.yaml", "--rules", "rules/operators.yaml"]);
    }
    let said = netweight(80, &arguments);
    let report: Value = serde_json::from_str(&said.out).unwrap();
    let totals = &report["models"][0]["totals"];
    let keys = ["parameters", "trainable", "non_trainable"];
    keys.iter()
        .filter(|key| !record[*key].is_null() && totals[*key] != record[*key])
        .map(|key| format!("{stem}: {key} {}, want {}", totals[key], record[key]))
        .collect()
}

fn model_beside(truth: &Path, stem: &str) -> std::path::PathBuf {
    let folder = truth.parent().unwrap();
    let endings = ["onnx", "json", "keras", "h5", "yaml", "safetensors", "gguf", "tflite"];
    let mut models = endings.iter().map(|ending| folder.join(format!("{stem}.{ending}")));
    models.find(|path| path.exists()).expect(stem)
}

/// The published counts of Keras Applications, written down here a second time: the record
/// beside the file must not be able to drift with the program.
#[test]
fn keras_applications_have_their_published_counts() {
    let published = [
        ("keras/resnet50.json", 25_636_712, 53_120),
        ("keras/vgg16.json", 138_357_544, 0),
        ("keras/mobilenet-v2.json", 3_538_984, 34_112),
        ("keras/efficientnet-b0.json", 5_330_571, 42_023),
    ];
    for (file, parameters, non_trainable) in published {
        let said = netweight(80, &["--format", "json", file]);
        let report: Value = serde_json::from_str(&said.out).unwrap();
        let totals = &report["models"][0]["totals"];
        assert_eq!(totals["parameters"], parameters, "{file}");
        assert_eq!(totals["non_trainable"], non_trainable, "{file}");
    }
}
