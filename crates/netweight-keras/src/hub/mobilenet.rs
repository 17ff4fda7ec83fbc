//! MobileNet, of all versions: a depthwise block, then inverted bottlenecks.

use netweight_core::{Arg, Edge};
use netweight_markup::Node;

use super::block::{Block, Size};
use super::efficientnet::Rounding;
use crate::class::Class;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] =
    &[Class { names: &["MobileNetBackbone"], more: mobilenet, ..Class::PLAIN }];

const ROUNDING: Rounding = Rounding { divisor: 8, least: 8, capped: true };

fn rounded(size: Size) -> Size {
    ROUNDING.of(size? as f64)
}

fn mobilenet(draft: &mut Draft) {
    let counts = draft.counts("stackwise_num_blocks");
    let first = rounded(draft.size(&["input_num_filters"]).or(Some(16)));
    let (filters, stride) = (draft.size(&["depthwise_filters"]), draft.size(&["depthwise_stride"]));
    let last = rounded(draft.size(&["last_layer_filter"]));
    let squeeze = draft.given(&["squeeze_and_excite"]).and_then(Node::as_f64);
    let keys = [
        "stackwise_expansion",
        "stackwise_num_filters",
        "stackwise_kernel_size",
        "stackwise_num_strides",
        "stackwise_padding",
        "stackwise_se_ratio",
    ];
    let lists = keys.map(|key| draft.given(&[key]));
    let image = draft.image();
    let mut block = Block::of(draft);
    let mut from = block.input("input_layer", &image);
    from = block.pad("input_pad", from, 1);
    from = block.conv("input_conv", from, (first, 3), 2);
    from = block.batch_norm("input_batch_norm", from);
    from = block.relu("activation", from);
    let mut inside = block.inside("block_0_0");
    let mut input = inside.fed();
    input = inside.pad("pad", input, 1);
    input = inside.depthwise("conv1", input, (3, stride.unwrap_or(2)), "valid");
    input = inside.batch_norm("bn1", input);
    input = excited(&mut inside, input, first, squeeze);
    input = inside.conv("conv2", input, (filters, 1), 1);
    inside.batch_norm("bn2", input);
    from = block.part("block_0_0", "DepthwiseConvBlock", inside, &[from]);
    for (stack, count) in counts.iter().enumerate() {
        for index in 0..usize::try_from(*count).unwrap_or(0) {
            let at = lists.map(|list| list?.as_seq()?.get(stack)?.as_seq()?.get(index));
            let name = format!("block_{}_{index}", stack + 1);
            let parts = inverted(block.inside(&name), at);
            from = block.part(&name, "InvertedResidualBlock", parts, &[from]);
        }
    }
    let name = format!("block_{}_0", counts.len() + 1);
    let mut inside = block.inside(&name);
    let input = inside.fed();
    let output = inside.conv("conv", input, (last, 1), 1);
    inside.batch_norm("bn", output);
    block.part(&name, "ConvBnActBlock", inside, &[from]);
    block.finish(draft);
}

/// Wider, each channel for itself, and narrower again.
fn inverted(
    mut block: Block,
    [wide, narrow, kernel, stride, padding, squeeze]: [Option<&Node>; 6],
) -> Block {
    let size = |node: Option<&Node>| i64::try_from(node?.as_int()?).ok().filter(|size| *size > 0);
    let wide = rounded(size(wide));
    let input = block.fed();
    let mut from = block.conv("conv1", input, (wide, 1), 1);
    from = block.batch_norm("bn1", from);
    from = block.pad("pad", from, size(padding).unwrap_or(0));
    let window = (size(kernel).unwrap_or(3), size(stride).unwrap_or(1));
    from = block.depthwise("conv2", from, window, "valid");
    from = block.batch_norm("bn2", from);
    from = excited(&mut block, from, wide, squeeze.and_then(Node::as_f64));
    from = block.conv("conv3", from, (rounded(size(narrow)), 1), 1);
    block.batch_norm("bn3", from);
    block
}

/// Each channel weighted by what is seen of all of them.
fn excited(block: &mut Block, from: Edge, width: Size, ratio: Option<f64>) -> Edge {
    let Some(ratio) = ratio.filter(|ratio| *ratio > 0.0) else { return from };
    let reduced = width.and_then(|width| ROUNDING.of(width as f64 * ratio));
    let args = [("keep_dims", Some(Arg::from(true)))];
    let pooled = block.add("squeeze_excite/mean", "Mean", "global_pool", &args, &[from]);
    let reduced =
        block.conv_with("squeeze_excite/conv_reduce", pooled, (reduced, 1), 1, "valid", true);
    let name = "squeeze_excite/conv_expand";
    let grown = block.conv_with(name, reduced, (width, 1), 1, "valid", true);
    block.add("squeeze_excite/multiply", "Multiply", "merge", &[], &[from, grown])
}
