//! Texts that are too much.
use super::*;

fn nested(depth: usize) -> String {
    format!("{}h{}", "(".repeat(depth), ")".repeat(depth))
}

#[test]
fn nesting_has_a_limit() {
    assert_eq!(both(&nested(16), &[("h", Int(2))]), ["h", "2"]);
    assert_eq!(
        Formula::parse(&nested(17)).unwrap_err().to_string(),
        "column 17: expected at most 16 brackets inside one another"
    );
    assert!(Formula::parse(&"(".repeat(4_000)).is_err());
}

#[test]
fn length_has_a_limit() {
    assert!(Formula::parse(&" ".repeat(4_095).replacen(' ', "h", 1)).is_ok());
    assert_eq!(
        Formula::parse(&"h".repeat(4_097)).unwrap_err().to_string(),
        "column 1: 4097 bytes of text, expected at most 4096"
    );
}

#[test]
fn any_text_gets_an_answer() {
    let marks =
        ["h", "3", "(", ")", "[", "]", "+", "×", "÷", "{", "}", "!", "?", ",", "…", " ", "é"];
    // A fixed linear congruential sequence; its high bits choose.
    let mut state = 1u64;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..12 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            text.push_str(marks[(state >> 33) as usize % marks.len()]);
        }
        if let Ok(formula) = Formula::parse(&text) {
            let _ = formula.symbols_only(&[]);
            let _ = formula.expand(&[("h", Int(3)), ("é", List(&[2, 2]))]).map(|tree| tree.steps());
        }
        let _ = crate::formula::ShapeExpr::parse(&text);
    }
}
