//! YAML specs.
#![no_main]

use netweight_fuzz::{Folder, read};

libfuzzer_sys::fuzz_target!(|input: &[u8]| read(&netweight::spec::YamlImporter, &Folder::unpack("model.yaml", input)));
