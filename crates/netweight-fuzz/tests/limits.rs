//! Files that reach a limit of a built-in reader, and what is then said.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

use std::io::{self, Write as _};

use netweight::core::limits;
use netweight::{Bytes, ImportOptions, Importer, Source, import, spec};
use netweight_onnx::OnnxImporter;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// What is said of a file: the first problem, or everything that its model tells.
fn told(source: &dyn Source) -> String {
    match import(source, None, &ImportOptions::default()) {
        Ok(model) => {
            let unknown = model.layers.iter().filter_map(|layer| layer.unknown.as_deref());
            let told: Vec<&str> =
                model.diagnostics.iter().chain(unknown).map(|told| told.message.as_str()).collect();
            told.join("\n")
        }
        Err(error) => error.problems[0].message.clone(),
    }
}

#[track_caller]
fn says(name: &str, bytes: impl Into<Vec<u8>>, expected: &str) {
    let found = told(&Bytes::new(name, bytes));
    assert!(found.contains(expected), "{expected}\nbut {found}");
}

/// A field of protobuf that holds bytes.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut field = vec![number << 3 | 2];
    let mut length = bytes.len();
    while length > 0x7F {
        field.push(u8::try_from(length & 0x7F).unwrap() | 0x80);
        length >>= 7;
    }
    field.push(u8::try_from(length).unwrap());
    field.extend(bytes);
    field
}

/// An ONNX model of a graph with these fields.
fn onnx(graph: &[u8]) -> Vec<u8> {
    [&[8, 8][..], &field(7, graph)].concat()
}

#[test]
fn onnx_says_its_limits() {
    let dims = field(5, &[8, 1].repeat(limits::onnx::DIMS + 1));
    says("m.onnx", onnx(&dims), "a shape of more than 64 dimensions");
    let name = vec![b'n'; usize::try_from(limits::onnx::NAME).unwrap() + 1];
    says(
        "m.onnx",
        onnx(&field(2, &name)),
        "a name of 65,537 bytes; the most that is read is 65,536",
    );
    let nodes = field(1, &[]).repeat(10_000_000);
    says("m.onnx", onnx(&nodes), "names, nodes and attributes take more than 256 MiB of memory");
    let mut graph = field(1, &[]);
    for _ in 0..limits::onnx::DEPTH {
        graph = field(1, &field(5, &field(6, &graph)));
    }
    says("m.onnx", onnx(&graph), "more than 64 graphs inside one another");
}

/// One piece over and over, behind a beginning: gigabytes that take no memory.
struct Endless {
    head: Vec<u8>,
    piece: Vec<u8>,
    times: u64,
}

impl Source for Endless {
    fn name(&self) -> &str {
        "m.onnx"
    }

    fn len(&self) -> u64 {
        self.head.len() as u64 + self.times * self.piece.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let (mut at, mut done) = (offset, 0);
        while at < self.len() && done < buffer.len() {
            let head = self.head.len() as u64;
            let part = match at.checked_sub(head) {
                None => &self.head[usize::try_from(at).unwrap()..],
                Some(at) => &self.piece[usize::try_from(at % self.piece.len() as u64).unwrap()..],
            };
            let length = part.len().min(buffer.len() - done);
            buffer[done..done + length].copy_from_slice(&part[..length]);
            done += length;
            at += length as u64;
        }
        Ok(done)
    }

    fn sibling(&self, _: &str) -> io::Result<Box<dyn Source>> {
        Err(io::ErrorKind::NotFound.into())
    }
}

/// Fields that nobody looks at, each of which costs a look at what is behind it.
#[test]
fn onnx_looks_at_so_much_and_no_more() {
    let piece = field(9, &[0; 8 << 10]);
    let times = 300_000;
    let mut length = times * piece.len() as u64;
    let mut head = vec![8, 8, 7 << 3 | 2];
    while length > 0x7F {
        head.push(u8::try_from(length & 0x7F).unwrap() | 0x80);
        length >>= 7;
    }
    head.push(u8::try_from(length).unwrap());
    let source = Endless { head, piece, times };
    let error = OnnxImporter.import(&source, &ImportOptions::default()).unwrap_err();
    assert_eq!(error.problems[0].message, "more than 1024 MiB besides the payloads");
}

/// A Keras config around these layers.
fn sequential(layers: &str) -> String {
    format!(r#"{{"class_name": "Sequential", "config": {{"layers": [{layers}]}}}}"#)
}

#[test]
fn keras_says_its_limits() {
    let dims = vec!["1"; limits::keras::RANK + 1].join(", ");
    let shape = format!(r#"{{"class_name": "InputLayer", "config": {{"batch_shape": [{dims}]}}}}"#);
    says("m.json", sequential(&shape), "a shape of 65 dimensions, at most 64 are read");
    let units = limits::keras::SIZE + 1;
    let dense = format!(r#"{{"class_name": "Dense", "config": {{"units": {units}}}}}"#);
    says("m.json", sequential(&dense), "a number that 64 bits can count with");
    let models =
        (0..=limits::keras::NESTED_MODELS).fold(String::new(), |inner, _| sequential(&inner));
    says("m.json", models, "models inside one another, more than 110");
    let layers = vec![r#"{"class_name":"Flatten","config":{}}"#; limits::keras::LAYERS + 1];
    says("m.json", sequential(&layers.join(",")), "more than 100000 layers");
    let wrapped =
        (0..=limits::keras::WRAPPERS).fold(dense.replace(&units.to_string(), "1"), |inner, _| {
            format!(r#"{{"class_name": "TimeDistributed", "config": {{"layer": {inner}}}}}"#)
        });
    says("m.json", sequential(&wrapped), "wrapped more than 47 layers deep");
}

/// A `.keras` archive of members by name.
fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn keras_archives_say_their_limits() {
    let config = sequential(r#"{"class_name": "Dense", "config": {"units": 1}}"#);
    let long = vec![b' '; usize::try_from(limits::keras::METADATA).unwrap() + 1];
    let members = [("config.json", config.as_bytes()), ("metadata.json", long.as_slice())];
    says(
        "m.keras",
        archive(&members),
        "`metadata.json` unpacks to 65537 bytes, at most 65536 are read",
    );

    // Few bytes that claim to be many; the last place that says so is the list of members.
    let mut bomb =
        archive(&[("config.json", config.as_bytes()), ("model.weights.h5", b"few bytes")]);
    let entry = bomb.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap();
    bomb[entry + 24..entry + 28].copy_from_slice(&(300u32 << 20).to_le_bytes());
    says(
        "m.keras",
        bomb,
        "`model.weights.h5` unpacks to 314572800 bytes, at most 268435456 are read",
    );
}

#[test]
fn specs_say_their_limits() {
    let layers = |item: &str| format!("input: 8\nlayers:\n{item}");
    let repeat = format!("  - repeat: {}\n    layers: [dense: 1]\n", limits::spec::LAYERS + 1);
    says("m.yaml", layers(&repeat), "more than 100000 layers");
    let groups = (0..=limits::spec::NESTING)
        .fold("dense: 1".to_owned(), |inner, _| format!("{{layers: [{inner}]}}"));
    says(
        "m.yaml",
        layers(&format!("  - {groups}\n")),
        "more than 24 groups and blocks inside each other",
    );
    let dims = vec!["1"; limits::spec::DIMENSIONS + 1].join(", ");
    says(
        "m.yaml",
        format!("input: [{dims}]\nlayers: [dense: 1]\n"),
        "65 dimensions, expected at most 64",
    );
    let name = "n".repeat(limits::spec::NAME + 1);
    says(
        "m.yaml",
        layers(&format!("  - dense: 1\n    name: {name}\n")),
        "a name of at most 1000 characters",
    );
    let args: String = (0..=limits::spec::PARTS).map(|n| format!("      a{n}: a size\n")).collect();
    let kind = format!(
        "kinds:\n  k:\n    args:\n{args}    formula: a0\n    weights:\n      w: {{shape: [a0]}}\n"
    );
    says("m.yaml", kind + &layers("  - k: {a0: 1}\n"), "65 entries, expected at most 64");
    let deep = format!("layers: {}1{}\n", "[".repeat(200), "]".repeat(200));
    says("m.yaml", deep, "more than 128 lists and maps inside each other");
}

#[test]
fn rules_say_their_limits() {
    let rule = "  - {class: Gate, parameters: 2}\n";
    let rules = format!("classes:\n{}", rule.repeat(limits::spec::RULES + 1));
    let error = spec::read_rules(&Bytes::new("rules.yaml", rules)).unwrap_err();
    assert_eq!(error.problems[0].message, "1001 rules, expected at most 1000");
}

#[test]
fn texts_say_their_limits() {
    let large = vec![b' '; netweight_markup::limits::BYTES + 1];
    let expected = "33554433 bytes; no more than 33554432 are read";
    says(
        "m.json",
        [br#"{"class_name": 1, "config": 2}"#, large.as_slice()].concat(),
        "no more than 33554432 are read",
    );
    says("m.yaml", [b"layers: []\n", &large[11..]].concat(), expected);
    let many = vec!["1"; netweight_markup::limits::VALUES + 1].join(",");
    says("m.yaml", format!("layers: [{many}]\n"), "more than 1000000 keys and values");
}

#[test]
fn lines_say_their_limits() {
    let head = r#"{"schema": "netweight-model/1", "format": "sketch"}"#;
    let layers = 5_000;
    let each = format!(r#"{{"path": "x", "layers": 0, "rows": {{"start": 0, "end": {layers}}}}}"#);
    let count = limits::EXPECTED_ROWS / layers + 1;
    let expectations = vec![each.as_str(); count].join(",");
    let layer = "{\"path\":\"\",\"type\":\"\"}\n".repeat(layers);
    let end = format!(r#"{{"end": {layers}, "expectations": [{expectations}]}}"#);
    says("m.jsonl", format!("{head}\n{layer}{end}\n"), "more than 16000000 rows in expectations");
}
