//! ResNet in its four kinds of block, each with the activation behind or before.

use netweight_core::{Arg, Edge};

use super::block::{Block, Size};
use crate::class::Class;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] =
    &[Class { names: &["ResNetBackbone"], more: resnet, ..Class::PLAIN }];

/// How all blocks of a model are made.
#[derive(Clone, Copy)]
struct Kind {
    /// Three convolutions, the last one wider, in the place of two.
    bottleneck: bool,
    /// Shortcuts that pool before they project.
    pools: bool,
    /// Normalization and activation stand before the convolutions.
    pre_activation: bool,
}

fn resnet(draft: &mut Draft) {
    let filters = draft.counted_list("input_conv_filters");
    let kernels = draft.sizes("input_conv_kernel_sizes");
    let widths = draft.sizes("stackwise_num_filters");
    let blocks = draft.counts("stackwise_num_blocks");
    let strides = draft.sizes("stackwise_num_strides");
    let block_type = draft.text(&["block_type"]).unwrap_or_default();
    let kind = Kind {
        bottleneck: block_type.starts_with("bottleneck"),
        pools: block_type.ends_with("_vd"),
        pre_activation: draft.flag(&["use_pre_activation"]),
    };
    let image = draft.image();
    let mut block = Block::of(draft);
    let input = block.input("input_layer", &image);
    let mut from = stem(&mut block, input, &filters, &kernels, kind);
    let mut pools = 0;
    for (stack, ((width, count), stride)) in widths.iter().zip(&blocks).zip(&strides).enumerate() {
        for index in 0..*count {
            let stride = if index == 0 { *stride } else { 1 };
            let projects = index == 0 && (block_type != "basic_block" || stack > 0);
            let prefix = format!("stack{stack}_block{index}");
            let mut output = from;
            if kind.pre_activation {
                output = block.batch_norm(&format!("{prefix}_pre_activation_bn"), output);
                output = block.relu(&format!("{prefix}_pre_activation_relu"), output);
            }
            let end = if kind.bottleneck { width.checked_mul(4) } else { Some(*width) };
            let mut shortcut = from;
            if projects {
                shortcut =
                    projection(&mut block, &prefix, output, (end, stride), (kind, &mut pools));
            }
            output = convolutions(&mut block, &prefix, output, (*width, end, stride), kind);
            from = joined(&mut block, &prefix, &[shortcut, output], kind);
        }
    }
    if kind.pre_activation {
        from = block.batch_norm("post_bn", from);
        block.relu("post_relu", from);
    }
    block.finish(draft);
}

fn stem(block: &mut Block, input: Edge, filters: &[i64], kernels: &[i64], kind: Kind) -> Edge {
    let mut from = input;
    let norm = |block: &mut Block, index: usize, from: Edge| {
        let from = block.batch_norm(&format!("conv{index}_bn"), from);
        block.relu(&format!("conv{index}_relu"), from)
    };
    for (index, (filters, kernel)) in (1..).zip(filters.iter().zip(kernels)) {
        let name = format!("conv{index}_conv");
        let filters = (Some(*filters), *kernel);
        from = if index == 1 {
            let padded = block.pad("conv1_pad", from, (kernel - 1) / 2);
            block.conv(&name, padded, filters, 2)
        } else {
            let normed = norm(block, index - 1, from);
            block.conv_with(&name, normed, filters, 1, "same", false)
        };
    }
    if !kind.pre_activation {
        from = norm(block, filters.len(), from);
    }
    from = block.pad("pool1_pad", from, 1);
    block.pool("pool1_pool", "MaxPooling2D", from, (3, "valid"))
}

/// The way around a block, made as wide as its end.
fn projection(
    block: &mut Block,
    prefix: &str,
    from: Edge,
    (end, mut stride): (Size, i64),
    (kind, pools): (Kind, &mut i64),
) -> Edge {
    let mut from = from;
    if kind.pools && !kind.pre_activation {
        if stride > 1 {
            // These have no name of their own but Keras' count of such layers.
            let count = if *pools == 0 { String::new() } else { format!("_{pools}") };
            let args = [
                ("kernel_size", Some(Arg::from(vec![2; 2]))),
                ("stride", Some(Arg::from(vec![stride; 2]))),
                ("padding", Some("same".into())),
            ];
            let name = format!("average_pooling2d{count}");
            from = block.add(&name, "AveragePooling2D", "pool", &args, &[from]);
            *pools += 1;
        }
        stride = 1;
    }
    let from = block.conv(&format!("{prefix}_0_conv"), from, (end, 1), stride);
    if kind.pre_activation { from } else { block.batch_norm(&format!("{prefix}_0_bn"), from) }
}

fn convolutions(
    block: &mut Block,
    prefix: &str,
    from: Edge,
    (width, end, stride): (i64, Size, i64),
    kind: Kind,
) -> Edge {
    let kernels: &[i64] = if kind.bottleneck { &[1, 3, 1] } else { &[3, 3] };
    let strided = if kind.bottleneck { 2 } else { 1 };
    let mut output = from;
    for (index, kernel) in (1..).zip(kernels) {
        let name = |part: &str| format!("{prefix}_{index}_{part}");
        let is_last = index == kernels.len();
        let stride = if index == strided { stride } else { 1 };
        let filters = if is_last { end } else { Some(width) };
        let padding = if *kernel > 1 && stride == 1 { "same" } else { "valid" };
        if *kernel > 1 && stride > 1 {
            output = block.pad(&name("pad"), output, kernel / 2);
        }
        output = block.conv_with(&name("conv"), output, (filters, *kernel), stride, padding, false);
        if !(is_last && kind.pre_activation) {
            output = block.batch_norm(&name("bn"), output);
        }
        if !is_last {
            output = block.relu(&name("relu"), output);
        }
    }
    output
}

fn joined(block: &mut Block, prefix: &str, ways: &[Edge], kind: Kind) -> Edge {
    if kind.pre_activation {
        return block.sum(&format!("{prefix}_out"), ways);
    }
    let sum = block.sum(&format!("{prefix}_add"), ways);
    block.relu(&format!("{prefix}_out"), sum)
}
