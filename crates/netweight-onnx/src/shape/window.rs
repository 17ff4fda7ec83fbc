//! Windows over images, and new sizes for them.

use smallvec::smallvec;

use super::rules::{Outputs, one};
use super::{Dim, Site, dim};
use crate::graph::Dims;

pub(super) const POOLS: &[&str] = &["MaxPool", "AveragePool", "LpPool", "QLinearAveragePool"];
pub(super) const GLOBAL_POOLS: &[&str] =
    &["GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool", "QLinearGlobalAveragePool"];

pub(super) fn convolved(site: &Site) -> Outputs {
    filtered(site, 1)
}

/// Input and filters stand with their scales and zero points; runtimes put channels last.
pub(super) fn convolved_quantized(site: &Site) -> Outputs {
    if site.flag("channels_last") { filtered_channels_last(site, 3) } else { filtered(site, 3) }
}

fn filtered(site: &Site, filters: usize) -> Outputs {
    let [batch, _, space @ ..] = site.shape(0)? else { return None };
    let filter = site.shape(filters)?;
    let [outputs, _, window @ ..] = filter else { return None };
    let window = sizes(site, window)?;
    one([*batch, *outputs].into_iter().chain(moved(site, space, &window)).collect())
}

pub(super) fn convolved_channels_last(site: &Site) -> Outputs {
    filtered_channels_last(site, 1)
}

fn filtered_channels_last(site: &Site, filters: usize) -> Outputs {
    let shape = site.shape(0)?;
    let (batch, rest) = shape.split_first()?;
    let (_, space) = rest.split_last()?;
    let [outputs, _, window @ ..] = site.shape(filters)? else { return None };
    let window = sizes(site, window)?;
    let space = moved(site, space, &window);
    one([*batch].into_iter().chain(space).chain([*outputs]).collect())
}

/// The window as the attribute states it, else as the filters have it.
fn sizes(site: &Site, window: &[Dim]) -> Option<Dims> {
    match site.ints("kernel_shape").filter(|sizes| !sizes.is_empty()) {
        Some(sizes) => sizes.iter().map(|size| u64::try_from(*size).ok()).collect(),
        None => super::known(window),
    }
}

/// Each spatial size after the window went over it.
fn moved(site: &Site, space: &[Dim], window: &[u64]) -> Vec<Dim> {
    let size = |(index, size): (usize, &Dim)| {
        dim(size.known().and_then(|size| positions(site, size, window, index, space.len())))
    };
    space.iter().enumerate().map(size).collect()
}

fn at(site: &Site, name: &str, index: usize) -> Option<u64> {
    match site.ints(name) {
        Some(list) => list.get(index).and_then(|size| u64::try_from(*size).ok()),
        None => Some(1),
    }
}

fn positions(site: &Site, size: u64, window: &[u64], index: usize, rank: usize) -> Option<u64> {
    let stride = at(site, "strides", index)?;
    let span = span(site, window, index)?;
    match site.word("auto_pad") {
        Some("SAME_UPPER" | "SAME_LOWER") => Some(size.div_ceil(stride.max(1))),
        _ => {
            let padding = padding(site, index, rank)?;
            let room = size.checked_add_signed(padding)?.checked_sub(span)?;
            let steps = if site.flag("ceil_mode") {
                let steps = room.div_ceil(stride.max(1));
                // A last window that begins in the padding at the end is left out.
                let begin = begin(site, index)?;
                let beyond = steps.checked_mul(stride)? >= size.checked_add(begin)?;
                if beyond { steps.checked_sub(1)? } else { steps }
            } else {
                room.checked_div(stride)?
            };
            steps.checked_add(1)
        }
    }
}

fn span(site: &Site, window: &[u64], index: usize) -> Option<u64> {
    let dilation = at(site, "dilations", index)?;
    window.get(index)?.checked_sub(1)?.checked_mul(dilation)?.checked_add(1)
}

fn begin(site: &Site, index: usize) -> Option<u64> {
    match site.ints("pads") {
        Some(pads) => u64::try_from(*pads.get(index)?).ok(),
        None => Some(0),
    }
}

/// Both ends of a spatial dimension.
fn padding(site: &Site, index: usize, rank: usize) -> Option<i64> {
    match site.ints("pads") {
        Some(pads) if !pads.is_empty() => pads.get(index)?.checked_add(*pads.get(index + rank)?),
        _ => Some(0),
    }
}

pub(super) fn transposed(site: &Site) -> Outputs {
    let [batch, _, space @ ..] = site.shape(0)? else { return None };
    let [_, depth, window @ ..] = site.shape(1)? else { return None };
    let window = sizes(site, window)?;
    let groups = u64::try_from(site.int("group").unwrap_or(1)).ok()?;
    let outputs = dim(depth.known().and_then(|depth| depth.checked_mul(groups)));
    let size = |(index, size): (usize, &Dim)| {
        let stated = site.ints("output_shape").filter(|shape| !shape.is_empty());
        if let Some(stated) = stated {
            return dim(stated.get(index).and_then(|size| u64::try_from(*size).ok()));
        }
        dim(size.known().and_then(|size| spread(site, size, &window, index, space.len())))
    };
    let space = space.iter().enumerate().map(size);
    one([*batch, outputs].into_iter().chain(space).collect())
}

fn spread(site: &Site, size: u64, window: &[u64], index: usize, rank: usize) -> Option<u64> {
    let stride = at(site, "strides", index)?;
    if matches!(site.word("auto_pad"), Some("SAME_UPPER" | "SAME_LOWER")) {
        return size.checked_mul(stride);
    }
    let extra = match site.ints("output_padding") {
        Some(extra) => u64::try_from(*extra.get(index)?).ok()?,
        None => 0,
    };
    let whole = size.checked_sub(1)?.checked_mul(stride)?;
    let whole = whole.checked_add(span(site, window, index)?)?.checked_add(extra)?;
    whole.checked_add_signed(padding(site, index, rank)?.checked_neg()?)
}

pub(super) fn pooled(site: &Site) -> Outputs {
    let [batch, channels, space @ ..] = site.shape(0)? else { return None };
    let window: Vec<u64> = site
        .ints("kernel_shape")?
        .iter()
        .map(|size| u64::try_from(*size).ok())
        .collect::<Option<_>>()?;
    let shape: Vec<Dim> =
        [*batch, *channels].into_iter().chain(moved(site, space, &window)).collect();
    Some(smallvec![Some(shape); site.outputs()])
}

pub(super) fn pooled_globally(site: &Site) -> Outputs {
    let [batch, channels, space @ ..] = site.shape(0)? else { return None };
    let ones = space.iter().map(|_| Dim::Known(1));
    one([*batch, *channels].into_iter().chain(ones).collect())
}

/// Stated sizes, or factors for each dimension.
pub(super) fn resized(site: &Site) -> Outputs {
    let shape = site.shape(0)?;
    let named = site.wiring.op(site.call) == "Resize";
    if let Some(sizes) = site.elements(3).filter(|sizes| named && sizes.len() == shape.len()) {
        return one(sizes.iter().map(|size| size.dim()).collect());
    }
    let stored = |input: usize| {
        let value = site.wiring.input(site.call, input)?;
        site.wiring.tensor(site.wiring.stored(value)?)?.floats()
    };
    let old = || match site.attribute("scales")? {
        crate::AttributeValue::Floats(floats) => {
            floats.all().map(|floats| floats.iter().copied().map(f64::from).collect())
        }
        _ => None,
    };
    let factors: Option<Vec<f64>> = [2, 1].into_iter().find_map(stored).or_else(old);
    let factors = factors.filter(|factors| factors.len() == shape.len());
    let Some(factors) = factors else {
        return one(vec![Dim::Unknown; shape.len()]);
    };
    let scaled = |(size, factor): (&Dim, f64)| match size {
        size if factor == 1.0 => *size,
        Dim::Known(size) => dim(times(*size, factor)),
        _ => Dim::Unknown,
    };
    one(shape.iter().zip(factors).map(scaled).collect())
}

/// A size times a factor, rounded down; none for what no image has.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be small and positive"
)]
fn times(size: u64, factor: f64) -> Option<u64> {
    let size = f64::from(u32::try_from(size).ok()?) * factor;
    (0.0..=f64::from(u32::MAX)).contains(&size).then(|| size.floor() as u64)
}
