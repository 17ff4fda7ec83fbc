//! Every malformed spec of `testdata/bad/yaml` beside the text that it must give.
//! `BLESS=1 cargo test -p netweight-yaml` rewrites the texts for review.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use netweight_core::{Bytes, ImportError, ImportOptions, Importer};
use netweight_yaml::{YamlImporter, json_schema};

/// How long a single answer may take before it counts as none.
const PATIENCE: Duration = Duration::from_secs(60);

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/bad/yaml");
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending != "err"));
    files.sort();
    assert!(files.len() > 60, "{} files", files.len());
    files
}

fn import(file: &Path) -> Result<(), ImportError> {
    let name = file.file_name().unwrap().to_str().unwrap();
    let source = Bytes::new(name, fs::read(file).unwrap());
    YamlImporter.import(&source, &ImportOptions::default()).map(|_| ())
}

fn told(error: &ImportError) -> String {
    let mut out = String::new();
    for problem in &error.problems {
        let place = problem.place.as_deref().unwrap_or("the file");
        out.push_str(&format!("{place}: {} [{}]\n", problem.message, problem.code));
        if let Some(excerpt) = &problem.excerpt {
            out.push_str(excerpt);
            out.push('\n');
        }
    }
    out
}

#[test]
fn each_mistake_is_told_with_its_place() {
    let mut different = Vec::new();
    for file in files() {
        let begin = Instant::now();
        let error = import(&file).expect_err(&file.display().to_string());
        assert!(begin.elapsed() < PATIENCE, "{}: {:?}", file.display(), begin.elapsed());
        let told = told(&error);
        let golden = file.with_added_extension("err");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&golden, &told).unwrap();
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        if told != expected {
            different.push(format!("{}\n{told}instead of\n{expected}", golden.display()));
        }
    }
    assert!(different.is_empty(), "\n{}", different.join("\n"));
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
    for file in files() {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let Ok(spec) = serde_yaml::from_slice::<serde_json::Value>(&fs::read(&file).unwrap())
        else {
            continue;
        };
        let beyond = BEYOND_THE_SCHEMA.contains(&name);
        assert_eq!(validator.is_valid(&spec), beyond, "{name}");
    }
}
