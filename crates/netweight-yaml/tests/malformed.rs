//! Every malformed spec of `testdata/bad/yaml` beside the text that it must give.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

mod mistakes;

use std::fs;

use netweight_core::{ImportOptions, Importer};
use netweight_yaml::{YamlImporter, json_schema};

#[test]
fn each_mistake_is_told_with_its_place() {
    mistakes::each_is_told("yaml", |spec| YamlImporter.import(spec, &ImportOptions::default()));
}

/// What a schema cannot say: names and where they stand, values and arithmetic, depths, what the
/// notation itself refuses.
const BEYOND_THE_SCHEMA: &[&str] = &[
    "block-hides-outside",
    "block-in-itself",
    "block-inputs",
    "block-values",
    "circular-from",
    "circular-values",
    "deep-brackets",
    "deep-groups",
    "deep-wrappers",
    "doubling",
    "duplicate-keys",
    "duplicate-names",
    "empty-repeats",
    "from-without-input",
    "json-trailing-comma",
    "merge-of-one",
    "reserved-names",
    "said-twice",
    "several-inputs",
    "too-many-layers",
    "undefined-values",
];

#[test]
fn the_schema_refuses_what_it_can() {
    let validator = jsonschema::validator_for(&json_schema()).unwrap();
    for file in mistakes::bad("yaml") {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let Ok(spec) = serde_yaml::from_slice::<serde_json::Value>(&fs::read(&file).unwrap())
        else {
            continue;
        };
        let beyond = BEYOND_THE_SCHEMA.contains(&name);
        assert_eq!(validator.is_valid(&spec), beyond, "{name}");
    }
}
