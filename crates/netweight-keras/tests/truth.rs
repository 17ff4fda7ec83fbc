//! Every config of `testdata/keras` against what the framework that wrote it counted.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use netweight_core::{
    Analysis, Bytes, Dim, ImportOptions, Importer, Model, Severity, Shape, analyze,
};
use netweight_keras::KerasImporter;
use serde_json::Value;

fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/keras")
}

fn import(path: &Path, options: &ImportOptions) -> Model {
    let name = path.file_name().unwrap().to_string_lossy();
    let source = Bytes::new(name.clone(), std::fs::read(path).unwrap());
    KerasImporter.import(&source, options).unwrap_or_else(|error| panic!("{name}: {error:?}"))
}

fn truth(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn configs_count_what_keras_counts() {
    let mut checked = 0;
    for entry in std::fs::read_dir(testdata()).unwrap() {
        let path = entry.unwrap().path();
        let expected = path.with_extension("truth.json");
        if path.extension().is_none_or(|ending| ending != "json" && ending != "yaml")
            || !expected.exists()
        {
            continue;
        }
        let expected = truth(&expected);
        let model = import(&path, &ImportOptions::default());
        let analysis = analyze(&model);
        assert_totals(&path, &analysis, &expected);
        assert_layers(&path, &analysis, &expected);
        let unknown = model.diagnostics.iter().find(|told| told.code == "keras/unknown-argument");
        assert!(unknown.is_none(), "{path:?}: {unknown:?}");
        if let Some(given) = expected.get("given_input_shape") {
            let shape = shape(&given["input_shape"]).unwrap();
            let options =
                ImportOptions { input_shapes: vec![(None, shape)], ..ImportOptions::default() };
            assert_totals(&path, &analyze(&import(&path, &options)), given);
        }
        checked += 1;
    }
    assert!(checked > 30, "only {checked} configs");
}

fn assert_totals(path: &Path, analysis: &Analysis, expected: &Value) {
    let counts = analysis.totals.counts;
    let Some(parameters) = expected["parameters"].as_u64() else {
        assert!(!analysis.totals.complete, "{path:?} counts what Keras cannot");
        return;
    };
    assert!(analysis.totals.complete, "{path:?}: {:?}", analysis.diagnostics);
    let (trainable, frozen) = (&expected["trainable"], &expected["non_trainable"]);
    assert_eq!(counts.parameters(), parameters, "{path:?}");
    assert_eq!(Some(counts.trainable), trainable.as_u64(), "{path:?}");
    assert_eq!(Some(counts.non_trainable), frozen.as_u64(), "{path:?}");
}

fn assert_layers(path: &Path, analysis: &Analysis, expected: &Value) {
    let mut rows = HashMap::new();
    for (layer, found) in analysis.model.layers.iter().zip(&analysis.layers) {
        rows.entry(layer.path.as_str()).or_insert(found);
    }
    for layer in expected["layers"].as_array().unwrap() {
        let told = format!("{path:?}: {}", layer["path"]);
        let found = rows.get(layer["path"].as_str().unwrap()).expect(&told);
        let counts = found.counts.map(|counts| counts.parameters());
        assert_eq!(counts, layer["parameters"].as_u64(), "{told}");
        let shapes = match &layer["output_shape"] {
            Value::Array(list) if list.iter().any(Value::is_array) => {
                list.iter().map(shape).collect()
            }
            one => vec![shape(one)],
        };
        assert_eq!(found.outputs, shapes, "{told}");
        if counts.is_some() {
            assert_eq!(weights(found), stated(&layer["weights"]), "{told}");
        }
    }
}

/// Keras names layers by their classes, and weights by their numbers; that and the shapes is all
/// that a file of weights keeps.
#[test]
fn weights_alone_tell_kinds() {
    let path = testdata().join("weights-alone.weights.h5");
    let expected = truth(&path.with_extension("truth.json"));
    let model = import(&path, &ImportOptions::default());
    let analysis = analyze(&model);
    assert_totals(&path, &analysis, &expected);
    let told = expected["layers"].as_array().unwrap().iter().map(|layer| {
        let count = layer["parameters"].as_u64().unwrap();
        (layer["path"].as_str().unwrap(), count)
    });
    let told: HashMap<&str, u64> = told.filter(|(_, count)| *count > 0).collect();
    let with_formula = model.layers.iter().zip(&analysis.layers).filter_map(|(layer, found)| {
        let tree = found.evaluated.tree.as_ref()?;
        (tree.value() > 0).then(|| (layer.path.as_str(), tree.value()))
    });
    assert_eq!(with_formula.collect::<HashMap<_, _>>(), told);
}

/// A model of a class that no config describes counts by the weights beside it.
#[test]
fn an_archive_of_an_own_class_counts_what_it_stores() {
    assert_stored("own-class.keras");
}

/// A layer that is one row of the config may have layers of its own in the file of weights.
#[test]
fn an_archive_of_premade_models_holds_their_layers() {
    assert_stored("keras2-premade.keras");
}

/// A wrapped layer's weights are found by its own name, a kernel that is kept twice counts once.
#[test]
fn an_archive_of_layers_in_layers_counts_each_weight_once() {
    assert_stored("wrapped-stored.keras");
}

/// In HDF5, Keras 3 leaves out the modules that tell operations from layers of the same name.
#[test]
fn operations_without_a_module_are_no_layers_of_a_class_unknown() {
    assert_stored("wrapped-legacy.h5");
}

/// What a layer of a class that is not known holds is told by groups and names: a scale and
/// an offset are learned, the statistics behind them are not.
#[test]
fn statistics_inside_own_layers_are_not_trained() {
    assert_stored("own-layers.keras");
    assert_stored("own-layers-legacy.h5");
}

#[test]
fn weights_of_layers_that_have_none_count_nothing() {
    let path = testdata().join("weights-of-none.weights.h5");
    let model = import(&path, &ImportOptions::default());
    assert_totals(&path, &analyze(&model), &truth(&path.with_extension("truth.json")));
}

fn assert_stored(name: &str) {
    let path = testdata().join(name);
    let expected = truth(&path.with_extension("truth.json"));
    let model = import(&path, &ImportOptions::default());
    let analysis = analyze(&model);
    assert_totals(&path, &analysis, &expected);
    let told = analysis.diagnostics.iter().find(|told| told.severity != Severity::Note);
    assert!(told.is_none(), "{told:?}");
    let rows = analysis.model.layers.iter().zip(&analysis.layers);
    for layer in expected["layers"].as_array().unwrap() {
        let mut rows = rows.clone();
        let found = rows.find(|(row, _)| Some(row.path.as_str()) == layer["path"].as_str());
        let counts = found.expect("a row for each layer").1.counts.unwrap();
        assert_eq!(Some(counts.parameters()), layer["parameters"].as_u64());
    }
}

/// The weights' sizes: names and layouts are the frameworks' own.
fn weights(found: &netweight_core::LayerAnalysis) -> Vec<u64> {
    let mut sizes: Vec<u64> = found.tensors.iter().map(|tensor| tensor.elements.unwrap()).collect();
    sizes.sort_unstable();
    sizes
}

fn stated(weights: &Value) -> Vec<u64> {
    let size = |weight: &Value| -> u64 {
        weight["shape"].as_array().unwrap().iter().map(|size| size.as_u64().unwrap()).product()
    };
    let mut sizes: Vec<u64> = weights.as_array().into_iter().flatten().map(size).collect();
    sizes.sort_unstable();
    sizes
}

fn shape(value: &Value) -> Option<Shape> {
    Some(value.as_array()?.iter().map(|size| Dim::from(size.as_u64())).collect())
}
