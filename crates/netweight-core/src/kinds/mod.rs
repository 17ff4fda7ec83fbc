//! The rows of the catalogue, one file per family, and the shape rules that families share.

mod attention;
mod conv;
mod dense;
mod einsum;
mod elementwise;
mod embedding;
mod merge;
mod norm;
mod pool;
mod quantized;
mod recurrent;
mod reshape;
mod signal;
mod tensor;
mod wrapper;

use crate::kind::{ArgRow, Kind, option};
use crate::site::{Outputs, Site};
use crate::{Arg, Dim, Shape};

/// Every family; a new one is a file and a line here.
pub(crate) static FAMILIES: &[&[Kind]] = &[
    dense::KINDS,
    embedding::KINDS,
    conv::KINDS,
    recurrent::KINDS,
    norm::KINDS,
    attention::KINDS,
    signal::KINDS,
    quantized::KINDS,
    wrapper::KINDS,
    elementwise::KINDS,
    pool::KINDS,
    reshape::KINDS,
    merge::KINDS,
    tensor::KINDS,
];

/// The rank of a low-rank adaptation, whose two small matrices are learned in the kernel's place.
const LORA: ArgRow = option("lora_rank", "rank of a low-rank adaptation of the kernel").symbol("r");

/// One output of this shape.
fn one(shape: Shape) -> Outputs {
    Ok(vec![Some(shape)])
}

/// One output whose shape is not known.
fn unknown() -> Outputs {
    Ok(vec![None])
}

/// The output has the input's shape.
pub(crate) fn same_shape(site: &Site) -> Outputs {
    Ok(vec![site.input().cloned()])
}

/// The output's shape is the file's to state: no rule.
fn stated_only(_: &Site) -> Outputs {
    unknown()
}

/// The length of the input's sequence.
fn steps(site: &Site) -> Dim {
    site.input().and_then(|shape| shape.get(1)).cloned().unwrap_or(Dim::Unknown)
}

/// The size of the input's last dimension.
fn last_dim(site: &Site) -> Option<Arg> {
    last_dim_of(site, 0)
}

/// The size of an input's last dimension.
fn last_dim_of(site: &Site, input: usize) -> Option<Arg> {
    site.input_at(input)?.last()?.known().and_then(Arg::size)
}

/// An axis that the input does not have.
fn no_axis<T>(axis: i64, input: &Shape) -> Result<T, String> {
    Err(format!("axis {axis} of an input of {} dimensions", input.len()))
}

/// Whether the axes under an argument are axes of the input.
fn axes_exist(site: &Site, name: &str) -> Result<(), String> {
    let Some(input) = site.input() else { return Ok(()) };
    let axes = site.args.list(name).unwrap_or_default();
    match axes.iter().find(|axis| input.axis_index(**axis).is_none()) {
        Some(axis) => no_axis(*axis, input),
        None => Ok(()),
    }
}

/// The size of the input's channel dimension.
fn channels(site: &Site) -> Option<Arg> {
    site.input()?.axis(site.channel_axis())?.known().and_then(Arg::size)
}

/// The input's shape with the last dimension replaced by a size.
fn replace_last(site: &Site, dim: Dim) -> Outputs {
    Ok(vec![site.input().map(|shape| shape.with(-1, dim))])
}

/// The input's shape with its spatial dimensions put through `f` (by position among them) and,
/// where given, its channels replaced.
fn map_spatial(
    site: &Site,
    channels: Option<Dim>,
    mut f: impl FnMut(usize, &Dim) -> Result<Dim, String>,
) -> Outputs {
    let Some(input) = site.input() else { return unknown() };
    let axes = innermost(site, site.spatial_axes(input.len()));
    let mut dims = Vec::with_capacity(input.len());
    for (axis, dim) in input.iter().enumerate() {
        dims.push(if axes.contains(&axis) {
            f(axis.saturating_sub(axes.start), dim)?
        } else {
            dim.clone()
        });
    }
    let shape = Shape::from(dims);
    one(match channels {
        Some(channels) => shape.with(site.channel_axis(), channels),
        None => shape,
    })
}

/// As many of the spatial axes as the kernel has; an example may have more dimensions before.
fn innermost(site: &Site, axes: std::ops::Range<usize>) -> std::ops::Range<usize> {
    match site.args.get("kernel_size") {
        Some(Arg::List(sizes)) => {
            let start = axes.end.saturating_sub(sizes.len());
            start.max(axes.start)..axes.end
        }
        _ => axes,
    }
}

/// The value for a spatial dimension in an argument that is one number for all or a list.
fn per_axis(site: &Site, name: &str, axis: usize) -> Option<u64> {
    let list = site.args.list(name)?;
    let value = if list.len() == 1 { list.first() } else { list.get(axis) };
    value.and_then(|value| u64::try_from(*value).ok())
}
