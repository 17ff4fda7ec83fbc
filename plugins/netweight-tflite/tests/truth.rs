//! What TensorFlow says of the test data.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

#[path = "../../tests/truth.rs"]
mod truth;

use netweight_tflite::Tflite;

#[test]
fn test_data_counts_as_keras_counts_its_models() {
    truth::check_all("tflite", &Tflite);
}
