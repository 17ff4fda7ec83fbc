//! What is said when a formula or its sizes are wrong.
use super::*;

fn parse_error(text: &str) -> String {
    Formula::parse(text).expect_err(text).to_string()
}

#[test]
fn missing_sizes_are_named_together() {
    let error = unresolved("i × o + i × q + o{bias}", &[("o", Int(2))]);
    assert_eq!(error, Unresolved::Missing(vec!["i".into(), "q".into()]));
    assert_eq!(error.to_string(), "`i`, `q` are not known");
}

#[test]
fn missing_list_is_named() {
    assert_eq!(unresolved("prod(f)", &[]).to_string(), "`f` is not known");
}

#[test]
fn remainder_names_both_sides() {
    let error = unresolved("(i ÷ n) × o", &[("i", Int(32)), ("n", Int(5)), ("o", Int(1))]);
    assert_eq!(error.to_string(), "`i` = 32 does not divide into `n` = 5 equal parts");
    assert_eq!(
        error,
        Unresolved::Uneven {
            numerator: 32,
            numerator_symbols: "i".into(),
            denominator: 5,
            denominator_symbols: "n".into(),
        }
    );
}

#[test]
fn remainder_of_a_product_names_all_of_it() {
    let error = unresolved("i × o ÷ (n + 1)", &[("i", Int(3)), ("n", Int(4)), ("o", Int(7))]);
    assert_eq!(error.to_string(), "`i × o` = 21 does not divide into `(n + 1)` = 5 equal parts");
}

#[test]
fn division_by_zero_is_an_error() {
    let error = unresolved("i ÷ n", &[("i", Int(32)), ("n", Int(0))]);
    assert_eq!(error.to_string(), "`i` = 32 does not divide into `n` = 0 equal parts");
    assert!(matches!(unresolved("4 ÷ (n{no})", &[]), Unresolved::Uneven { denominator: 0, .. }));
}

#[test]
fn list_or_flag_is_no_size() {
    let error = unresolved("3 × f", &[("f", List(&[1, 2, 3]))]);
    assert_eq!(error.to_string(), "`f` is a list of 3, expected one size");
    let error = unresolved("3 × bias", &[("bias", Flag(true))]);
    assert_eq!(error.to_string(), "`bias` is a flag, expected one size");
    assert_eq!(unresolved("sum(bias)", &[("bias", Flag(true))]), error);
}

#[test]
fn less_than_zero_is_an_error() {
    let error = unresolved("3 × (a - b)", &[("a", Int(2)), ("b", Int(3))]);
    assert_eq!(error.to_string(), "`a - b` is less than zero");
}

#[test]
fn overflow_is_an_error() {
    let big = [("a", Int(u64::MAX))];
    assert_eq!(tree("a", &big).value(), u64::MAX);
    assert_eq!(unresolved("a + 1", &big).to_string(), "`a + 1` is larger than 64 bits can count");
    assert_eq!(unresolved("a × a × a × a", &big), Unresolved::Overflow("a × a × a × a".into()));
    assert_eq!(tree("a + 1 - 1", &big).value(), u64::MAX);
    assert_eq!(tree("a × 2 ÷ 2", &big).value(), u64::MAX);
}

#[test]
fn overflow_in_the_middle_of_a_list_is_an_error() {
    let long = [("f", List(&[2; 100]))];
    assert_eq!(unresolved("prod(f)", &long), Unresolved::Overflow("f … f".into()));
    let long = [("f", List(&[u64::MAX; 100]))];
    assert_eq!(unresolved("sum(f)", &long), Unresolved::Overflow("f₁ … f₁₀₀".into()));
}

#[test]
fn text_errors_say_where_and_what() {
    assert_eq!(
        parse_error(""),
        "column 1: the text ends, expected a symbol, a number or a bracket"
    );
    assert_eq!(
        parse_error("h × "),
        "column 5: the text ends, expected a symbol, a number or a bracket"
    );
    assert_eq!(
        parse_error("h × )"),
        "column 5: found `)`, expected a symbol, a number or a bracket"
    );
    assert_eq!(parse_error("(h + i"), "column 7: the text ends, expected an operator or `)`");
    assert_eq!(parse_error("(h + i]"), "column 7: found `]`, expected an operator or `)`");
    assert_eq!(parse_error("3h"), "column 2: found `h`, expected `+`, `-`, `×`, `÷` or the end");
    assert_eq!(parse_error("h{3}"), "column 3: found `3`, expected the name of a flag");
    assert_eq!(parse_error("h{bias"), "column 7: the text ends, expected `}`");
    assert_eq!(parse_error("prod + 1"), "column 6: found `+`, expected `(` and the names of lists");
    assert_eq!(parse_error("prod(3)"), "column 6: found `3`, expected the name of a list");
    assert_eq!(parse_error("sum(h o)"), "column 7: found `o`, expected `,` or `)`");
    assert_eq!(
        parse_error("18446744073709551616"),
        "column 1: 18446744073709551616 is larger than 64 bits can count"
    );
}

#[test]
fn place_counts_characters_and_bytes() {
    let error = Formula::parse("h × × i").unwrap_err();
    assert_eq!((error.column, error.offset), (5, 5));
    let error = Formula::parse("h × i × × i").unwrap_err();
    assert_eq!((error.column, error.offset), (9, 10));
}

#[test]
fn control_characters_are_not_echoed() {
    assert_eq!(
        parse_error("h \u{1b}[31m"),
        "column 3: found `\\u{1b}`, expected `+`, `-`, `×`, `÷` or the end"
    );
}
