//! The tflite plugin's reader, on damaged files and on what fuzzing found.
#![cfg(unix)]

use netweight_fuzz::{damaged, found, read};
use netweight_tflite::Tflite;

#[test]
fn damaged_files() {
    damaged(
        "damaged_files",
        15,
        |path| path.starts_with("tflite/"),
        |_, file| read(&Tflite, &file),
    );
}

#[test]
fn found_before() {
    found("found_before", "tflite", "model.tflite", |file| read(&Tflite, file));
}
