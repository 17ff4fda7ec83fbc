//! Keras configs as JSON, and as the YAML of early versions.
#![no_main]

use netweight_fuzz::{Folder, read};

libfuzzer_sys::fuzz_target!(|input: &[u8]| read(&netweight_keras::KerasImporter, &Folder::unpack("model", input)));
