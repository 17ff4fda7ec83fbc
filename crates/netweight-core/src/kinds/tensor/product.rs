//! Products of tensors.

use std::collections::HashMap;

use crate::kinds::merge::broadcast;
use crate::kinds::{one, unknown};
use crate::site::{Outputs, Site};
use crate::{Dim, Shape};

/// The last two dimensions as matrices; a vector is a matrix of one row or column, which then
/// vanishes.
pub(super) fn multiplied(site: &Site) -> Outputs {
    let (Some(a), Some(b)) = (site.input(), site.input_at(1)) else { return unknown() };
    let turned = |shape: &Shape, turn: bool| match (turn, shape.len() >= 2) {
        (true, true) => {
            let (last, other) = (shape.axis(-1).cloned(), shape.axis(-2).cloned());
            let unknown = || Dim::Unknown;
            shape.with(-1, other.unwrap_or_else(unknown)).with(-2, last.unwrap_or_else(unknown))
        }
        _ => shape.clone(),
    };
    let a = turned(a, site.args.flag("transpose_a"));
    let b = turned(b, site.args.flag("transpose_b"));
    let leading =
        |shape: &Shape| shape.get(..shape.len().saturating_sub(2)).unwrap_or(&[]).to_vec();
    let inner = if b.len() > 1 { b.axis(-2) } else { b.axis(-1) };
    let sizes = a.axis(-1).and_then(Dim::known).zip(inner.and_then(Dim::known));
    if sizes.is_some_and(|(a, b)| a != b) {
        return Err(format!("{a} and {b} cannot be multiplied"));
    }
    let mut dims = broadcast(&[&leading(&a), &leading(&b)])?.to_vec();
    dims.extend((a.len() > 1).then(|| a.axis(-2).cloned()).flatten());
    dims.extend((b.len() > 1).then(|| b.axis(-1).cloned()).flatten());
    one(Shape::from(dims))
}

pub(super) fn inner_product(site: &Site) -> Outputs {
    let (Some(a), Some(b)) = (site.input(), site.input_at(1)) else { return unknown() };
    if a.is_empty() || b.is_empty() {
        return one(if a.is_empty() { b.clone() } else { a.clone() });
    }
    let kept = a.iter().take(a.len().saturating_sub(1));
    let other = b.without(b.len().saturating_sub(2));
    one(kept.chain(other.iter()).cloned().collect())
}

/// Every letter's size from any input; an ellipsis stands for leading dimensions. Without an
/// arrow the output has the letters that appear once, in their order.
pub(super) fn einsum(site: &Site) -> Outputs {
    let Some(equation) = site.args.text("equation") else { return unknown() };
    let equation: String = equation.chars().filter(|c| !c.is_whitespace()).collect();
    let (left, right) = match equation.split_once("->") {
        Some((left, right)) => (left, Some(right.to_owned())),
        None => (equation.as_str(), None),
    };
    let mut sizes: HashMap<char, Dim> = HashMap::new();
    let mut ellipsis: Vec<Dim> = Vec::new();
    for (index, part) in left.split(',').enumerate() {
        let Some(input) = site.input_at(index) else { return unknown() };
        let letters = part.chars().filter(|c| *c != '.').count();
        let Some(extra) = input.len().checked_sub(letters) else {
            return Err(format!("`{part}` for an input of {} dimensions", input.len()));
        };
        let mut dims = input.iter();
        let mut rest = part;
        while let Some(letter) = rest.chars().next() {
            if let Some(behind) = rest.strip_prefix("...") {
                let more: Vec<Dim> = dims.by_ref().take(extra).cloned().collect();
                ellipsis = broadcast(&[&ellipsis, &more])?.to_vec();
                rest = behind;
                continue;
            }
            let dim = dims.next().cloned().unwrap_or(Dim::Unknown);
            let known = sizes.entry(letter).or_insert(Dim::Unknown);
            *known = known.or(&dim).clone();
            rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        }
    }
    let right = right.unwrap_or_else(|| implied(left));
    let mut dims = if right.contains("...") { ellipsis } else { Vec::new() };
    let letters = right.chars().filter(|c| *c != '.');
    dims.extend(letters.map(|letter| sizes.get(&letter).cloned().unwrap_or(Dim::Unknown)));
    one(Shape::from(dims))
}

fn implied(left: &str) -> String {
    let mut letters: Vec<char> = left
        .chars()
        .filter(|letter| letter.is_alphabetic() && left.matches(*letter).count() == 1)
        .collect();
    letters.sort_unstable();
    let dots = if left.contains("...") { "..." } else { "" };
    dots.chars().chain(letters).collect()
}
