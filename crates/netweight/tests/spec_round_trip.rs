//! A spec written of any model counts, read back, the same: in all, and layer by layer.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use netweight::core::{Bytes, ImportOptions};
use netweight::{Analysis, analyze, spec};

/// Models of another folder than testdata, to try more of them.
const FOLDER: &str = "NETWEIGHT_MODELS";

/// Parameters of a model that a spec can say; only files made to deceive have more.
const LARGEST: u64 = 1_000_000_000_000;

#[test]
fn specs_of_all_models_count_the_same() {
    let testdata = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata");
    let mut files = Vec::new();
    list(&std::env::var_os(FOLDER).map_or_else(testdata, PathBuf::from), &mut files);
    let (mut checked, mut wrong) = (0, Vec::new());
    for file in files {
        let Ok(model) = netweight::open(&file) else { continue };
        let analysis = analyze(&model);
        if !analysis.totals.complete || analysis.totals.parameters() > Some(LARGEST) {
            continue;
        }
        checked += 1;
        if let Err(why) = check(&analysis) {
            wrong.push(format!("{}: {why}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{} of {checked}\n{}", wrong.len(), wrong.join("\n"));
    assert!(checked > 100, "only {checked} models");
}

fn check(analysis: &Analysis<'_>) -> Result<(), String> {
    let text = spec::write_spec(analysis);
    let source = Bytes::new("spec.yaml", text.clone());
    let model = netweight::import(&source, Some("yaml"), &ImportOptions::default())
        .map_err(|error| format!("{:#?}\n{text}", error.problems.first()))?;
    let back = analyze(&model);
    let totals = |analysis: &Analysis<'_>| analysis.totals.counts;
    if totals(&back) != totals(analysis) {
        return Err(format!("{:?}, not {:?}\n{text}", totals(&back), totals(analysis)));
    }
    if counts(&back) != counts(analysis) {
        return Err(format!("{:?}, not {:?}\n{text}", counts(&back), counts(analysis)));
    }
    Ok(())
}

/// How many layers count how much.
fn counts(analysis: &Analysis<'_>) -> BTreeMap<u64, usize> {
    let mut counts = BTreeMap::new();
    for count in analysis.layers.iter().filter_map(|layer| layer.counts) {
        *counts.entry(count.parameters()).or_default() += 1;
    }
    counts.remove(&0);
    counts
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            list(&path, files);
        } else {
            files.push(path);
        }
    }
}
