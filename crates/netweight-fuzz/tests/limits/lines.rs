//! Limits on models as JSON lines, and on what is made of any model.

use netweight::core::{analyze, limits};
use netweight::{Bytes, ImportOptions, import};

use crate::{says, told};

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

/// A model of these layers, as lines.
fn model(layers: &[&str]) -> String {
    let head = r#"{"schema": "netweight-model/1", "format": "sketch"}"#;
    let end = format!(r#"{{"end": {}}}"#, layers.len());
    [&[head][..], layers, &[&end, ""]].concat().join("\n")
}

#[test]
fn wrappers_are_counted_so_deep() {
    let dense =
        r#"{"path": "", "type": "", "kind": "dense", "args": {"input_size": 1, "output_size": 1}}"#;
    let wrapped = |depth| {
        (0..depth).fold(dense.to_owned(), |inner, _| {
            format!(r#"{{"path": "", "type": "", "kind": "time_distributed", "inner": [{inner}]}}"#)
        })
    };
    let source = |depth| Bytes::new("m.jsonl", model(&[&wrapped(depth)]));
    let found = |depth| {
        let model = import(&source(depth), None, &ImportOptions::default()).unwrap();
        let layer = analyze(&model).layers.remove(0);
        (layer.counts.map(|counts| counts.parameters()), layer.evaluated.problems.join(" "))
    };
    assert_eq!(found(limits::WRAPPERS - 1), (Some(2), String::new()));
    let (count, problems) = found(limits::WRAPPERS);
    assert_eq!(count, None);
    assert!(problems.contains("wrapped more than 48 layers deep"), "{problems}");
    assert_eq!(told(&source(1)), "");
}

#[test]
fn sequences_have_two_directions() {
    let lstm = r#"{"path": "", "type": "", "kind": "lstm", "args": {"input_size": 1, "hidden_size": 1, "directions": 1000}}"#;
    let source = Bytes::new("m.jsonl", model(&[lstm]));
    let model = import(&source, None, &ImportOptions::default()).unwrap();
    let layer = &analyze(&model).layers[0];
    assert_eq!(layer.counts, None);
    assert_eq!(layer.evaluated.problems, ["1000 directions, expected at most 2"]);
}

#[test]
fn tensors_are_split_into_so_many_parts() {
    let split = r#"{"path": "", "type": "", "kind": "split", "args": {"axis": 1, "sections": 100000}, "stated_inputs": [[1, 200000]]}"#;
    let source = Bytes::new("m.jsonl", model(&[split]));
    let model = import(&source, None, &ImportOptions::default()).unwrap();
    assert_eq!(analyze(&model).layers[0].outputs.len(), limits::PARTS);
}
