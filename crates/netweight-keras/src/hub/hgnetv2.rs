//! HGNetV2: blocks that see what each of their convolutions gave.

use netweight_core::{Arg, Edge};
use netweight_markup::Node;

use super::block::{Block, Size};
use crate::class::Class;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] =
    &[Class { names: &["HGNetV2Backbone"], more: hgnetv2, ..Class::PLAIN }];

/// One stage, as `stackwise_stage_filters` and the lists beside it say.
struct Stage {
    input: i64,
    middle: i64,
    output: i64,
    blocks: i64,
    layers: i64,
    kernel: i64,
    /// A convolution for each channel makes it coarser.
    coarser: bool,
    /// Each convolution is one of points and one for each channel.
    light: bool,
}

fn hgnetv2(draft: &mut Draft) {
    let stages = stages(draft);
    let stem = draft.sizes("stem_channels");
    let affine = draft.flag(&["use_learnable_affine_block"]);
    let image = draft.image();
    let halved = |size: Size| size.map(|size| size / 2 + size % 2);
    let [mut high, mut wide] = [image[0], image[1]].map(|size| halved(halved(size)));
    let mut block = Block::of(draft);
    let input = block.input("pixel_values_input", &image);
    let mut inside = block.inside("embedder");
    embedder(&mut inside, &stem, affine);
    let mut from = block.part("embedder", "HGNetV2Embeddings", inside, &[input]);
    let mut shapes = vec![[high, wide, stem.get(2).copied()]];
    let mut inside = block.inside("encoder");
    let mut inner = inside.fed();
    for (index, stage) in stages.iter().enumerate() {
        inner = stage.parts(&mut inside, index, inner, affine);
        if stage.coarser {
            (high, wide) = (halved(high), halved(wide));
        }
        shapes.push([high, wide, Some(stage.output)]);
    }
    from = block.part("encoder", "HGNetV2Encoder", inside, &[from]);
    block.state(from, &shapes.iter().map(<[Size; 3]>::as_slice).collect::<Vec<_>>());
    block.gives(&(0..).zip(&shapes).map(|(output, _)| Edge { output, ..from }).collect::<Vec<_>>());
    block.finish(draft);
}

fn stages(draft: &mut Draft) -> Vec<Stage> {
    let list = |key: &str| draft.given(&[key]).and_then(Node::as_seq).unwrap_or_default();
    let flag =
        |key: &str, index: usize| list(key).get(index).and_then(Node::as_bool).unwrap_or_default();
    let stage = |(index, node): (usize, &Node)| {
        let sizes = node
            .as_seq()?
            .iter()
            .map(|size| i64::try_from(size.as_int()?).ok().filter(|size| *size > 0));
        let sizes: Vec<i64> = sizes.collect::<Option<_>>()?;
        let [input, middle, output, blocks, layers, kernel] = <[i64; 6]>::try_from(sizes).ok()?;
        let coarser = flag("apply_downsample", index);
        let light = flag("use_lightweight_conv_block", index);
        Some(Stage { input, middle, output, blocks, layers, kernel, coarser, light })
    };
    let key = "stackwise_stage_filters";
    let stages: Vec<Stage> = list(key).iter().enumerate().filter_map(stage).collect();
    let layers = |stage: &Stage| stage.blocks.saturating_mul(stage.layers.saturating_add(2)).max(1);
    let all = stages.iter().map(layers).fold(0, i64::saturating_add);
    if draft.stacks(key, all) { stages } else { Vec::new() }
}

fn embedder(block: &mut Block, stem: &[i64], affine: bool) {
    let filters = |index: usize| stem.get(index).copied();
    let input = block.fed();
    let first = block.unit("stem1", input, (filters(1), 3, 2, 1), affine);
    let half = filters(1).map(|filters| filters / 2);
    let other = block.unit("stem2a", first, (half, 2, 1, 1), affine);
    let other = block.unit("stem2b", other, (filters(1), 2, 1, 1), affine);
    // What it gives beside the second convolution is pooled at every place.
    let joined = block.add("concat", "Concatenate", "concat", &[], &[first, other]);
    let third = block.unit("stem3", joined, (filters(1), 3, 2, 1), affine);
    block.unit("stem4", third, (filters(2), 1, 1, 1), affine);
}

impl Block {
    /// A convolution, its normalization, and a scale and a shift for all values.
    fn unit(
        &mut self,
        name: &str,
        from: Edge,
        (filters, kernel, stride, groups): (Size, i64, i64, i64),
        affine: bool,
    ) -> Edge {
        for part in ["scale", "bias"].iter().filter(|_| affine) {
            self.variable(&format!("{name}_lab/{part}"), &[]);
        }
        let conv = format!("{name}_conv");
        let output = self.conv_with(&conv, from, (filters, kernel), stride, "same", false);
        self.set_last("groups", Arg::Int(groups));
        self.batch_norm(&format!("{name}_bn"), output)
    }
}

impl Stage {
    fn parts(&self, block: &mut Block, index: usize, from: Edge, affine: bool) -> Edge {
        let name = format!("stage_{index}");
        let mut from = from;
        if self.coarser {
            let sizes = (Some(self.input), 3, 2, self.input);
            from = block.unit(&format!("{name}_downsample"), from, sizes, false);
        }
        for index in 0..self.blocks {
            let name = format!("{name}_block_{index}");
            let mut all = vec![from];
            let mut last = from;
            for layer in 0..self.layers {
                let sizes = |kernel, groups| (Some(self.middle), kernel, 1, groups);
                last = if self.light {
                    let name = format!("{name}_light_block_{layer}");
                    last = block.unit(&format!("{name}_conv1"), last, sizes(1, 1), false);
                    let each = sizes(self.kernel, self.middle);
                    block.unit(&format!("{name}_conv2"), last, each, affine)
                } else {
                    let name = format!("{name}_conv_block_{layer}");
                    block.unit(&name, last, sizes(self.kernel, 1), affine)
                };
                all.push(last);
            }
            let joined = block.add(&format!("{name}_concat"), "Concatenate", "concat", &[], &all);
            let half = (Some(self.output / 2), 1, 1, 1);
            let output = block.unit(&format!("{name}_agg_squeeze"), joined, half, affine);
            let whole = (Some(self.output), 1, 1, 1);
            from = block.unit(&format!("{name}_agg_excite"), output, whole, affine);
        }
        from
    }
}
