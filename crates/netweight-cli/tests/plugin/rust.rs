//! Plugins in Rust: as good as what is built in, and no more dangerous than those in C.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::place::{Place, User, texts, workspace};

/// An example of this package as a plugin. Built here as well, for runs of this test alone.
fn example(name: &str) -> PathBuf {
    let beside = Path::new(env!("CARGO_BIN_EXE_netweight")).parent().unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--offline", "--package", "netweight-cli", "--example", name]);
    if beside.ends_with("release") {
        cargo.arg("--release");
    }
    assert!(cargo.current_dir(workspace()).status().unwrap().success());
    let library = format!("{}{name}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    beside.join("examples").join(library)
}

fn place(name: &str, plugin: &str) -> Place {
    let place = Place::new(name);
    let copied = Command::new("cp").arg(example(plugin)).arg(place.path("")).status();
    assert!(copied.unwrap().success());
    place
}

/// The same models and the same errors, linked in and through a plugin.
#[test]
fn the_yaml_importer_is_the_same_as_a_plugin() {
    let place = place("parity", "yaml_plugin");
    let good = workspace().join("testdata/yaml");
    let bad = workspace().join("crates/netweight-markup/tests/mistakes");
    let mut compared = 0;
    for folder in [good, bad] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|ending| ending != "yaml") {
                continue;
            }
            let export = |from| {
                let options = ["export", "--from", from, "--input-shape", "x=1,2"];
                let file = path.to_str().unwrap();
                let output = place.run(User::Same, &[&options[..], &[file]].concat());
                (output.status.code(), texts(&output))
            };
            assert_eq!(export("yaml-plugin"), export("yaml"), "{}", path.display());
            compared += 1;
        }
    }
    assert!(compared > 40, "only {compared} files");
}

#[test]
fn what_goes_wrong_in_rust_is_told() {
    let place = place("odd", "odd_plugin");
    place.write("beside.txt", "");
    place.write("other.txt", "");
    let cases = [
        (
            "panic",
            2,
            "plugin libodd_plugin.so reports: the plugin panicked: index 7 is not in the table",
        ),
        (
            "overflow",
            2,
            "plugin libodd_plugin.so: aborted (SIGABRT) (last line of its error output: fatal runtime error: stack overflow",
        ),
        ("error", 2, "error: case.odd: byte 4: too odd\n  = be even\n"),
        ("sibling", 0, "\"name\":\"other.txt\""),
        ("options", 0, "input_shapes: [(Some(\\\"x\\\"), Shape([Unknown, Known(28)]))]"),
        ("2", 0, "{\"end\":2,"),
    ];
    for (case, code, expected) in cases {
        place.write("case.odd", format!("odd {case}"));
        let output = place.run(User::Same, &["export", "--input-shape", "x=?,28", "case.odd"]);
        let (out, err) = texts(&output);
        assert!((out + &err).contains(expected), "{case}: {err}");
        assert_eq!(output.status.code(), Some(code), "{case}");
    }
}

#[test]
fn counts_are_assumed_for_layers_of_plugins_too() {
    let place = place("odd", "odd_plugin");
    place.write("case.odd", "odd open");
    let output = place.run(User::Same, &["--format", "json", "--assume", "Gate=100", "case.odd"]);
    let (out, err) = texts(&output);
    let report: serde_json::Value = serde_json::from_str(&out).expect(&err);
    assert_eq!(report["models"][0]["totals"]["parameters"], 2 * 3 + 3 + 100);
    assert_eq!(report["models"][0]["totals"]["complete"], true);
}
