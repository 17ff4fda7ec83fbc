//! Ordinary files, damaged at random but always in the same way: whatever comes out is whole.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may be blunt")]

use netweight_markup::{Limits, Node, Problem, Text, Value, parse_json, parse_yaml};

const SAMPLES: [&str; 4] = [
    "name: tagger\ninput: [null, 8]\nlayers:\n  - embedding: {size: 100, dim: 32}\n  - bigru: 5\n  - lstm:\n      units: ${4 * d}  # four times\n      bias: true\n  - dense: 'it''s'\n",
    "base: &b !!python/tuple\n- 1\n- null\nlayers:\n- shape: *b\n  text: |\n    one\n    two\n- {shape: *b, \"name\": \"\\u00e9\\x41\"}\n",
    "{\"class_name\": \"Dense\", \"config\": {\"units\": 5, \"name\": \"d\\u00e9\\ud83d\\ude00\", \"rate\": 1e-3, \"mask\": [true, null, NaN]}}",
    "\u{feff}näme: \"日本\"\r\nlayers:\r\n\t- ünits: 5\r\n",
];

const PIECES: [&[u8]; 24] = [
    b"[",
    b"]",
    b"{",
    b"}",
    b": ",
    b", ",
    b"- ",
    b"\n",
    b"\t",
    b"  ",
    b"\"",
    b"'",
    b"&a ",
    b"*a",
    b"!!x ",
    b"|",
    b"#",
    b"\\",
    b"\0",
    b"\xff",
    b"\xed\xa0\x80",
    "\u{202e}".as_bytes(),
    b"%",
    b"---\n",
];

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }
}

#[test]
fn damaged_files_give_whole_answers() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for sample in SAMPLES {
        for _ in 0..2_000 {
            let mut bytes = sample.as_bytes().to_vec();
            for _ in 0..=random.below(4) {
                damage(&mut bytes, &mut random);
            }
            check(&bytes);
        }
    }
}

#[test]
fn truncated_files_give_whole_answers() {
    for sample in SAMPLES {
        (0..=sample.len()).for_each(|length| check(&sample.as_bytes()[..length]));
    }
}

fn damage(bytes: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(bytes.len() + 1);
    let to = (at + random.below(12)).min(bytes.len());
    match random.below(5) {
        0 => drop(bytes.drain(at..to)),
        1 => bytes.truncate(at),
        2 => {
            let copy = bytes[at..to].to_vec();
            let place = random.below(bytes.len() + 1);
            bytes.splice(place..place, copy);
        }
        3 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << random.below(8)),
        _ => drop(bytes.splice(at..at, PIECES[random.below(PIECES.len())].to_vec())),
    }
}

fn check(bytes: &[u8]) {
    for parse in [parse_yaml, parse_json] {
        match parse("damaged", bytes, &Limits::SPEC) {
            Ok(document) => {
                check_node(&document.text, &document.root);
                for problem in &document.problems {
                    check_problem(&document.text, problem, &document.render(problem));
                }
            }
            Err(failure) => {
                assert!(!failure.problems.is_empty());
                for problem in &failure.problems {
                    check_problem(&failure.text, problem, &failure.render(problem));
                }
            }
        }
    }
}

fn check_node(text: &Text, node: &Node) {
    assert!(text.content().get(node.span.start..node.span.end).is_some(), "{node:?}");
    match &node.value {
        Value::Seq(items) => items.iter().for_each(|item| check_node(text, item)),
        Value::Map(entries) => entries.iter().for_each(|(_, value)| check_node(text, value)),
        _ => {}
    }
}

fn check_problem(text: &Text, problem: &Problem, shown: &str) {
    assert!(text.content().get(problem.span.start..problem.span.end).is_some(), "{problem:?}");
    assert!(!problem.message.contains("internal"), "{problem:?}");
    assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{shown:?}");
    assert!(shown.lines().count() >= 4, "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() < 250), "{shown}");
}
