//! The JSON document: to the letter, and against its own schema.
#![expect(clippy::unwrap_used, reason = "a failed expectation is what tests are for")]

mod models;

use netweight_core::{Category, Check, Dim, Shape};
use netweight_core::{Class, Diagnostic, ImportError};
use netweight_report::{
    Failure, Formula, Json, Layer, ModelReport, OutputShape, Renderer, Report, SizeKind, Totals,
    Weight,
};
use serde_json::Value;

fn json(report: &Report) -> String {
    let mut out = Vec::new();
    Json.render(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Every field, in the contract's order, null where nothing is known.
fn everything() -> Report {
    let conv = Layer {
        path: "layer1.0.conv1".into(),
        node: None,
        type_name: "Conv".into(),
        kind: Some("conv".into()),
        output_shape: Some(OutputShape::One(Shape::from(vec![
            Dim::Known(1),
            Dim::Known(64),
            Dim::Unknown,
            Dim::Named("width".into()),
        ]))),
        parameters: Some(9_472),
        trainable: Some(9_472),
        non_trainable: Some(0),
        shared_with: None,
        formula: Some(Formula {
            symbols: "[i × (f × f) × o] + o".into(),
            numbers: "[3 × (7 × 7) × 64] + 64".into(),
            value: 9_472,
            check: Check::Agree,
        }),
        weights: vec![Weight {
            category: Category::NonTrainable,
            stored_bytes: None,
            ..models::weight("conv1.bias", "bias", &[64])
        }],
        frozen: false,
        assumed: false,
    };
    let split = Layer {
        path: "split".into(),
        type_name: "Split".into(),
        output_shape: Some(OutputShape::Several(vec![
            Shape::from(vec![Dim::Known(2)]),
            Shape::from(vec![]),
        ])),
        shared_with: Some("layer1.0.conv1".into()),
        ..Layer::default()
    };
    let model = ModelReport {
        source: "part.onnx".into(),
        format: "onnx".into(),
        totals: Totals { parameters: None, ..Totals::default() },
        layers: vec![conv, split],
        sizes: vec![models::size("int8", SizeKind::Width, 9_472, 9_472)],
        diagnostics: vec![Diagnostic::warning("onnx/missing-external-data", "no such file")],
        ..ModelReport::default()
    };
    let error = ImportError::new(Class::Io, Diagnostic::error("io", "not there")).at("byte 0");
    Report::new(vec![model], Failure::from_error("gone.onnx", &error))
}

#[test]
fn the_document_is_the_contract_to_the_letter() {
    let expected = concat!(
        r#"{"schema":"netweight-report/1","models":[{"source":"part.onnx","format":"onnx","#,
        r#""name":null,"producer":null,"description":"","file_bytes":null,"#,
        r#""totals":{"parameters":null,"trainable":0,"non_trainable":0,"complete":false,"#,
        r#""constants":0,"quantization":0,"unused":0,"layers":0,"layers_with_parameters":0,"#,
        r#""stored_bytes":null},"categories":[],"layers":["#,
        r#"{"path":"layer1.0.conv1","type":"Conv","kind":"conv","#,
        r#""output_shape":[1,64,null,"width"],"#,
        r#""parameters":9472,"trainable":9472,"non_trainable":0,"shared_with":null,"#,
        r#""formula":{"symbols":"[i × (f × f) × o] + o","numbers":"[3 × (7 × 7) × 64] + 64","#,
        r#""value":9472,"check":"agree"},"#,
        r#""weights":[{"name":"conv1.bias","role":"bias","category":"non_trainable","#,
        r#""shape":[64],"dtype":"float32","elements":64,"stored_bytes":null,"shared":false}],"frozen":false},"#,
        r#"{"path":"split","type":"Split","kind":null,"output_shape":[[2],[]],"#,
        r#""parameters":null,"trainable":null,"non_trainable":null,"#,
        r#""shared_with":"layer1.0.conv1","formula":null,"weights":[],"frozen":false}],"#,
        r#""stored":null,"sizes":[{"scheme":"int8","kind":"width","weights_bytes":9472,"#,
        r#""file_bytes":null,"bits_per_parameter":8.0,"ratio":0.25,"#,
        r#""items":{"weights":9472,"scales":0,"zero_points":0,"biases":0,"activations":0,"#,
        r#""kept":0},"refused":null,"file_tolerance":null,"note":null,"largest":[],"kept":[],"assumed":[],"layer_bytes":[]}],"#,
        r#""diagnostics":[{"severity":"warning","code":"onnx/missing-external-data","#,
        r#""where":null,"message":"no such file","help":null}]}],"#,
        r#""failures":[{"source":"gone.onnx","code":"io","message":"not there","#,
        r#""where":"byte 0","help":null}]}"#,
        "\n",
    );
    assert_eq!(json(&everything()), expected);
}

#[test]
fn documents_keep_to_the_schema() {
    let schema = Report::json_schema().to_value();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let models = [
        models::bigru_lstm(),
        models::cnn(),
        models::unknown(),
        models::transformer(),
        models::long_names(),
        models::empty(),
    ];
    for report in [everything(), Report::new(models.to_vec(), vec![])] {
        let document: Value = serde_json::from_str(&json(&report)).unwrap();
        let problems: Vec<String> =
            validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(problems.is_empty(), "{problems:?}");
    }
}

#[test]
fn the_schema_refuses_what_is_no_report() {
    let validator = jsonschema::validator_for(&Report::json_schema().to_value()).unwrap();
    let good: Value = serde_json::from_str(&json(&everything())).unwrap();
    let wrong = [
        ("/schema", Value::from("netweight-report/2")),
        ("/models/0/totals/trainable", Value::Null),
        ("/models/0/totals/parameters", Value::from(-1)),
        ("/models/0/layers/0/output_shape", Value::from("1×64")),
        ("/models/0/layers/0/output_shape/2", Value::from(1.5)),
        ("/models/0/layers/0/formula/check", Value::from("maybe")),
        ("/models/0/diagnostics/0/severity", Value::from("fatal")),
    ];
    assert!(validator.is_valid(&good));
    for (pointer, value) in wrong {
        let mut document = good.clone();
        *document.pointer_mut(pointer).unwrap() = value;
        assert!(!validator.is_valid(&document), "{pointer}");
    }
}
