//! The gguf plugin's reader, on damaged files and on what fuzzing found.
#![cfg(unix)]

use netweight_fuzz::{damaged, found, read};
use netweight_gguf::Gguf;

#[test]
fn damaged_files() {
    damaged("damaged_files", 15, |path| path.starts_with("gguf/"), |_, file| read(&Gguf, &file));
}

#[test]
fn found_before() {
    found("found_before", "gguf", "model.gguf", |file| read(&Gguf, file));
}
