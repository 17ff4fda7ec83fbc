//! Limits: kept and broken, told a line each, in the terms of whoever runs the program.

use crate::program::{Said, netweight, netweight_in};

/// ResNet-50 in Keras: 25,636,712 parameters, as published; in int8 as many bytes.
const RESNET: &str = "keras/resnet50.json";

fn gated(arguments: &[&str]) -> Said {
    netweight(80, &[&[RESNET, "--columns", "path", "--top", "1"], arguments].concat())
}

#[test]
fn limits_that_are_kept_say_nothing() {
    let said = gated(&["--max-parameters", "25,636,712", "--max-bytes", "int8=25636712"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert_eq!(gated(&["--max-parameters", "26M", "--check"]).code, 0);
}

#[test]
fn every_breach_is_a_line() {
    let said = gated(&["--max-parameters", "25,636,711", "--max-bytes", "int8=24MiB"]);
    assert_eq!(said.code, 1);
    let expected = "\
breach: keras/resnet50.json: 25,636,712 parameters, 1 more than the limit of 25,636,711
breach: keras/resnet50.json: 25,636,712 bytes (24.4 MiB) under `int8`, the limit is 25,165,824 (24.0 MiB)
";
    assert_eq!(said.err, expected);
    assert!(said.out.contains("25,636,712"), "the report is there all the same");
}

#[test]
fn what_is_not_known_keeps_to_no_limit() {
    let said = netweight(80, &["keras/unbuilt.json", "--max-parameters", "1M", "--check"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("not all parameters are known"), "{}", said.err);
    assert!(said.err.contains("the count is not known"), "{}", said.err);
}

#[test]
fn a_baseline_allows_some_growth() {
    let folder = std::env::temp_dir().join(format!("netweight-gates-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let report = folder.join("baseline.json");
    let before = netweight(80, &["--format", "json", "onnx/ffnn-3-5-2.onnx"]).out;
    std::fs::write(&report, before).unwrap();
    let report = report.to_str().unwrap();
    let against = |file: &str, growth: &[&str]| {
        netweight(80, &[&[file, "--baseline", report], growth].concat())
    };
    assert_eq!(against("onnx/ffnn-3-5-2.onnx", &[]).code, 0);
    // 48 over 32 parameters is half as much again.
    assert_eq!(against("yaml/lstm.yaml", &["--max-growth", "50%"]).code, 0);
    let said = against("yaml/lstm.yaml", &["--max-growth", "49.9%"]);
    assert_eq!(said.code, 1);
    let expected = "breach: yaml/lstm.yaml: 48 parameters, +50.0% over the baseline's 32; at most 49.9% is allowed\n";
    assert_eq!(said.err, expected);
    std::fs::write(report, r#"{"schema":"netweight-report/2","models":[]}"#).unwrap();
    let said = against("yaml/lstm.yaml", &[]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("`netweight-report/2`, not `netweight-report/1`"), "{}", said.err);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn on_github_breaches_are_annotations() {
    let arguments = ["yaml/lstm.yaml", "--max-parameters", "47"];
    let said = netweight_in(&[("GITHUB_ACTIONS", "true")], &arguments);
    assert_eq!(said.code, 1);
    let expected = "::error file=yaml/lstm.yaml,title=netweight::yaml/lstm.yaml: 48 parameters, 1 more than the limit of 47\n";
    assert_eq!(said.err, expected);
}

#[test]
fn limits_are_typed_as_people_write_them() {
    for wrong in [
        ["--max-parameters", "many"],
        ["--max-bytes", "int8"],
        ["--max-bytes", "int8=5M"],
        ["--max-growth", "2%"],
    ] {
        assert_eq!(gated(&wrong).code, 2, "{wrong:?}");
    }
    let said = gated(&["--max-bytes", "itn8=5MB"]);
    assert!(said.err.contains("did you mean `int8`?"), "{}", said.err);
}
