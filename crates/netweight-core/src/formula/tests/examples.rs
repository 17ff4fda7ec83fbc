//! The worked examples that the project started from, to the letter.
use super::*;

#[test]
fn ffnn_3_5_2() {
    let env = [("i", Int(3)), ("h", List(&[5])), ("o", Int(2)), ("bias", Flag(true))];
    let tree = tree(FFNN, &env);
    assert_eq!(tree.symbols(), "(i × h + h × o) + (h + o)");
    assert_eq!(tree.steps(), ["(3 × 5 + 5 × 2) + (5 + 2)", "(15 + 10) + 7", "25 + 7", "32"]);
    assert_eq!(tree.value(), 32);
}

#[test]
fn ffnn_with_a_bottleneck() {
    let env = [("i", Int(50)), ("h", List(&[100, 1, 100])), ("o", Int(50)), ("bias", Flag(true))];
    let tree = tree(FFNN, &env);
    assert_eq!(tree.symbols(), "(i × h₁ + h₁ × h₂ + h₂ × h₃ + h₃ × o) + (h₁ + h₂ + h₃ + o)");
    assert_eq!(
        tree.steps(),
        [
            "(50 × 100 + 100 × 1 + 1 × 100 + 100 × 50) + (100 + 1 + 100 + 50)",
            "(5000 + 100 + 100 + 5000) + 251",
            "10200 + 251",
            "10451",
        ]
    );
}

#[test]
fn lstm_2_units_on_3_features() {
    let tree = tree(RECURRENT, &recurrent(4, 2, 3));
    assert_eq!(tree.symbols(), "g × [h(h + i) + h]");
    assert_eq!(
        tree.steps(),
        ["4 × [2(2 + 3) + 2]", "4 × [2 × 5 + 2]", "4 × [10 + 2]", "4 × 12", "48"]
    );
}

#[test]
fn lstm_50_units_on_10_features() {
    let tree = tree(RECURRENT, &recurrent(4, 50, 10));
    assert_eq!(tree.numbers(), "4 × [50(50 + 10) + 50]");
    assert_eq!(tree.value(), 12_200);
}

#[test]
fn bidirectional_gru_by_its_own_factor() {
    let mut env = recurrent(3, 5, 8);
    env[0].1 = Int(2);
    let tree = tree(RECURRENT, &env);
    assert_eq!(tree.symbols(), "d × g × [h(h + i) + h]");
    assert_eq!(
        tree.steps(),
        ["2 × 3 × [5(5 + 8) + 5]", "2 × 3 × [5 × 13 + 5]", "2 × 3 × [65 + 5]", "2 × 3 × 70", "420",]
    );
}

#[test]
fn convolutions() {
    let numbers = |i, f: &[u64], o| {
        let tree = tree(CONV, &conv(i, f, o, true));
        (tree.numbers(), tree.value())
    };
    assert_eq!(numbers(1, &[2, 2], 3), ("[1 × (2 × 2) × 3] + 3".into(), 15));
    assert_eq!(numbers(3, &[2, 2], 1), ("[3 × (2 × 2) × 1] + 1".into(), 13));
    assert_eq!(numbers(2, &[2, 2], 3), ("[2 × (2 × 2) × 3] + 3".into(), 27));
    assert_eq!(numbers(3, &[7, 7], 64), ("[3 × (7 × 7) × 64] + 64".into(), 9_472));
}

#[test]
fn convolution_step_by_step() {
    let tree = tree(CONV, &conv(1, &[2, 2], 3, true));
    assert_eq!(tree.symbols(), "[i × (f × f) × o] + o");
    assert_eq!(tree.steps(), ["[1 × (2 × 2) × 3] + 3", "[1 × 4 × 3] + 3", "12 + 3", "15"]);
}

#[test]
fn dense_of_resnet18() {
    let env = [("i", Int(512)), ("o", Int(1000)), ("bias", Flag(true))];
    let tree = tree("i × o + o{bias}", &env);
    assert_eq!(tree.steps(), ["512 × 1000 + 1000", "512000 + 1000", "513000"]);
}
