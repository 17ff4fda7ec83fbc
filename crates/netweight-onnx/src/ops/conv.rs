//! Convolutions.

use netweight_core::Role;

use super::{MICROSOFT, Op, Site, Sizes, Use, op};
use Use::{Learned, Scale, ZeroPoint};

const WEIGHTS: &[(usize, Use)] = &[(1, Learned(Role::Kernel)), (2, Learned(Role::Bias))];
const QUANTIZED: &[(usize, Use)] = &[
    (1, Scale),
    (2, ZeroPoint),
    (3, Learned(Role::Kernel)),
    (4, Scale),
    (5, ZeroPoint),
    (6, Scale),
    (7, ZeroPoint),
    (8, Learned(Role::Bias)),
];
const INTEGER: &[(usize, Use)] = &[(1, Learned(Role::Kernel)), (2, ZeroPoint), (3, ZeroPoint)];
const DEFORMABLE: &[(usize, Use)] = &[(1, Learned(Role::Kernel)), (3, Learned(Role::Bias))];

pub(super) const OPS: &[Op] = &[
    op("Conv", "conv", WEIGHTS, conv),
    op("ConvTranspose", "conv_transpose", WEIGHTS, transposed),
    op("ConvInteger", "conv", INTEGER, conv),
    op("QLinearConv", "conv", QUANTIZED, conv),
    op("DeformConv", "conv", DEFORMABLE, conv),
    op("FusedConv", "conv", WEIGHTS, conv).in_domain(MICROSOFT),
    op("Conv", "conv", WEIGHTS, channels_last).in_domain(MICROSOFT),
    // A runtime's own layout, whose filters are filled up to whole blocks of channels.
    op("Conv", "conv", WEIGHTS, conv).in_domain("com.microsoft.nchwc"),
    op("NhwcConv", "conv", WEIGHTS, channels_last).in_domain(MICROSOFT),
    op("NhwcFusedConv", "conv", WEIGHTS, channels_last).in_domain(MICROSOFT),
    op("QLinearConv", "conv", QUANTIZED, either_layout).in_domain(MICROSOFT),
    op("ConvTransposeWithDynamicPads", "conv_transpose", WEIGHTS, transposed).in_domain(MICROSOFT),
];

fn conv(site: &Site) -> Sizes {
    let Some([out, depth, window @ ..]) = site.dims(Role::Kernel) else { return common(site) };
    let groups = site.size("group").unwrap_or(1);
    sized(site, groups.checked_mul(*depth), Some(*out), window)
}

/// Filters stand as in `Conv`; inputs and outputs have their channels at the end.
fn channels_last(site: &Site) -> Sizes {
    conv(site).state("layout", Some("channels_last"))
}

fn either_layout(site: &Site) -> Sizes {
    if site.int("channels_last") == Some(1) { channels_last(site) } else { conv(site) }
}

fn transposed(site: &Site) -> Sizes {
    let Some([input, depth, window @ ..]) = site.dims(Role::Kernel) else { return common(site) };
    let groups = site.size("group").unwrap_or(1);
    sized(site, Some(*input), groups.checked_mul(*depth), window)
        .state("output_padding", site.ints("output_padding"))
        .state("output_spatial", site.ints("output_shape").filter(|shape| !shape.is_empty()))
}

fn sized(site: &Site, input: Option<u64>, output: Option<u64>, window: &[u64]) -> Sizes {
    if site.has(Role::Bias) && site.elements(Role::Bias) != output {
        return Sizes::misfit();
    }
    common(site)
        .measure("in_channels", input)
        .measure("out_channels", output)
        .measure_all("kernel_size", Some(window))
}

fn common(site: &Site) -> Sizes {
    let padding = site.word("auto_pad").and_then(|word| match word {
        "SAME_UPPER" => Some("same_upper"),
        "SAME_LOWER" => Some("same_lower"),
        "VALID" => Some("valid"),
        _ => None,
    });
    Sizes::default()
        .state("kernel_size", site.ints("kernel_shape").filter(|window| !window.is_empty()))
        .state("groups", site.int("group"))
        .state("stride", site.ints("strides"))
        .state("dilation", site.ints("dilations"))
        .state("bias", Some(site.has(Role::Bias)))
        .state("padding", site.ints("pads").filter(|_| padding.is_none()))
        .state("padding", padding)
}
