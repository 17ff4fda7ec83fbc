//! What people get wrong, and what they are told: every file of `mistakes/` beside the text
//! that it must give. `BLESS=1 cargo test -p netweight-markup` rewrites the texts for review.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]
#![expect(clippy::unwrap_used, reason = "a test may be blunt")]

use std::fs;
use std::path::Path;

use netweight_markup::{Limits, Problems, parse_json, parse_yaml};

#[test]
fn each_mistake_is_told_in_its_own_words() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes");
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "yaml" || end == "json"));
    files.sort();
    assert!(files.len() > 60, "{} files", files.len());
    let different: Vec<_> = files.iter().filter_map(|file| check(file)).collect();
    assert!(different.is_empty(), "\n{}", different.join("\n"));
}

/// What differs from the golden text beside the file.
fn check(file: &Path) -> Option<String> {
    let told = told(file.file_name().unwrap().to_str().unwrap(), &fs::read(file).unwrap());
    let golden = file.with_added_extension("err");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&golden, &told).unwrap();
    }
    let expected = fs::read_to_string(&golden).unwrap_or_default();
    (told != expected).then(|| format!("{}\n{told}instead of\n{expected}", golden.display()))
}

fn told(name: &str, bytes: &[u8]) -> String {
    let json = Path::new(name).extension().is_some_and(|end| end == "json");
    let parse = if json { parse_json } else { parse_yaml };
    let render = |problems: &Problems, one: &dyn Fn(&_) -> String| {
        problems.iter().map(|problem| one(problem) + "\n").collect::<String>()
    };
    match parse(name, bytes, &Limits::SPEC) {
        Ok(document) => render(&document.problems, &|problem| document.render(problem)),
        Err(failure) => render(&failure.problems, &|problem| failure.render(problem)),
    }
}
