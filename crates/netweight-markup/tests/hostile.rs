//! Files made to hurt: each gets an answer whose size the limits set, not the file.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may be blunt")]

use netweight_markup::{Document, Failure, Limits, Node, Value, parse_json, parse_yaml};

/// The code of the problem that stopped the reading.
fn refusal(result: Result<Document, Failure>) -> &'static str {
    let failure = result.expect_err("refused");
    assert!(failure.problems.iter().all(|problem| failure.render(problem).len() < 2_000));
    failure.problems.iter().last().unwrap().code
}

fn yaml(text: &str) -> Result<Document, Failure> {
    parse_yaml("hostile.yaml", text.as_bytes(), &Limits::SPEC)
}

fn json(text: &str) -> Result<Document, Failure> {
    parse_json("hostile.json", text.as_bytes(), &Limits::KERAS)
}

/// `levels` lists of `width` aliases, each to the list before.
fn bomb(levels: usize, width: usize, entry: &str) -> String {
    let mut text = String::from("a0: &a0 {x: 1}\n");
    for level in 1..levels {
        let alias = entry.replace('@', &format!("*a{}", level - 1));
        let line = vec![alias; width].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{line}]\n"));
    }
    text
}

fn count(node: &Node) -> usize {
    1 + match &node.value {
        Value::Seq(items) => items.iter().map(count).sum(),
        Value::Map(entries) => entries.iter().map(|(_, value)| 1 + count(value)).sum(),
        _ => 0,
    }
}

#[test]
fn alias_bombs_are_refused_before_they_grow() {
    assert_eq!(refusal(yaml(&bomb(60, 120, "@"))), "yaml/alias-growth");
    assert_eq!(refusal(yaml(&bomb(13, 9, "@"))), "yaml/alias-growth");
    assert_eq!(refusal(yaml(&bomb(13, 9, "{k: @}"))), "yaml/alias-growth");
    let long_list = format!("a: &a [{}0]\nb: [{}0]\n", "1, ".repeat(8_000), "*a, ".repeat(6_000));
    assert_eq!(refusal(yaml(&long_list)), "yaml/alias-growth");
}

#[test]
fn long_text_behind_aliases_counts_by_its_length() {
    let escaped = "\\x41".repeat(25_000);
    let text = format!("a: &a \"{escaped}\"\nb: [{}0]\n", "*a, ".repeat(60_000));
    assert_eq!(refusal(yaml(&text)), "yaml/alias-growth");
    let tag = "t".repeat(100_000);
    let text = format!("a: &a !{tag} []\nb: [{}0]\n", "*a, ".repeat(60_000));
    assert_eq!(refusal(yaml(&text)), "yaml/alias-growth");
}

#[test]
fn aliases_within_the_growth_are_read_and_counted() {
    let limits = Limits { alias_growth: 16, ..Limits::SPEC };
    // A list of two is four parts: its opening, two values, its closing.
    let text = |aliases: usize| format!("a: &a [1, 2]\nb: [{}]", vec!["*a"; aliases].join(", "));
    let document = parse_yaml("a.yaml", text(4).as_bytes(), &limits).unwrap();
    assert_eq!(count(&document.root), 2 + 3 + 2 + 4 * 3 - 1 + 1);
    assert_eq!(refusal(parse_yaml("a.yaml", text(5).as_bytes(), &limits)), "yaml/alias-growth");
}

#[test]
fn anchors_inside_anchors_cost_their_length_once() {
    let depth = Limits::SPEC.depth - 1;
    let text = format!("a: {}1{}\nb: *x0", nested("&x@ [", depth), "]".repeat(depth));
    let document = yaml(&text).unwrap();
    assert_eq!(count(&document.root), 3 + 2 * (depth + 1));
}

fn nested(opening: &str, depth: usize) -> String {
    (0..depth).map(|level| opening.replace('@', &level.to_string())).collect()
}

#[test]
fn aliases_count_for_the_depth() {
    let half = Limits::SPEC.depth / 2;
    let inner = format!("{}1{}", "[".repeat(half), "]".repeat(half));
    let outer = |depth| format!("a: &a {inner}\nb: {}*a{}", "[".repeat(depth), "]".repeat(depth));
    assert!(yaml(&outer(half - 1)).is_ok());
    assert_eq!(refusal(yaml(&outer(half))), "markup/too-deep");
}

#[test]
fn aliases_that_hold_themselves_are_refused() {
    assert_eq!(refusal(yaml("&a [*a]")), "yaml/alias-loop");
    assert_eq!(refusal(yaml("a: &a {b: &b [*b, 1]}")), "yaml/alias-loop");
    assert_eq!(refusal(yaml("a: &a {b: [{c: *a}]}")), "yaml/alias-loop");
    assert!(yaml("a: &a [1]\nb: &a [*a]").is_err(), "the name is the inner one's already");
}

#[test]
fn merge_bombs_are_refused_at_the_first_merge() {
    let text = bomb(20, 9, "{<<: @}");
    assert_eq!(refusal(yaml(&text)), "yaml/merge-key");
}

#[test]
fn deep_nesting_is_refused_in_every_spelling() {
    for opening in ["- ", "{a: ", "[", "[{a: "] {
        assert_eq!(refusal(yaml(&opening.repeat(100_000))), "markup/too-deep", "{opening}");
    }
    assert_eq!(refusal(yaml(&"? ".repeat(100_000))), "yaml/key");
    let indented: String = (0..2_000).map(|level| " ".repeat(level) + "a:\n").collect();
    assert_eq!(refusal(yaml(&indented)), "markup/too-deep");
    for opening in ["[", "{\"a\": ", "[{\"a\": "] {
        assert_eq!(refusal(json(&opening.repeat(100_000))), "markup/too-deep", "{opening}");
    }
}

#[test]
fn the_allowed_depth_fits_a_small_stack() {
    let work = || {
        let depth = Limits::KERAS.depth;
        let text = |depth| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        for parse in [parse_json, parse_yaml] {
            let document = parse("deep", text(depth).as_bytes(), &Limits::KERAS).unwrap();
            let copy = document.clone();
            assert_eq!(copy, document);
            let place = document.text.content().find('1').unwrap();
            let path = document.path(netweight_markup::Span::new(place, place + 1));
            assert!(path.ends_with("[0][0]") && path.len() < 120, "{path}");
            assert!(parse("deep", text(depth + 1).as_bytes(), &Limits::KERAS).is_err());
        }
    };
    // Frames without optimization are four times as large.
    let kilobytes = if cfg!(debug_assertions) { 3_072 } else { 640 };
    std::thread::Builder::new().stack_size(kilobytes << 10).spawn(work).unwrap().join().unwrap();
}

#[test]
fn values_and_keys_are_counted() {
    let limits = Limits { values: 10, ..Limits::SPEC };
    for parse in [parse_json, parse_yaml] {
        let list = |length| format!("[{}]", vec!["1"; length].join(","));
        assert!(parse("list", list(9).as_bytes(), &limits).is_ok());
        assert_eq!(refusal(parse("list", list(10).as_bytes(), &limits)), "markup/too-many-values");
        let map = |length: usize| {
            let entries: Vec<_> = (0..length).map(|index| format!("\"{index}\": 1")).collect();
            format!("{{{}}}", entries.join(","))
        };
        assert!(parse("map", map(4).as_bytes(), &limits).is_ok());
        assert_eq!(refusal(parse("map", map(5).as_bytes(), &limits)), "markup/too-many-values");
    }
}

#[test]
fn large_files_are_refused_unread() {
    let limits = Limits { bytes: 5, ..Limits::SPEC };
    assert!(parse_yaml("five", b"a: 12", &limits).is_ok());
    assert_eq!(refusal(parse_yaml("six", b"a: 123", &limits)), "markup/too-large");
}

#[test]
fn long_texts_are_read() {
    let long = "x".repeat(2 << 20);
    for text in [format!("\"{long}\""), long.clone()] {
        assert_eq!(yaml(&text).unwrap().root.as_str(), Some(long.as_str()));
    }
    assert_eq!(json(&format!("\"{long}\"")).unwrap().root.as_str(), Some(long.as_str()));
}

#[test]
fn many_documents_end_at_the_second() {
    assert_eq!(refusal(yaml(&"--- 1\n".repeat(100_000))), "yaml/second-document");
}

#[test]
fn problems_are_kept_up_to_their_limit() {
    let text = format!("{{{}\"a\": 1}}", "\"a\": 1, ".repeat(50_000));
    for document in [json(&text).unwrap(), yaml(&text).unwrap()] {
        assert_eq!(document.problems.iter().count(), 20);
        assert_eq!(document.problems.omitted(), 50_000 - 20);
        assert_eq!(count(&document.root), 3);
    }
    let unknown = yaml(&format!("[{}]", vec!["*x"; 1_000].join(", "))).unwrap();
    assert_eq!(unknown.problems.omitted(), 980);
}

#[test]
fn many_different_keys_are_no_problem() {
    let entries: Vec<_> = (0..50_000).map(|index| format!("\"k{index}\": 1")).collect();
    let text = format!("{{{}}}", entries.join(", "));
    for document in [json(&text).unwrap(), yaml(&text).unwrap()] {
        assert!(document.problems.is_empty());
        assert_eq!(count(&document.root), 1 + 2 * 50_000);
    }
}
