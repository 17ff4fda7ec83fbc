//! Limits on what the program itself reads. The files are sparse: they take no room on disk.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use netweight::core::limits;

/// A file of that name, begin and length, until the test ends.
struct Sparse(PathBuf);

impl Sparse {
    fn new(name: &str, begin: &[u8], length: u64) -> Self {
        let path = std::env::temp_dir().join(format!("netweight-{}-{name}", std::process::id()));
        let mut file = File::create(&path).unwrap();
        file.write_all(begin).unwrap();
        file.set_len(length).unwrap();
        Self(path)
    }
}

impl Drop for Sparse {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// What is said of a path with something on standard input.
fn told(path: &str, input: Stdio) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_netweight"));
    let output = command.env("NETWEIGHT_PLUGINS", "").arg(path).stdin(input).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn standard_input_has_a_length() {
    let file = Sparse::new("stdin", b"", limits::STDIN + 1);
    let said = told("-", File::open(&file.0).unwrap().into());
    assert!(said.contains("more than 1 GiB on standard input"), "{said}");
    assert!(said.contains("pass the file by its path"), "{said}");
}

#[test]
fn a_report_has_a_length() {
    let file = Sparse::new("report", br#"{"schema": "netweight-report/1""#, limits::REPORT + 1);
    let said = told(file.0.to_str().unwrap(), Stdio::null());
    assert!(said.contains("a report of 1073741825 bytes; at most 1073741824 are read"), "{said}");
}
