//! Scheme files, and a model under their schemes.
#![no_main]

use netweight_fuzz::{Folder, read_schemes};

libfuzzer_sys::fuzz_target!(|input: &[u8]| read_schemes(&Folder::unpack("schemes.yaml", input)));
