//! Shapes of weights.
use super::*;
use crate::formula::ShapeExpr;

fn dims(text: &str, env: &dyn Env) -> Vec<u64> {
    ShapeExpr::parse(text).expect(text).evaluate(env).expect(text)
}

fn error(text: &str) -> String {
    ShapeExpr::parse(text).expect_err(text).to_string()
}

#[test]
fn kernel_of_any_rank() {
    let kernel = "[o, i ÷ n, f...]";
    assert_eq!(dims(kernel, &conv(8, &[3], 16, true)), [16, 8, 3]);
    assert_eq!(dims(kernel, &conv(8, &[3, 5], 16, true)), [16, 8, 3, 5]);
    assert_eq!(dims(kernel, &conv(8, &[], 16, true)), [16, 8]);
}

#[test]
fn symbols_number_a_list_only_when_its_elements_differ() {
    let kernel = ShapeExpr::parse("[o, (i ÷ n?), f…]").unwrap();
    assert_eq!(kernel.symbols(&conv(8, &[3, 3], 16, true)), "[o, i, f, f]");
    assert_eq!(kernel.symbols(&conv(8, &[3, 5], 16, true)), "[o, i, f₁, f₂]");
}

#[test]
fn symbols_show_even_where_sizes_are_missing() {
    assert_eq!(ShapeExpr::parse("[4 × h, h + i]").unwrap().symbols(&[]), "[4 × h, h + i]");
}

#[test]
fn symbols_of_a_long_list_show_both_ends() {
    let shape = ShapeExpr::parse("[o, f...]").unwrap();
    let env = [("o", Int(2)), ("f", List(&[3; 10_000]))];
    assert_eq!(shape.symbols(&env), "[o, f, f, …, f, f]");
    assert_eq!(shape.evaluate(&env).unwrap().len(), 10_001);
}

#[test]
fn scalar_has_no_places() {
    assert_eq!(dims("[]", &[]), [0u64; 0]);
}

#[test]
fn optional_place_that_is_gone_is_left_out() {
    let bias = "[b?, g × h]";
    assert_eq!(dims(bias, &[("b", Int(1)), ("g", Int(3)), ("h", Int(5))]), [15]);
    assert_eq!(dims(bias, &[("b", Int(2)), ("g", Int(3)), ("h", Int(5))]), [2, 15]);
    assert_eq!(dims("[h, p{p}]", &[("h", Int(5))]), [5]);
}

#[test]
fn real_zero_stays() {
    assert_eq!(dims("[h, 2]", &[("h", Int(0))]), [0, 2]);
}

#[test]
fn missing_sizes_are_named_together() {
    let shape = ShapeExpr::parse("[o, i, f...]").unwrap();
    assert_eq!(shape.symbols_used(), ["o", "i", "f"]);
    let missing = shape.evaluate(&[("i", Int(3))]).unwrap_err();
    assert_eq!(missing, Unresolved::Missing(vec!["o".into(), "f".into()]));
}

#[test]
fn text_errors_say_where_and_what() {
    assert_eq!(error("o, i"), "column 1: found `o`, expected `[`");
    assert_eq!(error("[o i]"), "column 4: found `i`, expected `,` or `]`");
    assert_eq!(error("[o, i"), "column 6: the text ends, expected `,` or `]`");
    assert_eq!(error("[o] + 1"), "column 5: found `+`, expected the end");
    assert_eq!(
        error("[2 × f...]"),
        "column 7: found `…`, expected `,` or `]`; only a list's own name spreads"
    );
}
