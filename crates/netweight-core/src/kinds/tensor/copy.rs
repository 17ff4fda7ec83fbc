//! Tensors repeated, padded, put side by side, and cut apart.

use crate::kinds::{one, unknown};
use crate::site::{Outputs, Site};
use crate::{Dim, Shape, limits};

/// Each size as stated, or the input's own, aligned at the last.
pub(super) fn broadcast_to(site: &Site) -> Outputs {
    let Some(sizes) = site.args.list("sizes") else { return unknown() };
    let from_end = |index: usize| site.input()?.iter().rev().nth(index).cloned();
    let count = sizes.len();
    let dims = sizes.iter().enumerate().map(|(index, size)| match u64::try_from(*size) {
        Ok(size) => Dim::Known(size),
        Err(_) => from_end(count.saturating_sub(index + 1)).unwrap_or(Dim::Unknown),
    });
    one(dims.collect())
}

pub(super) fn tiled(site: &Site) -> Outputs {
    let (Some(input), Some(times)) = (site.input(), site.args.list("times")) else {
        return unknown();
    };
    let rank = input.len().max(times.len());
    let dims = (0..rank).rev().map(|from_end| {
        let dim = input.iter().rev().nth(from_end).cloned().unwrap_or(Dim::Known(1));
        let times = times.iter().rev().nth(from_end).map_or(Some(1), |n| u64::try_from(*n).ok());
        if times == Some(1) { dim } else { dim.map(|size| size.checked_mul(times?)) }
    });
    one(dims.collect())
}

pub(super) fn repeated(site: &Site) -> Outputs {
    let (Some(input), Some(times)) = (site.input(), site.args.list("times")) else {
        return unknown();
    };
    let grown = |size: u64| match times {
        [all] => size.checked_mul(u64::try_from(*all).ok()?),
        each => each.iter().try_fold(0u64, |sum, n| sum.checked_add(u64::try_from(*n).ok()?)),
    };
    match site.args.int("axis") {
        Some(axis) => {
            let dim = input.axis(axis).map_or(Dim::Unknown, |dim| dim.map(grown));
            one(input.with(axis, dim))
        }
        None => one(Shape::from(vec![input.elements().and_then(grown).into()])),
    }
}

pub(super) fn padded(site: &Site) -> Outputs {
    let (Some(input), Some(amounts)) = (site.input(), site.args.list("amounts")) else {
        return unknown();
    };
    let dims = input.iter().enumerate().map(|(axis, dim)| {
        let amount = |index: usize| u64::try_from(*amounts.get(index)?).ok();
        let both = amount(axis).zip(amount(axis + input.len()));
        match both {
            Some((0, 0)) => dim.clone(),
            both => dim.map(|size| {
                let (begin, end) = both?;
                size.checked_add(begin)?.checked_add(end)
            }),
        }
    });
    one(dims.collect())
}

pub(super) fn stacked(site: &Site) -> Outputs {
    let Some(input) = site.input() else { return unknown() };
    let count = site.inputs.len() as u64;
    let axis = site.args.int("axis").unwrap_or(0);
    let rank = i64::try_from(input.len()).unwrap_or(0).saturating_add(1);
    let axis = if axis < 0 { axis.saturating_add(rank) } else { axis };
    match usize::try_from(axis).ok().filter(|index| *index <= input.len()) {
        Some(index) => one(input.inserted(index, Dim::Known(count))),
        None => Err(format!("axis {axis} of inputs of {} dimensions", input.len())),
    }
}

/// Parts along an axis: by their number, their sizes, or the places of the cuts.
pub(super) fn split(site: &Site) -> Outputs {
    let Some(input) = site.input() else { return unknown() };
    let axis = site.args.int("axis").unwrap_or(0);
    let whole = input.axis(axis).and_then(Dim::known);
    let parts: Vec<Option<u64>> = if let Some(sizes) = site.args.list("sizes") {
        sizes.iter().map(|size| u64::try_from(*size).ok()).collect()
    } else if let Some(cuts) = site.args.list("cuts") {
        let places = cuts.iter().map(|cut| u64::try_from(*cut).ok());
        let ends: Vec<Option<u64>> = places.chain([whole]).collect();
        let starts = std::iter::once(Some(0)).chain(ends.iter().copied());
        ends.iter()
            .zip(starts)
            .map(|(end, start)| end.zip(start))
            .map(|ends| {
                let (end, start) = ends?;
                end.checked_sub(start)
            })
            .collect()
    } else {
        let count = site.size("sections").unwrap_or(1);
        let size = |part: u64| {
            // What does not come out even goes to the first parts, one more for each.
            let (each, more) = (whole?.checked_div(count)?, whole?.checked_rem(count)?);
            each.checked_add(u64::from(part < more))
        };
        (0..count).take(limits::PARTS).map(size).collect()
    };
    Ok(parts.into_iter().map(|size| Some(input.with(axis, size.into()))).collect())
}

/// Each element along an axis on its own.
pub(super) fn unstacked(site: &Site) -> Outputs {
    let Some(input) = site.input() else { return unknown() };
    let Some(axis) = input.axis_index(site.args.int("axis").unwrap_or(0)) else {
        return unknown();
    };
    let Some(count) = input.get(axis).and_then(Dim::known) else { return unknown() };
    let count = usize::try_from(count).unwrap_or(limits::PARTS).min(limits::PARTS);
    Ok(vec![Some(input.without(axis)); count])
}
