//! The same values laid out anew, and parts of them.

use super::rules::{Outputs, one};
use super::{Dim, Element, Following, Site, axis, broadcast, dim, product};

pub(super) fn transposed(site: &Site) -> Outputs {
    let shape = site.shape(0)?;
    match site.ints("perm") {
        Some(perm) => {
            let at = |index: &i64| shape.get(axis(*index, shape.len())?).copied();
            one(perm.iter().map(at).collect::<Option<_>>()?)
        }
        None => one(shape.iter().rev().copied().collect()),
    }
}

pub(super) fn reshaped(site: &Site) -> Outputs {
    let stated: Option<Vec<Element>> =
        site.ints("shape").map(|old| old.iter().copied().map(Element::Int).collect());
    let Some(target) = stated.or_else(|| site.elements(1).map(<[Element]>::to_vec)) else {
        return one(open(site)?);
    };
    let input = site.shape(0);
    let kept = |index: usize| input.and_then(|shape| shape.get(index)).copied();
    let zeros_stay = site.flag("allowzero");
    let mut shape: Vec<Dim> = target
        .iter()
        .enumerate()
        .map(|(index, element)| match element {
            Element::Int(0) if !zeros_stay => kept(index).unwrap_or(Dim::Unknown),
            element => element.dim(),
        })
        .collect();
    let open = target.iter().position(|element| *element == Element::Int(-1));
    if let Some(open) = open {
        let rest = remainder(input, &shape, open);
        if let Some(place) = shape.get_mut(open) {
            *place = rest;
        }
    }
    one(shape)
}

/// Sizes that the numbers at the second input would say, of which only the count is known.
fn open(site: &Site) -> Option<Vec<Dim>> {
    let rank = usize::try_from(site.shape(1)?.first()?.known()?).ok()?;
    (rank <= netweight_core::limits::onnx::DIMS).then(|| vec![Dim::Unknown; rank])
}

/// What is left for the dimension that a reshape leaves open; names on both sides cancel out.
fn remainder(input: Option<&[Dim]>, target: &[Dim], open: usize) -> Dim {
    let Some(input) = input else { return Dim::Unknown };
    let mut left: Vec<Dim> = input.iter().copied().filter(|dim| dim.known().is_none()).collect();
    for (index, dim) in target.iter().enumerate() {
        if index == open || dim.known().is_some() {
            continue;
        }
        match left.iter().position(|other| other == dim && *dim != Dim::Unknown) {
            Some(found) => {
                left.swap_remove(found);
            }
            None => return Dim::Unknown,
        }
    }
    let numbers = |dims: &[Dim]| {
        dims.iter()
            .filter_map(Dim::known)
            .try_fold(1_u64, |product, size| product.checked_mul(size))
    };
    let quotient = numbers(input).zip(numbers(target));
    let quotient = quotient.and_then(|(all, known)| all.checked_div(known));
    match (left.as_slice(), quotient) {
        ([], quotient) => dim(quotient),
        ([only], Some(1)) => *only,
        _ => Dim::Unknown,
    }
}

pub(super) fn flattened(site: &Site) -> Outputs {
    let shape = site.shape(0)?;
    let rank = i64::try_from(shape.len()).ok()?;
    let at = site.int("axis").unwrap_or(1);
    let at = usize::try_from(if at < 0 { at.checked_add(rank)? } else { at }).ok()?;
    let (front, back) = shape.split_at_checked(at)?;
    let joined = |dims: &[Dim]| match dims {
        [only] => *only,
        many => dim(product(many)),
    };
    one(vec![joined(front), joined(back)])
}

pub(super) fn squeezed(site: &Site) -> Outputs {
    let shape = site.shape(0)?;
    let axes = site.list("axes", 1);
    if axes.is_none() && site.has_input(1) {
        return None;
    }
    let gone: Option<Vec<usize>> =
        axes.map(|axes| axes.iter().filter_map(|index| axis(*index, shape.len())).collect());
    let stays = |(index, dim): &(usize, &Dim)| match &gone {
        Some(gone) => !gone.contains(index),
        None => **dim != Dim::Known(1),
    };
    one(shape.iter().enumerate().filter(stays).map(|(_, dim)| *dim).collect())
}

pub(super) fn unsqueezed(site: &Site) -> Outputs {
    let shape = site.shape(0)?;
    let axes = site.list("axes", 1)?;
    let rank = shape.len().checked_add(axes.len())?;
    let new: Vec<usize> = axes.iter().filter_map(|index| axis(*index, rank)).collect();
    let mut old = shape.iter().copied();
    let dims =
        (0..rank).map(|index| if new.contains(&index) { Some(Dim::Known(1)) } else { old.next() });
    one(dims.collect::<Option<_>>()?)
}

pub(super) fn concatenated(site: &Site) -> Outputs {
    let mut shape = site.shape(0)?.to_vec();
    let along = axis(site.int("axis").unwrap_or(1), shape.len())?;
    let mut sum = Some(0_u64);
    for input in 0..site.inputs() {
        let other = site.shape(input);
        let size = other.and_then(|other| other.get(along)?.known());
        sum = sum.zip(size).and_then(|(sum, size)| sum.checked_add(size));
        // What one input leaves open, another may state.
        for (index, dim) in shape.iter_mut().enumerate().filter(|(index, _)| *index != along) {
            let stated = other.and_then(|other| other.get(index)).filter(|_| dim.known().is_none());
            *dim = stated.filter(|stated| stated.known().is_some()).copied().unwrap_or(*dim);
        }
    }
    *shape.get_mut(along)? = dim(sum);
    one(shape)
}

pub(super) fn split(site: &Site) -> Outputs {
    let shape = site.shape(0)?;
    let along = axis(site.int("axis").unwrap_or(0), shape.len())?;
    let count = site.outputs();
    let sizes = site.list("split", 1);
    let whole = shape.get(along)?.known();
    let even = whole.map(|whole| whole.div_ceil((count as u64).max(1)));
    let size = |index: usize| match &sizes {
        // ONNX's own inference looks at the parts only where it knows the whole.
        _ if whole.is_none() && site.shapes.following == Following::Shapes => None,
        Some(sizes) => sizes.get(index).and_then(|size| u64::try_from(*size).ok()),
        None if site.has_input(1) => None,
        None => {
            let before = even?.checked_mul(index as u64)?;
            whole?.checked_sub(before).map(|left| left.min(even.unwrap_or(left)))
        }
    };
    let part = |index| {
        let mut part = shape.to_vec();
        *part.get_mut(along)? = dim(size(index));
        Some(part)
    };
    Some((0..count).map(part).collect())
}

pub(super) fn sliced(site: &Site) -> Outputs {
    let mut shape = site.shape(0)?.to_vec();
    let rank = shape.len();
    let starts = site.list("starts", 1);
    let ends = site.list("ends", 2);
    let count = starts.as_ref().or(ends.as_ref()).map(Vec::len);
    let axes = match site.list("axes", 3) {
        Some(axes) => axes,
        None if site.has_input(3) => return one(vec![Dim::Unknown; rank]),
        None => (0..i64::try_from(count?).ok()?).collect(),
    };
    let steps = site.numbers(4);
    let is_stated = starts.is_some() && ends.is_some() && (steps.is_some() || !site.has_input(4));
    if site.shapes.following == Following::Shapes && !is_stated {
        return one(vec![Dim::Unknown; rank]);
    }
    for (index, along) in axes.iter().enumerate() {
        let along = axis(*along, rank)?;
        let step = match &steps {
            Some(steps) => steps.get(index).copied(),
            None if site.has_input(4) => None,
            None => Some(1),
        };
        let bounds = starts.as_ref().and_then(|starts| starts.get(index)).copied();
        let bounds = bounds.zip(ends.as_ref().and_then(|ends| ends.get(index)).copied()).zip(step);
        let place = shape.get_mut(along)?;
        *place = match (bounds, place.known()) {
            (Some(((0, end), 1)), None) if end >= i64::from(i32::MAX) => *place,
            (Some(((start, end), step)), Some(size)) => dim(length(start, end, step, size)),
            _ => Dim::Unknown,
        };
    }
    one(shape)
}

/// How many positions a slice takes of so many.
fn length(start: i64, end: i64, step: i64, size: u64) -> Option<u64> {
    let size = i64::try_from(size).ok()?;
    let (low, high) = if step > 0 { (0, size) } else { (-1, size - 1) };
    let clamp = |bound: i64| {
        let bound = if bound < 0 { bound.saturating_add(size) } else { bound };
        bound.clamp(low, high)
    };
    let start = if step > 0 { clamp(start) } else { clamp(start).max(0) };
    let span = if step > 0 { clamp(end) - start } else { start - clamp(end) };
    let step = step.checked_abs()?;
    let count = span.max(0).checked_add(step.checked_sub(1)?)?.checked_div(step)?;
    u64::try_from(count).ok()
}

pub(super) fn gathered(site: &Site) -> Outputs {
    let data = site.shape(0)?;
    let along = axis(site.int("axis").unwrap_or(0), data.len())?;
    let indices = site.shape(1)?;
    let front = data.iter().take(along);
    let back = data.iter().skip(along + 1);
    one(front.chain(indices).chain(back).copied().collect())
}

/// Columns by number.
pub(super) fn extracted(site: &Site) -> Outputs {
    let columns = site.shape(1)?.last().copied().unwrap_or(dim(Some(1)));
    let rows = match site.shape(0)?.split_last()? {
        (_, []) => vec![dim(Some(1))],
        (_, rows) => rows.to_vec(),
    };
    one(rows.into_iter().chain([columns]).collect())
}

pub(super) fn gathered_nd(site: &Site) -> Outputs {
    let (data, indices) = (site.shape(0)?, site.shape(1)?);
    let (last, front) = indices.split_last()?;
    let batch = usize::try_from(site.int("batch_dims").unwrap_or(0)).ok()?;
    let taken = usize::try_from(last.known()?).ok()?.checked_add(batch)?;
    one(front.iter().chain(data.iter().skip(taken)).copied().collect())
}

pub(super) fn expanded(site: &Site) -> Outputs {
    let stated = site.elements(1).map(|all| all.iter().copied().map(Element::dim).collect());
    let target: Vec<Dim> = stated.or_else(|| open(site))?;
    one(broadcast(site.shape(0)?, &target))
}

pub(super) fn tiled(site: &Site) -> Outputs {
    let shape = site.shape(0)?;
    let repeats = site.numbers(1);
    let size = |(index, size): (usize, &Dim)| {
        let times = repeats.as_ref().and_then(|times| times.get(index)).copied();
        match (size, times) {
            (size, Some(1)) => *size,
            (Dim::Known(size), Some(times)) => {
                dim(u64::try_from(times).ok().and_then(|times| size.checked_mul(times)))
            }
            _ => Dim::Unknown,
        }
    };
    one(shape.iter().enumerate().map(size).collect())
}

pub(super) fn padded(site: &Site) -> Outputs {
    let shape = site.shape(0)?;
    let pads = site.list("pads", 1).or_else(|| site.ints("paddings").map(<[i64]>::to_vec));
    let rank = shape.len();
    let axes: Vec<usize> = match site.numbers(3) {
        Some(axes) => axes.iter().filter_map(|index| axis(*index, rank)).collect(),
        None => (0..rank).collect(),
    };
    let Some(pads) = pads else { return one(vec![Dim::Unknown; rank]) };
    let size = |(index, size): (usize, &Dim)| {
        let Some(place) = axes.iter().position(|axis| *axis == index) else { return *size };
        let both = pads.get(place).zip(pads.get(place + axes.len()));
        let both = both.and_then(|(begin, end)| begin.checked_add(*end));
        match (size, both) {
            (size, Some(0)) => *size,
            (Dim::Known(size), Some(both)) => dim(size.checked_add_signed(both)),
            _ => Dim::Unknown,
        }
    };
    one(shape.iter().enumerate().map(size).collect())
}

pub(super) fn depth_to_space(site: &Site) -> Outputs {
    let [batch, channels, height, width] = site.shape(0)? else { return None };
    let block = u64::try_from(site.int("blocksize")?).ok()?;
    let depth = channels.known().zip(block.checked_mul(block));
    let depth = depth.and_then(|(channels, square)| channels.checked_div(square));
    let grown = |size: &Dim| dim(size.known().and_then(|size| size.checked_mul(block)));
    one(vec![*batch, dim(depth), grown(height), grown(width)])
}

pub(super) fn space_to_depth(site: &Site) -> Outputs {
    let [batch, channels, height, width] = site.shape(0)? else { return None };
    let block = u64::try_from(site.int("blocksize")?).ok()?;
    let depth =
        channels.known().and_then(|channels| channels.checked_mul(block)?.checked_mul(block));
    let shrunk = |size: &Dim| dim(size.known().and_then(|size| size.checked_div(block)));
    one(vec![*batch, dim(depth), shrunk(height), shrunk(width)])
}

pub(super) fn one_hot(site: &Site) -> Outputs {
    let mut shape = site.shape(0)?.to_vec();
    let depth = site.elements(1).and_then(|elements| elements.first()).map(|depth| depth.dim());
    let along = axis(site.int("axis").unwrap_or(-1), shape.len() + 1)?;
    shape.insert(along, depth.unwrap_or(Dim::Unknown));
    one(shape)
}
