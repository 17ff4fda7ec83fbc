//! Parts of tensors.

use crate::kinds::{no_axis, one, unknown};
use crate::site::{Outputs, Site};
use crate::{Dim, Shape};

/// What is left of each axis; indices leave none, `None` puts one in, `...` stands for all
/// axes that are not named.
pub(super) fn sliced(site: &Site) -> Outputs {
    let (Some(input), Some(items)) = (site.input(), site.args.text("items")) else {
        return unknown();
    };
    let items: Vec<&str> =
        items.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
    let named = items.iter().filter(|item| !matches!(**item, "..." | "None")).count();
    let Some(open) = input.len().checked_sub(named) else {
        return Err(format!("{named} axes named of an input of {} dimensions", input.len()));
    };
    let mut rest = input.iter();
    let mut dims = Vec::with_capacity(input.len());
    for item in &items {
        match *item {
            "None" => dims.push(Dim::Known(1)),
            "..." => dims.extend(rest.by_ref().take(open).cloned()),
            item => {
                let dim = rest.next().cloned().unwrap_or(Dim::Unknown);
                if item.contains(':') {
                    dims.push(ranged(item, &dim));
                }
            }
        }
    }
    dims.extend(rest.cloned());
    one(Shape::from(dims))
}

/// A dimension after Python's `start:stop:step`.
fn ranged(item: &str, dim: &Dim) -> Dim {
    let mut parts = item.split(':').map(|part| part.trim().parse::<i64>().ok());
    let (start, stop) = (parts.next().flatten(), parts.next().flatten());
    let step = parts.next().flatten().unwrap_or(1);
    if (start, stop, step.abs()) == (None, None, 1) {
        return dim.clone();
    }
    let Some(length) = dim.known().and_then(|length| i64::try_from(length).ok()) else {
        return Dim::Unknown;
    };
    let place = |index: i64, least: i64, most: i64| {
        let index = if index < 0 { index.saturating_add(length) } else { index };
        index.clamp(least, most)
    };
    let span = if step > 0 {
        let (start, stop) = (start.unwrap_or(0), stop.unwrap_or(length));
        place(stop, 0, length).saturating_sub(place(start, 0, length))
    } else {
        let start =
            start.map_or(length.saturating_sub(1), |at| place(at, -1, length.saturating_sub(1)));
        let stop = stop.map_or(-1, |at| place(at, -1, length.saturating_sub(1)));
        start.saturating_sub(stop)
    };
    let count = u64::try_from(span.max(0)).ok();
    count
        .zip(Some(step.unsigned_abs()).filter(|step| *step > 0))
        .map(|(n, step)| n.div_ceil(step))
        .into()
}

pub(super) fn taken(site: &Site) -> Outputs {
    let (Some(input), Some(indices)) = (site.input(), site.input_at(1)) else { return unknown() };
    let Some(axis) = site.args.int("axis") else { return one(indices.clone()) };
    let Some(at) = input.axis_index(axis) else { return no_axis(axis, input) };
    let (before, behind) = input.split_at(at);
    let behind = behind.iter().skip(1);
    one(before.iter().chain(indices.iter()).chain(behind).cloned().collect())
}
