//! Scheme files: what they say, what is wrong with malformed ones, and the way back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

mod mistakes;

use std::fs;
use std::path::{Path, PathBuf};

use netweight_core::scheme::{How, Request};
use netweight_core::{Bytes, ImportError};
use netweight_yaml::{read_schemes, write_scheme};

fn testdata(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(folder)
}

fn read(text: Vec<u8>) -> Result<Vec<Request>, ImportError> {
    read_schemes(&Bytes::new("schemes.yaml", text))
}

#[test]
fn a_scheme_is_one_of_the_catalogue_with_rules() {
    let schemes = read(fs::read(testdata("schemes/mixed.yaml")).unwrap()).unwrap();
    let (careful, llama) = (&schemes[0], &schemes[1]);
    assert_eq!((&*careful.text, careful.scheme.id), ("careful", "int4"));
    assert_eq!(careful.number("group"), Some(128));
    assert_eq!(careful.policies.len(), 3);
    assert_eq!(careful.policies[2].how, How::Stored);
    assert_eq!(llama.policies[0].how, How::Scheme(Request::parse("gguf-Q8_0").unwrap()));
}

#[test]
fn what_is_written_reads_back() {
    for scheme in read(fs::read(testdata("schemes/mixed.yaml")).unwrap()).unwrap() {
        let written = write_scheme(&scheme);
        assert_eq!(read(written.into_bytes()).unwrap(), [scheme]);
    }
}

#[test]
fn each_mistake_is_told_with_its_place() {
    mistakes::each_is_told("schemes", |file| read_schemes(file));
}
