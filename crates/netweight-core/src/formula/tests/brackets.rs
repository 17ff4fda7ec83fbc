//! Which brackets stay.
use super::*;

#[test]
fn brackets_around_one_symbol_vanish() {
    assert_eq!(both("3 × (i ÷ n?)", &[("i", Int(8)), ("n", Int(1))]), ["3 × i", "3 × 8"]);
    assert_eq!(both("i × (prod(f)) × o", &conv(4, &[3], 5, true)), ["i × f × o", "4 × 3 × 5"]);
    assert_eq!(both("3 × [(i)]", &[("i", Int(8))]), ["3 × i", "3 × 8"]);
}

#[test]
fn brackets_around_an_empty_product_vanish_with_it() {
    assert_eq!(both("i × (prod(f)) × o", &conv(4, &[], 5, true)), ["i × o", "4 × 5"]);
}

#[test]
fn product_that_the_author_bracketed_keeps_its_brackets() {
    assert_eq!(both("i × (f × o)", &conv(4, &[3], 5, true)), ["i × (f × o)", "4 × (3 × 5)"]);
}

#[test]
fn groups_show_as_a_quotient_in_brackets() {
    let mut env = conv(32, &[3, 3], 64, true);
    env[3].1 = Int(4);
    let tree = tree(CONV, &env);
    assert_eq!(tree.symbols(), "[(i ÷ n) × (f × f) × o] + o");
    assert_eq!(
        tree.steps(),
        ["[(32 ÷ 4) × (3 × 3) × 64] + 64", "[8 × 9 × 64] + 64", "4608 + 64", "4672"]
    );
}

#[test]
fn brackets_around_the_whole_vanish() {
    assert_eq!(both(CONV, &conv(1, &[2, 2], 3, false)), ["i × (f × f) × o", "1 × (2 × 2) × 3"]);
    assert_eq!(both("[(i + o)]", &conv(1, &[], 3, false)), ["i + o", "1 + 3"]);
}

#[test]
fn sum_that_came_down_to_a_product_joins_the_product_around_it() {
    let env = [("g", Int(4)), ("h", Int(2)), ("i", Int(3))];
    assert_eq!(both("g × [h(h + i) + h{bias}]", &env), ["g × h(h + i)", "4 × 2(2 + 3)"]);
    assert_eq!(tree("g × [h(h + i) + h{bias}]", &env).steps()[1..], ["4 × 2 × 5", "40"]);
}

#[test]
fn sum_that_came_down_to_a_product_joins_the_sum_around_it() {
    let env = [("i", Int(3)), ("h", List(&[])), ("o", Int(2)), ("bias", Flag(true))];
    assert_eq!(both(FFNN, &env), ["i × o + o", "3 × 2 + 2"]);
}

#[test]
fn sum_that_came_down_to_a_product_keeps_brackets_as_a_divisor() {
    let env = [("a", Int(60)), ("b", Int(2)), ("c", Int(3))];
    assert_eq!(both("a ÷ (b × c + a{no})", &env), ["a ÷ (b × c)", "60 ÷ (2 × 3)"]);
    assert_eq!(tree("a ÷ (b × c + a{no})", &env).value(), 10);
}

#[test]
fn bracket_that_became_one_symbol_multiplies_with_a_sign() {
    let env = [("h", Int(2)), ("i", Int(3))];
    assert_eq!(both("h(h{p} + i)", &env), ["h × i", "2 × 3"]);
}

#[test]
fn ffnn_without_bias_loses_the_outer_brackets() {
    let env = [("i", Int(3)), ("h", List(&[5])), ("o", Int(2))];
    let tree = tree(FFNN, &env);
    assert_eq!(tree.symbols(), "i × h + h × o");
    assert_eq!(tree.steps(), ["3 × 5 + 5 × 2", "15 + 10", "25"]);
}

#[test]
fn list_in_a_product_gets_the_brackets_it_needs() {
    let env = [("g", Int(2)), ("h", List(&[3, 4]))];
    assert_eq!(both("g × sum(h)", &env), ["g × (h₁ + h₂)", "2 × (3 + 4)"]);
    assert_eq!(both("24 ÷ prod(h)", &env), ["24 ÷ (h₁ × h₂)", "24 ÷ (3 × 4)"]);
    assert_eq!(both("9 - sum(h)", &env), ["9 - h₁ - h₂", "9 - 3 - 4"]);
}

#[test]
fn operators_work_from_left_to_right() {
    let env = [("a", Int(12)), ("b", Int(5)), ("c", Int(4))];
    assert_eq!(tree("a × b ÷ c", &env).value(), 15);
    assert_eq!(tree("a - b + c", &env).value(), 11);
    assert_eq!(tree("c - a + 20", &env).value(), 12);
}

#[test]
fn keyboard_signs_read_as_the_textbooks() {
    let env = [("a", Int(12)), ("b", Int(5)), ("c", Int(4))];
    assert_eq!(both("a*b/c − 1", &env), ["a × b ÷ c - 1", "12 × 5 ÷ 4 - 1"]);
}
