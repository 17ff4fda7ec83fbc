//! Stacks of convolutions: VGG, DenseNet, Xception.

use netweight_core::{Arg, Edge};
use netweight_markup::Node;

use super::block::{Block, Size, int, product};
use super::efficientnet::whole;
use crate::class::Class;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] = &[
    Class { names: &["VGGBackbone"], more: vgg, ..Class::PLAIN },
    Class { names: &["DenseNetBackbone"], more: densenet, ..Class::PLAIN },
    Class { names: &["XceptionBackbone"], more: xception, ..Class::PLAIN },
];

fn vgg(draft: &mut Draft) {
    let repeats = draft.counts("stackwise_num_repeats");
    let filters = draft.sizes("stackwise_num_filters");
    let image = draft.image();
    let mut block = Block::of(draft);
    let mut from = block.input("input_layer", &image);
    for (stack, (count, filters)) in (1..).zip(repeats.iter().zip(&filters)) {
        for index in 1..=*count {
            let name = format!("block{stack}_conv{index}");
            from = block.conv_with(&name, from, (Some(*filters), 3), 1, "same", true);
        }
        let args = [("kernel_size", Some(Arg::from(vec![2; 2]))), ("stride", int(Some(2)))];
        let name = format!("block{stack}_pool");
        from = block.add(&name, "MaxPooling2D", "pool", &args, &[from]);
    }
    block.finish(draft);
}

fn densenet(draft: &mut Draft) {
    let repeats = draft.counts("stackwise_num_repeats");
    let growth = draft.size(&["growth_rate"]);
    let compression = draft.given(&["compression_ratio"]).and_then(Node::as_f64).unwrap_or(0.5);
    let image = draft.image();
    let mut block = Block::of(draft);
    let mut from = block.input("input_layer", &image);
    from = block.conv_with("conv1_conv", from, (Some(64), 7), 2, "same", false);
    from = block.batch_norm("conv1_bn", from);
    from = block.relu("conv1_relu", from);
    from = block.pool("pool1", "MaxPooling2D", from, (3, "same"));
    let mut channels: Size = Some(64);
    for (stack, count) in (1..).zip(&repeats) {
        for index in 1..=*count {
            let name = |part: &str| format!("stack{stack}_block{index}_{part}");
            let mut grown = block.batch_norm(&name("1_bn"), from);
            grown = block.relu(&name("1_relu"), grown);
            grown = block.conv(&name("1_conv"), grown, (product(&[growth, Some(4)]), 1), 1);
            grown = block.batch_norm(&name("2_bn"), grown);
            grown = block.relu(&name("2_relu"), grown);
            grown = block.conv_with(&name("2_conv"), grown, (growth, 3), 1, "same", false);
            from = block.add(&name("concat"), "Concatenate", "concat", &[], &[from, grown]);
            channels = channels.zip(growth).and_then(|(all, more)| all.checked_add(more));
        }
        if stack == repeats.len() {
            break;
        }
        let name = |part: &str| format!("transition{stack}_{part}");
        channels = channels.and_then(|channels| whole(channels as f64 * compression));
        from = block.batch_norm(&name("bn"), from);
        from = block.relu(&name("relu"), from);
        from = block.conv(&name("conv"), from, (channels, 1), 1);
        from = block.pool(&name("pool"), "AveragePooling2D", from, (2, "valid"));
    }
    from = block.batch_norm("bn", from);
    block.relu("relu", from);
    block.finish(draft);
}

fn xception(draft: &mut Draft) {
    let stages =
        draft.given(&["stackwise_conv_filters"]).and_then(Node::as_seq).unwrap_or_default();
    let size = |node: &Node| i64::try_from(node.as_int()?).ok();
    let stages: Vec<Vec<Size>> = stages
        .iter()
        .map(|stage| stage.as_seq().unwrap_or_default().iter().map(size).collect())
        .collect();
    let pools = draft.given(&["stackwise_pooling"]).and_then(Node::as_seq).unwrap_or_default();
    let all = stages.iter().fold(0usize, |sum, stage| sum.saturating_add(stage.len()));
    if !draft.stacks("stackwise_conv_filters", i64::try_from(all).unwrap_or(i64::MAX)) {
        return;
    }
    let image = draft.image();
    let mut block = Block::of(draft);
    let mut from = block.input("input_layer", &image);
    let [.., mut width] = image;
    for (stage, filters) in (1..).zip(&stages) {
        let (is_first, is_last) = (stage == 1, stage == stages.len());
        let input = from;
        for (index, filters) in (1..).zip(filters) {
            from = match is_first {
                true => strided(&mut block, index, from, *filters),
                false => separable(&mut block, (stage, index), from, *filters, is_last),
            };
        }
        if pools.get(stage - 1).and_then(Node::as_bool) == Some(true) {
            let name = format!("block{stage}_pool");
            from = block.pool(&name, "MaxPooling2D", from, (3, "same"));
        }
        let end = filters.last().copied().unwrap_or(width);
        if !is_first && !is_last {
            let name = |part: &str| format!("block{stage}_residual_{part}");
            let mut around = input;
            if end != width {
                around = block.conv_with(&name("conv"), around, (end, 1), 2, "same", false);
                around = block.batch_norm(&name("bn"), around);
            }
            from = block.sum(&name("add"), &[from, around]);
        }
        width = end;
    }
    block.finish(draft);
}

fn strided(block: &mut Block, index: i64, from: Edge, filters: Size) -> Edge {
    let prefix = format!("block1_conv{index}");
    let stride = if index == 1 { 2 } else { 1 };
    let from = block.conv(&prefix, from, (filters, 3), stride);
    let from = block.batch_norm(&format!("{prefix}_bn"), from);
    block.relu(&format!("{prefix}_act"), from)
}

/// The activation stands behind the convolutions of the last stage, before all others but one.
fn separable(
    block: &mut Block,
    (stage, index): (usize, i64),
    mut from: Edge,
    filters: Size,
    is_last: bool,
) -> Edge {
    let prefix = format!("block{stage}_sepconv{index}");
    let act = format!("{prefix}_act");
    if !is_last && (stage, index) != (2, 1) {
        from = block.relu(&act, from);
    }
    let args = [
        ("out_channels", int(filters)),
        ("kernel_size", Some(Arg::from(vec![3; 2]))),
        ("padding", Some("same".into())),
        ("bias", Some(false.into())),
    ];
    from = block.add(&prefix, "SeparableConv2D", "separable_conv", &args, &[from]);
    from = block.batch_norm(&format!("{prefix}_bn"), from);
    if is_last { block.relu(&act, from) } else { from }
}
