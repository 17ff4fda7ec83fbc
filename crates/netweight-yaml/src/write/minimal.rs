//! The arguments that a spec has to state, and how it says them.

use netweight_core::kind::Default;
use netweight_core::{Arg, Args, Convention, Kind};

use crate::takes::{PADDINGS, Takes};

/// The arguments that differ from what is so anyway; those that follow from the graph only
/// under `all`.
pub(super) fn stated(
    kind: &'static Kind,
    settled: &Args,
    convention: Convention,
    all: bool,
) -> Args {
    let mut args = Args::default();
    for row in kind.args {
        let Some(value) = settled.get(row.name) else { continue };
        let default = match &row.default {
            Default::Required | Default::Absent => None,
            Default::Is(default) => Some(default.clone()),
            Default::By(rule) => Some(rule(convention)),
        };
        let follows = row.from.is_some() && !all;
        if !follows && default.as_ref() != Some(value) {
            args.set(row.name, value.clone());
        }
    }
    args
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
