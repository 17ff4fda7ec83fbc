//! Pooling, padding, cropping, resizing: the spatial dimensions change, nothing is learned.

use super::conv::windowed;
use super::{map_spatial, per_axis};
use crate::kind::{ArgRow, Kind, flag, option};
use crate::site::{Outputs, Site};
use crate::{Arg, Dim};

const LAYOUT: ArgRow = option("layout", "`channels_first` or `channels_last`");

pub(super) static KINDS: &[Kind] = &[
    Kind {
        name: "pool",
        aliases: &[
            "max_pool",
            "max_pooling",
            "average_pool",
            "average_pooling",
            "avg_pool",
            "lp_pool",
        ],
        title: "pooling",
        summary: "the largest value, or the average, of each window",
        args: &[
            option("kernel_size", "window length along each dimension"),
            option("stride", "steps between windows").from(|site| {
                let onnx = site.convention == crate::Convention::Onnx;
                site.args.get("kernel_size").filter(|_| !onnx).cloned()
            }),
            option("padding", "`valid`, `same`, or sizes: all beginnings, then all ends"),
            option("dilation", "distance between a window's points"),
            flag("ceil_mode", false, "whether a window may reach over the end"),
            LAYOUT,
        ],
        shape: |site| map_spatial(site, None, |axis, dim| windowed(site, axis, dim)),
        ..Kind::PLAIN
    },
    Kind {
        name: "global_pool",
        aliases: &[
            "global_max_pool",
            "global_max_pooling",
            "global_average_pool",
            "global_average_pooling",
            "global_avg_pool",
        ],
        title: "global pooling",
        summary: "one value per channel",
        args: &[
            flag("keep_dims", false, "whether the pooled dimensions stay, with size one"),
            LAYOUT,
        ],
        shape: global_pool,
        ..Kind::PLAIN
    },
    Kind {
        name: "adaptive_pool",
        title: "adaptive pooling",
        summary: "as many windows as the output has positions",
        args: &[option("sizes", "the output's spatial sizes"), LAYOUT],
        shape: |site| map_spatial(site, None, |axis, _| Ok(per_axis(site, "sizes", axis).into())),
        ..Kind::PLAIN
    },
    Kind {
        name: "padding",
        aliases: &["zero_padding", "zero_pad", "pad"],
        title: "padding",
        summary: "adds values around the spatial dimensions",
        args: &[option("amounts", "beginnings of all spatial dimensions, then ends"), LAYOUT],
        shape: |site| resized(site, |length, amount| length.checked_add(amount)),
        ..Kind::PLAIN
    },
    Kind {
        name: "cropping",
        aliases: &["crop"],
        title: "cropping",
        summary: "takes values away around the spatial dimensions",
        args: &[option("amounts", "beginnings of all spatial dimensions, then ends"), LAYOUT],
        shape: |site| resized(site, |length, amount| length.checked_sub(amount)),
        ..Kind::PLAIN
    },
    Kind {
        name: "upsampling",
        aliases: &["up_sampling", "upsample"],
        title: "upsampling",
        summary: "repeats or interpolates values by a whole factor",
        args: &[option("factor", "factor for each spatial dimension"), LAYOUT],
        shape: |site| {
            map_spatial(site, None, |axis, dim| {
                Ok(dim.map(|length| length.checked_mul(per_axis(site, "factor", axis)?)))
            })
        },
        ..Kind::PLAIN
    },
    Kind {
        name: "resizing",
        aliases: &["resize", "center_crop", "random_crop"],
        title: "resizing",
        summary: "gives images a stated size",
        args: &[
            option("sizes", "the spatial sizes to reach, -1 for an open one, 0 for the input's"),
            LAYOUT,
        ],
        shape: |site| {
            map_spatial(site, None, |axis, dim| match per_axis(site, "sizes", axis) {
                Some(0) => Ok(dim.clone()),
                size => Ok(size.into()),
            })
        },
        ..Kind::PLAIN
    },
];

/// Batch and channels, the spatial dimensions gone or of size one.
fn global_pool(site: &Site) -> Outputs {
    if site.args.flag("keep_dims") {
        return map_spatial(site, None, |_, _| Ok(Dim::Known(1)));
    }
    Ok(vec![site.input().map(|input| {
        let spatial = site.spatial_axes(input.len());
        input
            .iter()
            .enumerate()
            .filter(|(axis, _)| !spatial.contains(axis))
            .map(|(_, dim)| dim.clone())
            .collect()
    })])
}

/// Each spatial dimension with the amounts at its beginning and its end.
fn resized(site: &Site, change: fn(u64, u64) -> Option<u64>) -> Outputs {
    let Some(Arg::List(amounts)) = site.args.get("amounts") else {
        return map_spatial(site, None, |_, _| Ok(Dim::Unknown));
    };
    let half = amounts.len() / 2;
    map_spatial(site, None, |axis, dim| {
        let amount = |index: usize| u64::try_from(*amounts.get(index)?).ok();
        Ok(dim.map(|length| {
            let amount = amount(axis)?.checked_add(amount(axis.checked_add(half)?)?)?;
            change(length, amount)
        }))
    })
}
