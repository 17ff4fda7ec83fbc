//! A format's test data against what its own library says of it: totals, every tensor, every
//! module. Each importer's tests include this file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use netweight::FileSource;
use netweight_core::{Analysis, Check, ImportOptions, Importer, analyze};
use serde_json::Value;

/// The folder of test data of that name.
pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(name)
}

/// The cases that a folder's `truth.json` lists.
pub(crate) fn cases(name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder(name).join("truth.json")).unwrap();
    let truth: Value = serde_json::from_str(&text).unwrap();
    truth["cases"].as_array().unwrap().clone()
}

/// Reads every case of a folder and compares it with its truth.
pub(crate) fn check_all(name: &str, importer: &dyn Importer) {
    let cases = cases(name);
    assert!(cases.len() >= 10, "only {} cases", cases.len());
    let wrong: Vec<String> =
        cases.iter().flat_map(|case| check(&folder(name), case, importer)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn check(folder: &Path, case: &Value, importer: &dyn Importer) -> Vec<String> {
    let file = case["file"].as_str().unwrap();
    let source = FileSource::open(folder.join(file)).unwrap();
    let model = importer.import(&source, &ImportOptions::default()).unwrap();
    let analysis = analyze(&model);
    let mut wrong = Vec::new();
    let mut compare = |what: &str, found: u64, wanted: &Value| {
        if Some(found) != wanted.as_u64() {
            wrong.push(format!("{file}: {what} {found}, want {wanted}"));
        }
    };
    let totals = &analysis.totals;
    compare("trainable", totals.counts.trainable, &case["trainable"]);
    compare("non_trainable", totals.counts.non_trainable, &case["non_trainable"]);
    compare("quantization", totals.quantization.elements, &case["quantization"]);
    if !case["stored_bytes"].is_null() {
        compare("stored_bytes", totals.stored_bytes.unwrap(), &case["stored_bytes"]);
    }
    let tensors = tensors(&analysis);
    for (name, wanted) in as_object(case, "tensors") {
        compare(name, tensors.get(name.as_str()).copied().unwrap_or(0), wanted);
    }
    let sizes = |mut sizes: Vec<u64>| {
        sizes.sort_unstable();
        sizes
    };
    let found = sizes(tensors.values().copied().collect());
    let wanted = sizes(values(case));
    let modules = modules(&analysis);
    for (path, wanted) in as_object(case, "layers") {
        compare(path, modules.get(path).copied().unwrap_or(0), wanted);
    }
    if found != wanted {
        wrong.push(format!("{file}: tensors of {found:?} values, want {wanted:?}"));
    }
    for (layer, found) in model.layers.iter().zip(&analysis.layers) {
        if found.check == Check::Differ {
            wrong.push(format!("{file}: {} differs from its formula", layer.path));
        }
        let parameters = found.counts.map_or(0, |counts| counts.parameters());
        if parameters > 0 && found.evaluated.tree.is_none() && found.shared_with.is_none() {
            wrong.push(format!("{file}: {} has no formula", layer.path));
        }
    }
    let found = analysis.diagnostics.iter();
    let found: Vec<&str> = found.map(|found| found.code.as_ref()).collect();
    let expected = case["diagnostics"].as_array().map(Vec::as_slice).unwrap_or_default();
    let expected: Vec<&str> = expected.iter().filter_map(Value::as_str).collect();
    if found != expected {
        wrong.push(format!("{file}: diagnostics {found:?}, want {expected:?}"));
    }
    wrong
}

/// Values of each tensor: listed as such where the format renames tensors.
fn values(case: &Value) -> Vec<u64> {
    let values = |values: &Value| values.as_u64().unwrap();
    match case["values"].as_array() {
        Some(listed) => listed.iter().map(values).collect(),
        None => as_object(case, "tensors").map(|(_, wanted)| values(wanted)).collect(),
    }
}

fn as_object<'a>(case: &'a Value, key: &str) -> serde_json::map::Iter<'a> {
    case[key].as_object().unwrap().iter()
}

/// Values by tensor, of parameters only, each tensor once.
fn tensors<'a>(analysis: &'a Analysis<'_>) -> BTreeMap<&'a str, u64> {
    let tensors = analysis.layers.iter().flat_map(|layer| &layer.tensors);
    let counted = tensors.filter(|tensor| tensor.category.is_parameter() && !tensor.shared);
    counted.map(|tensor| (&*tensor.name, tensor.elements.unwrap())).collect()
}

/// Learned values by module: its own rows and those below it.
fn modules(analysis: &Analysis<'_>) -> BTreeMap<String, u64> {
    let mut modules = BTreeMap::new();
    for (layer, found) in analysis.model.layers.iter().zip(&analysis.layers) {
        let trainable = found.counts.map_or(0, |counts| counts.trainable);
        let mut path = Some(layer.path.as_str());
        while let Some(module) = path {
            *modules.entry(module.to_owned()).or_insert(0) += trainable;
            path = module.rsplit_once(['.', '/']).map(|(outer, _)| outer);
        }
    }
    modules
}
