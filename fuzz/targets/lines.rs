//! Models as JSON lines, as plugins send them.
#![no_main]

use netweight_fuzz::{Folder, read};

libfuzzer_sys::fuzz_target!(|input: &[u8]| read(&netweight::core::lines::ModelLines, &Folder::unpack("model.jsonl", input)));
