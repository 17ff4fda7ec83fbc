//! Layers that bring several inputs together.

use super::{no_axis, one, unknown};
use crate::kind::{Kind, flag, option};
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
        args: &[flag("per_example", false, "whether inputs are aligned behind the batch")],
        shape: merged,
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

/// Sizes along the axis added; along the others they are equal.
fn concatenated(site: &Site) -> Outputs {
    let Some(first) = site.input() else { return unknown() };
    let axis = site.args.int("axis").unwrap_or(-1);
    let Some(joint) = first.axis_index(axis) else { return no_axis(axis, first) };
    let mut sum = Some(0u64);
    for index in 0..site.inputs.len() {
        let Some(other) = site.input_at(index) else {
            sum = None;
            continue;
        };
        let differs = |(at, (a, b)): (usize, (&Dim, &Dim))| {
            at != joint && a.known().zip(b.known()).is_some_and(|(a, b)| a != b)
        };
        if other.len() != first.len() || first.iter().zip(other.iter()).enumerate().any(differs) {
            return Err(format!("{first} and {other} do not fit at axis {axis}"));
        }
        let size = other.axis(axis).and_then(Dim::known);
        sum = sum.zip(size).and_then(|(sum, size)| sum.checked_add(size));
    }
    one(first.with(axis, sum.into()))
}

/// Shapes aligned at their last dimensions; where examples are merged, the batch stands apart.
fn merged(site: &Site) -> Outputs {
    // Mostly they are all alike, and one stands for all.
    if let Some(first) = site.input()
        && site.inputs.iter().all(|shape| shape.as_ref() == Some(first))
    {
        return one(first.clone());
    }
    let shapes: Option<Vec<&Shape>> =
        (0..site.inputs.len()).map(|index| site.input_at(index)).collect();
    let Some(shapes) = shapes.filter(|shapes| !shapes.is_empty()) else { return unknown() };
    if !site.args.flag("per_example") {
        let shapes: Vec<&[Dim]> = shapes.iter().map(|shape| &shape[..]).collect();
        return one(broadcast(&shapes)?);
    }
    let rests: Vec<&[Dim]> = shapes.iter().map(|shape| shape.get(1..).unwrap_or(&[])).collect();
    let batch = shapes
        .iter()
        .filter_map(|shape| shape.first().cloned())
        .reduce(|a, b| if a == b { a } else { Dim::Unknown });
    one(batch.into_iter().chain(broadcast(&rests)?.iter().cloned()).collect())
}

/// Shapes aligned at their last dimensions, as NumPy does it.
pub(super) fn broadcast(shapes: &[&[Dim]]) -> Result<Shape, String> {
    let rank = shapes.iter().map(|shape| shape.len()).max().unwrap_or(0);
    let mut dims = vec![Dim::Known(1); rank];
    for shape in shapes {
        for (dim, other) in dims.iter_mut().rev().zip(shape.iter().rev()) {
            *dim = stretch(dim, other).ok_or_else(|| {
                let shapes = shapes.iter().map(|shape| Shape::from(shape.to_vec()).to_string());
                format!("{} cannot be merged", shapes.collect::<Vec<_>>().join(" and "))
            })?;
        }
    }
    Ok(Shape::from(dims))
}

/// A size of one gives way to any other; a known size settles an open one; two known ones
/// have to be equal.
fn stretch(a: &Dim, b: &Dim) -> Option<Dim> {
    match (a, b) {
        (Dim::Known(1), _) => Some(b.clone()),
        (_, Dim::Known(1)) => Some(a.clone()),
        (Dim::Known(a), Dim::Known(b)) if a != b => None,
        _ => Some(a.or(b).clone()),
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
    one(Shape::from(dims))
}
