//! What holds for every kind of the catalogue, whatever it counts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

use std::collections::BTreeSet;

use netweight_core::kind::{self, Inner};
use netweight_core::{Args, Convention, Layer, evaluate};

#[test]
fn examples_come_out_as_written() {
    let mut checked = 0;
    for kind in kind::all() {
        for example in kind.examples {
            let mut args = Args::default();
            for (name, value) in example.args {
                args.set(kind.arg(name).expect(kind.name).name, value.clone());
            }
            let layer = Layer { args, ..Layer::new("layer", kind.name, kind.name) };
            let tree = evaluate(&layer, &[], Convention::Textbook).tree.expect(kind.name);
            assert_eq!(tree.numbers(), example.by_hand);
            assert_eq!(tree.value(), example.parameters);
            checked += 1;
        }
    }
    assert!(checked >= 8);
}

#[test]
fn names_and_aliases_are_unique() {
    let mut names = BTreeSet::new();
    for kind in kind::all() {
        for name in std::iter::once(&kind.name).chain(kind.aliases) {
            assert!(names.insert(*name), "`{name}` stands for two kinds");
            assert_eq!(kind::find(name).map(|found| found.name), Some(kind.name));
        }
    }
}

#[test]
fn rows_are_complete() {
    for kind in kind::all() {
        assert!(!kind.title.is_empty() && !kind.summary.is_empty(), "{} needs words", kind.name);
        assert!(
            !kind.has_parameters() || !kind.source.is_empty(),
            "{}: a formula has a source",
            kind.name
        );
        assert_eq!(
            kind.has_parameters(),
            !kind.weights.is_empty() || kind.inner != Inner::None,
            "{}",
            kind.name
        );
        let symbols: BTreeSet<_> = kind.args.iter().map(|row| row.symbol).collect();
        assert_eq!(symbols.len(), kind.args.len(), "{}: two arguments of one symbol", kind.name);
    }
}
