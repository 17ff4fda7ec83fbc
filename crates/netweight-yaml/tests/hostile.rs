//! Large, hostile and damaged specs: an answer within bounded time, whatever the bytes are.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may be blunt")]

mod damage;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use damage::Damage;
use netweight_core::{Bytes, Class, ImportError, ImportOptions, Importer, Model, analyze};
use netweight_yaml::YamlImporter;

fn import(spec: impl Into<Vec<u8>>) -> Result<Model, ImportError> {
    YamlImporter.import(&Bytes::new("spec.yaml", spec.into()), &ImportOptions::default())
}

/// How long a single answer may take before it counts as none: tests tell a hang from an
/// answer, benches tell how fast an answer is.
const PATIENCE: Duration = Duration::from_secs(60);

#[track_caller]
fn answered<T>(work: impl FnOnce() -> T) -> T {
    let begin = Instant::now();
    let result = work();
    assert!(begin.elapsed() < PATIENCE, "{:?}", begin.elapsed());
    result
}

#[test]
fn twenty_thousand_layers_are_read() {
    let mut spec = "input: 8\nlayers:\n".to_owned();
    for layer in 0..5_000 {
        spec.push_str("  - dense: {units: 8, activation: relu}\n  - relu\n");
        spec.push_str(&format!("  - lstm: 8\n    name: lstm {layer}\n"));
        spec.push_str(&format!("  - add: [previous, lstm {layer}]\n"));
    }
    let model = answered(|| import(spec)).unwrap();
    assert_eq!(model.layers.len(), 20_001);
    answered(|| analyze(&model));
}

#[test]
fn as_many_copies_as_are_allowed_are_made() {
    let spec =
        "input: 8\nblocks:\n  b: {layers: [dense: 8, relu]}\nlayers:\n  - b:\n    repeat: 33000";
    let model = answered(|| import(spec)).unwrap();
    assert_eq!(model.layers.len(), 66_001);
}

#[test]
fn an_alias_bomb_is_refused() {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/bad/yaml/alias-bomb.yaml");
    let bomb = fs::read(file).unwrap();
    assert!(bomb.len() > 34_000);
    let error = answered(|| import(bomb)).unwrap_err();
    assert_eq!(error.class, Class::Limit);
}

#[test]
fn long_chains_of_values_and_uses_are_no_recursion() {
    let mut values = "vars:\n  v0: 1\n".to_owned();
    for index in (1..20_000).rev() {
        values.push_str(&format!("  v{index}: ${{v{} + 1}}\n", index - 1));
    }
    values.push_str("input: 8\nlayers: [dense: $v19999]\n");
    let model = answered(|| import(values)).unwrap();
    assert_eq!(model.layers[1].args.int("output_size"), Some(20_000));

    let mut uses = "input: 8\nlayers:\n  - {dense: 8, name: a0}\n".to_owned();
    for index in 1..1_000 {
        uses.push_str(&format!("  - {{use: a{}, name: a{index}}}\n", index - 1));
    }
    let error = answered(|| import(uses)).unwrap_err();
    assert_eq!(error.class, Class::Limit);
}

#[test]
fn damaged_specs_are_answered() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/yaml");
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut damage = Damage::default();
    for file in files {
        let spec = fs::read(&file).unwrap();
        for _ in 0..60 {
            let damaged = damage.to(&spec);
            answered(|| {
                if let Ok(model) = import(damaged) {
                    analyze(&model);
                }
            });
        }
    }
}
