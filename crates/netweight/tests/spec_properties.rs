//! A spec written of any model that is put together counts, read back, the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

#[path = "../../netweight-core/tests/generated/mod.rs"]
mod generated;

use generated::{cases, models};
use netweight::core::ImportOptions;
use netweight::{Bytes, analyze, import, spec};
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn a_spec_counts_what_its_model_does(model in models()) {
        let analysis = analyze(&model);
        let text = spec::write_spec(&analysis);
        let source = Bytes::new("spec.yaml", text.clone());
        let read = import(&source, Some("yaml"), &ImportOptions::default());
        prop_assert!(read.is_ok(), "{:#?}\n{text}", read.unwrap_err());
        let model = read.unwrap();
        let back = analyze(&model);
        // A layer of a type that nobody knows has no count, and a spec of it says so.
        prop_assert_eq!(back.totals.counts, analysis.totals.counts, "{}", text);
        prop_assert_eq!(back.totals.complete, analysis.totals.complete, "{}", text);
    }
}
