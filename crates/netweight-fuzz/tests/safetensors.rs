//! The safetensors plugin's reader. One program can hold one plugin: all export the same names.
#![cfg(unix)]

netweight_fuzz::reader_tests!(
    "safetensors",
    "model.safetensors",
    netweight_safetensors::Safetensors
);
