//! Every spec of the gallery: what it expects is met, an independent reader and the schema agree.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

use std::fs;
use std::path::{Path, PathBuf};

use netweight_core::{Bytes, ImportOptions, Importer, analyze};
use netweight_markup::{Limits, Node, Value, parse_yaml};
use netweight_yaml::{YamlImporter, json_schema};

/// Lines that a network of the gallery may take.
const LINES: usize = 60;

fn gallery() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/yaml");
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "yaml"));
    files.sort();
    assert!(files.len() >= 19, "{} files", files.len());
    files
}

#[test]
fn every_network_is_what_its_source_says() {
    for file in gallery() {
        let name = file.file_name().unwrap().to_str().unwrap();
        let bytes = fs::read(&file).unwrap();
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
        assert!(lines < LINES, "{name}: {lines} lines");
        let model = YamlImporter
            .import(&Bytes::new(name, bytes), &ImportOptions::default())
            .unwrap_or_else(|error| panic!("{name}: {:#?}", error.problems));
        let of_all = model.expectations.iter().find(|expected| expected.place.is_none());
        assert!(of_all.is_some(), "{name} expects nothing");
        let analysis = analyze(&model);
        assert!(analysis.diagnostics.is_empty(), "{name}: {:#?}", analysis.diagnostics);
        assert!(analysis.totals.complete, "{name}");
    }
}

#[test]
fn another_yaml_reader_sees_the_same_values() {
    for file in gallery() {
        let bytes = fs::read(&file).unwrap();
        let ours = parse_yaml("spec.yaml", &bytes, &Limits::SPEC).unwrap();
        let theirs: serde_yaml::Value = serde_yaml::from_slice(&bytes).unwrap();
        assert!(same(&ours.root, &theirs), "{}", file.display());
    }
}

fn same(ours: &Node, theirs: &serde_yaml::Value) -> bool {
    use serde_yaml::Value as Theirs;
    match (&ours.value, theirs) {
        (Value::Null, Theirs::Null) => true,
        (Value::Bool(a), Theirs::Bool(b)) => a == b,
        (Value::Int(a), Theirs::Number(b)) => b.as_i64().map(i128::from) == Some(*a),
        (Value::Float(a), Theirs::Number(b)) => b.as_f64() == Some(*a),
        (Value::Str(a), Theirs::String(b)) => a == b,
        (Value::Seq(a), Theirs::Sequence(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Map(a), Theirs::Mapping(b)) => {
            a.len() == b.len()
                && a.iter().all(|(key, a)| b.get(key.text.as_str()).is_some_and(|b| same(a, b)))
        }
        _ => false,
    }
}

#[test]
fn the_schema_takes_every_network() {
    let validator = jsonschema::validator_for(&json_schema()).unwrap();
    for file in gallery() {
        let spec: serde_json::Value = serde_yaml::from_slice(&fs::read(&file).unwrap()).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&spec)
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", file.display());
    }
}
