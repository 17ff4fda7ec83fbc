//! The gguf plugin's reader. One program can hold one plugin: all export the same names.
#![cfg(unix)]

netweight_fuzz::reader_tests!("gguf", "model.gguf", netweight_gguf::Gguf);
