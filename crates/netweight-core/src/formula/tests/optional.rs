//! Terms and factors that are there or not.
use super::*;

#[test]
fn term_without_its_flag_vanishes_from_all_faces() {
    let tree = tree("i × o + o{bias}", &[("i", Int(3)), ("o", Int(2)), ("bias", Flag(false))]);
    assert_eq!(tree.symbols(), "i × o");
    assert_eq!(tree.steps(), ["3 × 2", "6"]);
}

#[test]
fn unknown_flag_is_off() {
    assert_eq!(both("i + o{bias}", &[("i", Int(3)), ("o", Int(2))]), ["i", "3"]);
}

#[test]
fn symbols_of_a_vanished_term_need_no_size() {
    assert_eq!(both("i + 3 × q{peephole}", &[("i", Int(3))]), ["i", "3"]);
}

#[test]
fn number_is_a_flag_unless_zero() {
    assert_eq!(both("1 + p{p}", &[("p", Int(4))]), ["1 + p", "1 + 4"]);
    assert_eq!(both("1 + p{p}", &[("p", Int(0))]), ["1", "1"]);
}

#[test]
fn list_is_a_flag_unless_empty() {
    assert_eq!(both("1 + prod(f){f}", &[("f", List(&[2, 3]))]), ["1 + f₁ × f₂", "1 + 2 × 3"]);
    assert_eq!(both("1 + prod(f){f}", &[("f", List(&[]))]), ["1", "1"]);
}

#[test]
fn negated_flag_chooses_the_other_term() {
    let text = "h(h{!p} + p{p} + i)";
    let base = [("h", Int(5)), ("i", Int(8))];
    assert_eq!(both(text, &base), ["h(h + i)", "5(5 + 8)"]);
    let projected = [("h", Int(5)), ("i", Int(8)), ("p", Int(3))];
    assert_eq!(both(text, &projected), ["h(p + i)", "5(3 + 8)"]);
}

#[test]
fn all_flags_of_a_term_must_hold() {
    let text = "1 + h{a}{!b}";
    assert_eq!(both(text, &[("h", Int(5)), ("a", Flag(true))]), ["1 + h", "1 + 5"]);
    assert_eq!(both(text, &[("h", Int(5)), ("a", Flag(true)), ("b", Flag(true))]), ["1", "1"]);
}

#[test]
fn flag_covers_the_whole_product() {
    let text = "h + b × h{bias}";
    assert_eq!(both(text, &[("h", Int(5)), ("b", Int(2))]), ["h", "5"]);
}

#[test]
fn factor_of_one_vanishes_with_its_operator() {
    assert_eq!(both("d? × h", &[("d", Int(1)), ("h", Int(5))]), ["h", "5"]);
    assert_eq!(both("h × d?", &[("d", Int(1)), ("h", Int(5))]), ["h", "5"]);
    assert_eq!(
        both("i ÷ n? × o", &[("i", Int(6)), ("n", Int(1)), ("o", Int(5))]),
        ["i × o", "6 × 5"]
    );
    assert_eq!(both("d?(h + 2)", &[("d", Int(1)), ("h", Int(5))]), ["h + 2", "5 + 2"]);
}

#[test]
fn factor_of_two_stays() {
    assert_eq!(both("d? × h", &[("d", Int(2)), ("h", Int(5))]), ["d × h", "2 × 5"]);
}

#[test]
fn divisor_left_alone_divides_one() {
    assert_eq!(both("d? ÷ n", &[("d", Int(1)), ("n", Int(1))]), ["1 ÷ n", "1 ÷ 1"]);
}

#[test]
fn real_one_stays() {
    assert_eq!(both("i × o", &[("i", Int(1)), ("o", Int(5))]), ["i × o", "1 × 5"]);
}

#[test]
fn product_whose_factors_all_vanish_is_one() {
    let tree = tree("b? × d?", &[("b", Int(1)), ("d", Int(1))]);
    assert_eq!((tree.symbols(), tree.steps()), ("1".into(), vec!["1".into()]));
    assert_eq!(tree.value(), 1);
}

#[test]
fn everything_vanished_is_zero() {
    let tree = tree("[g × (h{a} + p{b})] + o{bias}", &[("g", Int(4))]);
    assert_eq!((tree.symbols(), tree.steps()), ("0".into(), vec!["0".into()]));
    assert_eq!(tree.value(), 0);
}

#[test]
fn second_bias_of_pytorch_shows_as_a_factor() {
    let mut env = recurrent(4, 2, 3);
    env[4].1 = Int(2);
    let tree = tree(RECURRENT, &env);
    assert_eq!(tree.symbols(), "g × [h(h + i) + b × h]");
    assert_eq!(
        tree.steps(),
        ["4 × [2(2 + 3) + 2 × 2]", "4 × [2 × 5 + 4]", "4 × [10 + 4]", "4 × 14", "56"]
    );
}

#[test]
fn lstm_with_peepholes_and_projection() {
    // d (g [h (p + i) + h] + 3 h + p h) = 2 (4 [5 (3 + 8) + 5] + 15 + 15) = 2 (240 + 30) = 540
    let env = [
        ("d", Int(2)),
        ("g", Int(4)),
        ("h", Int(5)),
        ("i", Int(8)),
        ("p", Int(3)),
        ("b", Int(1)),
        ("bias", Flag(true)),
        ("peephole", Flag(true)),
    ];
    let tree = tree(RECURRENT, &env);
    assert_eq!(tree.symbols(), "d × (g × [h(p + i) + h] + 3 × h + p × h)");
    assert_eq!(
        tree.steps(),
        [
            "2 × (4 × [5(3 + 8) + 5] + 3 × 5 + 3 × 5)",
            "2 × (4 × [5 × 11 + 5] + 15 + 15)",
            "2 × (4 × [55 + 5] + 15 + 15)",
            "2 × (4 × 60 + 15 + 15)",
            "2 × (240 + 15 + 15)",
            "2 × 270",
            "540",
        ]
    );
}

#[test]
fn symbols_show_even_where_sizes_are_missing() {
    let formula = Formula::parse(RECURRENT).unwrap();
    let known = [("d", Int(1)), ("g", Int(4)), ("b", Int(1)), ("bias", Flag(true))];
    assert_eq!(formula.symbols_only(&known), "g × [h(h + i) + h]");
}

#[test]
fn only_sizes_that_show_are_listed() {
    let tree = tree(RECURRENT, &recurrent(4, 2, 3));
    assert_eq!(tree.sizes_shown(), [("g", vec![4]), ("h", vec![2]), ("i", vec![3])]);
}
