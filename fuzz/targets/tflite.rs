//! TensorFlow Lite files.
#![no_main]

use netweight_fuzz::{Folder, read};

libfuzzer_sys::fuzz_target!(|input: &[u8]| read(&netweight_tflite::Tflite, &Folder::unpack("model.tflite", input)));
