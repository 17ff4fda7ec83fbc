//! Plugins, run by the built program as a person runs it.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may be blunt"
)]

mod commands;
mod confinement;
mod guide;
mod limits;
mod misbehaviour;
mod place;
mod rust;
mod scale;
