//! What a YAML scalar means: the core schema of YAML 1.2.

use crate::node::Value;

/// The value of a scalar, and its tag unless the value says all that the tag does.
pub(super) fn resolve(
    text: String,
    plain: bool,
    tag: Option<Box<str>>,
) -> (Value, Option<Box<str>>) {
    match tag.as_deref() {
        Some("!!str" | "!") => (Value::Str(text), None),
        Some("!!int" | "!!bool" | "!!null") => (meaning(text), None),
        Some("!!float") => match meaning(text) {
            Value::Int(number) => (Value::Float(number as f64), None),
            value => (value, None),
        },
        _ if plain => (meaning(text), tag),
        _ => (Value::Str(text), tag),
    }
}

/// The value of a scalar that stands without quotes.
fn meaning(text: String) -> Value {
    match text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        ".nan" | ".NaN" | ".NAN" => Value::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Value::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Value::Float(f64::NEG_INFINITY),
        _ => number(&text).unwrap_or(Value::Str(text)),
    }
}

/// A whole number (`-5`, `0x1F`, `0o17`) or a float (`.5`, `5.`, `1e3`). One with a leading
/// zero is text: 8 to readers of YAML 1.1, 10 to those of 1.2.
fn number(text: &str) -> Option<Value> {
    if let Some(digits) = text.strip_prefix("0x") {
        return based(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return based(digits, 8);
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    if unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        if unsigned.len() > 1 && unsigned.starts_with('0') {
            return None;
        }
        let float = || text.parse().map(Value::Float);
        return text.parse().map(Value::Int).or_else(|_| float()).ok();
    }
    // What is left of Rust's own floats is the core schema's: no name among them begins so.
    text.parse().ok().map(Value::Float)
}

fn based(digits: &str, base: u32) -> Option<Value> {
    let unsigned = digits.starts_with(|c: char| c.is_digit(base));
    unsigned.then(|| i128::from_str_radix(digits, base).ok().map(Value::Int)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the tables of YAML 1.2.2, section 10.3.2.
    #[test]
    fn plain_scalars_follow_the_core_schema() {
        let int = Value::Int;
        let float = Value::Float;
        for (text, value) in [
            ("", Value::Null),
            ("~", Value::Null),
            ("Null", Value::Null),
            ("TRUE", Value::Bool(true)),
            ("0", int(0)),
            ("-0", int(0)),
            ("+12", int(12)),
            ("0o17", int(15)),
            ("0x1F", int(31)),
            ("170141183460469231731687303715884105727", int(i128::MAX)),
            ("170141183460469231731687303715884105728", float(1.701_411_834_604_692_3e38)),
            ("0.", float(0.0)),
            (".5", float(0.5)),
            ("+12e03", float(12_000.0)),
            ("-2E+05", float(-200_000.0)),
            ("012.5", float(12.5)),
            ("1e999", float(f64::INFINITY)),
            ("-.INF", float(f64::NEG_INFINITY)),
        ] {
            assert_eq!(meaning(text.to_owned()), value, "{text}");
        }
        assert!(matches!(meaning(".NaN".to_owned()), Value::Float(nan) if nan.is_nan()));
    }

    #[test]
    fn look_alikes_are_text() {
        for text in [
            "no",
            "on",
            "y",
            "nULL",
            "tRue",
            "010",
            "-00",
            "1_000",
            "0b11",
            "0x",
            "0xg",
            "0o8",
            "0x-1",
            "0o+1",
            "+0x1",
            "-0o7",
            "1e",
            "e1",
            ".",
            "-",
            "+",
            "-.",
            ".e1",
            "1.2.3",
            "inf",
            "nan",
            "NaN",
            "infinity",
            "-inf",
            ".Nan",
            "+.nan",
            "1 2",
            "12px",
            "5,3",
            "1:30",
            "2001-01-01",
        ] {
            assert_eq!(meaning(text.to_owned()), Value::Str(text.to_owned()));
        }
    }

    #[test]
    fn tags_decide_before_looks() {
        let resolved = |text: &str, plain, tag: &str| resolve(text.into(), plain, Some(tag.into()));
        assert_eq!(resolved("5", true, "!!str"), (Value::Str("5".into()), None));
        assert_eq!(resolved("5", true, "!"), (Value::Str("5".into()), None));
        assert_eq!(resolved("5", false, "!!int"), (Value::Int(5), None));
        assert_eq!(resolved("5", true, "!!float"), (Value::Float(5.0), None));
        let kept = resolved("AQID", true, "!!binary");
        assert_eq!(kept, (Value::Str("AQID".into()), Some("!!binary".into())));
    }
}
