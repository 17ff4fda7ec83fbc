//! Plugins' manifests, read from shared libraries without running them.
#![no_main]

use std::io::Cursor;

use netweight_host::manifest_in;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    if let Ok(manifest) = manifest_in(Cursor::new(input)) {
        manifest.probe(input, "model");
    }
});
