//! Normalizations, and the small learned scales that stand beside them.

use super::{axes_exist, channels, last_dim, same_shape};
use crate::kind::{ArgRow, Example, Kind, count, flag, option, size, weight};
use crate::site::{Outputs, Site};
use crate::{Arg, Role, elements};

const CHANNELS: ArgRow = size("c", "channels", "channels").from(axis_or_channels);
const SHAPE: ArgRow =
    size("s", "normalized_shape", "sizes of the normalized dimensions").from(axes);
const AXIS: ArgRow = option("axis", "the axis or axes that keep a value of their own");
const LAYOUT: ArgRow = option("layout", "`channels_first` or `channels_last`");
const SCALE: ArgRow = flag("scale", true, "a learned scale, gamma");
const OFFSET: ArgRow = flag("offset", true, "a learned offset, beta");

pub(super) static KINDS: &[Kind] = &[
    Kind {
        name: "batch_norm",
        aliases: &["batch_normalization", "bn"],
        title: "batch normalization",
        phrase: "{c} channels",
        summary: "scales and shifts each channel by running statistics",
        source: "Keras BatchNormalization, PyTorch nn.BatchNorm2d …, ONNX BatchNormalization",
        args: &[
            AXIS,
            LAYOUT,
            CHANNELS,
            SCALE,
            OFFSET,
            flag("statistics", true, "a running mean and a running variance"),
            flag("renorm", false, "batch renormalization: three more running statistics"),
        ],
        formula: "(c{scale} + c{offset}) + 2 × c{statistics} + 3 × c{renorm}",
        weights: &[
            weight("gamma", Role::Gamma, "[c]").when("scale"),
            weight("beta", Role::Beta, "[c]").when("offset"),
            weight("moving_mean", Role::Mean, "[c]").when("statistics").statistic(),
            weight("moving_variance", Role::Variance, "[c]").when("statistics").statistic(),
            weight("moving_stddev", Role::Variance, "[c]").when("renorm").statistic(),
            weight("renorm_mean", Role::Mean, "[c]").when("renorm").statistic(),
            weight("renorm_stddev", Role::Variance, "[c]").when("renorm").statistic(),
        ],
        examples: &[Example {
            args: &[("c", Arg::Int(64))],
            by_hand: "(64 + 64) + 2 × 64",
            parameters: 256,
        }],
        shape: normalized,
        ..Kind::PLAIN
    },
    Kind {
        name: "layer_norm",
        aliases: &["layer_normalization"],
        title: "layer normalization",
        phrase: "{s} features",
        summary: "normalizes each example over its features",
        source: "Keras LayerNormalization, PyTorch nn.LayerNorm, ONNX LayerNormalization",
        args: &[AXIS, SHAPE, SCALE, OFFSET],
        formula: "prod(s){scale} + prod(s){offset}",
        weights: &[
            weight("gamma", Role::Gamma, "[s...]").when("scale"),
            weight("beta", Role::Beta, "[s...]").when("offset"),
        ],
        shape: normalized,
        ..Kind::PLAIN
    },
    Kind {
        name: "rms_norm",
        aliases: &["rms_normalization"],
        title: "RMS normalization",
        phrase: "{s} features",
        summary: "scales each example by the root mean square of its features",
        source: "Keras RMSNormalization, PyTorch nn.RMSNorm, ONNX RMSNormalization",
        args: &[AXIS, SHAPE, SCALE],
        formula: "prod(s){scale}",
        weights: &[weight("scale", Role::Gamma, "[s...]").when("scale")],
        shape: normalized,
        ..Kind::PLAIN
    },
    Kind {
        name: "group_norm",
        aliases: &["group_normalization"],
        title: "group normalization",
        phrase: "{c} channels",
        summary: "normalizes groups of channels of each example",
        source: "Keras GroupNormalization, PyTorch nn.GroupNorm, ONNX GroupNormalization",
        args: &[AXIS, LAYOUT, CHANNELS, option("groups", "groups of channels"), SCALE, OFFSET],
        formula: "c{scale} + c{offset}",
        weights: &[
            weight("gamma", Role::Gamma, "[c]").when("scale"),
            weight("beta", Role::Beta, "[c]").when("offset"),
        ],
        shape: grouped,
        ..Kind::PLAIN
    },
    Kind {
        name: "instance_norm",
        aliases: &["instance_normalization"],
        title: "instance normalization",
        phrase: "{c} channels",
        summary: "normalizes each channel of each example",
        source: "PyTorch nn.InstanceNorm2d …, ONNX InstanceNormalization",
        args: &[AXIS, LAYOUT, CHANNELS, SCALE, OFFSET],
        formula: "c{scale} + c{offset}",
        weights: &[
            weight("gamma", Role::Gamma, "[c]").when("scale"),
            weight("beta", Role::Beta, "[c]").when("offset"),
        ],
        shape: normalized,
        ..Kind::PLAIN
    },
    Kind {
        name: "feature_norm",
        aliases: &["normalization"],
        title: "feature normalization",
        summary: "shifts and scales inputs by statistics that were taken from data beforehand",
        source: "Keras Normalization: mean, variance and a count",
        args: &[
            AXIS,
            SHAPE,
            flag("adapted", true, "statistics kept as weights, not given as arguments"),
        ],
        formula: "(prod(s) + prod(s) + 1){adapted}",
        weights: &[
            weight("mean", Role::Mean, "[s...]").when("adapted").statistic(),
            weight("variance", Role::Variance, "[s...]").when("adapted").statistic(),
            weight("count", Role::State, "[]").when("adapted").statistic(),
        ],
        shape: normalized,
        ..Kind::PLAIN
    },
    Kind {
        name: "layer_scale",
        title: "layer scale",
        phrase: "{c} features",
        summary: "multiplies each feature by a learned value",
        source: "Keras Applications' ConvNeXt, Touvron et al. 2021",
        args: &[size("c", "channels", "features").from(last_dim)],
        formula: "c",
        weights: &[weight("gamma", Role::Gamma, "[c]")],
        ..Kind::PLAIN
    },
    Kind {
        name: "prelu",
        aliases: &["parametric_relu"],
        title: "parametric ReLU",
        phrase: "{s} slopes",
        summary: "a ReLU with a learned slope for negative inputs",
        source: "Keras PReLU (shared_axes), PyTorch nn.PReLU, ONNX PRelu",
        args: &[
            option("shared_axes", "axes along which one slope serves"),
            size("s", "slope_shape", "sizes of the slopes").from(slopes),
        ],
        formula: "prod(s)",
        weights: &[weight("slope", Role::Slope, "[s...]")],
        shape: same_shape,
        ..Kind::PLAIN
    },
    Kind {
        name: "learned_activation",
        title: "learned activation",
        summary: "a function of each element whose shape is learned, by several tensors like the input",
        source: "Keras 1 SReLU: four thresholds and slopes; ParametricSoftplus: alpha and beta",
        args: &[
            count("n", "tensors", 2, "learned values for each element"),
            option("shared_axes", "axes along which one value serves"),
            size("s", "slope_shape", "sizes of one tensor").from(slopes),
        ],
        formula: "n × prod(s)",
        weights: &[weight("parameters", Role::Slope, "[n, s...]")],
        shape: same_shape,
        ..Kind::PLAIN
    },
];

/// The input's shape, if it has the axes that the layer names.
fn normalized(site: &Site) -> Outputs {
    axes_exist(site, "axis")?;
    same_shape(site)
}

/// The same, if the groups are of equal size. Keras writes -1 for a group for each channel.
fn grouped(site: &Site) -> Outputs {
    let sizes = site.size("channels").zip(site.size("groups"));
    if let Some((channels, groups)) =
        sizes.filter(|(channels, groups)| channels.checked_rem(*groups) != Some(0))
    {
        return Err(format!("{groups} groups do not divide {channels} channels"));
    }
    normalized(site)
}

/// The size of the axis that the layer names, or of the channels.
fn axis_or_channels(site: &Site) -> Option<Arg> {
    match site.args.list("axis") {
        Some([axis]) => site.input()?.axis(*axis)?.known().and_then(Arg::size),
        Some(axes) => {
            let sizes: Option<Vec<u64>> =
                axes.iter().map(|axis| site.input()?.axis(*axis)?.known()).collect();
            elements(&sizes?).and_then(Arg::size)
        }
        None => channels(site),
    }
}

/// The sizes of the axes that the layer names, or of the last one.
fn axes(site: &Site) -> Option<Arg> {
    let axes = site.args.list("axis").unwrap_or(&[-1]);
    let sizes: Option<Vec<u64>> =
        axes.iter().map(|axis| site.input()?.axis(*axis)?.known()).collect();
    Arg::sizes(&sizes?)
}

/// The input's shape without the batch, 1 along shared axes.
fn slopes(site: &Site) -> Option<Arg> {
    let input = site.input()?;
    let shared: Vec<usize> = site
        .args
        .list("shared_axes")
        .unwrap_or_default()
        .iter()
        .filter_map(|axis| input.axis_index(*axis))
        .collect();
    let size = |(axis, dim): (usize, &crate::Dim)| {
        if shared.contains(&axis) { Some(1) } else { dim.known() }
    };
    Arg::sizes(&input.iter().enumerate().skip(1).map(size).collect::<Option<Vec<_>>>()?)
}
