//! EfficientNet: widths and depths scaled by coefficients, blocks of one of four kinds.

use netweight_core::{Arg, Edge};
use netweight_markup::Node;

use super::block::{Block, Size, product};
use crate::class::Class;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] =
    &[Class { names: &["EfficientNetBackbone"], more: efficientnet, ..Class::PLAIN }];

/// How channels are rounded once they are scaled.
#[derive(Clone, Copy)]
pub(super) struct Rounding {
    pub(super) divisor: i64,
    pub(super) least: i64,
    /// Never by more than a tenth down.
    pub(super) capped: bool,
}

impl Rounding {
    pub(super) fn of(self, size: f64) -> Size {
        let near = whole(size + self.divisor as f64 / 2.0)?;
        let multiple = near.checked_div(self.divisor)?.checked_mul(self.divisor)?;
        let rounded = multiple.max(self.least);
        let too_low = self.capped && (rounded as f64) < 0.9 * size;
        if too_low { rounded.checked_add(self.divisor) } else { Some(rounded) }
    }
}

/// A number rounded down.
pub(super) fn whole(number: f64) -> Size {
    #[expect(clippy::cast_possible_truncation, reason = "far below what a size may be")]
    (0.0..1e15).contains(&number).then_some(number as i64)
}

/// One block.
struct Step {
    input: Size,
    output: Size,
    expansion: i64,
    kernel: i64,
    stride: i64,
    squeeze: f64,
    /// Whether it has a way around, in training left alone now and then.
    drops: Option<bool>,
    projects_active: bool,
}

impl Step {
    fn wide(&self) -> Size {
        product(&[self.input, Some(self.expansion)])
    }

    /// Channels that are left between squeeze and excitation, where there is any.
    fn squeezed(&self) -> Option<Size> {
        let some = self.squeeze > 0.0 && self.squeeze <= 1.0;
        some.then(|| Some(whole(self.input? as f64 * self.squeeze)?.max(1)))
    }
}

/// What a config says of all blocks, one entry for each stage.
struct Plan<'a> {
    kernels: Vec<i64>,
    counts: Vec<i64>,
    widths: Vec<f64>,
    inputs: Vec<i64>,
    outputs: Vec<i64>,
    expansions: Vec<i64>,
    squeezes: Vec<f64>,
    strides: Vec<i64>,
    types: &'a [Node],
    forced: Vec<i64>,
    rounding: Rounding,
    drops: bool,
    projects_active: bool,
}

impl<'a> Plan<'a> {
    fn read(draft: &mut Draft<'a, '_>) -> Option<Self> {
        let divisor = draft.size(&["depth_divisor"]).unwrap_or(8);
        let least = match draft.flag(&["use_depth_divisor_as_min_depth"]) {
            true => divisor,
            false => draft.size(&["min_depth"]).unwrap_or(8),
        };
        let capped = draft.flag(&["cap_round_filter_decrease"]);
        let types = draft.given(&["stackwise_block_types"]).and_then(Node::as_seq);
        let depths = draft.numbers("stackwise_depth_coefficients");
        let repeats = draft.sizes("stackwise_num_repeats");
        let all = depths.iter().zip(&repeats).map(|(depth, count)| (depth * *count as f64).ceil());
        let counts: Vec<i64> = all.map(|count| whole(count).unwrap_or(i64::MAX)).collect();
        let forced = draft.numbers("stackwise_force_input_filters");
        let sum = counts.iter().fold(0i64, |sum, count| sum.saturating_add(*count));
        draft.stacks("stackwise_num_repeats", sum).then(|| Self {
            kernels: draft.sizes("stackwise_kernel_sizes"),
            counts,
            widths: draft.numbers("stackwise_width_coefficients"),
            inputs: draft.sizes("stackwise_input_filters"),
            outputs: draft.sizes("stackwise_output_filters"),
            expansions: draft.sizes("stackwise_expansion_ratios"),
            squeezes: draft.numbers("stackwise_squeeze_and_excite_ratios"),
            strides: draft.sizes("stackwise_strides"),
            types: types.unwrap_or_default(),
            forced: forced.into_iter().map(|size| whole(size).unwrap_or(0)).collect(),
            rounding: Rounding { divisor, least, capped },
            drops: draft.given(&["dropout"]).and_then(Node::as_f64).unwrap_or(0.2) > 0.0,
            projects_active: draft.given(&["projection_activation"]).is_some(),
        })
    }

    /// So many channels of a stage, scaled and rounded.
    fn scaled(&self, stage: usize, filters: Size) -> Size {
        self.rounding.of(filters? as f64 * self.widths.get(stage)?)
    }

    /// A block by its stage and its place in it.
    fn step(&self, stage: usize, index: i64) -> Step {
        let at = |list: &[i64]| list.get(stage).copied();
        let stride = if index == 0 { at(&self.strides).unwrap_or(1) } else { 1 };
        let output = self.scaled(stage, at(&self.outputs));
        let input = match at(&self.forced).filter(|forced| *forced > 0) {
            Some(forced) => self.scaled(stage, Some(forced)),
            None if index > 0 => output,
            None => self.scaled(stage, at(&self.inputs)),
        };
        let is_first = (stage, index) == (0, 0);
        Step {
            input,
            output,
            expansion: at(&self.expansions).unwrap_or(1),
            kernel: at(&self.kernels).unwrap_or(1),
            stride,
            squeeze: self.squeezes.get(stage).copied().unwrap_or(0.0),
            drops: (stride == 1 && input == output).then_some(self.drops && !is_first),
            projects_active: self.projects_active,
        }
    }
}

fn efficientnet(draft: &mut Draft) {
    let Some(plan) = Plan::read(draft) else { return };
    let image = draft.image();
    let padded = draft.given(&["include_stem_padding"]);
    let padded = padded.is_none_or(|node| node.as_bool() != Some(false));
    let padding = if draft.text(&["stem_conv_padding"]) == Some("same") { "same" } else { "valid" };
    let mut block = Block::of(draft);
    let mut from = block.input("input_layer", &image);
    if padded {
        from = block.pad("stem_conv_pad", from, 1);
    }
    let stem = plan.scaled(0, plan.inputs.first().copied());
    from = block.conv_with("stem_conv", from, (stem, 3), 2, padding, false);
    from = block.batch_norm("stem_bn", from);
    from = block.relu("stem_activation", from);
    for (stage, count) in plan.counts.iter().enumerate() {
        let kind = plan.types.get(stage).and_then(Node::as_str).unwrap_or("v1");
        for (index, letter) in (0..*count).zip('a'..) {
            let name = format!("block{}{letter}_", stage + 1);
            from = step(&mut block, &name, from, (kind, &plan.step(stage, index)));
        }
    }
    // The key for the number of features does not stand in a config.
    let top = plan.scaled(plan.widths.len().saturating_sub(1), Some(1280));
    from = block.conv_with("top_conv", from, (top, 1), 1, "same", false);
    from = block.batch_norm("top_bn", from);
    block.relu("top_activation", from);
    block.finish(draft);
}

fn step(block: &mut Block, name: &str, from: Edge, (kind, step): (&str, &Step)) -> Edge {
    let mut inside = block.inside(name);
    let class = match kind {
        "fused" => {
            fused(&mut inside, step);
            "FusedMBConvBlock"
        }
        "unfused" => {
            unfused(&mut inside, step);
            "MBConvBlock"
        }
        "cba" => {
            plain(&mut inside, step);
            "CBABlock"
        }
        _ => return listed(block, name, from, step),
    };
    block.part(name, class, inside, &[from])
}

/// The block of the first version, whose layers are those of the model.
fn listed(block: &mut Block, prefix: &str, input: Edge, step: &Step) -> Edge {
    let name = |part: &str| format!("{prefix}{part}");
    let mut from = input;
    if step.expansion != 1 {
        from = block.conv_with(&name("expand_conv"), from, (step.wide(), 1), 1, "same", false);
        from = block.batch_norm(&name("expand_bn"), from);
        from = block.relu(&name("expand_activation"), from);
    }
    from = block.pad(&name("dwconv_pad"), from, step.kernel / 2);
    from = block.depthwise(&name("dwconv"), from, (step.kernel, step.stride), "valid");
    from = block.batch_norm(&name("dwconv_bn"), from);
    from = block.relu(&name("dwconv_activation"), from);
    from = excited(block, prefix, from, step);
    from = block.conv_with(&name("project"), from, (step.output, 1), 1, "same", false);
    from = block.batch_norm(&name("project_bn"), from);
    if step.projects_active {
        from = block.relu(&name("projection_activation"), from);
    }
    match step.drops {
        Some(drops) => {
            let kept = if drops { block.dropout(&name("drop"), from) } else { from };
            block.sum(&name("add"), &[kept, input])
        }
        None => from,
    }
}

/// Each channel weighted by what is seen of all of them.
fn excited(block: &mut Block, prefix: &str, from: Edge, step: &Step) -> Edge {
    let Some(squeezed) = step.squeezed() else { return from };
    let name = |part: &str| format!("{prefix}{part}");
    let class = "GlobalAveragePooling2D";
    let pooled = block.add(&name("se_squeeze"), class, "global_pool", &[], &[from]);
    let shape = step.wide().map(|wide| Arg::from(vec![1, 1, wide]));
    let square =
        block.add(&name("se_reshape"), "Reshape", "reshape", &[("target", shape)], &[pooled]);
    let reduced = block.conv_with(&name("se_reduce"), square, (squeezed, 1), 1, "same", true);
    let grown = block.conv_with(&name("se_expand"), reduced, (step.wide(), 1), 1, "same", true);
    block.add(&name("se_excite"), "Multiply", "merge", &[], &[from, grown])
}

fn unfused(block: &mut Block, step: &Step) {
    let mut from = block.fed();
    if step.expansion != 1 {
        from = block.conv_with("expand_conv", from, (step.wide(), 1), 1, "same", false);
        from = block.batch_norm("expand_bn", from);
    }
    from = block.depthwise("dwconv2", from, (step.kernel, step.stride), "same");
    from = block.batch_norm("bn", from);
    from = excited(block, "", from, step);
    let kernel = if step.expansion == 1 { step.kernel } else { 1 };
    project(block, from, kernel, step);
}

fn fused(block: &mut Block, step: &Step) {
    let input = block.fed();
    let mut from = block.pad("expand_conv_pad", input, step.kernel / 2);
    from = block.conv("expand_conv", from, (step.wide(), step.kernel), step.stride);
    from = block.batch_norm("expand_bn", from);
    from = excited(block, "", from, step);
    project(block, from, 1, step);
}

fn project(block: &mut Block, from: Edge, kernel: i64, step: &Step) {
    let padded = block.pad("project_conv_pad", from, kernel / 2);
    let projected = block.conv("project_conv", padded, (step.output, kernel), 1);
    block.batch_norm("project_bn", projected);
}

fn plain(block: &mut Block, step: &Step) {
    let input = block.fed();
    let padded = block.pad("conv_pad", input, step.kernel / 2);
    let output = block.conv("conv", padded, (step.output, step.kernel), step.stride);
    block.batch_norm("bn", output);
}

impl Draft<'_, '_> {
    /// Numbers under a key, one for each stage.
    pub(super) fn numbers(&self, key: &str) -> Vec<f64> {
        let items = self.given(&[key]).and_then(Node::as_seq).unwrap_or_default();
        items.iter().map(|item| item.as_f64().unwrap_or(f64::NAN)).collect()
    }
}

impl Block {
    pub(super) fn depthwise(
        &mut self,
        name: &str,
        from: Edge,
        (kernel, stride): (i64, i64),
        padding: &'static str,
    ) -> Edge {
        let args = [
            ("kernel_size", Some(Arg::from(vec![kernel; 2]))),
            ("stride", Some(Arg::from(vec![stride; 2]))),
            ("padding", Some(padding.into())),
            ("bias", Some(false.into())),
        ];
        self.add(name, "DepthwiseConv2D", "depthwise_conv", &args, &[from])
    }
}
