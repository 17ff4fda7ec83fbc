//! Failures as a person reads them on a terminal.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

use netweight_core::{Diagnostic, ImportError};
use netweight_report::{Failure, Style, render_failure};

fn shown(source: &str, error: &ImportError) -> String {
    let failures = Failure::from_error(source, error);
    failures.iter().map(|failure| render_failure(failure, &Style::plain())).collect()
}

#[test]
fn without_a_place() {
    let error = ImportError::unsupported(
        "pickle",
        "a PyTorch archive (zip with data.pkl); netweight does not execute pickles",
    )
    .help("export it to ONNX or safetensors, or see `netweight formats` and `netweight plugin`");
    let expected = "\
error: model.pt: a PyTorch archive (zip with data.pkl); netweight does not execute pickles
  = export it to ONNX or safetensors, or see `netweight formats` and `netweight plugin`
";
    assert_eq!(shown("model.pt", &error), expected);
}

#[test]
fn with_a_place() {
    let error = ImportError::malformed("onnx/truncated", "ends in the middle").at("node 12");
    assert_eq!(shown("half.onnx", &error), "error: half.onnx: node 12: ends in the middle\n");
}

#[test]
fn with_the_line_itself() {
    let problem = Diagnostic {
        excerpt: Some(
            "  ┌ spec.yaml:7:5\n7 │   - lsmt: 50\n  │     ^^^^ did you mean `lstm`?".into(),
        ),
        ..Diagnostic::error("yaml/unknown-kind", "unknown layer kind `lsmt`")
    }
    .at("line 7, column 5")
    .help("netweight kinds lists all");
    let mut error = ImportError::malformed("yaml/unknown-kind", "");
    error.problems = vec![problem];
    let expected = "\
error: unknown layer kind `lsmt`
  ┌ specs/spec.yaml:7:5
7 │   - lsmt: 50
  │     ^^^^ did you mean `lstm`?
  = netweight kinds lists all
";
    assert_eq!(shown("specs/spec.yaml", &error), expected);
}

#[test]
fn nothing_from_a_file_reaches_the_terminal_as_a_command() {
    let problem = Diagnostic {
        excerpt: Some("1 │ \u{1b}]0;title\u{7}\n  │ ^".into()),
        ..Diagnostic::error("x", "found `\u{1b}[2J`\nand more")
    }
    .at("layer \u{9b}31m")
    .help("rename \u{202e}it");
    let mut error = ImportError::malformed("x", "");
    error.problems = vec![problem];
    let text = shown("a\rb.yaml", &error);
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
    assert!(!text.contains('\u{202e}'));
    assert_eq!(text.lines().count(), 4);
}
