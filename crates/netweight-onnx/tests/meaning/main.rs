//! What files mean: layers, counts, categories, paths, checks.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod bodies;
mod bytes;
mod categories;
mod checks;
mod dense;
mod exporters;
mod files;
mod hostile;
mod limits;
mod mutation;
mod normalization;
mod paths;
mod quantization;
mod rules;
mod shapes;
mod simplified;
mod sketch;
mod tables;
