//! What the reference library and PyTorch say of the test data.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

#[path = "../../tests/truth.rs"]
mod truth;

use netweight_safetensors::Safetensors;

#[test]
fn test_data_counts_as_its_library_counts_it() {
    truth::check_all("safetensors", &Safetensors);
}
