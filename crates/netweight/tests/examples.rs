//! The examples, run as a reader runs them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

use std::path::Path;
use std::process::Command;

/// What an example says; cargo builds examples beside the tests.
fn said(example: &str, files: &[&str]) -> String {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().unwrap().parent().unwrap().join("examples");
    let output = Command::new(folder.join(format!("{example}{}", std::env::consts::EXE_SUFFIX)))
        .args(files)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn count() {
    let said = said("count", &["keras/bigru-lstm.json"]);
    // 2 × 3 × [5(5 + 8) + 5], 4 × [50(50 + 10) + 50]
    assert_eq!(said, "         420  bidirectional\n       12200  lstm\n       12620  in total\n");
}

#[test]
fn compare() {
    let same = said("compare", &["yaml/bigru-lstm.yaml", "keras/bigru-lstm.json"]);
    // Keras names the layer by its class.
    assert_eq!(same, "Renamed: bidirectional\n1 layers with parameters are the same\n");
    let other = said("compare", &["yaml/bigru-lstm.yaml", "yaml/lstm.yaml"]);
    assert!(other.contains("parameters: Some(12620) → Some(48)\n"), "{other}");
    assert!(other.contains("Removed: bigru\n"), "{other}");
}

#[test]
fn own_format() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("network.dense");
    std::fs::write(&file, "3 5 2\n").unwrap();
    // (3 × 5 + 5 × 2) + (5 + 2)
    let own = said("own_format", &[file.to_str().unwrap()]);
    assert_eq!(own, "dense network: Some(32) parameters\n");
    let built_in = said("own_format", &["yaml/lstm.yaml"]);
    assert!(built_in.ends_with(": Some(48) parameters\n"), "{built_in}");
}
