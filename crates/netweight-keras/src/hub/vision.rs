//! What backbones that look at images have in common, and MiT.

use netweight_core::{Arg, Edge};
use netweight_markup::Node;

use super::block::{Block, Size, int, product};
use crate::class::Class;
use crate::config::Read;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] =
    &[Class { names: &["MiTBackbone"], more: mit, ..Class::PLAIN }];

impl Draft<'_, '_> {
    /// Sizes under a key, one for each stage.
    pub(super) fn sizes(&mut self, key: &str) -> Vec<i64> {
        match self.read(&[key], Read::AnySizes) {
            Some(Arg::List(sizes)) => sizes.to_vec(),
            _ => Vec::new(),
        }
    }

    /// Sizes under a key, one for each layer; too many refuse the file.
    pub(super) fn counted_list(&mut self, key: &'static str) -> Vec<i64> {
        let sizes = self.sizes(key);
        let count = i64::try_from(sizes.len()).unwrap_or(i64::MAX);
        if self.stacks(key, count) { sizes } else { Vec::new() }
    }

    /// How many layers each stage stacks; too many in all refuse the file.
    pub(super) fn counts(&mut self, key: &'static str) -> Vec<i64> {
        let counts = self.sizes(key);
        let all = counts.iter().fold(0i64, |sum, count| sum.saturating_add(*count));
        if self.stacks(key, all) { counts } else { Vec::new() }
    }

    /// The image's height, width and channels, as far as they are known.
    pub(super) fn image(&self) -> [Size; 3] {
        let items =
            self.given(&["image_shape", "input_shape"]).and_then(Node::as_seq).unwrap_or_default();
        [0, 1, 2].map(|index| i64::try_from(items.get(index)?.as_int()?).ok())
    }
}

impl Block {
    pub(super) fn conv(
        &mut self,
        name: &str,
        from: Edge,
        (filters, kernel): (Size, i64),
        stride: i64,
    ) -> Edge {
        self.conv_with(name, from, (filters, kernel), stride, "valid", false)
    }

    pub(super) fn conv_with(
        &mut self,
        name: &str,
        from: Edge,
        (filters, kernel): (Size, i64),
        stride: i64,
        padding: &'static str,
        bias: bool,
    ) -> Edge {
        let args = [
            ("out_channels", int(filters)),
            ("kernel_size", Some(Arg::from(vec![kernel; 2]))),
            ("stride", Some(Arg::from(vec![stride; 2]))),
            ("padding", Some(padding.into())),
            ("bias", Some(bias.into())),
        ];
        self.add(name, "Conv2D", "conv", &args, &[from])
    }

    pub(super) fn batch_norm(&mut self, name: &str, from: Edge) -> Edge {
        self.add(name, "BatchNormalization", "batch_norm", &[], &[from])
    }

    pub(super) fn relu(&mut self, name: &str, from: Edge) -> Edge {
        self.add(name, "Activation", "activation", &[], &[from])
    }

    pub(super) fn pad(&mut self, name: &str, from: Edge, amount: i64) -> Edge {
        let args = [("amounts", Some(Arg::from(vec![amount; 4])))];
        self.add(name, "ZeroPadding2D", "padding", &args, &[from])
    }

    pub(super) fn pool(
        &mut self,
        name: &str,
        class: &str,
        from: Edge,
        (size, padding): (i64, &'static str),
    ) -> Edge {
        let args = [
            ("kernel_size", Some(Arg::from(vec![size; 2]))),
            ("stride", Some(Arg::from(vec![2, 2]))),
            ("padding", Some(padding.into())),
        ];
        self.add(name, class, "pool", &args, &[from])
    }
}

/// Stages of ever coarser patches; attention looks at fewer positions than there are.
fn mit(draft: &mut Draft) {
    let depths = draft.counts("layerwise_depths");
    let widths = draft.sizes("hidden_dims");
    let ratios = draft.sizes("layerwise_sr_ratios");
    let patches = draft.sizes("layerwise_patch_sizes");
    let strides = draft.sizes("layerwise_strides");
    let image = draft.image();
    let mut block = Block::of(draft);
    let mut from = block.input("input_layer", &image);
    let [mut high, mut wide, _] = image;
    // The norms behind the stages have no name of their own but Keras' count of such layers:
    // one in each embedding, two in each encoder, and one for its reduction.
    let mut norms = 0;
    for (stage, depth) in depths.iter().enumerate() {
        let at = |list: &[i64]| list.get(stage).copied();
        let (width, stride) = (at(&widths), at(&strides).unwrap_or(1));
        let name = format!("patch_and_embed_{stage}");
        let mut embed = block.inside(&name);
        let input = embed.fed();
        let kernel = (width, at(&patches).unwrap_or(1));
        let cut = embed.conv_with("conv2d", input, kernel, stride, "same", true);
        let coarser = |size: Size| size?.checked_add(stride - 1)?.checked_div(stride);
        (high, wide) = (coarser(high), coarser(wide));
        let length = product(&[high, wide]);
        let flat = length.zip(width).map(|(length, width)| Arg::from(vec![length, width]));
        let flat = embed.add("flat", "Reshape", "reshape", &[("target", flat)], &[cut]);
        embed.layer_norm("layer_normalization", flat);
        from = block.part(&name, "OverlappingPatchingAndEmbedding", embed, &[from]);
        for index in 0..*depth {
            let name = format!("hierarchical_encoder_{stage}_{index}");
            let parts = mit_encoder(block.inside(&name), width, at(&ratios).unwrap_or(1));
            from = block.part(&name, "HierarchicalTransformerEncoder", parts, &[from]);
        }
        let reduction = i64::from(at(&ratios).is_some_and(|ratio| ratio > 1));
        norms += 1 + depth * (2 + reduction);
        from = block.layer_norm(&format!("layer_normalization_{norms}"), from);
        norms += 1;
        let square = [high, wide, width].into_iter().collect::<Option<Vec<i64>>>().map(Arg::from);
        let name = format!("output_level_{stage}");
        from = block.add(&name, "Reshape", "reshape", &[("target", square)], &[from]);
    }
    block.finish(draft);
}

fn mit_encoder(mut block: Block, width: Size, ratio: i64) -> Block {
    let input = block.fed();
    let normed = block.layer_norm("attention_norm", input);
    for name in ["query", "key", "value", "output"] {
        block.dense(&format!("attention/{name}"), normed, width, true);
    }
    if ratio > 1 {
        let args = [
            ("in_channels", int(width)),
            ("out_channels", int(width)),
            ("kernel_size", Some(Arg::from(vec![ratio; 2]))),
        ];
        block.add("attention/reduction", "Conv2D", "conv", &args, &[]);
        let args = [("normalized_shape", int(width))];
        block.add("attention/reduction_norm", "LayerNormalization", "layer_norm", &args, &[]);
    }
    let normed = block.layer_norm("mix_norm", normed);
    let inner = product(&[width, Some(4)]);
    let wide = block.dense("mix/dense_1", normed, inner, true);
    let args = [("in_channels", int(inner)), ("kernel_size", Some(Arg::from(vec![3, 3])))];
    block.add("mix/depthwise", "DepthwiseConv2D", "depthwise_conv", &args, &[]);
    block.dense("mix/dense_2", wide, width, true);
    block
}
