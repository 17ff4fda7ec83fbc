//! ONNX models, external data beside them.
#![no_main]

use netweight_fuzz::{Folder, read};

libfuzzer_sys::fuzz_target!(|input: &[u8]| read(&netweight_onnx::OnnxImporter, &Folder::unpack("model.onnx", input)));
