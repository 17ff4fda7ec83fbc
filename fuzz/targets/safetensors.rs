//! safetensors files, and indexes with their shards.
#![no_main]

use netweight_fuzz::{Folder, read};

libfuzzer_sys::fuzz_target!(|input: &[u8]| read(&netweight_safetensors::Safetensors, &Folder::unpack("model.safetensors", input)));
