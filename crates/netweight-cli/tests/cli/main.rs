//! The program over the test data.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

#[cfg(unix)]
mod automation;
mod contract;
mod diff;
mod duplicates;
mod export;
mod gates;
mod guides;
mod hub;
mod limits;
mod program;
mod rules;
mod sizes;
mod truth;
mod views;
mod worked_examples;
mod wrong_input;
