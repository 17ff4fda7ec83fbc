//! Layers that bring several inputs together.

use super::unknown;
use crate::kind::{Kind, option};
use crate::site::{Outputs, Site};
use crate::{Dim, Shape};

pub(super) static KINDS: &[Kind] = &[
    Kind {
        name: "concat",
        aliases: &["concatenate"],
        title: "concatenation",
        summary: "inputs one behind the other along an axis",
        args: &[option("axis", "the axis, the last by default")],
        shape: concatenated,
        ..Kind::PLAIN
    },
    Kind {
        name: "merge",
        aliases: &["add", "subtract", "multiply", "divide", "average", "maximum", "minimum"],
        title: "merge",
        summary: "inputs put together element by element, sizes of one stretched",
        shape: broadcast,
        ..Kind::PLAIN
    },
    Kind {
        name: "dot",
        title: "dot product",
        summary: "inputs multiplied and summed along an axis of each",
        args: &[option("axes", "the axis of each input, the batch being 0")],
        shape: dot,
        ..Kind::PLAIN
    },
];

fn concatenated(site: &Site) -> Outputs {
    let Some(first) = site.input() else { return unknown() };
    let axis = site.args.int("axis").unwrap_or(-1);
    let mut sum = Some(0u64);
    for index in 0..site.inputs.len() {
        let size = site.input_at(index).and_then(|shape| shape.axis(axis)?.known());
        sum = sum.zip(size).and_then(|(sum, size)| sum.checked_add(size));
    }
    Ok(vec![Some(first.with(axis, sum.into()))])
}

/// Shapes aligned at their last dimensions, as NumPy does it.
fn broadcast(site: &Site) -> Outputs {
    let shapes: Option<Vec<&Shape>> =
        (0..site.inputs.len()).map(|index| site.input_at(index)).collect();
    let Some(shapes) = shapes.filter(|shapes| !shapes.is_empty()) else { return unknown() };
    let rank = shapes.iter().map(|shape| shape.len()).max().unwrap_or(0);
    let dims = (0..rank).map(|axis| {
        let at = |shape: &&Shape| {
            axis.checked_sub(rank.saturating_sub(shape.len()))
                .and_then(|axis| shape.get(axis))
                .cloned()
        };
        shapes.iter().filter_map(at).fold(Dim::Known(1), stretch)
    });
    Ok(vec![Some(dims.collect())])
}

/// A size of one gives way to any other; a known size settles an open one.
fn stretch(a: Dim, b: Dim) -> Dim {
    match (&a, &b) {
        (Dim::Known(1), _) => b,
        (_, Dim::Known(1)) => a,
        _ => a.or(&b).clone(),
    }
}

fn dot(site: &Site) -> Outputs {
    let (Some(left), Some(right)) = (site.input_at(0), site.input_at(1)) else { return unknown() };
    let axes = site.args.list("axes").unwrap_or(&[-1]);
    let (Some(first), Some(last)) = (axes.first(), axes.last()) else { return unknown() };
    let without = |shape: &Shape, axis: i64, from: usize| -> Vec<Dim> {
        let gone = shape.axis_index(axis);
        shape
            .iter()
            .enumerate()
            .filter(|(index, _)| *index >= from && Some(*index) != gone)
            .map(|(_, dim)| dim.clone())
            .collect()
    };
    let mut dims = without(left, *first, 0);
    dims.extend(without(right, *last, 1));
    if dims.len() == 1 {
        dims.push(Dim::Known(1));
    }
    Ok(vec![Some(Shape(dims))])
}
