//! Typed access to a layer's config: how values of JSON become arguments and shapes.

use netweight_core::{Arg, Dim, Shape};
use netweight_markup::{Node, Problem, Value, quoted};

use crate::findings::Findings;
use crate::limits;

/// What a config's value has to be, and what it means.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Read {
    /// A whole number, from 1.
    Size,
    /// Any whole number: an axis.
    Int,
    /// Whole numbers, or one: axes.
    Ints,
    /// True or false, as Python takes any value.
    Flag,
    /// A flag that says the opposite of its argument.
    NotFlag,
    /// So many sizes, or one for all of them.
    Sizes(usize),
    /// Sizes, any number of them, or one.
    AnySizes,
    /// One of these words, each with what kinds call it.
    Word(&'static [(&'static str, &'static str)]),
    /// Any text.
    Text,
}

/// The value as an argument. `null` gives none and is for the caller to judge.
pub(crate) fn argument(node: &Node, read: Read, findings: &mut Findings) -> Option<Arg> {
    match read {
        Read::Size => whole(node, 1, findings).map(Arg::Int),
        Read::Int => whole(node, i64::MIN, findings).map(Arg::Int),
        Read::Ints => list(node, i64::MIN, findings).map(Arg::from),
        Read::AnySizes => list(node, 1, findings).map(Arg::from),
        Read::Sizes(rank) => sizes(node, rank, findings),
        Read::Flag => truth(node, findings).map(Arg::Flag),
        Read::NotFlag => truth(node, findings).map(|flag| Arg::Flag(!flag)),
        Read::Word(words) => word(node, words, findings).map(Arg::from),
        Read::Text => match node.as_str() {
            Some(text) => Some(Arg::from(text.to_owned())),
            None => refuse(node, "text", findings),
        },
    }
}

fn refuse<T>(node: &Node, expected: &str, findings: &mut Findings) -> Option<T> {
    if node.value != Value::Invalid {
        findings.refuse(node.mismatch(expected));
    }
    None
}

/// A whole number from `least`. Old versions took `5.0`, so it is read, and told.
pub(crate) fn whole(node: &Node, least: i64, findings: &mut Findings) -> Option<i64> {
    let expected = match least {
        1 => "a whole number from 1",
        0 => "a whole number from 0",
        _ => "a whole number",
    };
    let Some(number) = node.as_int() else { return refuse(node, expected, findings) };
    if number > limits::SIZE {
        return refuse(node, "a number that 64 bits can count with", findings);
    }
    let fits = i64::try_from(number).ok().filter(|number| *number >= least);
    if fits.is_none() {
        return refuse(node, expected, findings);
    }
    if matches!(node.value, Value::Float(_)) {
        let message = format!("{node} stands where a whole number is expected");
        findings.warn(
            Problem::new("keras/float-size", node.span, message)
                .help(format!("read as {number}; Keras 3 refuses it")),
        );
    }
    fits
}

fn list(node: &Node, least: i64, findings: &mut Findings) -> Option<Vec<i64>> {
    match node.as_seq() {
        // A list that YAML keeps as the one argument of a Python class around it.
        Some([inner]) if inner.as_seq().is_some() => list(inner, least, findings),
        Some(items) => items.iter().map(|item| whole(item, least, findings)).collect(),
        None => whole(node, least, findings).map(|number| vec![number]),
    }
}

fn sizes(node: &Node, rank: usize, findings: &mut Findings) -> Option<Arg> {
    let mut sizes = list(node, 1, findings)?;
    if node.as_seq().is_none() {
        sizes.resize(rank, sizes.first().copied().unwrap_or(1));
    }
    if sizes.len() != rank {
        let found = format!("expected {rank} sizes, found {}", sizes.len());
        findings.refuse(Problem::new("keras/rank", node.span, found));
        return None;
    }
    Some(Arg::from(sizes))
}

/// Python's truth. What is neither true nor false is read as Python reads it, and told.
pub(crate) fn truth(node: &Node, findings: &mut Findings) -> Option<bool> {
    let flag = match &node.value {
        Value::Bool(flag) => return Some(*flag),
        Value::Null => false,
        Value::Int(number) => *number != 0,
        Value::Float(number) => *number != 0.0,
        Value::Str(text) => !text.is_empty(),
        Value::Seq(items) => !items.is_empty(),
        Value::Map(entries) => !entries.is_empty(),
        Value::Invalid => return None,
    };
    let message = format!("{node} stands where `true` or `false` is expected");
    findings.warn(
        Problem::new("keras/truth", node.span, message)
            .help(format!("read as `{flag}`, as Python does")),
    );
    Some(flag)
}

fn word(
    node: &Node,
    words: &'static [(&'static str, &'static str)],
    findings: &mut Findings,
) -> Option<&'static str> {
    let Some(text) = node.as_str() else {
        return refuse(node, "a word", findings);
    };
    let known = words.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
    if known.is_none() {
        let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
        let message = format!("expected one of `{}`, found {}", names.join("`, `"), quoted(text));
        findings.refuse(Problem::new("keras/word", node.span, message));
    }
    known.map(|(_, meaning)| *meaning)
}

/// A shape: a list of sizes, `null` for those that are open. Anything else is refused.
pub(crate) fn shape(node: &Node, findings: &mut Findings) -> Option<Shape> {
    if node.is_null() {
        return None;
    }
    let Some(items) = node.as_seq() else {
        return refuse(node, "a shape, such as [null, 28, 28, 1]", findings);
    };
    if items.len() > limits::RANK {
        let message =
            format!("a shape of {} dimensions, at most {} are read", items.len(), limits::RANK);
        findings.warn(Problem::new("keras/rank", node.span, message));
        return None;
    }
    items
        .iter()
        .map(|item| match item.value {
            Value::Null => Some(Dim::Unknown),
            _ => whole(item, 0, findings).and_then(|size| u64::try_from(size).ok()).map(Dim::from),
        })
        .collect()
}

/// Whether the node looks like one shape, not like a list of them.
pub(crate) fn is_shape(node: &Node) -> bool {
    let size = |item: &Node| item.is_null() || item.as_int().is_some();
    node.as_seq().is_some_and(|items| items.iter().all(size))
}

/// Every shape in a node, in order: one shape, lists of shapes, maps of them; `null` is an
/// open one.
pub(crate) fn shapes(node: &Node, findings: &mut Findings) -> Vec<Option<Shape>> {
    fn collect(node: &Node, depth: usize, out: &mut Vec<Option<Shape>>, findings: &mut Findings) {
        if depth > limits::OPERAND_DEPTH || out.len() >= limits::RANK {
            return;
        }
        match &node.value {
            Value::Null => out.push(None),
            _ if is_shape(node) => out.push(shape(node, findings)),
            Value::Seq(items) => {
                items.iter().for_each(|item| collect(item, depth + 1, out, findings));
            }
            Value::Map(entries) => {
                entries.iter().for_each(|(_, item)| collect(item, depth + 1, out, findings));
            }
            _ => {}
        }
    }
    let mut out = Vec::new();
    collect(node, 0, &mut out, findings);
    out
}
