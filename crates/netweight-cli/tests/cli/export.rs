//! `netweight export`: the same model, in lines.

use std::path::Path;

use serde_json::Value;

use crate::program::{files, netweight, testdata};

/// The report on a file, but for what is the file's and not the model's.
fn report(path: &str) -> Value {
    let mut report: Value =
        serde_json::from_str(&netweight(80, &["--format", "json", path]).out).unwrap();
    for model in report["models"].as_array_mut().unwrap() {
        model["source"] = Value::Null;
        model["file_bytes"] = Value::Null;
    }
    report
}

#[test]
fn an_exported_model_reports_the_same() {
    let is_model =
        |name: &str| [".onnx", ".keras", ".yaml"].iter().any(|ending| name.ends_with(ending));
    let exported = Path::new(env!("CARGO_TARGET_TMPDIR")).join("exported.netweight");
    let exported = exported.to_str().unwrap();
    let mut compared = 0;
    for path in files(&testdata(), is_model).iter().step_by(3) {
        let path = path.to_str().unwrap();
        let said = netweight(80, &["export", path]);
        if said.code != 0 {
            continue;
        }
        std::fs::write(exported, said.out).unwrap();
        assert_eq!(report(exported), report(path), "{path}");
        compared += 1;
    }
    assert!(compared > 20, "only {compared} files");
}
