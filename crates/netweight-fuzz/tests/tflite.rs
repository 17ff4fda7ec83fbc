//! The tflite plugin's reader. One program can hold one plugin: all export the same names.
#![cfg(unix)]

netweight_fuzz::reader_tests!("tflite", "model.tflite", netweight_tflite::Tflite);
