//! GGUF files.
#![no_main]

use netweight_fuzz::{Folder, read};

libfuzzer_sys::fuzz_target!(|input: &[u8]| read(&netweight_gguf::Gguf, &Folder::unpack("model.gguf", input)));
