//! Malformed files beside the text that each must give. The tests of each kind of file include this;
//! `BLESS=1 cargo test -p netweight-yaml` rewrites the texts for review.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use netweight_core::{Bytes, ImportError};

/// How long a single answer may take before it counts as none.
const PATIENCE: Duration = Duration::from_secs(60);

/// The malformed files of a kind.
pub(crate) fn bad(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/bad").join(kind);
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending != "err"));
    files.sort();
    assert!(files.len() > 6, "{} files", files.len());
    files
}

/// Each malformed file of a kind is told as the text beside it says.
pub(crate) fn each_is_told<T>(kind: &str, read: impl Fn(&Bytes) -> Result<T, ImportError>) {
    let mut different = Vec::new();
    for file in bad(kind) {
        let name = file.file_name().unwrap().to_str().unwrap();
        let begin = Instant::now();
        let error = read(&Bytes::new(name, fs::read(&file).unwrap())).err().expect(name);
        assert!(begin.elapsed() < PATIENCE, "{name}: {:?}", begin.elapsed());
        let told = told(&error);
        let golden = file.with_added_extension("err");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&golden, &told).unwrap();
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        if told != expected {
            different.push(format!("{}\n{told}instead of\n{expected}", golden.display()));
        }
    }
    assert!(different.is_empty(), "\n{}", different.join("\n"));
}

fn told(error: &ImportError) -> String {
    let mut out = String::new();
    for problem in &error.problems {
        let place = problem.place.as_deref().unwrap_or("the file");
        out.push_str(&format!("{place}: {} [{}]\n", problem.message, problem.code));
        if let Some(excerpt) = &problem.excerpt {
            out.push_str(excerpt);
            out.push('\n');
        }
    }
    out
}
