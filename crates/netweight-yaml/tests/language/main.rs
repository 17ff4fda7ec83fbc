//! What each part of the language means, in layers, shapes and counts worked by hand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

mod graph;
mod kind;
mod probe;
mod value;

use netweight_core::{Analysis, Bytes, ImportOptions, Importer, Model, analyze};
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
