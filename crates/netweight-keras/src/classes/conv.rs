//! Convolutions of every rank, in the words of all versions.

use netweight_core::Arg;

use crate::class::{BIAS, Class, Key, LAYOUT, key, option};
use crate::config::Read;
use crate::layer::Draft;
use crate::version::Version;

const FILTERS: &[&str] = &["filters", "nb_filter"];

pub(super) const PADDING: Key = key(
    &["padding", "border_mode"],
    "padding",
    Read::Word(&[("valid", "valid"), ("same", "same")]),
);
/// Keras 1 alone has `full`: every position at which the filter touches the input.
const FULL: Key = key(
    &["padding", "border_mode"],
    "padding",
    Read::Word(&[("valid", "valid"), ("same", "same"), ("full", "full")]),
);
const CAUSAL: Key = key(
    &["padding", "border_mode"],
    "padding",
    Read::Word(&[("valid", "valid"), ("same", "same"), ("causal", "causal"), ("full", "full")]),
);
const GROUPS: Key = key(&["groups"], "groups", Read::Size);
const MULTIPLIER: Key = key(&["depth_multiplier"], "depth_multiplier", Read::Size);
const LORA: Key = option(&["lora_rank"], "lora_rank", Read::Size);

const fn filters(arg: &'static str) -> Key {
    key(FILTERS, arg, Read::Size)
}

const fn kernel(rank: usize) -> Key {
    key(&["kernel_size", "filter_length"], "kernel_size", Read::Sizes(rank))
}

const fn strides(rank: usize) -> Key {
    key(&["strides", "subsample", "subsample_length"], "stride", Read::Sizes(rank))
}

const fn dilation(rank: usize) -> Key {
    key(&["dilation_rate", "atrous_rate"], "dilation", Read::Sizes(rank))
}

const fn conv(rank: usize, padding: Key) -> [Key; 9] {
    let (kernel, strides, dilation) = (kernel(rank), strides(rank), dilation(rank));
    [filters("out_channels"), kernel, strides, padding, LAYOUT, dilation, GROUPS, BIAS, LORA]
}

/// Depthwise convolutions have a `groups` key that changes nothing.
const fn depthwise(rank: usize) -> [Key; 7] {
    let (kernel, strides, dilation) = (kernel(rank), strides(rank), dilation(rank));
    [MULTIPLIER, kernel, strides, PADDING, LAYOUT, dilation, BIAS]
}

const fn separable(rank: usize, padding: Key) -> [Key; 8] {
    let (kernel, strides, dilation) = (kernel(rank), strides(rank), dilation(rank));
    [filters("out_channels"), MULTIPLIER, kernel, strides, padding, LAYOUT, dilation, BIAS]
}

const fn transpose(rank: usize) -> [Key; 8] {
    let (kernel, strides, dilation) = (kernel(rank), strides(rank), dilation(rank));
    let extra = option(&["output_padding"], "output_padding", Read::Ints);
    [filters("out_channels"), kernel, strides, PADDING, extra, LAYOUT, dilation, BIAS]
}

const fn lstm(rank: usize) -> [Key; 9] {
    let (kernel, strides, dilation) = (kernel(rank), strides(rank), dilation(rank));
    let sequences = key(&["return_sequences"], "return_sequences", Read::Flag);
    let state = key(&["return_state"], "return_state", Read::Flag);
    [filters("hidden_size"), kernel, strides, PADDING, LAYOUT, dilation, BIAS, sequences, state]
}

const fn local(rank: usize) -> [Key; 6] {
    [filters("out_channels"), kernel(rank), strides(rank), PADDING, LAYOUT, BIAS]
}

const fn row(
    names: &'static [&'static str],
    kind: &'static str,
    keys: &'static [Key],
    rank: usize,
) -> Class {
    Class { names, kind, keys, rank: (rank + 2, usize::MAX), more: spatial, ..Class::PLAIN }
}

pub(super) static CLASSES: &[Class] = &[
    row(&["Conv1D", "Convolution1D", "AtrousConvolution1D"], "conv", &conv(1, CAUSAL), 1),
    row(&["Conv2D", "Convolution2D", "AtrousConvolution2D"], "conv", &conv(2, FULL), 2),
    row(&["Conv3D", "Convolution3D"], "conv", &conv(3, FULL), 3),
    row(&["DepthwiseConv1D"], "depthwise_conv", &depthwise(1), 1),
    row(&["DepthwiseConv2D", "DepthwiseConvolution2D"], "depthwise_conv", &depthwise(2), 2),
    row(&["SeparableConv1D", "SeparableConvolution1D"], "separable_conv", &separable(1, CAUSAL), 1),
    row(
        &["SeparableConv2D", "SeparableConvolution2D"],
        "separable_conv",
        &separable(2, PADDING),
        2,
    ),
    row(&["Conv1DTranspose", "Convolution1DTranspose"], "conv_transpose", &transpose(1), 1),
    row(
        &["Conv2DTranspose", "Convolution2DTranspose", "Deconvolution2D"],
        "conv_transpose",
        &transpose(2),
        2,
    ),
    row(&["Conv3DTranspose", "Convolution3DTranspose"], "conv_transpose", &transpose(3), 3),
    row(&["ConvLSTM1D"], "conv_lstm", &lstm(1), 2),
    row(&["ConvLSTM2D"], "conv_lstm", &lstm(2), 3),
    row(&["ConvLSTM3D"], "conv_lstm", &lstm(3), 4),
    Class { more: local_kernel, ..row(&["LocallyConnected1D"], "locally_connected", &local(1), 1) },
    Class { more: local_kernel, ..row(&["LocallyConnected2D"], "locally_connected", &local(2), 2) },
];

/// What keys do not say alone: Keras 1's kernel in several keys, its stated output; strides
/// and dilation that exclude each other.
fn spatial(draft: &mut Draft) {
    classic_kernel(draft);
    classic_output(draft);
    classic_padding(draft);
    let wide = |draft: &Draft, arg| {
        draft.layer.args.list(arg).is_some_and(|list| list.iter().any(|size| *size > 1))
    };
    if wide(draft, "stride") && wide(draft, "dilation") {
        let told = "strides and dilation are both greater than 1, which Keras refuses";
        draft.refuse("dilation_rate", told);
    }
}

fn classic_kernel(draft: &mut Draft) {
    let named: [&[&str]; 2] =
        [&["nb_row", "nb_col"], &["kernel_dim1", "kernel_dim2", "kernel_dim3"]];
    for names in named {
        let sizes: Option<Vec<i64>> = names.iter().map(|name| draft.size(&[*name])).collect();
        if let Some(sizes) = sizes {
            draft.set("kernel_size", sizes);
        }
    }
}

/// `full` as the sizes that it pads by, at both ends.
fn classic_padding(draft: &mut Draft) {
    if draft.layer.args.text("padding") != Some("full") {
        return;
    }
    if draft.version() != Version::One {
        return draft.refuse("padding", "`full` is a padding of Keras 1 alone");
    }
    let kernel = draft.layer.args.list("kernel_size").unwrap_or_default();
    let spread = draft.layer.args.list("dilation").unwrap_or_default();
    let pad = |(axis, size): (usize, &i64)| {
        let dilation = spread.get(axis).or(spread.first()).copied().unwrap_or(1);
        size.saturating_sub(1).saturating_mul(dilation)
    };
    let ends: Vec<i64> = kernel.iter().enumerate().map(pad).collect();
    draft.set("padding", [ends.as_slice(), ends.as_slice()].concat());
}

/// Keras 1's `Deconvolution2D` is told its output's shape, batch included.
fn classic_output(draft: &mut Draft) {
    let Some(node) = draft.given(&["output_shape"]) else { return };
    let Some(items) = node.as_seq() else { return };
    let first = draft.layer.args.text("layout") == Some("channels_first");
    let spatial = if first { items.get(2..) } else { items.get(1..items.len().saturating_sub(1)) };
    let sizes = spatial.unwrap_or_default().iter().map(|item| i64::try_from(item.as_int()?).ok());
    if let Some(sizes) = sizes.collect::<Option<Vec<i64>>>() {
        draft.set("output_spatial", sizes);
    }
}

/// `implementation: 2` keeps a weight for each pair of input and output positions, most of
/// them zero.
fn local_kernel(draft: &mut Draft) {
    spatial(draft);
    if draft.read(&["implementation"], Read::Int) == Some(Arg::Int(2)) {
        draft.set("dense_storage", true);
    }
}
