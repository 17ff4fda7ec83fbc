//! What holds for every kind of the catalogue, whatever it counts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

use std::collections::BTreeSet;

use netweight_core::kind::{self, Fallback, Inner, Kind};
use netweight_core::{Arg, Args, Convention, Layer, evaluate};

/// A layer of the kind with every size argument from `sizes` in turn and every flag as given.
fn layer(kind: &Kind, sizes: &[i64], groups: i64, flags: bool) -> Layer {
    let mut sizes = sizes.iter().copied().cycle();
    let mut args = Args::default();
    for row in kind.args {
        let sized = row.symbol != row.name;
        match row.default {
            Fallback::Is(Arg::Flag(_)) | Fallback::By(_) if !sized => args.set(row.name, flags),
            Fallback::Is(Arg::Int(_)) if row.name == "gates" => {}
            _ if row.name == "groups" => args.set(row.name, groups),
            _ if row.name == "directions" => args.set(row.name, 1 + i64::from(flags)),
            Fallback::Absent if !flags || !sized => {}
            _ if sized
                && matches!(row.symbol, "f" | "s" | "h" | "p" | "b")
                && kind_lists(kind, row.symbol) =>
            {
                let list: Vec<i64> = sizes.by_ref().take(2).map(|size| size * groups).collect();
                args.set(row.name, list);
            }
            _ if sized => args.set(row.name, sizes.by_ref().take(1).sum::<i64>() * groups),
            _ => {}
        }
    }
    Layer { args, ..Layer::new("layer", kind.name, kind.name) }
}

/// Whether the formula takes the symbol as a list.
fn kind_lists(kind: &Kind, symbol: &str) -> bool {
    ["prod", "sum", "pairs"].iter().any(|function| {
        kind.formula.split(function).skip(1).any(|rest| {
            let inside = rest.strip_prefix('(').and_then(|rest| rest.split(')').next());
            inside.is_some_and(|inside| inside.split(',').any(|name| name.trim() == symbol))
        })
    })
}

#[test]
fn every_formula_equals_the_sum_of_its_weights() {
    let counted = kind::all().filter(|kind| kind.has_parameters() && kind.inner == Inner::None);
    let mut checked = 0;
    for kind in counted {
        for sizes in [&[1][..], &[2, 3, 5, 7, 11, 13], &[13, 4, 9, 2, 6]] {
            for groups in [1, 3] {
                for flags in [true, false] {
                    for convention in Convention::ALL {
                        let layer = layer(kind, sizes, groups, flags);
                        let result = evaluate(&layer, &[], convention);
                        let told =
                            format!("{}: {:?}: {:?}", kind.name, layer.args, result.problems);
                        let Some(tree) = result.tree else {
                            panic!(
                                "no arithmetic: missing {:?}, {told}",
                                result
                                    .missing
                                    .iter()
                                    .map(|missing| &missing.name)
                                    .collect::<Vec<_>>()
                            )
                        };
                        let sum: u64 = result
                            .weights
                            .iter()
                            .map(|weight| {
                                weight.shape.as_ref().expect(&told).iter().product::<u64>()
                            })
                            .sum();
                        assert_eq!(
                            tree.value(),
                            sum,
                            "{} = {}, {told}",
                            tree.symbols(),
                            tree.numbers()
                        );
                        checked += 1;
                    }
                }
            }
        }
    }
    assert!(checked > 1_000, "only {checked} cases");
}

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
