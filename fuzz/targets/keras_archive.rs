//! `.keras` archives.
#![no_main]

use netweight_fuzz::{Folder, read};

libfuzzer_sys::fuzz_target!(|input: &[u8]| read(&netweight_keras::KerasImporter, &Folder::unpack("model.keras", input)));
