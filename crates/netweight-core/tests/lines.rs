//! Models as JSON lines: what is written is read back, and what is no model is told.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

use std::io::{BufReader, Read};

use netweight_core::lines::{ModelLines, json_schema, read, write, write_error, write_sentence};
use netweight_core::{
    Args, Bytes, Category, Confidence, Convention, DType, DataFile, Diagnostic, Dim, Edge,
    Expectation, ImportError, ImportOptions, Importer, Layer, Model, OwnKind, Place, Role, Shape,
    Weight,
};

const HEAD: &str = r#"{"schema": "netweight-model/1", "format": "t"}"#;

fn rich() -> Model {
    let mut model = Model {
        description: "Sketch 2".into(),
        name: Some("\u{1}\"büro\"".into()),
        producer: Some("hand".into()),
        convention: Convention::PyTorch,
        stores_weights: true,
        kinds: vec![OwnKind { name: "odd".into(), formula: "2".into(), ..OwnKind::default() }],
        expectations: vec![Expectation {
            rows: 0..2,
            parameters: Some(3),
            ..Expectation::default()
        }],
        diagnostics: vec![Diagnostic::note("sketch/guess", "a guess").at("fc").help("look")],
        files: vec![
            DataFile { name: "own".into(), length: Some(9) },
            DataFile { name: "beside".into(), length: None },
        ],
        ..Model::new("sketch")
    };
    let shape = Shape::from_iter([Dim::Unknown, Dim::Named("time".into()), 3.into()]);
    let input = model.push(Layer::input("x", shape));
    let args = Args::default()
        .with("output_size", 5)
        .with("bias", true)
        .with("sizes", vec![1, -2, i64::MAX])
        .with("activation", "relu");
    let weight = Weight {
        name: "fc.weight".into(),
        role: Role::Kernel,
        category: Category::Trainable,
        shape: vec![5, u64::MAX],
        dtype: DType::Int4,
        elements: Some(15),
        stored_bytes: Some(8),
        place: Some(Place { file: 1, offset: 1 << 40 }),
    };
    let dense =
        Layer { weights: vec![weight], frozen: true, ..Layer::new("fc", "Linear", "dense") };
    let first = model.push(dense.with_args(args).after(Edge::new(input, 0)));
    let odd = Layer {
        kind: None,
        unknown: Some(Diagnostic::warning("sketch/odd", "unknown `Odd`").into()),
        inputs: vec![None, Some(Edge::new(first, 1))],
        inner: [Layer::new("odd/cell", "Cell", "dense")].into(),
        outputs: [Edge::new(0, 0)].into(),
        shared_with: Some(first),
        ..Layer::new("odd", "Odd", "dense")
    };
    model.push(odd);
    model
}

fn written(model: &Model) -> String {
    let mut text = Vec::new();
    write(model, &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

fn message(text: &str) -> String {
    read(&mut text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn what_is_written_is_read_back() {
    let model = rich();
    assert_eq!(read(&mut written(&model).as_bytes()).unwrap(), model);
}

#[test]
fn an_exported_file_is_known_and_read() {
    let source = Bytes::new("model.txt", written(&rich()));
    assert_eq!(ModelLines.probe(&source), Confidence::Certain);
    assert_eq!(ModelLines.import(&source, &ImportOptions::default()).unwrap(), rich());
    assert_eq!(ModelLines.probe(&Bytes::new("a.netweight", "{}")), Confidence::No);
}

#[test]
fn every_line_follows_the_schema() {
    let mut text = written(&rich());
    let mut failures = Vec::new();
    write_sentence("no", &mut failures).unwrap();
    write_error(&ImportError::malformed("a/b", "c").at("byte 3"), &mut failures).unwrap();
    text.push_str(std::str::from_utf8(&failures).unwrap());
    let schema = jsonschema::validator_for(&json_schema().to_value()).unwrap();
    for line in text.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(schema.is_valid(&line), "{line}");
    }
    assert!(!schema.is_valid(&serde_json::json!({"path": 3})));
}

#[test]
fn few_words_are_enough() {
    let text =
        format!("{HEAD}\n\n {{\"path\": \"a\", \"type\": \"A\", \"new\": [1]}} \r\n{{\"end\": 1}}");
    let model = read(&mut text.as_bytes()).unwrap();
    assert_eq!(
        model.layers,
        [Layer { path: "a".into(), type_name: "A".into(), ..Layer::default() }]
    );
}

#[test]
fn what_is_no_model_is_told() {
    let a = r#"{"path": "a", "type": "A"}"#;
    let cases = [
        (String::new(), "it ends after 0 records, without the end record"),
        (format!("{HEAD}\n{a}\n"), "it ends after 2 records, without the end record"),
        (format!("{HEAD}\n{a}\n{{\"pa"), "it ends after 3 records, without the end record"),
        ("hello\n".to_owned(), "record 1: column 1: expected value"),
        (
            "{\"schema\": \"netweight-model/9\", \"format\": \"t\"}\n".to_owned(),
            "record 1: schema `netweight-model/9`, where `netweight-model/1` is read here",
        ),
        (format!("{HEAD}\n{{\"path\": \"a\"}}\n"), "record 2: column 13: missing field `type`"),
        (
            format!("{HEAD}\n{{\"path\": \"a\", \"type\": \"A\", \"args\": {{\"n\": 1.5}}}}\n"),
            "record 2: column 44: invalid type: floating point `1.5`, expected a flag, a whole \
             number, a list of whole numbers, or a word",
        ),
        (format!("{HEAD}\n{{\"path\": NaN}}\n"), "record 2: column 10: expected value"),
        (format!("{HEAD}\n{a}\n{{\"end\": 2}}\n"), "record 3: the end says 2 layers, 1 came"),
        (format!("{HEAD}\n{{\"end\": 0}}\n{a}\n"), "record 3: more after the end record"),
        (format!("{HEAD}\n{{\"fail\": \"bad type\"}}\n"), "bad type"),
        ("{\"fail\": \"no magic\"}\n".to_owned(), "no magic"),
        (
            format!("{HEAD}\n{}\n", "[".repeat(100_000)),
            "record 2: column 1: invalid type: sequence, expected a string",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(message(&text), expected);
    }
    let deep = format!("{HEAD}\n{}\n", "{\"inner\":[".repeat(100_000));
    assert!(message(&deep).contains("recursion limit exceeded"));
}

/// Every byte changed, and cut off everywhere: a model or a reason.
#[test]
fn damaged_lines_are_answered() {
    let whole = written(&rich()).into_bytes();
    let mut models = 0;
    for at in 0..whole.len() {
        assert!(read(&mut &whole[..at]).is_err() || at + 1 == whole.len());
        for value in [0, b'"', b'{', b'9', 0xFF] {
            let mut bytes = whole.clone();
            bytes[at] = value;
            models += usize::from(read(&mut bytes.as_slice()).is_ok());
        }
    }
    assert!(models > 0);
}

#[test]
fn a_failure_keeps_its_problems() {
    let error = ImportError::limit("a/b", "too long").at("byte 3").help("cut it");
    let mut text = Vec::new();
    write_error(&error, &mut text).unwrap();
    assert_eq!(ImportError::from(read(&mut text.as_slice()).unwrap_err()), error);
}

/// A record again and again, without end.
struct Endless(Vec<u8>, usize);

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let rest = &self.0[self.1..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.1 = (self.1 + length) % self.0.len();
        Ok(length)
    }
}

/// What is said of a record again and again.
fn flooded(record: &str) -> String {
    let flood = Endless(record.as_bytes().to_vec(), 0);
    let lines = format!("{HEAD}\n");
    read(&mut BufReader::new(lines.as_bytes().chain(flood))).unwrap_err().to_string()
}

#[test]
fn floods_end_at_a_limit() {
    let long = format!("{{\"path\":\"{}\",\"type\":\"\"}}\n", "x".repeat(1 << 20));
    let nested = format!(
        "{{\"path\":\"\",\"type\":\"\",\"inner\":[{}]}}\n",
        vec![r#"{"path":"","type":""}"#; 20_000].join(",")
    );
    let arguments: Vec<String> = (0..300).map(|n| format!("\"a{n}\":0")).collect();
    let arguments =
        format!("{{\"path\":\"\",\"type\":\"\",\"args\":{{{}}}}}\n", arguments.join(","));
    let cases = [
        ("x", "more than 16 MiB in a line"),
        (long.as_str(), "more than 256 MiB of output"),
        (nested.as_str(), "more than 1024 MiB of memory for one model"),
        (arguments.as_str(), "record 2: column 2231: more than 256 arguments"),
    ];
    for (record, expected) in cases {
        assert_eq!(flooded(record), expected);
    }
}

#[test]
fn a_million_layers_are_read_and_no_more() {
    assert_eq!(flooded("{\"path\":\"\",\"type\":\"\"}\n"), "more than 1000000 layers");
}
