//! Models that give each pixel a class: DeepLabV3 and SegFormer, on another backbone's levels.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use netweight_core::{Arg, Diagnostic, Edge, Layer};
use netweight_markup::Node;

use super::block::{Block, Size};
use super::tasks::Task;
use crate::class::Class;
use crate::graph::joined;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] = &[
    Class { names: &["DeepLabV3Backbone"], more: deep_lab, ..Class::PLAIN },
    Class { names: &["DeepLabV3ImageSegmenter"], more: deep_lab_segmenter, ..Class::PLAIN },
    Class { names: &["SegFormerBackbone"], more: seg_former, ..Class::PLAIN },
    Class { names: &["SegFormerImageSegmenter"], more: seg_former_segmenter, ..Class::PLAIN },
];

/// Features by how often the image was halved until they came.
pub(super) type Levels = BTreeMap<u32, Edge>;

/// The encoder as a part of the model, with those of its levels.
pub(super) fn encoder(
    draft: &mut Draft,
    block: &mut Block,
    image: Edge,
    name: &str,
    wanted: RangeInclusive<u32>,
) -> Option<Levels> {
    let Some(entry) = draft.given(&["image_encoder"]) else {
        draft.refuse("image_encoder", "a model without its encoder");
        return None;
    };
    let mut encoder = draft.reader.inside(entry, joined(block.path(), name));
    let mut inner = levels(&encoder);
    inner.retain(|level, _| wanted.contains(level));
    let Some(last) = inner.values().map(|edge| edge.layer).max() else {
        let told = "which layers of this encoder give the levels is not known here";
        let unknown = Diagnostic::warning("keras/backbone", told).at(draft.layer.path.clone());
        draft.layer.unknown = Some(unknown.into());
        return None;
    };
    encoder.type_name = "Functional".into();
    encoder.outputs = inner.values().copied().collect();
    encoder.inner.truncate(usize::try_from(last).unwrap_or(0).saturating_add(1));
    for layer in &mut encoder.inner {
        if layer.kind.as_deref() == Some("input") {
            layer.stated_outputs.clear();
        }
    }
    let edge = block.place(encoder, &[image]);
    Some(
        inner
            .into_keys()
            .zip(0..)
            .map(|(level, output)| (level, Edge { output, ..edge }))
            .collect(),
    )
}

/// The layers that end the stages, told by their names.
fn levels(encoder: &Layer) -> Levels {
    let level = |layer: &Layer| {
        let name = layer.path.rsplit('/').next()?;
        if let Some(stage) = name.strip_prefix("output_level_") {
            return stage.parse::<u32>().ok()?.checked_add(1);
        }
        let (stack, _) = name.strip_suffix("_out")?.strip_prefix("stack")?.split_once("_block")?;
        stack.parse::<u32>().ok()?.checked_add(2)
    };
    let layers = encoder.inner.iter().enumerate();
    layers.filter_map(|(index, layer)| Some((level(layer)?, Edge::new(index, 0)))).collect()
}

fn deep_lab(draft: &mut Draft) {
    let rates = draft.counted_list("dilation_rates");
    let filters = draft.size(&["projection_filters"]).or(Some(48));
    let factor = draft.size(&["upsampling_size"]);
    let keys = ["spatial_pyramid_pooling_key", "low_level_feature_key"];
    let [deep, low] = keys.map(|key| draft.text(&[key])?.strip_prefix('P')?.parse::<u32>().ok());
    let image = draft.image();
    let mut block = Block::of(draft);
    let input = block.input("inputs", &image);
    let Some(levels) = encoder(draft, &mut block, input, "functional", 0..=u32::MAX) else {
        return;
    };
    let level = |level: Option<u32>| levels.get(&level?).copied();
    let Some(features) = level(deep) else {
        return draft
            .refuse("spatial_pyramid_pooling_key", "a level that the encoder does not give");
    };
    let name = "spatial_pyramid_pooling";
    let parts = pyramid(block.inside(name), &rates);
    let pooled = block.part(name, "SpatialPyramidPooling", parts, &[features]);
    let mut from = block.upsampled("encoder_output_upsampling", pooled, factor);
    if let Some(low) = level(low) {
        let mut low = block.conv("decoder_conv", low, (filters, 1), 1);
        low = block.batch_norm("decoder_norm", low);
        low = block.rectified("decoder_relu", low);
        from = block.add("encoder_decoder_concat", "Concatenate", "concat", &[], &[from, low]);
    }
    from = block.conv("segmentation_head_conv", from, (Some(256), 1), 1);
    from = block.batch_norm("segmentation_head_norm", from);
    from = block.rectified("segmentation_head_relu", from);
    let halved = deep.and_then(|deep| 2i64.checked_pow(deep));
    let rest = halved.zip(factor).and_then(|(all, factor)| all.checked_div(factor));
    block.upsampled("backbone_output_upsampling", from, rest);
    block.finish(draft);
}

/// Windows of several widths and one over all, side by side.
fn pyramid(mut block: Block, rates: &[i64]) -> Block {
    const CHANNELS: Size = Some(256);
    let input = block.fed();
    let plain = block.conv("aspp_conv_1", input, (CHANNELS, 1), 1);
    let mut ways = vec![block.batch_norm("aspp_bn_1", plain)];
    for (index, rate) in (2..).zip(rates) {
        let name = format!("aspp_conv_{index}");
        let wide = block.conv_with(&name, input, (CHANNELS, 3), 1, "same", false);
        block.set_last("dilation", vec![*rate; 2]);
        ways.push(block.batch_norm(&format!("aspp_bn_{index}"), wide));
    }
    let args = [("keep_dims", Some(Arg::from(true)))];
    let pooled = block.add("pool", "GlobalAveragePooling2D", "global_pool", &args, &[input]);
    let pooled = block.conv("conv_pooling", pooled, (CHANNELS, 1), 1);
    let pooled = block.batch_norm("bn_pooling", pooled);
    ways.push(block.resized("resize", pooled, [None; 2]));
    let all = block.add("concat", "Concatenate", "concat", &[], &ways);
    let projected = block.conv("conv_projection", all, (CHANNELS, 1), 1);
    block.batch_norm("bn_projection", projected);
    block
}

fn deep_lab_segmenter(draft: &mut Draft) {
    let classes = draft.size(&["num_classes"]);
    let Some(mut task) = Task::begin(draft) else { return };
    task.block.conv("segmentation_output", task.features, (classes, 1), 1);
    task.block.finish(draft);
}

fn seg_former(draft: &mut Draft) {
    let filters = draft.size(&["projection_filters"]);
    let config = draft.given(&["image_encoder"]).and_then(|entry| entry.get("config"));
    let size = |node: &Node| i64::try_from(node.as_int()?).ok();
    let sizes = |key: &str| -> Vec<Size> {
        let items = config.and_then(|config| config.get(key)?.as_seq()).unwrap_or_default();
        items.iter().map(size).collect()
    };
    let (image, widths) = (sizes("image_shape"), sizes("hidden_dims"));
    let (depths, ratios) = (sizes("layerwise_depths"), sizes("layerwise_sr_ratios"));
    // Keras numbers convolutions: before the one here come one in each stage, and one in each
    // layer that looks at fewer positions than there are.
    let reduced = depths.iter().zip(&ratios).filter(|(_, ratio)| ratio.is_some_and(|it| it > 1));
    let before = reduced.fold(widths.len(), |sum, (depth, _)| {
        sum.saturating_add(usize::try_from(depth.unwrap_or(0)).unwrap_or(0))
    });
    let mut block = Block::of(draft);
    // The encoder, made before, has the first such name.
    let input = block.input("input_layer_1", &image);
    let Some(levels) = encoder(draft, &mut block, input, "functional", 0..=u32::MAX) else {
        return;
    };
    // The first level is as large as a quarter of the image.
    let quarter = |axis: usize| Some((*image.get(axis)?)?.checked_add(3)? / 4);
    let mut all = Vec::with_capacity(levels.len());
    for (edge, width) in levels.values().zip(widths) {
        let name = format!("linear_{}", width.unwrap_or(0));
        let projected = block.dense(&name, *edge, filters, true);
        all.push(block.resized("resizing", projected, [quarter(0), quarter(1)]));
    }
    let all = block.add("concatenate", "Concatenate", "concat", &[], &all);
    let mut fuse = block.inside("sequential");
    let input = fuse.fed();
    let fused = fuse.conv(&format!("conv2d_{before}"), input, (filters, 1), 1);
    let normed = fuse.batch_norm("batch_normalization", fused);
    let output = fuse.relu("activation", normed);
    fuse.gives(&[output]);
    block.sequence("sequential", fuse, all);
    block.finish(draft);
}

fn seg_former_segmenter(draft: &mut Draft) {
    let classes = draft.size(&["num_classes"]);
    let Some(mut task) = Task::begin(draft) else { return };
    let kept = task.block.dropout("dropout", task.features);
    let scores = task.block.conv_with("conv2d", kept, (classes, 1), 1, "valid", true);
    let image = task.image();
    task.block.resized("resizing", scores, image);
    task.block.finish(draft);
}

impl Block {
    fn upsampled(&mut self, name: &str, from: Edge, factor: Size) -> Edge {
        let factor = factor.map(|factor| Arg::from(vec![factor; 2]));
        self.add(name, "UpSampling2D", "upsampling", &[("factor", factor)], &[from])
    }

    fn resized(&mut self, name: &str, from: Edge, sizes: [Size; 2]) -> Edge {
        let sizes = Arg::from(sizes.map(|size| size.unwrap_or(-1)).to_vec());
        self.add(name, "Resizing", "resizing", &[("sizes", Some(sizes))], &[from])
    }

    fn rectified(&mut self, name: &str, from: Edge) -> Edge {
        self.add(name, "ReLU", "activation", &[], &[from])
    }
}
