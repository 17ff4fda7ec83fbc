//! The gguf plugin's reader. One program can hold one plugin: all export the same names.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may be blunt")]

use std::sync::Arc;

use netweight::{Bytes, ImportOptions, Importer};
use netweight_fuzz::Folder;
use netweight_gguf::Gguf;

netweight_fuzz::reader_tests!("gguf", "model.gguf", Gguf);

/// One of two files, with so many scalars whose names are numbers.
fn split(number: u16, tensors: u64) -> Bytes {
    let text = |text: &str| [&(text.len() as u64).to_le_bytes(), text.as_bytes()].concat();
    let mut bytes = b"GGUF\x03\0\0\0".to_vec();
    bytes.extend([tensors.to_le_bytes(), 2u64.to_le_bytes()].concat());
    for (key, value) in [("split.count", 2), ("split.no", number)] {
        bytes.extend([text(key), vec![2, 0, 0, 0], value.to_le_bytes().to_vec()].concat());
    }
    for tensor in 0..tensors {
        bytes.extend(text(&tensor.to_string()));
        bytes.extend([0; 16]);
    }
    Bytes::new(format!("m-{:05}-of-00002.gguf", number + 1), bytes)
}

#[test]
fn split_files_hold_so_many_tensors_together() {
    let model = Folder::new(split(0, 500_000), Arc::new(vec![split(1, 500_001)]));
    let error = Gguf.import(&model, &ImportOptions::default()).unwrap_err();
    assert_eq!(error.problems[0].message, "the files hold more than 1000000 tensors");
}
