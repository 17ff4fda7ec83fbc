//! CSPNet and DarkNet: in each stage a half of the channels may pass beside the blocks.

use netweight_core::{Arg, Edge};

use super::block::{Block, Size, int};
use super::efficientnet::whole;
use crate::class::Class;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] =
    &[Class { names: &["CSPNetBackbone"], more: cspnet, ..Class::PLAIN }];

/// How all stages are made.
struct Net<'a> {
    /// `dark`, where all channels go through the blocks, `csp` or `cs3`.
    stage: &'a str,
    block: &'a str,
    groups: Size,
    /// Pooling makes a stage coarser, in the place of a convolution's stride.
    pools: bool,
    /// That convolution gives the filters of the stage, not those before it.
    grows: bool,
    /// No activation before channels are split.
    linear: bool,
}

/// The sizes of one stage.
struct Sizes {
    before: Size,
    filters: Size,
    stride: i64,
    depth: i64,
    /// Filters before the split, between blocks and inside them.
    wide: Size,
    between: Size,
    inside: Size,
}

fn cspnet(draft: &mut Draft) {
    let filters = draft.sizes("stackwise_num_filters");
    let depths = draft.counts("stackwise_depth");
    let strides = draft.sizes("stackwise_strides");
    let [wide, between, inside] =
        ["expand_ratio", "block_ratio", "bottle_ratio"].map(|key| draft.numbers(key));
    let net = Net {
        stage: draft.text(&["stage_type"]).unwrap_or_default(),
        block: draft.text(&["block_type"]).unwrap_or_default(),
        groups: draft.size(&["groups"]),
        pools: draft.flag(&["avg_down"]),
        grows: draft.flag(&["down_growth"]),
        linear: draft.flag(&["cross_linear"]),
    };
    let mut block = Block::of(draft);
    let (mut from, mut before) = stem(draft, &mut block);
    for (index, (filters, depth)) in filters.iter().zip(&depths).enumerate() {
        // The last ratio holds for all stages that have none of their own.
        let times = |size: Size, ratios: &[f64]| {
            let ratio = ratios.get(index).or(ratios.last())?;
            whole((size? as f64 * ratio).round_ties_even())
        };
        let between = times(Some(*filters), &between);
        let sizes = Sizes {
            before,
            filters: Some(*filters),
            stride: strides.get(index).or(strides.last()).copied().unwrap_or(1),
            depth: *depth,
            wide: times(Some(*filters), &wide),
            between,
            inside: times(between, &inside),
        };
        from = net.stage(&mut block, index, from, &sizes);
        before = if net.stage == "cs3" { half(sizes.wide) } else { sizes.filters };
    }
    block.finish(draft);
}

fn half(size: Size) -> Size {
    size.map(|size| size / 2)
}

/// Convolutions before the stages, and how many channels they give.
fn stem(draft: &mut Draft, block: &mut Block) -> (Edge, Size) {
    let filters = draft.counted_list("stem_filters");
    let kernel = draft.size(&["stem_kernel_size"]).unwrap_or(3);
    let strides = draft.size(&["stem_strides"]).unwrap_or(2);
    let pools = draft.text(&["stem_pooling"]) == Some("max");
    let is_same = draft.text(&["stem_padding"]) == Some("same");
    let mut from = block.input("input_layer", &draft.image());
    for (index, width) in filters.iter().enumerate() {
        let (is_first, is_last) = (index == 0, index + 1 == filters.len());
        let is_strided = is_first && strides > 1 || is_last && strides > 2 && !pools;
        if is_strided {
            from = block.pad(&format!("csp_stem_pad_{index}"), from, (kernel - 1) / 2);
        }
        let padding = if is_first && is_same { "same" } else { "valid" };
        let (name, stride) = (format!("csp_stem_conv_{index}"), if is_strided { 2 } else { 1 });
        from = block.conv_with(&name, from, (Some(*width), kernel), stride, padding, false);
        from =
            block.normed(from, "csp_stem", &format!("bn_{index}"), &format!("activation_{index}"));
    }
    if pools {
        from = block.pad("pad", from, 1);
        from = block.pool("csp_stem_pool", "MaxPooling2D", from, (3, "valid"));
    }
    (from, filters.last().copied())
}

impl Block {
    /// A normalization and an activation.
    fn normed(&mut self, from: Edge, prefix: &str, norm: &str, activation: &str) -> Edge {
        let from = self.batch_norm(&format!("{prefix}_{norm}"), from);
        self.relu(&format!("{prefix}_{activation}"), from)
    }
}

impl Net<'_> {
    fn stage(&self, block: &mut Block, index: usize, from: Edge, sizes: &Sizes) -> Edge {
        let name = format!("stage_{index}");
        let prefix = format!("{name}_{}", self.stage);
        let mut from = self.coarser(block, &name, from, sizes);
        if self.stage == "dark" {
            return self.blocks(block, &name, from, sizes);
        }
        from = block.conv(&format!("{prefix}_conv_exp"), from, (sizes.wide, 1), 1);
        from = block.batch_norm(&format!("{prefix}_bn_2"), from);
        if !self.linear {
            from = block.relu(&format!("{prefix}_activation_2"), from);
        }
        // Such layers have no name of their own but Keras' count of them.
        let split = if index == 0 { "split".to_owned() } else { format!("split_{index}") };
        let args = [("axis", int(Some(-1))), ("sections", int(Some(2)))];
        let first = block.add(&split, "Split", "split", &args, &[from]);
        let second = Edge::new(usize::try_from(first.layer).unwrap_or_default(), 1);
        let conv = |part: &str| format!("{prefix}_conv_{part}");
        if self.stage == "cs3" {
            let deep = self.blocks(block, &name, first, sizes);
            let joined = block.add(
                &conv("transition_concat"),
                "Concatenate",
                "concat",
                &[],
                &[deep, second],
            );
            let output = block.conv(&conv("transition"), joined, (half(sizes.wide), 1), 1);
            return block.normed(output, &prefix, "transition_bn", "activation_3");
        }
        let deep = self.blocks(block, &name, second, sizes);
        let deep = block.conv(&conv("transition_b"), deep, (half(sizes.wide), 1), 1);
        let deep = block.normed(deep, &prefix, "transition_b_bn", "transition_b_activation");
        let joined = block.add(&conv("concat"), "Concatenate", "concat", &[], &[first, deep]);
        let output = block.conv(&conv("transition"), joined, (sizes.filters, 1), 1);
        block.normed(output, &prefix, "transition_bn", "transition_activation")
    }

    /// The first convolution of a stage, at fewer places.
    fn coarser(&self, block: &mut Block, name: &str, from: Edge, sizes: &Sizes) -> Edge {
        let is_dark = self.stage == "dark";
        if !is_dark && sizes.stride == 1 {
            return from;
        }
        let prefix = format!("{name}_{}", self.stage);
        let conv = format!("{prefix}_conv_down_1");
        let mut from = from;
        if self.pools {
            if sizes.stride == 2 {
                let prefix = if self.stage == "cs3" {
                    format!("{name}_cross_stage3")
                } else {
                    prefix.clone()
                };
                from = block.pool(
                    &format!("{prefix}_avg_pool"),
                    "AveragePooling2D",
                    from,
                    (2, "valid"),
                );
            }
            from = block.conv(&conv, from, (sizes.filters, 1), 1);
        } else {
            if sizes.stride > 1 {
                from = block.pad(&format!("{prefix}_conv_pad_1"), from, 1);
            }
            let filters = if is_dark || self.grows { sizes.filters } else { sizes.before };
            from = block.conv(&conv, from, (filters, 3), sizes.stride);
        }
        self.grouped(block);
        block.normed(from, &prefix, "bn_1", "activation_1")
    }

    fn grouped(&self, block: &mut Block) {
        if let Some(groups) = self.groups {
            block.set_last("groups", Arg::Int(groups));
        }
    }

    fn blocks(&self, block: &mut Block, name: &str, from: Edge, sizes: &Sizes) -> Edge {
        let kernels: &[i64] = match self.block {
            "dark_block" => &[1, 3],
            "edge_block" => &[3, 1],
            _ => &[1, 3, 1],
        };
        let mut from = from;
        for index in 0..sizes.depth {
            let prefix = format!("{name}_block_{index}_{}", self.block);
            let mut output = from;
            for (step, kernel) in (1..).zip(kernels) {
                let is_last = step == kernels.len();
                let filters = if is_last { sizes.between } else { sizes.inside };
                let conv = format!("{prefix}_conv_{step}");
                output = block.conv_with(&conv, output, (filters, *kernel), 1, "same", false);
                if *kernel > 1 {
                    self.grouped(block);
                }
                output = block.batch_norm(&format!("{prefix}_bn_{step}"), output);
                // A bottleneck ends with its activation behind the sum.
                if !is_last || kernels.len() == 2 {
                    output = block.relu(&format!("{prefix}_activation_{step}"), output);
                }
            }
            from = block.sum(&format!("{prefix}_add"), &[output, from]);
            if kernels.len() == 3 {
                from = block.relu(&format!("{prefix}_activation_4"), from);
            }
        }
        from
    }
}
