//! Files that real exporters wrote, against what the frameworks counted.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use netweight_core::{Bytes, Check, ImportOptions, Importer, analyze};
use netweight_onnx::OnnxImporter;
use serde_json::Value;

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/onnx")
}

/// Every model with a truth beside it.
pub(crate) fn models() -> Vec<(PathBuf, Value)> {
    let mut models = Vec::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let truth = path.with_extension("truth.json");
        if path.extension().is_some_and(|ending| ending == "onnx") && truth.exists() {
            models.push((path, serde_json::from_str(&fs::read_to_string(truth).unwrap()).unwrap()));
        }
    }
    assert!(models.len() > 40, "the files of testdata/onnx are there");
    models
}

#[test]
fn every_file_counts_what_its_framework_counted() {
    let mut wrong = Vec::new();
    for (path, truth) in models() {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        wrong
            .extend(compare(&path, &truth).into_iter().map(|problem| format!("{name}: {problem}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn compare(path: &Path, truth: &Value) -> Vec<String> {
    let source = Bytes::new("model.onnx", fs::read(path).unwrap());
    let model = OnnxImporter.import(&source, &ImportOptions::default()).unwrap();
    let analysis = analyze(&model);
    let mut wrong = Vec::new();
    let counts = analysis.totals.counts;
    for (what, ours) in [("trainable", counts.trainable), ("non_trainable", counts.non_trainable)] {
        if truth[what].as_u64() != Some(ours) {
            wrong.push(format!("{what} {ours}, the framework has {}", truth[what]));
        }
    }
    let mut by_module: HashMap<String, u64> = HashMap::new();
    for (layer, analysis) in model.layers.iter().zip(&analysis.layers) {
        if analysis.check == Check::Differ {
            wrong.push(format!("{} differs", layer.path));
        }
        let parts: Vec<&str> = layer.path.split(['.', '/']).collect();
        for end in 1..=parts.len() {
            let own = analysis.counts.map_or(0, |counts| counts.trainable);
            *by_module.entry(parts[..end].join(".")).or_insert(0) += own;
        }
    }
    for layer in truth["layers"].as_array().unwrap() {
        let (path, own) = (layer["path"].as_str().unwrap(), layer["trainable"].as_u64().unwrap());
        let found = by_module.get(path).copied().unwrap_or(0);
        // A module with parameters of its own beside those of its children cannot be told apart,
        // and folding takes the name of a position table.
        let excepted =
            path.is_empty() || matches!(layer["type"].as_str(), Some("MultiheadAttention"));
        let nameless = layer["type"] == "Embedding" && found == 0;
        if own > 0 && own != found && !excepted && !nameless {
            wrong.push(format!("{path} {found}, the framework has {own}"));
        }
    }
    wrong
}
