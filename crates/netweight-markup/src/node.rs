//! The tree that YAML and JSON are read into.

use std::fmt;

use crate::problem::Problem;
use crate::quote::quoted;

/// A range of bytes in a [`Text`](crate::Text).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte behind the last one.
    pub end: usize,
}

impl Span {
    /// The range from `start` up to `end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// Whether all of `other` lies in this range.
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// A value with its place.
///
/// What an alias stands for has the alias' own place, and inside it the places of the original.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What stands there.
    pub value: Value,
    /// Where it stands, without its tag and anchor.
    pub span: Span,
    /// The YAML tag, `!!python/tuple`. The core tags (`!!str`, `!!int` …) show in the value.
    pub tag: Option<Box<str>>,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing: `null`, `~`, or an empty place.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// Any other number, NaN and the infinities among them, and whole numbers beyond 128 bits.
    Float(f64),
    /// Text.
    Str(String),
    /// A list.
    Seq(Vec<Node>),
    /// A map in the file's order, each key once.
    Map(Vec<(Key, Node)>),
    /// What could not be read. Its problem is told already, so readers pass over it.
    Invalid,
}

/// The name of a map's entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The name.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A float at or above this (2⁵³) no longer tells neighbouring whole numbers apart.
const EXACT_FLOAT: f64 = 9_007_199_254_740_992.0;

impl Node {
    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number, if it is one; `1e3` and `5.0` are.
    pub fn as_int(&self) -> Option<i128> {
        match self.value {
            Value::Int(number) => Some(number),
            #[expect(clippy::cast_possible_truncation, reason = "whole and below 2⁵³")]
            Value::Float(number) if number.fract() == 0.0 && number.abs() < EXACT_FLOAT => {
                Some(number as i128)
            }
            _ => None,
        }
    }

    /// The number, if it is one; not every whole number beyond 2⁵³ exactly.
    pub fn as_f64(&self) -> Option<f64> {
        match self.value {
            Value::Int(number) => Some(number as f64),
            Value::Float(number) => Some(number),
            _ => None,
        }
    }

    /// The truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The items, if it is a list.
    pub fn as_seq(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Seq(items) => Some(items),
            _ => None,
        }
    }

    /// The entries, if it is a map.
    pub fn as_map(&self) -> Option<&[(Key, Node)]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// Whether nothing stands here.
    pub fn is_null(&self) -> bool {
        self.value == Value::Null
    }

    /// The value under this key, if it is a map that has one.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?.iter().find(|(name, _)| name.text == key).map(|(_, node)| node)
    }

    /// The problem of having found this where something else was expected. Where the value
    /// looks like a slip of the pen, the help says how to write it.
    ///
    /// ```
    /// # use netweight_markup::{parse_yaml, Limits};
    /// let document = parse_yaml("spec.yaml", b"units: 1_000", &Limits::SPEC).unwrap();
    /// let problem = document.root.get("units").unwrap().mismatch("a whole number");
    /// assert_eq!(problem.message, "expected a whole number, found text `1_000`");
    /// assert_eq!(problem.help.as_deref(), Some("write `1000`"));
    /// ```
    pub fn mismatch(&self, expected: &str) -> Problem {
        let problem =
            Problem::new("markup/type", self.span, format!("expected {expected}, found {self}"));
        match self.slip() {
            Some(help) => problem.help(help),
            None => problem,
        }
    }

    fn slip(&self) -> Option<String> {
        match &self.value {
            Value::Str(text) => {
                number_slip(text).or_else(|| truth_slip(text)).or_else(|| missing_space(text))
            }
            Value::Map(entries) => {
                let (key, _) = entries.first()?;
                let name = key.text.strip_prefix('-')?;
                Some(format!("a dash needs a space after it: {}", quoted(&format!("- {name}:"))))
            }
            _ => None,
        }
    }
}

fn number_slip(text: &str) -> Option<String> {
    let digits = text.replace('_', "");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = digits.trim_start_matches('0');
    let number = if number.is_empty() { "0" } else { number };
    let quotes = if number == text { " without quotes" } else { "" };
    Some(format!("write {}{quotes}", quoted(number)))
}

fn truth_slip(text: &str) -> Option<String> {
    let truth = match text.to_ascii_lowercase().as_str() {
        "yes" | "on" | "y" | "true" => "true",
        "no" | "off" | "n" | "false" => "false",
        _ => return None,
    };
    Some(format!("a truth value is written `{truth}`"))
}

/// The help for `name:a`.
fn missing_space(text: &str) -> Option<String> {
    let (name, value) = text.split_once(':')?;
    let is_name = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let plain = !name.is_empty() && !value.is_empty() && is_name(name) && !value.starts_with('/');
    let better = || quoted(&format!("{name}: {value}"));
    plain.then(|| format!("a colon needs a space after it: {}", better()))
}

/// The kind and the value in words: `a list`, `-5`, ``text `abc` ``.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Value::Null => f.write_str("nothing"),
            Value::Bool(value) => write!(f, "`{value}`"),
            Value::Int(number) => write!(f, "{number}"),
            Value::Float(number) if number.is_nan() => f.write_str("NaN"),
            Value::Float(number) if number.is_infinite() => {
                f.write_str(if *number > 0.0 { "infinity" } else { "-infinity" })
            }
            Value::Float(number) => write!(f, "{number:?}"),
            Value::Str(text) if text.is_empty() => f.write_str("an empty text"),
            Value::Str(text) => write!(f, "text {}", quoted(text)),
            Value::Seq(items) if items.is_empty() => f.write_str("an empty list"),
            Value::Seq(_) => f.write_str("a list"),
            Value::Map(entries) if entries.is_empty() => f.write_str("an empty map"),
            Value::Map(_) => f.write_str("a map"),
            Value::Invalid => f.write_str("something unreadable"),
        }
    }
}

impl Key {
    /// The problem of a name that is none of those expected, with the nearest one as help.
    /// `what` is the thing in words: `layer kind`, `field`.
    pub fn unknown<'n>(&self, what: &str, names: impl IntoIterator<Item = &'n str>) -> Problem {
        let message = format!("unknown {what} {}", quoted(&self.text));
        let problem = Problem::new("markup/unknown-name", self.span, message);
        if let Some(better) = missing_space(&self.text) {
            return problem.help(better);
        }
        match crate::nearest(&self.text, names) {
            Some(name) => problem.help(format!("did you mean `{name}`?")),
            None => problem,
        }
    }
}
