//! Rules files: those of the test data are read and follow the schema, malformed ones beside the
//! text that each must give, hostile ones answered within bounded time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

mod damage;
mod mistakes;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use damage::Damage;
use netweight_core::rules::{ClassKind, Given, Place};
use netweight_core::{Bytes, Class, ImportError, Rules};
use netweight_yaml::{read_rules, rules_schema};

/// How long a single answer may take before it counts as none.
const PATIENCE: Duration = Duration::from_secs(60);

fn read(text: impl Into<Vec<u8>>) -> Result<Rules, ImportError> {
    let begin = Instant::now();
    let answer = read_rules(&Bytes::new("rules.yaml", text.into()));
    assert!(begin.elapsed() < PATIENCE, "{:?}", begin.elapsed());
    answer
}

/// The good rules files of the test data.
fn good() -> impl Iterator<Item = PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/rules");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|file| file.extension().unwrap() == "yaml")
}

#[test]
fn each_mistake_is_told_with_its_place() {
    mistakes::each_is_told("rules", |file| read_rules(file));
}

/// What a schema cannot say: arguments and weights of kinds, formulas, what is said twice.
const BEYOND_THE_SCHEMA: &[&str] = &[
    "both-formulas",
    "deep-formula",
    "flag-is-a-number",
    "formula",
    "huge-number",
    "json-trailing-comma",
    "many-weights",
    "said-twice",
    "symbol-of-weights",
    "unknown-argument",
    "unknown-weight",
    "unused-argument",
];

#[test]
fn the_schema_takes_good_files_and_refuses_what_it_can() {
    let validator = jsonschema::validator_for(&rules_schema()).unwrap();
    let mut checked = 0;
    for file in good() {
        let text = fs::read(&file).unwrap();
        let value: serde_json::Value = serde_yaml::from_slice(&text).unwrap();
        let broken: Vec<String> =
            validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(broken.is_empty(), "{}: {broken:?}", file.display());
        read(text).unwrap();
        checked += 1;
    }
    assert!(checked > 1);
    for file in mistakes::bad("rules") {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let Ok(rules) = serde_yaml::from_slice::<serde_json::Value>(&fs::read(&file).unwrap())
        else {
            continue;
        };
        assert_eq!(validator.is_valid(&rules), BEYOND_THE_SCHEMA.contains(&name), "{name}");
    }
}

#[test]
fn a_class_of_a_kind_knows_its_usual_words_and_those_of_the_rule() {
    let rules =
        read("classes: [{class: Wide, kind: conv2d, args: {o: [width, filters]}}]").unwrap();
    let class = &rules.classes[0];
    assert_eq!(class.kind, ClassKind::Catalogue("conv".to_owned()));
    let arg = |name: &str| class.args.iter().find(|arg| arg.arg == name).unwrap();
    let words = ["width", "filters"].map(str::to_owned).to_vec();
    assert_eq!(arg("out_channels").given, Given::Keys(words));
    let Given::Keys(words) = &arg("bias").given else { panic!() };
    assert!(words.contains(&"use_bias".to_owned()), "{words:?}");
    assert_eq!(arg("kernel_size").spread, Some(2), "one number stands for both dimensions");
}

#[test]
fn weights_have_the_kinds_own_dimensions_unless_the_rule_names_them() {
    let rules = read(
        "operators:\n  - {operator: A, kind: dense, inputs: {1: kernel, 2: bias}}\n  - {operator: B, kind: conv, inputs: {1: {weight: kernel, shape: [o, i / n, f..., _, 3]}}}\n",
    )
    .unwrap();
    let arg = |name: &str| Place::Arg(name.to_owned());
    let [kernel, bias] = rules.operators[0].inputs.as_slice() else { panic!() };
    assert_eq!(kernel.shape, Some(vec![arg("input_size"), arg("output_size")]));
    assert_eq!(bias.when.as_deref(), Some("bias"));
    let share = Place::Share("in_channels".to_owned(), "groups".to_owned());
    let rest = Place::Rest("kernel_size".to_owned());
    let named = vec![arg("out_channels"), share, rest, Place::Any, Place::Size(3)];
    assert_eq!(rules.operators[1].inputs[0].shape, Some(named));
}

#[test]
fn a_kind_of_the_rules_hides_none_of_the_catalogue() {
    let rules =
        read("classes: [{class: Dense, parameters: 5}, {class: dense, parameters: 5}]").unwrap();
    for class in &rules.classes {
        let ClassKind::Own(kind) = &class.kind else { panic!() };
        assert!(netweight_core::kind::find(&kind.name).is_none(), "{}", kind.name);
    }
}

#[test]
fn classes_of_one_name_in_two_packages_are_two_kinds() {
    let text = "classes: [{class: a>Gate, parameters: 1e3}, {class: b>Gate, parameters: 2, trainable: false}]";
    let rules = read(text).unwrap();
    let kinds: Vec<_> = rules.classes.iter().map(|class| &class.kind).collect();
    let [ClassKind::Own(a), ClassKind::Own(b)] = kinds.as_slice() else { panic!() };
    assert_ne!(a.name, b.name);
    assert_eq!((a.formula.as_str(), b.formula.as_str()), ("1000", "2"));
    assert_eq!(rules.classes.iter().map(|class| class.frozen).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn hostile_files_are_answered() {
    let deep = format!("classes: {}1{}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(read(deep).unwrap_err().class, Class::Limit);
    let many: String =
        (0..50_000).map(|n| format!("  - {{class: C{n}, parameters: 5}}\n")).collect();
    assert!(read(format!("classes:\n{many}")).is_err());
    let long = format!("classes: [{{class: A, parameters: {}1}}]", "1 + ".repeat(1_000_000));
    let _ = read(long);
    let brackets = format!("classes: [{{class: A, parameters: '{}'}}]", "(".repeat(1_000_000));
    assert!(read(brackets).is_err());
    let list = format!(
        "operators: [{{operator: A, kind: conv, inputs: {{1: {{weight: kernel, shape: [{}o]}}}}}}]",
        "_, ".repeat(100_000)
    );
    assert!(read(list).is_err());
    let names =
        format!("classes: [{{class: A, parameters: d, input: [{}d]}}]", "a, ".repeat(100_000));
    let _ = read(names);
}

#[test]
fn damaged_files_are_answered() {
    let mut damage = Damage::default();
    for file in good() {
        let text = fs::read(&file).unwrap();
        for _ in 0..1_000 {
            let _ = read(damage.to(&text));
        }
    }
}
