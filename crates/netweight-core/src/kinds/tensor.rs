//! Operations on whole tensors: dimensions reduced, added, taken from, put together anew.

use std::collections::HashMap;

use super::{one, unknown};
use crate::kind::{ArgRow, Kind, flag, option};
use crate::site::{Outputs, Site};
use crate::{Dim, Shape};

const AXES: ArgRow = option("axes", "the axes");
const AXIS: ArgRow = option("axis", "the axis");

pub(super) static KINDS: &[Kind] = &[
    Kind {
        name: "reduce",
        title: "reduction",
        summary: "one value for all along some axes: a sum, a mean, the largest",
        args: &[AXES, flag("keep_dims", false, "whether reduced dimensions stay, with size one")],
        shape: reduced,
        ..Kind::PLAIN
    },
    Kind {
        name: "expand_dims",
        aliases: &["unsqueeze"],
        title: "dimensions added",
        summary: "dimensions of size one are put in",
        args: &[AXES],
        shape: expanded,
        ..Kind::PLAIN
    },
    Kind {
        name: "squeeze",
        title: "dimensions removed",
        summary: "dimensions of size one are left out",
        args: &[AXES],
        shape: squeezed,
        ..Kind::PLAIN
    },
    Kind {
        name: "swap_axes",
        title: "axes swapped",
        summary: "two axes change places",
        args: &[AXES],
        shape: swapped,
        ..Kind::PLAIN
    },
    Kind {
        name: "move_axes",
        title: "axes moved",
        summary: "axes go to other places, the rest stays in order",
        args: &[option("source", "the axes"), option("destination", "where they go")],
        shape: moved,
        ..Kind::PLAIN
    },
    Kind {
        name: "broadcast_to",
        aliases: &["expand"],
        title: "broadcast",
        summary: "dimensions of size one are stretched",
        args: &[option("sizes", "the sizes to reach, -1 for those that stay")],
        shape: |site| {
            let Some(sizes) = site.args.list("sizes") else { return unknown() };
            let from_end = |index: usize| site.input()?.iter().rev().nth(index).cloned();
            let count = sizes.len();
            let dims = sizes.iter().enumerate().map(|(index, size)| match u64::try_from(*size) {
                Ok(size) => Dim::Known(size),
                Err(_) => from_end(count.saturating_sub(index + 1)).unwrap_or(Dim::Unknown),
            });
            one(dims.collect())
        },
        ..Kind::PLAIN
    },
    Kind {
        name: "tile",
        title: "tiling",
        summary: "the tensor laid out side by side",
        args: &[option("times", "copies along each of the last axes")],
        shape: tiled,
        ..Kind::PLAIN
    },
    Kind {
        name: "repeat_elements",
        title: "repetition",
        summary: "every element repeated along an axis",
        args: &[AXIS, option("times", "copies of each element, or of each in turn")],
        shape: repeated,
        ..Kind::PLAIN
    },
    Kind {
        name: "pad_axes",
        title: "padding of axes",
        summary: "values added before and behind each axis",
        args: &[option("amounts", "beginnings of all axes, then ends")],
        shape: padded,
        ..Kind::PLAIN
    },
    Kind {
        name: "stack",
        aliases: &["pack"],
        title: "stack",
        summary: "inputs side by side along a new axis",
        args: &[AXIS],
        shape: stacked,
        ..Kind::PLAIN
    },
    Kind {
        name: "split",
        title: "split",
        summary: "the tensor cut along an axis into several",
        args: &[
            AXIS,
            option("sections", "how many equal parts"),
            option("cuts", "where to cut, instead"),
            option("sizes", "sizes of the parts, instead"),
        ],
        shape: split,
        ..Kind::PLAIN
    },
    Kind {
        name: "slice",
        aliases: &["getitem", "strided_slice"],
        title: "slice",
        summary: "a part of a tensor, by ranges and indices along its axes",
        args: &[option("items", "as Python writes it: `:, 1:4, ::2, 0, ..., None`")],
        shape: sliced,
        ..Kind::PLAIN
    },
    Kind {
        name: "take",
        aliases: &["gather"],
        title: "selection",
        summary: "elements along an axis by their indices, the second input",
        args: &[AXIS],
        shape: taken,
        ..Kind::PLAIN
    },
    Kind {
        name: "matrix_product",
        title: "matrix product",
        summary: "two inputs multiplied as matrices, any leading dimensions side by side",
        args: &[
            flag("transpose_a", false, "whether the first is transposed"),
            flag("transpose_b", false, "whether the second is transposed"),
        ],
        shape: multiplied,
        ..Kind::PLAIN
    },
    Kind {
        name: "inner_product",
        title: "inner product",
        summary: "the last axis of one input summed with the last but one of another",
        shape: inner_product,
        ..Kind::PLAIN
    },
    Kind {
        name: "einsum",
        title: "einsum",
        summary: "inputs multiplied and summed as an equation says",
        args: &[option("equation", "such as `bij,bjk->bik`")],
        shape: einsum,
        ..Kind::PLAIN
    },
    Kind {
        name: "diagonal",
        title: "diagonal",
        summary: "the diagonal of two axes, as a new last one",
        args: &[AXES, option("offset", "steps above the main diagonal")],
        shape: diagonal,
        ..Kind::PLAIN
    },
    Kind {
        name: "gated_linear_unit",
        aliases: &["glu"],
        title: "gated linear unit",
        summary: "one half of an axis opened and closed by the other",
        args: &[AXIS],
        shape: |site| {
            let axis = site.args.int("axis").unwrap_or(-1);
            Ok(vec![site.input().map(|shape| {
                let half = shape.axis(axis).map(|dim| dim.map(|size| size.checked_div(2)));
                shape.with(axis, half.unwrap_or(Dim::Unknown))
            })])
        },
        ..Kind::PLAIN
    },
    Kind {
        name: "shape_of",
        title: "shape",
        summary: "the sizes of a tensor, as a tensor",
        shape: |site| Ok(vec![site.input().map(|shape| [shape.len() as u64].as_slice().into())]),
        ..Kind::PLAIN
    },
];

/// The axes under an argument as indices; none where one is not an axis.
fn indices(site: &Site, name: &str, rank: usize) -> Option<Vec<usize>> {
    let rank = i64::try_from(rank).ok()?;
    let index = |axis: &i64| {
        let axis = if *axis < 0 { axis.checked_add(rank)? } else { *axis };
        usize::try_from(axis).ok().filter(|_| axis < rank)
    };
    site.args.list(name)?.iter().map(index).collect()
}

fn reduced(site: &Site) -> Outputs {
    let Some(input) = site.input() else { return unknown() };
    super::axes_exist(site, "axes")?;
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

fn expanded(site: &Site) -> Outputs {
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

fn squeezed(site: &Site) -> Outputs {
    let Some(input) = site.input() else { return unknown() };
    let stated = indices(site, "axes", input.len());
    let gone = |axis: usize, dim: &Dim| match &stated {
        Some(axes) => axes.contains(&axis),
        None => *dim == Dim::Known(1),
    };
    let dims = input.iter().enumerate().filter(|(axis, dim)| !gone(*axis, dim));
    one(dims.map(|(_, dim)| dim.clone()).collect())
}

fn swapped(site: &Site) -> Outputs {
    let Some(input) = site.input() else { return unknown() };
    let Some([a, b]) = site.args.list("axes") else { return unknown() };
    let (Some(first), Some(second)) = (input.axis(*a), input.axis(*b)) else { return unknown() };
    one(input.with(*a, second.clone()).with(*b, first.clone()))
}

fn moved(site: &Site) -> Outputs {
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

fn tiled(site: &Site) -> Outputs {
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

fn repeated(site: &Site) -> Outputs {
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
        None => one(Shape(vec![input.elements().and_then(grown).into()])),
    }
}

fn padded(site: &Site) -> Outputs {
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

fn stacked(site: &Site) -> Outputs {
    let Some(input) = site.input() else { return unknown() };
    let count = site.inputs.len() as u64;
    let axis = site.args.int("axis").unwrap_or(0);
    let rank = i64::try_from(input.len()).unwrap_or(0).saturating_add(1);
    let axis = if axis < 0 { axis.saturating_add(rank) } else { axis };
    let mut dims = input.0.clone();
    let Some(index) = usize::try_from(axis).ok().filter(|index| *index <= dims.len()) else {
        return Err(format!("axis {axis} of inputs of {} dimensions", input.len()));
    };
    dims.insert(index, Dim::Known(count));
    one(Shape(dims))
}

/// Parts along an axis: by their number, their sizes, or the places of the cuts.
fn split(site: &Site) -> Outputs {
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
        let size = whole.and_then(|whole| whole.checked_div(count));
        let count = usize::try_from(count).unwrap_or(1).min(crate::limits::PARTS);
        vec![size; count]
    };
    Ok(parts.into_iter().map(|size| Some(input.with(axis, size.into()))).collect())
}

/// What is left of each axis; indices leave none, `None` puts one in, `...` stands for all
/// axes that are not named.
fn sliced(site: &Site) -> Outputs {
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
    one(Shape(dims))
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

fn taken(site: &Site) -> Outputs {
    let (Some(input), Some(indices)) = (site.input(), site.input_at(1)) else { return unknown() };
    let Some(axis) = site.args.int("axis") else { return one(indices.clone()) };
    let Some(at) = input.axis_index(axis) else {
        return Err(format!("axis {axis} of an input of {} dimensions", input.len()));
    };
    let (before, behind) = input.split_at(at);
    let behind = behind.iter().skip(1);
    one(before.iter().chain(indices.iter()).chain(behind).cloned().collect())
}

/// The last two dimensions as matrices; a vector is a matrix of one row or column, which then
/// vanishes.
fn multiplied(site: &Site) -> Outputs {
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
    let mut dims = super::merge::broadcast(&[&leading(&a), &leading(&b)])?.0;
    dims.extend((a.len() > 1).then(|| a.axis(-2).cloned()).flatten());
    dims.extend((b.len() > 1).then(|| b.axis(-1).cloned()).flatten());
    one(Shape(dims))
}

fn inner_product(site: &Site) -> Outputs {
    let (Some(a), Some(b)) = (site.input(), site.input_at(1)) else { return unknown() };
    if a.is_empty() || b.is_empty() {
        return one(if a.is_empty() { b.clone() } else { a.clone() });
    }
    let kept = a.iter().take(a.len().saturating_sub(1));
    let summed = b.len().saturating_sub(2);
    let other = b.iter().enumerate().filter(|(axis, _)| *axis != summed).map(|(_, dim)| dim);
    one(kept.chain(other).cloned().collect())
}

/// Every letter's size from any input; an ellipsis stands for leading dimensions. Without an
/// arrow the output has the letters that appear once, in their order.
fn einsum(site: &Site) -> Outputs {
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
                ellipsis = super::merge::broadcast(&[&ellipsis, &more])?.0;
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
    one(Shape(dims))
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

fn diagonal(site: &Site) -> Outputs {
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
