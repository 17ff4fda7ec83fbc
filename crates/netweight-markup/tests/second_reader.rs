//! Ordinary files through other readers too: `serde_yaml`, `serde_json`, and what Python's
//! `json` is known to do where JSON's own rules leave off.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

use netweight_markup::{Limits, Node, Value, parse_json, parse_yaml};

const YAML: [&str; 8] = [
    "name: tagger\ninput: [null, 8]\nlayers:\n  - bigru: 5\n  - lstm: {units: 50, bias: true}\n",
    "a: &x [1, 2]\nb: *x\nc: &y {k: v}\nd: [*y, *x]\n",
    "plain: two words\nsingle: 'it''s'\ndouble: \"tab\\there \\u00e9\"\nempty: ''\nnothing:\ntilde: ~\n",
    "literal: |\n  one\n   two\n\nfolded: >-\n  one\n  two\n\n  three\nkept: |+\n  x\n\n",
    "ints: [0, -1, +2, 0x1F, 0o17]\nfloats: [1.5, -2e3, .5, 1., .inf, -.inf]\ntext: [no, on, 1_000, 12px, 1:30]\n",
    "# a comment\r\nname: x # another\r\nlist:\r\n- a\r\n-\r\n  b: c\r\n  d: e\r\n- - nested\r\n",
    "{\"json\": [1, 2.5, \"x\", null, true, {\"a\": {}}], \"b\": []}",
    "long: this goes on\n  in the next line\n? explicit\n: value\nurl: https://example.org/a#b\nexpression: ${4 * d}\n",
];

const JSON: [&str; 6] = [
    "{\"class_name\": \"Dense\", \"config\": {\"units\": 5, \"rate\": 0.5, \"name\": null}}",
    "[[], {}, [[]], [{}], \"\", 0, -0.0, true, false, null]",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00 é😀\"",
    "[1, -1, 9223372036854775807, 18446744073709551615, 1e3, 1E-3, 1.5e+3, 123456789.125]",
    " \t\r\n{ \"a\" : [ 1 , 2 ] } \n",
    "{\"\": {\"a b\": {\"\\u0000\": 1}}}",
];

#[test]
fn yaml_reads_as_serde_yaml_reads_it() {
    for text in YAML {
        let document = parse_yaml("sample", text.as_bytes(), &Limits::SPEC).unwrap();
        let other: serde_yaml::Value = serde_yaml::from_str(text).unwrap();
        assert!(same_yaml(&document.root, &other), "{text}\n{:?}\n{other:?}", document.root);
    }
}

fn same_yaml(node: &Node, other: &serde_yaml::Value) -> bool {
    use serde_yaml::Value as Other;
    match (&node.value, other) {
        (Value::Null, Other::Null) => true,
        (Value::Bool(a), Other::Bool(b)) => a == b,
        (Value::Int(a), Other::Number(b)) => b.as_i64().map(i128::from) == Some(*a),
        (Value::Float(a), Other::Number(b)) => b.is_f64() && b.as_f64() == Some(*a),
        (Value::Str(a), Other::String(b)) => a == b,
        (Value::Seq(a), Other::Sequence(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_yaml(a, b))
        }
        (Value::Map(a), Other::Mapping(b)) => {
            let same = |((key, a), (name, b)): (&(_, _), _)| {
                let key: &netweight_markup::Key = key;
                Some(key.text.as_str()) == serde_yaml::Value::as_str(name) && same_yaml(a, b)
            };
            a.len() == b.len() && a.iter().zip(b).all(same)
        }
        _ => false,
    }
}

#[test]
fn json_reads_as_serde_json_reads_it() {
    for text in JSON {
        let document = parse_json("sample", text.as_bytes(), &Limits::KERAS).unwrap();
        let other: serde_json::Value = serde_json::from_str(text).unwrap();
        assert!(same_json(&document.root, &other), "{text}\n{:?}\n{other:?}", document.root);
    }
}

fn same_json(node: &Node, other: &serde_json::Value) -> bool {
    use serde_json::Value as Other;
    match (&node.value, other) {
        (Value::Null, Other::Null) => true,
        (Value::Bool(a), Other::Bool(b)) => a == b,
        (Value::Int(a), Other::Number(b)) => b.to_string() == a.to_string(),
        (Value::Float(a), Other::Number(b)) => b.is_f64() && b.as_f64() == Some(*a),
        (Value::Str(a), Other::String(b)) => a == b,
        (Value::Seq(a), Other::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_json(a, b))
        }
        (Value::Map(a), Other::Object(b)) => {
            let same = |(key, value): &(netweight_markup::Key, Node)| {
                b.get(&key.text).is_some_and(|other| same_json(value, other))
            };
            a.len() == b.len() && a.iter().all(same)
        }
        _ => false,
    }
}

/// `json.loads` of CPython 3 on the same texts.
#[test]
fn json_goes_beyond_its_rules_where_python_does() {
    let read = |text: &str| parse_json("python", text.as_bytes(), &Limits::KERAS).unwrap();
    let value = |text: &str| read(text).root.value;
    assert!(matches!(value("NaN"), Value::Float(nan) if nan.is_nan()));
    assert_eq!(value("Infinity"), Value::Float(f64::INFINITY));
    assert_eq!(value("1e999"), Value::Float(f64::INFINITY));
    assert_eq!(value("-Infinity"), Value::Float(f64::NEG_INFINITY));
    assert_eq!(value("170141183460469231731687303715884105727"), Value::Int(i128::MAX));
    assert_eq!(value("1000000000000000000000000000000000000000"), Value::Float(1e39));
    assert_eq!(value("-0"), Value::Int(0));

    let twice = read("{\"a\": 1, \"b\": 2, \"a\": 3}");
    assert_eq!(twice.root.get("a").and_then(Node::as_int), Some(3));
    assert_eq!(twice.root.as_map().map(<[_]>::len), Some(2));
    let problem = twice.problems.iter().next().unwrap();
    assert_eq!((problem.code, problem.span.start), ("markup/duplicate-key", 17));
    assert_eq!(problem.related.as_ref().unwrap().0.start, 1);
}

/// Python keeps half a pair as it is, which no UTF-8 text can; each becomes U+FFFD.
#[test]
fn half_a_surrogate_pair_is_replaced() {
    for (text, expected) in [
        (r#""\ud83d""#, "\u{fffd}"),
        (r#""\ude00x""#, "\u{fffd}x"),
        (r#""\ud83d\u0041""#, "\u{fffd}A"),
        (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
        (r#""\ud83dé""#, "\u{fffd}é"),
    ] {
        let document = parse_json("half", text.as_bytes(), &Limits::KERAS).unwrap();
        assert_eq!(document.root.as_str(), Some(expected), "{text}");
    }
}

/// `json.loads` of CPython 3 refuses each of these.
#[test]
fn json_refuses_what_python_refuses() {
    for text in [
        "",
        " ",
        "[1,]",
        "{\"a\":1,}",
        "[,1]",
        "[1 2]",
        "{'a':1}",
        "{a:1}",
        "01",
        "-",
        "1.",
        ".5",
        "+1",
        "1e",
        "0x10",
        "1_000",
        "-NaN",
        "nan",
        "TRUE",
        "True",
        "nul",
        "truefalse",
        "[1]]",
        "{}{}",
        "\"a",
        "\"\\x41\"",
        "\"\\u12\"",
        "\"\\u+123\"",
        "\"a\nb\"",
        "\"a\tb\"",
        "{\"a\"}",
        "{\"a\":}",
        "{1:2}",
        "[1}",
        "// c\n1",
        "1 // c",
        "\u{a0}1",
    ] {
        assert!(parse_json("refused", text.as_bytes(), &Limits::KERAS).is_err(), "{text:?}");
    }
}
