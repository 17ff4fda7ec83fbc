//! What the gguf package says of the test data.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

#[path = "../../tests/truth.rs"]
mod truth;

use netweight_gguf::Gguf;

#[test]
fn test_data_counts_as_its_package_counts_it() {
    truth::check_all("gguf", &Gguf);
}
