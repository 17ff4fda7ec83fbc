//! Files that were dropped together, without a browser.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may be blunt")]

use std::io::ErrorKind;

use netweight::Source;
use netweight_web::{Entry, Folder};

/// A file of counted bytes that ends within its third block, one below its folder, and one that
/// was dropped without a folder.
fn sources() -> Vec<Box<dyn Source>> {
    let entry = |name: &str, size| Entry { name: name.to_owned(), size };
    let files = vec![
        entry("model/a.onnx", 150_000),
        entry("model/weights/b.data", 10),
        entry("c.data", 11),
    ];
    let read = |file: usize, offset: u64, buffer: &mut [u8]| {
        for (at, byte) in (offset..).zip(&mut *buffer) {
            *byte = u8::try_from((at * 7 + file as u64) % 251).unwrap();
        }
        Ok(buffer.len())
    };
    Folder::new(files, Box::new(read)).sources().collect()
}

#[test]
fn reads_of_any_length_give_the_bytes_at_their_place() {
    let sources = sources();
    for (offset, length) in [(0, 1), (65_530, 20), (60_000, 70_000), (149_990, 100), (150_000, 5)] {
        let bytes = sources[0].read_vec(offset, length).unwrap();
        let end = (offset + length as u64).min(150_000);
        let wanted: Vec<u8> = (offset..end).map(|at| u8::try_from(at * 7 % 251).unwrap()).collect();
        assert_eq!(bytes, wanted, "{length} bytes at {offset}");
    }
}

#[test]
fn a_file_beside_another_is_found_by_path_or_last_name_and_none_outside() {
    let sources = sources();
    for name in ["weights/b.data", "./weights/b.data"] {
        assert_eq!(sources[0].sibling(name).unwrap().len(), 10, "{name}");
    }
    for name in ["c.data", "elsewhere/c.data"] {
        assert_eq!(sources[0].sibling(name).unwrap().len(), 11, "{name}");
    }
    for (name, kind) in [
        ("b.data", ErrorKind::NotFound),
        ("", ErrorKind::NotFound),
        ("../b.data", ErrorKind::PermissionDenied),
        ("/b.data", ErrorKind::PermissionDenied),
    ] {
        assert_eq!(sources[0].sibling(name).err().unwrap().kind(), kind, "{name}");
    }
}
