//! The built program, run as a person runs it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What one run said.
pub(crate) struct Said {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

/// The workspace's test data.
pub(crate) fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata").canonicalize().unwrap()
}

/// Runs the program in the folder of test data, at a width of so many columns.
pub(crate) fn netweight(columns: u32, arguments: &[&str]) -> Said {
    netweight_in(&[("COLUMNS", &columns.to_string())], arguments)
}

/// The same with other variables in its environment.
pub(crate) fn netweight_in(variables: &[(&str, &str)], arguments: &[&str]) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_netweight"))
        .args(arguments)
        .current_dir(testdata())
        .env("NETWEIGHT_PLUGINS", "")
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .env_remove("GITHUB_ACTIONS")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// Compares with the golden file, or writes it when `BLESS` is set; the difference is reviewed.
pub(crate) fn golden(path: &Path, found: &str) {
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, found).unwrap();
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(found, expected, "{} differs; BLESS=1 rewrites it", path.display());
}

/// Files below a folder, in order, by a test on their names.
pub(crate) fn files(folder: &Path, wanted: fn(&str) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false if wanted(path.file_name().unwrap().to_str().unwrap()) => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    found
}
