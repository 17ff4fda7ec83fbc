//! The readers that are built in, on damaged files and on what fuzzing found.
#![cfg(unix)]

use netweight::core::lines::ModelLines;
use netweight::spec::YamlImporter;
use netweight::{Importer, importers, select};
use netweight_fuzz::{Folder, Seed, damaged, found, read, read_any, read_rules, read_schemes};

/// A damaged file, by the reader of the sound one.
fn whole_answers(seed: &Seed, file: Folder) {
    match select(importers(), &seed.with(seed.bytes.clone()), None) {
        Ok(importer) => read(importer, &file),
        Err(_) => read_any(&file),
    }
}

#[test]
fn damaged_onnx() {
    damaged("damaged_onnx", 12, |path| path.ends_with(".onnx"), whole_answers);
}

#[test]
fn damaged_keras() {
    damaged("damaged_keras", 12, |path| path.starts_with("keras/"), whole_answers);
}

/// The file on rules with the models beside it, which they are for.
#[test]
fn damaged_rules() {
    let rules = |path: &str| path.starts_with("rules/") && path.ends_with(".yaml");
    damaged("damaged_rules", 30, rules, |_, file| read_rules(&file));
}

#[test]
fn damaged_schemes() {
    let schemes = |path: &str| path.starts_with("schemes/");
    damaged("damaged_schemes", 100, schemes, |_, file| read_schemes(&file));
}

/// Specs, truths, and files that are wrong as they are.
#[test]
fn damaged_others() {
    let elsewhere = ["keras/", "gguf/", "safetensors/", "tflite/", "generate/", "fuzz/"];
    let wanted = |path: &str| {
        !path.ends_with(".onnx") && !elsewhere.iter().any(|folder| path.starts_with(folder))
    };
    damaged("damaged_others", 12, wanted, whole_answers);
}

/// Targets of the fuzzer, the name that each gives its input, and the reader.
#[test]
fn found_before() {
    let keras: &dyn Importer = &netweight_keras::KerasImporter;
    let targets: [(&str, &str, &dyn Importer); 6] = [
        ("onnx", "model.onnx", &netweight_onnx::OnnxImporter),
        ("keras_config", "model", keras),
        ("keras_archive", "model.keras", keras),
        ("hdf5", "model.h5", keras),
        ("yaml", "model.yaml", &YamlImporter),
        ("lines", "model.jsonl", &ModelLines),
    ];
    for (target, name, importer) in targets {
        found("found_before", target, name, |file| read(importer, file));
    }
    found("found_before", "rules", "rules.yaml", read_rules);
    found("found_before", "schemes", "schemes.yaml", read_schemes);
}
