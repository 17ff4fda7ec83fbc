//! Layers that wrap others.
use super::*;

/// A wrapper around these layers, with no sizes of its own but `n`.
struct Wrapper(Vec<Tree>);

impl Env for Wrapper {
    fn value(&self, symbol: &str) -> Option<Value<'_>> {
        (symbol == "n").then_some(Int(1))
    }

    fn inner(&self) -> Option<&[Tree]> {
        Some(&self.0)
    }
}

fn dense(i: u64, o: u64) -> Tree {
    tree("i × o + o", &[("i", Int(i)), ("o", Int(o))])
}

#[test]
fn bidirectional_gru_folds_its_two_directions() {
    let gru = tree(RECURRENT, &recurrent(3, 5, 8));
    let tree = tree("inner", &Wrapper(vec![gru.clone(), gru]));
    assert_eq!(tree.symbols(), "2 × g × [h(h + i) + h]");
    assert_eq!(tree.numbers(), "2 × 3 × [5(5 + 8) + 5]");
    assert_eq!(tree.value(), 420);
}

#[test]
fn one_wrapped_layer_shows_as_itself() {
    assert_eq!(both("inner", &Wrapper(vec![dense(3, 2)])), ["i × o + o", "3 × 2 + 2"]);
    assert_eq!(both("n? × inner", &Wrapper(vec![dense(3, 2)])), ["i × o + o", "3 × 2 + 2"]);
}

#[test]
fn wrapped_sum_gets_brackets_in_a_product() {
    let tree = tree("inner", &Wrapper(vec![dense(3, 2), dense(3, 2)]));
    assert_eq!(tree.steps(), ["2 × (3 × 2 + 2)", "2 × (6 + 2)", "2 × 8", "16"]);
}

#[test]
fn brackets_around_wrapped_layers_alternate() {
    let rnn = tree("h(h + i) + h", &[("h", Int(2)), ("i", Int(3))]);
    assert_eq!(tree("inner", &Wrapper(vec![rnn.clone(), rnn])).numbers(), "2 × [2(2 + 3) + 2]");
    let conv = tree(CONV, &conv(1, &[2, 2], 3, true));
    let twice = tree("inner", &Wrapper(vec![conv.clone(), conv]));
    assert_eq!(twice.numbers(), "2 × ([1 × (2 × 2) × 3] + 3)");
}

#[test]
fn different_layers_stand_side_by_side() {
    let layers = vec![dense(3, 2), dense(3, 2), dense(2, 7)];
    let tree = tree("inner + 1", &Wrapper(layers));
    assert_eq!(
        tree.steps(),
        [
            "2 × (3 × 2 + 2) + (2 × 7 + 7) + 1",
            "2 × (6 + 2) + (14 + 7) + 1",
            "2 × 8 + 21 + 1",
            "16 + 21 + 1",
            "38"
        ]
    );
}

#[test]
fn layers_without_parameters_do_not_show() {
    let nothing = tree("o{bias}", &[("o", Int(3))]);
    assert_eq!(both("inner", &Wrapper(vec![nothing.clone(), dense(3, 2)]))[1], "3 × 2 + 2");
    assert_eq!(both("inner", &Wrapper(vec![nothing])), ["0", "0"]);
}

#[test]
fn many_different_layers_show_both_ends() {
    let layers: Vec<Tree> = (1..=100).map(|o| dense(1, o)).collect();
    let tree = tree("inner", &Wrapper(layers));
    assert_eq!(
        tree.steps(),
        [
            "(1 × 1 + 1) + (1 × 2 + 2) + (1 × 3 + 3) + … + (1 × 99 + 99) + (1 × 100 + 100)",
            "(1 + 1) + (2 + 2) + (3 + 3) + … + (99 + 99) + (100 + 100)",
            "2 + 4 + 6 + … + 198 + 200",
            "10100",
        ]
    );
}

#[test]
fn unknown_layers_are_missing() {
    assert_eq!(unresolved("2 × inner", &[]), Unresolved::Missing(vec!["inner".into()]));
    assert_eq!(Formula::parse("2 × inner").unwrap().symbols_only(&[]), "2 × inner");
}

#[test]
fn wrappers_inside_wrappers_stay_bounded() {
    let mut layer = dense(3, 2);
    for depth in 0..10_000 {
        // Two different neighbours, so that they do not fold.
        layer = tree("inner + 1", &Wrapper(vec![layer, dense(1, depth % 2 + 1)]));
    }
    assert_eq!(layer.value(), 8 + 5_000 * (1 + 2 + 1 + 4));
    assert!(layer.steps().concat().len() < 100_000);
}
