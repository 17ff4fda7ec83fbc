//! Rules files, and the models beside them read by these rules.
#![no_main]

use netweight_fuzz::{Folder, read_rules};

libfuzzer_sys::fuzz_target!(|input: &[u8]| read_rules(&Folder::unpack("rules.yaml", input)));
