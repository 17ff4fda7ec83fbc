//! Dimensions that are summed up.

use smallvec::smallvec;

use super::rules::{Outputs, one};
use super::{Dim, Site, axis};

pub(super) const OPS: &[&str] = &[
    "ReduceMean",
    "ReduceSum",
    "ReduceMax",
    "ReduceMin",
    "ReduceProd",
    "ReduceL1",
    "ReduceL2",
    "ReduceLogSum",
    "ReduceLogSumExp",
    "ReduceSumSquare",
];

pub(super) fn reduced(site: &Site) -> Outputs {
    let shape = site.shape(0)?;
    let keeps = site.int("keepdims").unwrap_or(1) != 0;
    let axes = site.list("axes", 1).filter(|axes| !axes.is_empty());
    let gone: Vec<usize> = match axes {
        Some(axes) => axes.iter().filter_map(|index| axis(*index, shape.len())).collect(),
        None if site.has_input(1) => return None,
        None if site.flag("noop_with_empty_axes") => Vec::new(),
        None => (0..shape.len()).collect(),
    };
    one(without(shape, &gone, keeps))
}

fn without(shape: &[Dim], gone: &[usize], keeps: bool) -> Vec<Dim> {
    let size = |(index, size): (usize, &Dim)| match gone.contains(&index) {
        true => keeps.then_some(Dim::Known(1)),
        false => Some(*size),
    };
    shape.iter().enumerate().filter_map(size).collect()
}

pub(super) fn arg(site: &Site) -> Outputs {
    let shape = site.shape(0)?;
    let along = axis(site.int("axis").unwrap_or(0), shape.len())?;
    let keeps = site.int("keepdims").unwrap_or(1) != 0;
    one(without(shape, &[along], keeps))
}

pub(super) fn top(site: &Site) -> Outputs {
    let mut shape = site.shape(0)?.to_vec();
    let along = axis(site.int("axis").unwrap_or(-1), shape.len())?;
    let count = site.elements(1).and_then(|count| count.first()).map(|count| count.dim());
    *shape.get_mut(along)? = count.unwrap_or(Dim::Unknown);
    Some(smallvec![Some(shape.clone()), Some(shape)])
}
