//! Axes reduced, put in, left out, and laid in another order.

use crate::Dim;
use crate::kinds::{axes_exist, one, unknown};
use crate::site::{Outputs, Site};

/// The axes under an argument as indices; none where one is not an axis.
fn indices(site: &Site, name: &str, rank: usize) -> Option<Vec<usize>> {
    let rank = i64::try_from(rank).ok()?;
    let index = |axis: &i64| {
        let axis = if *axis < 0 { axis.checked_add(rank)? } else { *axis };
        usize::try_from(axis).ok().filter(|_| axis < rank)
    };
    site.args.list(name)?.iter().map(index).collect()
}

pub(super) fn reduced(site: &Site) -> Outputs {
    let Some(input) = site.input() else { return unknown() };
    axes_exist(site, "axes")?;
    let gone = match site.args.get("axes") {
        Some(_) => indices(site, "axes", input.len()).unwrap_or_default(),
        None => (0..input.len()).collect(),
    };
    let keep = site.args.flag("keep_dims");
    let dims = input.iter().enumerate().filter_map(|(axis, dim)| match gone.contains(&axis) {
        false => Some(dim.clone()),
        true => keep.then_some(Dim::Known(1)),
    });
    one(dims.collect())
}

pub(super) fn expanded(site: &Site) -> Outputs {
    let Some(input) = site.input() else { return unknown() };
    let count = site.args.list("axes").map_or(0, <[i64]>::len);
    let rank = input.len().saturating_add(count);
    let Some(added) = indices(site, "axes", rank) else { return unknown() };
    let mut rest = input.iter().cloned();
    let dims = (0..rank).map(|axis| match added.contains(&axis) {
        true => Dim::Known(1),
        false => rest.next().unwrap_or(Dim::Unknown),
    });
    one(dims.collect())
}

pub(super) fn squeezed(site: &Site) -> Outputs {
    let Some(input) = site.input() else { return unknown() };
    let stated = indices(site, "axes", input.len());
    let gone = |axis: usize, dim: &Dim| match &stated {
        Some(axes) => axes.contains(&axis),
        None => *dim == Dim::Known(1),
    };
    let dims = input.iter().enumerate().filter(|(axis, dim)| !gone(*axis, dim));
    one(dims.map(|(_, dim)| dim.clone()).collect())
}

pub(super) fn swapped(site: &Site) -> Outputs {
    let Some(input) = site.input() else { return unknown() };
    let Some([a, b]) = site.args.list("axes") else { return unknown() };
    let (Some(first), Some(second)) = (input.axis(*a), input.axis(*b)) else { return unknown() };
    one(input.with(*a, second.clone()).with(*b, first.clone()))
}

pub(super) fn moved(site: &Site) -> Outputs {
    let Some(input) = site.input() else { return unknown() };
    let rank = input.len();
    let ends = indices(site, "source", rank).zip(indices(site, "destination", rank));
    let Some((source, destination)) = ends else { return unknown() };
    let mut rest = (0..rank).filter(|axis| !source.contains(axis));
    let dims = (0..rank).map(|axis| {
        let goes = destination.iter().position(|to| *to == axis);
        let from = goes.and_then(|index| source.get(index).copied()).or_else(|| rest.next());
        from.and_then(|from| input.get(from)).cloned().unwrap_or(Dim::Unknown)
    });
    one(dims.collect())
}

pub(super) fn diagonal(site: &Site) -> Outputs {
    let Some(input) = site.input() else { return unknown() };
    let Some(axes) = indices(site, "axes", input.len()) else { return unknown() };
    let [first, second] = axes.as_slice() else { return unknown() };
    let offset = site.args.int("offset").unwrap_or(0);
    let size = |axis: usize, cut: i64| {
        let size = input.get(axis)?.known()?;
        Some(size.saturating_sub(u64::try_from(cut.max(0)).ok()?))
    };
    let (rows, columns) = (size(*first, offset.saturating_neg()), size(*second, offset));
    let length: Dim = rows.zip(columns).map(|(rows, columns)| rows.min(columns)).into();
    let kept = input.iter().enumerate().filter(|(axis, _)| axis != first && axis != second);
    one(kept.map(|(_, dim)| dim.clone()).chain([length]).collect())
}
