//! What a reader of the tree relies on: typed values, places, paths, and words for slips.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]
#![expect(clippy::unwrap_used, reason = "a test may be blunt")]

use netweight_markup::{Document, Limits, Node, Span, Value, parse_json, parse_yaml};

fn yaml(text: &str) -> Document {
    parse_yaml("spec.yaml", text.as_bytes(), &Limits::SPEC).unwrap()
}

fn json(text: &str) -> Document {
    parse_json("config.json", text.as_bytes(), &Limits::KERAS).unwrap()
}

#[test]
fn whole_floats_are_whole_numbers_and_others_are_not() {
    let int = |text: &str| yaml(text).root.as_int();
    assert_eq!(int("1e3"), Some(1_000));
    assert_eq!(int("5.0"), Some(5));
    assert_eq!(int("-7"), Some(-7));
    for text in ["5.5", ".nan", ".inf", "1e999", "9007199254740992.0", "'5'", "true", "010"] {
        assert_eq!(int(text), None, "{text}");
    }
    assert_eq!(yaml("7").root.as_f64(), Some(7.0));
}

#[test]
fn what_was_found_is_said_in_words() {
    for (text, words) in [
        ("~", "nothing"),
        ("-5", "-5"),
        ("5.5", "5.5"),
        ("1e30", "1e30"),
        (".nan", "NaN"),
        ("-.inf", "-infinity"),
        ("true", "`true`"),
        ("abc", "text `abc`"),
        ("''", "an empty text"),
        ("[]", "an empty list"),
        ("[1]", "a list"),
        ("{}", "an empty map"),
        ("a: 1", "a map"),
    ] {
        assert_eq!(yaml(text).root.to_string(), words);
    }
}

#[test]
fn slips_of_the_pen_get_their_help() {
    for (text, help) in [
        ("1_000", Some("write `1000`")),
        ("010", Some("write `10`")),
        ("'5'", Some("write `5` without quotes")),
        ("no", Some("a truth value is written `false`")),
        ("On", Some("a truth value is written `true`")),
        ("name:a", Some("a colon needs a space after it: `name: a`")),
        ("-dense: 5", Some("a dash needs a space after it: `- dense:`")),
        ("https://example.org", None),
        ("${4 * d}", None),
        ("[]", None),
    ] {
        assert_eq!(yaml(text).root.mismatch("something else").help.as_deref(), help, "{text}");
    }
    let document = yaml("{units:5}");
    let (key, _) = &document.root.as_map().unwrap()[0];
    let problem = key.unknown("field", ["bias", "units"]);
    assert_eq!(problem.help.as_deref(), Some("a colon needs a space after it: `units: 5`"));
}

#[test]
fn spans_hold_what_they_say() {
    let document = yaml("layers:\n  - lstm: &size 50\n  - dense: {units: 'x'}\nlast: *size\n");
    let slice = |node: &Node| document.text.slice(node.span).to_owned();
    let layers = document.root.get("layers").unwrap();
    assert_eq!(slice(layers), "- lstm: &size 50\n  - dense: {units: 'x'}");
    let [lstm, dense] = layers.as_seq().unwrap() else { panic!() };
    assert_eq!(slice(lstm), "lstm: &size 50");
    assert_eq!(slice(lstm.get("lstm").unwrap()), "50");
    assert_eq!(slice(dense.get("dense").unwrap()), "{units: 'x'}");
    assert_eq!(slice(document.root.get("last").unwrap()), "*size");
    assert_eq!(document.root.get("last").unwrap().as_int(), Some(50));
}

#[test]
fn paths_lead_to_their_place() {
    let text = "{\"config\": {\"layers\": [{}, {\"a b\": 1, \"units\": [5]}], \"x/y\": 2}}";
    let document = json(text);
    let path = |found: &str| {
        let start = text.find(found).unwrap();
        document.path(Span::new(start, start + found.len()))
    };
    assert_eq!(path("5"), "config.layers[1].units[0]");
    assert_eq!(path("\"units\""), "config.layers[1].units");
    assert_eq!(path("1"), "config.layers[1][`a b`]");
    assert_eq!(path("2"), "config.x/y");
    assert_eq!(path("{}"), "config.layers[0]");
    assert_eq!(document.path(document.root.span), "");
    assert_eq!(document.path(Span::new(900, 901)), "");
}

#[test]
fn problems_inside_what_aliases_stand_for_are_told_once_and_at_the_original() {
    let document = yaml("a: &x {units: no}\nb: *x\nc: *x\n");
    let mut problems = document.problems.clone();
    for (_, layer) in document.root.as_map().unwrap() {
        problems.push(layer.get("units").unwrap().mismatch("a number"));
    }
    assert_eq!(problems.iter().count(), 1);
    let problem = problems.iter().next().unwrap();
    assert_eq!(document.text.position(problem.span.start).to_string(), "line 1, column 15");
    assert_eq!(document.path(problem.span), "a.units");
}

#[test]
fn tags_of_old_keras_files_are_kept() {
    let document = yaml(
        "shape: &id001 !!python/tuple [null, 3]\nsame: *id001\nraw: !!binary AQID\nown: !mine x\ntext: !!str 5\n",
    );
    let tag = |key| document.root.get(key).unwrap().tag.as_deref();
    assert_eq!(tag("shape"), Some("!!python/tuple"));
    assert_eq!(tag("same"), Some("!!python/tuple"));
    assert_eq!(tag("raw"), Some("!!binary"));
    assert_eq!(tag("own"), Some("!mine"));
    assert_eq!(tag("text"), None);
    assert_eq!(document.root.get("text").unwrap().value, Value::Str("5".into()));
}
