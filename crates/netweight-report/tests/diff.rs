//! Two models side by side; differences that were made by hand are those that are found.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

mod blessed;
mod models;

use blessed::check;
use netweight_report::{
    Aspect, Change, Diff, Json, Markdown, ModelReport, Renderer, Report, Status, Text,
};

/// The network with a smaller head, an int8 convolution, a new layer and another name.
fn edited() -> ModelReport {
    let mut layers = models::cnn().layers;
    layers[7] = models::layer("fc", "Gemm", 5_130, "512 × 10 + 10");
    layers[4].path = "stem.conv1".into();
    layers[1].weights[0].dtype = "int8".into();
    layers[1].weights[0].stored_bytes = Some(9_408);
    layers.push(models::layer("norm", "LayerNormalization", 20, "10 + 10"));
    ModelReport { ..models::model("models/v2.onnx", "ONNX opset 17", layers) }
}

fn first() -> ModelReport {
    ModelReport { source: "models/v1.onnx".into(), ..models::cnn() }
}

#[test]
fn every_edit_is_found_and_nothing_else() {
    let diff = Diff::new(&first(), &edited());
    let found: Vec<(Status, &str, &[Aspect])> = diff
        .layers
        .iter()
        .map(|change| {
            let state = change.after.as_ref().or(change.before.as_ref()).unwrap();
            (change.status, state.path.as_str(), change.differs.as_slice())
        })
        .collect();
    let expected: [(Status, &str, &[Aspect]); 4] = [
        (Status::Changed, "conv1", &[Aspect::Dtype, Aspect::Bytes]),
        (Status::Renamed, "stem.conv1", &[]),
        (Status::Changed, "fc", &[Aspect::Parameters, Aspect::Trainable, Aspect::ByHand]),
        (Status::Added, "norm", &[]),
    ];
    assert_eq!(found, expected);
    assert_eq!(diff.unchanged, 1, "layer4.1.conv2");
    // 2,919,208 − 513,000 + 5,130 + 20
    let parameters =
        Change { name: "parameters".into(), before: Some(2_919_208), after: Some(2_411_358) };
    assert_eq!(diff.totals[0], parameters);
    assert!(!diff.is_empty());
}

#[test]
fn a_model_is_the_same_as_itself_and_under_other_names() {
    for model in [models::cnn(), models::unknown(), models::transformer(), models::empty()] {
        let diff = Diff::new(&model, &model);
        assert!(diff.is_empty() && diff.layers.is_empty(), "{diff:?}");
        let mut renamed = model.clone();
        for layer in &mut renamed.layers {
            layer.path.insert_str(0, "model.");
        }
        assert!(Diff::new(&model, &renamed).is_empty());
    }
}

#[test]
fn what_was_added_one_way_was_removed_the_other() {
    let (there, back) = (Diff::new(&first(), &edited()), Diff::new(&edited(), &first()));
    let count = |diff: &Diff, status| diff.layers.iter().filter(|l| l.status == status).count();
    assert_eq!(count(&there, Status::Added), count(&back, Status::Removed));
    assert_eq!(count(&there, Status::Changed), count(&back, Status::Changed));
    assert_eq!(there.unchanged, back.unchanged);
}

#[test]
fn a_report_read_back_is_the_report() {
    let models = [models::cnn(), models::unknown(), models::transformer(), models::bigru_lstm()];
    let report = Report::new(models.to_vec(), vec![]);
    let mut written = Vec::new();
    Json.render(&report, &mut written).unwrap();
    assert_eq!(Report::from_json(&written).unwrap(), report);
    let other = String::from_utf8(written).unwrap().replace("report/1", "report/9");
    let error = Report::from_json(other.as_bytes()).unwrap_err().to_string();
    assert!(error.contains("`netweight-report/9`, not `netweight-report/1`"), "{error}");
}

#[test]
fn for_people() {
    let diff = Diff::new(&first(), &edited());
    for width in [80, 120] {
        let mut out = Vec::new();
        Text { width, ..Text::default() }.diff(&diff, &mut out).unwrap();
        check(&format!("diff.{width}.txt"), &out);
    }
    let mut out = Vec::new();
    Markdown::default().diff(&diff, &mut out).unwrap();
    check("diff.md", &out);
}

#[test]
fn the_document_keeps_to_its_schema() {
    let validator = jsonschema::validator_for(&Diff::json_schema().to_value()).unwrap();
    let diff = Diff::new(&first(), &edited());
    let document: serde_json::Value = serde_json::from_str(&diff.to_json()).unwrap();
    let problems: Vec<String> = validator.iter_errors(&document).map(|e| e.to_string()).collect();
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(document["schema"], netweight_report::DIFF_SCHEMA);
}
