//! Limits on specs, rules and scheme files, and on YAML and JSON as such.

use netweight::core::limits;
use netweight::{Bytes, spec};

use crate::{says, told};

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
    assert_eq!(error.problems[0].message, "1001 entries, expected at most 1000");
}

#[test]
fn scheme_files_say_their_limits() {
    let scheme = |number| format!("  s{number}: {{scheme: int4}}\n");
    let schemes: String = (0..=limits::spec::RULES).map(scheme).collect();
    let error = spec::read_schemes(&Bytes::new("s.yaml", format!("schemes:\n{schemes}")));
    assert_eq!(error.unwrap_err().problems[0].message, "1001 entries, expected at most 1000");
}

#[test]
fn sizes_have_a_largest() {
    let spec = |units: i128| format!("input: 1\nlayers: [dense: {units}]\n");
    let error = "1000000000001 is larger than any size (10¹²)";
    says("m.yaml", spec(limits::spec::SIZE + 1), error);
    assert_eq!(told(&Bytes::new("m.yaml", spec(limits::spec::SIZE))), "");
}

#[test]
fn layers_are_looked_for_near_the_beginning() {
    let spec = |comment| format!("#{}\ninput: 1\nlayers: [dense: zero]\n", " ".repeat(comment));
    says("m", spec(1 << 10), "expected a whole number");
    says("m", spec(limits::spec::PROBE), "the content is of no known format");
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
fn aliases_have_a_limit() {
    let list = "1, ".repeat(1_000);
    let aliases = "*a, ".repeat(101);
    let text = format!("layers:\n - &a [{list}1]\n - [{aliases}1]\n");
    says("m.yaml", text, "aliases");
}

#[test]
fn a_keras_config_has_a_depth() {
    let deep = "[".repeat(1_200);
    says(
        "m.json",
        format!(r#"{{"class_name": "Sequential", "config": {deep}"#),
        "more than 1100 lists and maps inside each other",
    );
}
