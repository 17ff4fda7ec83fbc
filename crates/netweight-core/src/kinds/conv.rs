//! Convolutions: one small kernel at every position.

use std::borrow::Cow;

use super::{LORA, channels, map_spatial, per_axis, steps, unknown};
use crate::kind::{ArgRow, Example, Kind, count, flag, option, size, weight};
use crate::site::{Outputs, Site};
use crate::{Arg, Dim, Role};

const IN: ArgRow = size("i", "in_channels", "input channels").from(channels);
const OUT: ArgRow = size("o", "out_channels", "output channels");
const KERNEL: ArgRow = size("f", "kernel_size", "filter length along each dimension");
const GROUPS: ArgRow = count("n", "groups", 1, "groups that channels are split into");
const BIAS: ArgRow = flag("bias", true, "a bias for each output channel");
const STRIDE: ArgRow = option("stride", "steps between positions");
const PADDING: ArgRow =
    option("padding", "`valid`, `same`, `causal`, or sizes: all beginnings, then all ends");
const DILATION: ArgRow = option("dilation", "distance between a filter's points");
const LAYOUT: ArgRow = option("layout", "`channels_first` or `channels_last`");
const MULTIPLIER: ArgRow = count("m", "depth_multiplier", 1, "outputs per input channel");

pub(super) static KINDS: &[Kind] = &[
    Kind {
        name: "conv",
        aliases: &["conv1d", "conv2d", "conv3d", "convolution"],
        title: "convolution",
        phrase: "{o} filters of {f} on {i} channels",
        summary: "a filter over all input channels for each output channel; any rank, groups, dilation, causal",
        source: "Keras Conv1D, Conv2D, Conv3D; PyTorch nn.Conv1d …; ONNX Conv",
        args: &[IN, OUT, KERNEL, GROUPS, BIAS, STRIDE, PADDING, DILATION, LAYOUT, LORA],
        formula: "[(i ÷ n?) × (prod(f)) × o] + [(i ÷ n?) × (prod(f)) × r + r × o]{r} + o{bias}",
        weights: &[
            weight("kernel", Role::Kernel, "[f..., i ÷ n?, o]").when("!r"),
            weight("kernel", Role::Kernel, "[f..., i ÷ n?, o]").when("r").statistic(),
            weight("lora_kernel_a", Role::Kernel, "[f..., i ÷ n?, r]").when("r"),
            weight("lora_kernel_b", Role::Kernel, "[r, o]").when("r"),
            weight("bias", Role::Bias, "[o]").when("bias"),
        ],
        shape: |site| convolved(site, site.dim("out_channels")),
        examples: &[
            Example {
                args: &[
                    ("i", Arg::Int(1)),
                    ("f", Arg::List(Cow::Borrowed(&[2, 2]))),
                    ("o", Arg::Int(3)),
                ],
                by_hand: "[1 × (2 × 2) × 3] + 3",
                parameters: 15,
            },
            Example {
                args: &[
                    ("i", Arg::Int(3)),
                    ("f", Arg::List(Cow::Borrowed(&[7, 7]))),
                    ("o", Arg::Int(64)),
                ],
                by_hand: "[3 × (7 × 7) × 64] + 64",
                parameters: 9_472,
            },
        ],
        ..Kind::PLAIN
    },
    Kind {
        name: "depthwise_conv",
        aliases: &["depthwise_conv1d", "depthwise_conv2d"],
        title: "depthwise convolution",
        phrase: "a filter of {f} on each of {i} channels",
        summary: "filters of their own for each input channel",
        source: "Keras DepthwiseConv1D, DepthwiseConv2D",
        args: &[IN, KERNEL, MULTIPLIER, BIAS, STRIDE, PADDING, DILATION, LAYOUT],
        formula: "[i × (prod(f)) × m?] + i × m?{bias}",
        weights: &[
            weight("kernel", Role::Kernel, "[f..., i, m]"),
            weight("bias", Role::Bias, "[i × m]").when("bias"),
        ],
        shape: |site| {
            let product = |input: u64| site.size("depth_multiplier")?.checked_mul(input);
            convolved(site, site.dim("in_channels").map(product))
        },
        ..Kind::PLAIN
    },
    Kind {
        name: "separable_conv",
        aliases: &["separable_conv1d", "separable_conv2d"],
        title: "separable convolution",
        phrase: "{o} filters of {f} on {i} channels",
        summary: "a depthwise convolution, then a 1 × 1 convolution that mixes channels",
        source: "Keras SeparableConv1D, SeparableConv2D",
        args: &[IN, OUT, KERNEL, MULTIPLIER, BIAS, STRIDE, PADDING, DILATION, LAYOUT],
        formula: "[i × (prod(f)) × m?] + [i × m? × o] + o{bias}",
        weights: &[
            weight("depthwise_kernel", Role::Kernel, "[f..., i, m]"),
            weight("pointwise_kernel", Role::Kernel, "[i × m, o]"),
            weight("bias", Role::Bias, "[o]").when("bias"),
        ],
        shape: |site| convolved(site, site.dim("out_channels")),
        ..Kind::PLAIN
    },
    Kind {
        name: "conv_transpose",
        aliases: &["conv1d_transpose", "conv2d_transpose", "conv3d_transpose", "deconvolution"],
        title: "transposed convolution",
        phrase: "{o} filters of {f} on {i} channels",
        summary: "a convolution run backwards: each input spreads over many outputs",
        source: "Keras Conv2DTranspose …; PyTorch nn.ConvTranspose2d …; ONNX ConvTranspose",
        args: &[
            IN,
            OUT,
            KERNEL,
            GROUPS,
            BIAS,
            STRIDE,
            PADDING,
            DILATION,
            option("output_padding", "positions added at each end of the output"),
            option("output_spatial", "the output's spatial sizes, where they are stated"),
            LAYOUT,
        ],
        formula: "[i × (prod(f)) × (o ÷ n?)] + o{bias}",
        weights: &[
            weight("kernel", Role::Kernel, "[f..., o ÷ n?, i]"),
            weight("bias", Role::Bias, "[o]").when("bias"),
        ],
        shape: transposed,
        ..Kind::PLAIN
    },
    Kind {
        name: "conv_lstm",
        aliases: &["conv_lstm1d", "conv_lstm2d", "conv_lstm3d"],
        title: "convolutional LSTM",
        phrase: "{h} filters of {f} on {i} channels",
        summary: "an LSTM whose gates are convolutions",
        source: "Keras ConvLSTM1D, ConvLSTM2D, ConvLSTM3D",
        args: &[
            size("i", "in_channels", "input channels").from(step_channels),
            size("h", "hidden_size", "filters, and channels of the state"),
            KERNEL,
            count("g", "gates", 4, "convolutions in one cell (input, forget, cell, output)"),
            flag("bias", true, "a bias for each gate and filter"),
            STRIDE,
            PADDING,
            DILATION,
            LAYOUT,
            flag("return_sequences", false, "whether every time step is given"),
            flag("return_state", false, "whether the last states are given too"),
        ],
        formula: "g × [(prod(f)) × h(h + i) + h{bias}]",
        weights: &[
            weight("kernel", Role::Kernel, "[f..., i, g × h]"),
            weight("recurrent_kernel", Role::RecurrentKernel, "[f..., h, g × h]"),
            weight("bias", Role::Bias, "[g × h]").when("bias"),
        ],
        shape: conv_lstm,
        ..Kind::PLAIN
    },
    Kind {
        name: "locally_connected",
        aliases: &["locally_connected1d", "locally_connected2d"],
        title: "locally connected layer",
        summary: "a convolution with filters of its own at each position",
        source: "Keras 1 and 2 LocallyConnected1D, LocallyConnected2D",
        args: &[
            IN,
            OUT,
            KERNEL.symbol("kernel_size"),
            flag("bias", true, "a bias for each output"),
            STRIDE,
            PADDING,
            DILATION,
            LAYOUT,
            flag("dense_storage", false, "a weight for every input position, most of them zero"),
            size("f", "stored_size", "input positions that a filter has weights for")
                .from(stored_size),
            size("p", "positions", "positions of the filter").from(positions),
            option(
                "stored_pairs",
                "pairs of a position and a point of the filter inside the input",
            )
            .symbol("q")
            .from(stored_pairs),
        ],
        formula: "(prod(p)) × [i × (prod(f)) × o{!q} + o{bias}] + i × (prod(q)) × o{q}",
        weights: &[
            weight("kernel", Role::Kernel, "[prod(p), i × prod(f), o]").when("!q"),
            weight("kernel", Role::Kernel, "[i × prod(q) × o]").when("q"),
            weight("bias", Role::Bias, "[p..., o]").when("bias"),
        ],
        shape: |site| convolved(site, site.dim("out_channels")),
        ..Kind::PLAIN
    },
];

/// Where along an axis a window stands: its size, step, spread and padding.
pub(super) struct Window {
    /// Points of the filter.
    pub(super) size: u64,
    /// Steps between positions.
    pub(super) stride: u64,
    /// Distance between points.
    pub(super) dilation: u64,
}

impl Window {
    /// The window along a spatial axis, by the arguments of the site.
    pub(super) fn at(site: &Site, axis: usize) -> Option<Self> {
        let size = per_axis(site, "kernel_size", axis)?;
        let stride = per_axis(site, "stride", axis).unwrap_or(1);
        Some(Self { size, stride, dilation: per_axis(site, "dilation", axis).unwrap_or(1) })
    }

    /// Input positions that the window covers.
    fn span(&self) -> Option<u64> {
        self.size.checked_sub(1)?.checked_mul(self.dilation)?.checked_add(1)
    }

    /// Positions of the window on an input of a known length; none where the sizes make no sense.
    pub(super) fn positions(&self, site: &Site, axis: usize, length: u64) -> Option<u64> {
        match site.args.text("padding") {
            Some("same" | "same_upper" | "same_lower") => {
                length.checked_add(self.stride)?.checked_sub(1)?.checked_div(self.stride)
            }
            Some("causal") => length.checked_sub(1)?.checked_div(self.stride)?.checked_add(1),
            _ => {
                let room = length.checked_add(padded(site, axis)?)?.checked_sub(self.span()?)?;
                let rounded =
                    if site.args.flag("ceil_mode") { self.stride.checked_sub(1)? } else { 0 };
                room.checked_add(rounded)?.checked_div(self.stride)?.checked_add(1)
            }
        }
    }

    /// Points inside the input, over all positions of a window that is centred on each.
    fn pairs(&self, length: u64, positions: u64) -> Option<u64> {
        let (left, last) = (self.size / 2, positions.checked_sub(1)?.checked_mul(self.stride)?);
        let right = self.size.checked_sub(left)?;
        // The outermost position lacks `most` points, the next one a stride less, and so on.
        let missing = |most: u64| {
            let terms = most.div_ceil(self.stride).min(positions);
            let less = terms.checked_mul(terms.saturating_sub(1))?.checked_div(2)?;
            terms.checked_mul(most)?.checked_sub(less.checked_mul(self.stride)?)
        };
        let behind = last.checked_add(right)?.saturating_sub(length);
        let all = positions.checked_mul(self.size)?;
        all.checked_sub(missing(left)?)?.checked_sub(missing(behind)?)
    }
}

/// Positions that explicit padding adds along a spatial axis: both ends of it.
fn padded(site: &Site, axis: usize) -> Option<u64> {
    let Some(pads) = site.args.list("padding") else { return Some(0) };
    let both = match pads.len() {
        1 => pads.first()?.checked_mul(2)?,
        len => pads.get(axis)?.checked_add(*pads.get(axis.checked_add(len / 2)?)?)?,
    };
    u64::try_from(both).ok()
}

/// A spatial dimension after a window went over it.
pub(super) fn windowed(site: &Site, axis: usize, dim: &Dim) -> Result<Dim, String> {
    let Some(window) = Window::at(site, axis) else { return Ok(Dim::Unknown) };
    let Some(length) = dim.known() else { return Ok(Dim::Unknown) };
    match window.positions(site, axis, length) {
        Some(positions) => Ok(positions.into()),
        None => Err(format!("a window of {} does not fit into {length} positions", window.size)),
    }
}

fn convolved(site: &Site, channels: Dim) -> Outputs {
    map_spatial(site, Some(channels), |axis, dim| windowed(site, axis, dim))
}

fn positions(site: &Site) -> Option<Arg> {
    let input = site.input()?;
    let spatial = input.get(site.spatial_axes(input.len()))?;
    let sizes =
        spatial.iter().enumerate().map(|(axis, dim)| windowed(site, axis, dim).ok()?.known());
    Arg::sizes(&sizes.collect::<Option<Vec<_>>>()?)
}

/// The filter's own points, or every position of the input.
fn stored_size(site: &Site) -> Option<Arg> {
    if !site.args.flag("dense_storage") {
        return site.args.get("kernel_size").cloned();
    }
    let input = site.input()?;
    let spatial = input.get(site.spatial_axes(input.len()))?;
    Arg::sizes(&spatial.iter().map(Dim::known).collect::<Option<Vec<_>>>()?)
}

/// Where the filter reaches over the edges, it has no weights for what lies beyond them.
fn stored_pairs(site: &Site) -> Option<Arg> {
    if site.args.text("padding") != Some("same") || site.args.flag("dense_storage") {
        return None;
    }
    let input = site.input()?;
    let spatial = input.get(site.spatial_axes(input.len()))?;
    let pairs = spatial.iter().enumerate().map(|(axis, dim)| {
        let window = Window::at(site, axis)?;
        window.pairs(dim.known()?, window.positions(site, axis, dim.known()?)?)
    });
    Arg::sizes(&pairs.collect::<Option<Vec<_>>>()?)
}

/// Keras gives the length by the padding's word; PyTorch and ONNX by explicit padding.
fn transposed(site: &Site) -> Outputs {
    map_spatial(site, Some(site.dim("out_channels")), |axis, dim| {
        if let Some(stated) = per_axis(site, "output_spatial", axis) {
            return Ok(stated.into());
        }
        let Some(window) = Window::at(site, axis) else { return Ok(Dim::Unknown) };
        Ok(dim.map(|length| spread(site, axis, &window, length)))
    })
}

fn spread(site: &Site, axis: usize, window: &Window, length: u64) -> Option<u64> {
    let span = window.span()?;
    let grown = length.checked_mul(window.stride)?;
    let extra = per_axis(site, "output_padding", axis);
    match (site.args.text("padding"), extra) {
        (Some("same" | "same_upper" | "same_lower"), None) => Some(grown),
        (Some("valid"), None) => grown.checked_add(span.saturating_sub(window.stride)),
        (word, _) => {
            let padding = match word {
                Some("same" | "same_upper" | "same_lower") => (span / 2).checked_mul(2)?,
                _ => padded(site, axis)?,
            };
            let last = length.checked_sub(1)?.checked_mul(window.stride)?;
            last.checked_add(span)?.checked_add(extra.unwrap_or(0))?.checked_sub(padding)
        }
    }
}

/// The channels of one step of a sequence of images.
fn step_channels(site: &Site) -> Option<Arg> {
    let axis = if site.channels_first() { 2 } else { -1 };
    site.input()?.axis(axis)?.known().and_then(Arg::size)
}

/// A sequence of images: the spatial rule per time step, then all steps or the last.
fn conv_lstm(site: &Site) -> Outputs {
    let Some(input) = site.input() else { return unknown() };
    let inputs = [Some(input.without(1))];
    let step_site = Site { args: site.args.clone(), inputs: &inputs, inner: Vec::new(), ..*site };
    let last = convolved(&step_site, site.dim("hidden_size"))?.into_iter().next().flatten();
    let all = last.as_ref().map(|shape| shape.inserted(1, steps(site)));
    let output = if site.args.flag("return_sequences") { all } else { last.clone() };
    let states = if site.args.flag("return_state") { 2 } else { 0 };
    Ok(std::iter::once(output).chain(std::iter::repeat_n(last, states)).collect())
}
