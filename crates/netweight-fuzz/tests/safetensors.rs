//! The safetensors plugin's reader, on damaged files and on what fuzzing found.
#![cfg(unix)]

use netweight_fuzz::{damaged, found, read};
use netweight_safetensors::Safetensors;

#[test]
fn damaged_files() {
    damaged(
        "damaged_files",
        15,
        |path| path.starts_with("safetensors/"),
        |_, file| read(&Safetensors, &file),
    );
}

#[test]
fn found_before() {
    found("found_before", "safetensors", "model.safetensors", |file| read(&Safetensors, file));
}
