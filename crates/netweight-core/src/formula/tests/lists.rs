//! Lists written out.
use super::*;

#[test]
fn product_of_equal_elements_repeats_the_bare_symbol() {
    assert_eq!(both("prod(f)", &[("f", List(&[3, 3, 3]))]), ["f × f × f", "3 × 3 × 3"]);
}

#[test]
fn product_of_different_elements_numbers_them() {
    assert_eq!(both("prod(f)", &[("f", List(&[3, 5]))]), ["f₁ × f₂", "3 × 5"]);
}

#[test]
fn product_of_several_lists_runs_on() {
    let env = [("f", List(&[3, 3])), ("s", List(&[1, 2]))];
    assert_eq!(both("prod(f, s)", &env), ["f × f × s₁ × s₂", "3 × 3 × 1 × 2"]);
}

#[test]
fn empty_product_is_one() {
    assert_eq!(tree("prod(f)", &[("f", List(&[]))]).steps(), ["1"]);
    assert_eq!(both("prod(f) + 2", &[("f", List(&[]))]), ["1 + 2", "1 + 2"]);
}

#[test]
fn sums_number_the_elements_even_when_equal() {
    let env = [("h", List(&[4, 4])), ("o", Int(2))];
    assert_eq!(both("sum(h, o)", &env), ["h₁ + h₂ + o", "4 + 4 + 2"]);
    assert_eq!(both("pairs(h, o)", &env), ["h₁ × h₂ + h₂ × o", "4 × 4 + 4 × 2"]);
}

#[test]
fn empty_sum_is_zero() {
    assert_eq!(tree("sum(h)", &[("h", List(&[]))]).steps(), ["0"]);
    assert_eq!(tree("pairs(h)", &[("h", List(&[7]))]).steps(), ["0"]);
    assert_eq!(both("2 + sum(h)", &[("h", List(&[]))]), ["2", "2"]);
}

#[test]
fn list_of_one_is_a_size_too() {
    assert_eq!(both("3 × h", &[("h", List(&[7]))]), ["3 × h", "3 × 7"]);
}

#[test]
fn index_has_all_its_digits() {
    let h: Vec<u64> = (1..=12).collect();
    let symbols = tree("sum(h)", &[("h", List(&h))]).symbols();
    assert!(symbols.ends_with("h₁₀ + h₁₁ + h₁₂"), "{symbols}");
}

#[test]
fn longest_list_that_shows_in_full() {
    let tree = tree("sum(h)", &[("h", List(&[1; 16]))]);
    assert_eq!(tree.steps(), [["1"; 16].join(" + "), "16".into()]);
}

#[test]
fn long_list_shows_both_ends() {
    let f: Vec<u64> = (1..=17).collect();
    let tree = tree("prod(f)", &[("f", List(&f))]);
    assert_eq!(tree.symbols(), "f₁ × f₂ × f₃ × … × f₁₆ × f₁₇");
    assert_eq!(tree.steps(), ["1 × 2 × 3 × … × 16 × 17", "355687428096000"]);
}

#[test]
fn chain_of_ten_thousand_layers_stays_short_and_exact() {
    // 2 → 10,000 layers of 3 → 4: 2·3 + 9,999·9 + 3·4 weights and 10,000·3 + 4 biases.
    let env = [("i", Int(2)), ("h", List(&[3; 10_000])), ("o", Int(4)), ("bias", Flag(true))];
    let tree = tree(FFNN, &env);
    assert_eq!(
        tree.symbols(),
        "(i × h₁ + h₁ × h₂ + h₂ × h₃ + … + h₉₉₉₉ × h₁₀₀₀₀ + h₁₀₀₀₀ × o) \
         + (h₁ + h₂ + h₃ + … + h₁₀₀₀₀ + o)"
    );
    assert_eq!(
        tree.steps(),
        [
            "(2 × 3 + 3 × 3 + 3 × 3 + … + 3 × 3 + 3 × 4) + (3 + 3 + 3 + … + 3 + 4)",
            "(6 + 9 + 9 + … + 9 + 12) + 30004",
            "90009 + 30004",
            "120013",
        ]
    );
}

#[test]
fn unknown_list_shows_as_its_symbol() {
    let text = Formula::parse(CONV).unwrap().symbols_only(&[("bias", Flag(true)), ("n", Int(1))]);
    assert_eq!(text, "[i × f × o] + o");
}
