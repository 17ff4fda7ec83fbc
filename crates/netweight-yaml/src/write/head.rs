//! What stands before the layers: name, convention, inputs, kinds of the model's own.

use std::fmt::Write;

use netweight_core::{Analysis, Dim, OwnKind, Shape};

use super::scalar::{quoted, value};
use super::skeleton::{Skeleton, without_batch};

pub(super) fn head(analysis: &Analysis<'_>, skeleton: &Skeleton) -> String {
    let mut out = String::new();
    let model = analysis.model;
    if let Some(name) = model.name.as_ref().filter(|name| !name.is_empty()) {
        let _ = writeln!(out, "name: {}", quoted(name));
    }
    let _ = writeln!(out, "convention: {}", model.convention);
    inputs(&mut out, skeleton);
    own_kinds(&mut out, &skeleton.kinds);
    out.push_str(if skeleton.rows.is_empty() { "layers: []\n" } else { "layers:\n" });
    out
}

fn inputs(out: &mut String, skeleton: &Skeleton) {
    match skeleton.inputs.as_slice() {
        [] => {}
        [(name, Some(shape))] if name == "input" => {
            let _ = writeln!(out, "input: {}", shape_text(shape));
        }
        inputs => {
            let entries: Vec<String> = inputs
                .iter()
                .map(|(name, shape)| {
                    let shape = shape.as_ref().map_or("[]".to_owned(), shape_text);
                    format!("{}: {shape}", quoted(name))
                })
                .collect();
            let _ = writeln!(out, "input: {{{}}}", entries.join(", "));
        }
    }
}

/// A shape without the batch: `[null, 8]`.
fn shape_text(shape: &Shape) -> String {
    let shape = without_batch(shape);
    let dim = |dim: &Dim| match dim {
        Dim::Known(size @ 1..) => size.to_string(),
        Dim::Named(name) if name.chars().all(|c| c.is_alphanumeric() || c == '_') => quoted(name),
        _ => "null".to_owned(),
    };
    format!("[{}]", shape.iter().map(dim).collect::<Vec<_>>().join(", "))
}

fn own_kinds(out: &mut String, kinds: &[OwnKind]) {
    if kinds.is_empty() {
        return;
    }
    out.push_str("kinds:\n");
    for kind in kinds {
        let _ = writeln!(out, "  {}:", quoted(&kind.name));
        if !kind.summary.is_empty() {
            let _ = writeln!(out, "    summary: {}", quoted(&kind.summary));
        }
        if !kind.args.is_empty() {
            out.push_str("    args:\n");
        }
        for arg in &kind.args {
            let _ = match &arg.default {
                None => writeln!(out, "      {}: {}", arg.symbol, quoted(&arg.meaning)),
                Some(default) => writeln!(
                    out,
                    "      {}: {{meaning: {}, default: {}}}",
                    arg.symbol,
                    quoted(&arg.meaning),
                    value(default)
                ),
            };
        }
        for (word, symbol) in [("input", &kind.input), ("output", &kind.output)] {
            if let Some(symbol) = symbol {
                let _ = writeln!(out, "    {word}: {}", places(symbol));
            }
        }
        let _ = writeln!(out, "    formula: {}\n    weights:", quoted(&kind.formula));
        for weight in &kind.weights {
            let when =
                weight.when.as_ref().map(|when| format!(", when: {when}")).unwrap_or_default();
            let fixed = if weight.trainable { "" } else { ", trainable: false" };
            let shape = places(&weight.shape);
            let _ =
                writeln!(out, "      {}: {{shape: {shape}{when}{fixed}}}", quoted(&weight.name));
        }
    }
}

/// A symbol, or places in brackets as a list of them.
fn places(text: &str) -> String {
    let Some(list) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) else {
        return quoted(text);
    };
    let places: Vec<String> = list.split(',').map(|place| quoted(place.trim())).collect();
    format!("[{}]", places.join(", "))
}
