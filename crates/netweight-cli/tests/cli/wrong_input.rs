//! What people pass by mistake, and what breaks: a clear word, exit code 2, and the rest goes on.

use std::io::Read;
use std::process::{Command, Stdio};

use crate::program::{files, golden, netweight, testdata};
use serde_json::Value;

#[test]
fn every_bad_file_has_its_words() {
    let root = testdata();
    let mut bad =
        files(&root.join("bad"), |name| !name.ends_with(".err") && !name.starts_with('.'));
    // Specs and rules have goldens of their own beside them, which their reader's tests hold.
    bad.retain(|path| {
        !["bad/yaml", "bad/rules", "bad/schemes"].iter().any(|own| path.starts_with(root.join(own)))
    });
    assert!(bad.len() > 30);
    for path in bad {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
        let said = netweight(80, &[name]);
        assert!(!said.err.contains("internal error"), "{name}: {}", said.err);
        let mut told = said.err;
        if said.code != 2 {
            // Half understood is still a model: what it says of itself is the answer.
            let read = netweight(80, &["--format", "json", name]);
            let report: Value = serde_json::from_str(&read.out).unwrap();
            told = format!("{:#}\n", report["models"][0]["diagnostics"]);
        }
        let golden_path =
            path.with_file_name(format!("{}.err", path.file_name().unwrap().to_str().unwrap()));
        golden(&golden_path, &format!("exit {}\n{told}", said.code));
    }
}

#[test]
fn missing_file_and_directory() {
    let said = netweight(80, &["no-such-file.onnx"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert_eq!(said.err, "error: no-such-file.onnx: no such file\n");
    let said = netweight(80, &["onnx"]);
    assert_eq!(said.code, 2);
    let told =
        "error: onnx: a directory, not a file\n  = name a model file in it: batch-norm.onnx, ";
    assert!(said.err.starts_with(told), "{}", said.err);
    let said = netweight(80, &["../docs"]);
    assert!(said.err.ends_with("no file in it is a model; name one elsewhere\n"), "{}", said.err);
}

#[test]
fn a_bad_file_does_not_cost_the_good_ones() {
    let said = netweight(
        80,
        &["--format", "json", "bad/onnx/truncated.onnx", "yaml/lstm.yaml", "nothing"],
    );
    assert_eq!(said.code, 2);
    let report: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(report["models"][0]["totals"]["parameters"], 48);
    let failed: Vec<&str> = report["failures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|failure| failure["source"].as_str().unwrap())
        .collect();
    assert_eq!(failed, ["bad/onnx/truncated.onnx", "nothing"]);
}

#[test]
fn an_unknown_size_is_null_and_says_what_gives_it() {
    let said = netweight(80, &["--format", "json", "keras/unbuilt.json"]);
    assert_eq!(said.code, 0);
    let report: Value = serde_json::from_str(&said.out).unwrap();
    let model = &report["models"][0];
    assert_eq!(model["totals"]["complete"], false);
    let unknown = model["layers"]
        .as_array()
        .unwrap()
        .iter()
        .find(|layer| layer["parameters"].is_null())
        .unwrap();
    let told = model["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .find(|told| told["where"] == unknown["path"])
        .unwrap();
    assert!(told["help"].as_str().unwrap().contains("--input-shape"), "{told}");
    let said = netweight(80, &["--format", "json", "--input-shape", "?,4", "keras/unbuilt.json"]);
    let report: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(report["models"][0]["totals"]["complete"], true);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_netweight"))
        .args(["--format", "json", "keras/resnet50.json"])
        .current_dir(testdata())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(err, "");
}
