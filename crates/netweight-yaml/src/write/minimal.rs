//! The arguments that a spec has to state, and how it says them.

use netweight_core::{Arg, Args, Convention, Dim, Kind, Layer, Shape, evaluate};

use crate::takes::{PADDINGS, Takes};

/// The arguments that differ from what is so anyway. Those that may follow from the graph, and
/// that the file does not state, only under `all`.
pub(super) fn stated(
    kind: &'static Kind,
    layer: &Layer,
    settled: &Args,
    convention: Convention,
    all: bool,
) -> Args {
    let mut args = Args::default();
    for row in kind.args {
        let Some(value) = settled.get(row.name) else { continue };
        let default = row.default.value(convention);
        let follows = row.from.is_some() && !all && layer.args.get(row.name).is_none();
        if !follows && default.as_ref() != Some(value) {
            args.set(row.name, value.clone());
        }
    }
    args
}

/// The layer without the arguments that change nothing where it stands: a step of 1, the axis
/// that holds the channels anyway. Where an input's shape is not known, all may matter.
pub(super) fn without_idle(
    mut layer: Layer,
    inputs: &[Option<Shape>],
    convention: Convention,
) -> Layer {
    let inputs: Vec<Option<Shape>> =
        inputs.iter().map(|shape| shape.as_ref().map(filled)).collect();
    if inputs.contains(&None) {
        return layer;
    }
    let found = evaluate(&layer, &inputs, convention);
    if inputs.is_empty() || found.outputs.contains(&None) {
        return layer;
    }
    let names: Vec<String> = layer.args.iter().map(|(name, _)| name.to_owned()).collect();
    for name in names {
        let mut fewer = Args::default();
        for (other, value) in layer.args.iter().filter(|(other, _)| *other != name) {
            fewer.set(other.to_owned(), value.clone());
        }
        let without = Layer { args: fewer, ..layer.clone() };
        let same = evaluate(&without, &inputs, convention);
        if same.outputs == found.outputs && same.tree == found.tree && same.weights == found.weights
        {
            layer = without;
        }
    }
    layer
}

/// The shape with a size in each open place, so that what depends on it shows.
fn filled(shape: &Shape) -> Shape {
    const SIZE: u64 = 61;
    shape.iter().map(|dim| Dim::Known(dim.known().unwrap_or(SIZE))).collect()
}

/// A value as a key that takes such values says it; none where it cannot, or need not.
pub(super) fn said(takes: Takes, value: &Arg) -> Option<Arg> {
    match (takes, value) {
        (Takes::Flag, Arg::Flag(_)) => Some(value.clone()),
        (Takes::Flag, Arg::Int(directions)) => Some(Arg::Flag(*directions == 2)),
        (Takes::Size, Arg::Int(size)) => (*size > 0).then(|| value.clone()),
        // A scalar: a product of nothing.
        (Takes::Sizes, Arg::List(list)) if list.is_empty() => Some(Arg::Int(1)),
        (Takes::Sizes | Takes::Kernel | Takes::PerAxis, Arg::Int(_) | Arg::List(_)) => {
            let said = if takes == Takes::Sizes { value.clone() } else { alike(value) };
            (!is_empty(&said) && all_from_one(&said)).then_some(said)
        }
        (Takes::Wholes, Arg::Int(_) | Arg::List(_)) => Some(value.clone()),
        (Takes::Padding | Takes::Amounts, Arg::List(list)) => {
            let (begins, ends) = list.split_at(list.len() / 2);
            match list.iter().all(|size| *size == 0) {
                true => None,
                false if begins == ends => Some(alike(&Arg::from(begins.to_vec()))),
                false => Some(value.clone()),
            }
        }
        (Takes::Padding, Arg::Int(size)) => (*size > 0).then(|| value.clone()),
        (Takes::Padding, Arg::Text(word)) => {
            PADDINGS.contains(&word.as_ref()).then(|| value.clone())
        }
        (Takes::OneOf(words), Arg::Text(word)) => {
            words.contains(&word.as_ref()).then(|| value.clone())
        }
        (Takes::Text | Takes::Any, _) => Some(value.clone()),
        _ => None,
    }
}

/// One number for a list of equal ones.
fn alike(value: &Arg) -> Arg {
    match value {
        Arg::List(list) => match list.as_ref() {
            [first, rest @ ..] if !rest.is_empty() && rest.iter().all(|size| size == first) => {
                Arg::Int(*first)
            }
            _ => value.clone(),
        },
        _ => value.clone(),
    }
}

fn is_empty(value: &Arg) -> bool {
    matches!(value, Arg::List(list) if list.is_empty())
}

fn all_from_one(value: &Arg) -> bool {
    match value {
        Arg::List(list) => list.iter().all(|size| *size > 0),
        Arg::Int(size) => *size > 0,
        Arg::Flag(_) | Arg::Text(_) => false,
    }
}
