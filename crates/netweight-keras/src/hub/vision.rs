//! Backbones that look at images.

use netweight_core::{Arg, Edge};
use netweight_markup::Node;

use super::block::{Block, Size, int, product};
use super::efficientnet::whole;
use crate::class::Class;
use crate::config::Read;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] = &[
    Class { names: &["ViTBackbone"], more: vit, ..Class::PLAIN },
    Class { names: &["MiTBackbone"], more: mit, ..Class::PLAIN },
    Class { names: &["DenseNetBackbone"], more: densenet, ..Class::PLAIN },
];

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

fn vit(draft: &mut Draft) {
    let width = draft.size(&["hidden_dim"]);
    let (heads, inner) = (draft.size(&["num_heads"]), draft.size(&["mlp_dim"]));
    let layers = draft.layers("num_layers");
    let patch = draft.sizes("patch_size");
    let flags = ["use_class_token", "use_patch_bias", "use_mha_bias", "use_mlp_bias"];
    let [class_token, patch_bias, attention_bias, dense_bias] =
        flags.map(|flag| draft.given(&[flag]).is_none_or(|node| node.as_bool() != Some(false)));
    let image = draft.image();
    let patches = match (image, patch.as_slice()) {
        ([Some(high), Some(wide), _], [a, .., b] | [a @ b]) => {
            high.checked_div(*a).zip(wide.checked_div(*b)).and_then(|(a, b)| a.checked_mul(b))
        }
        _ => None,
    };
    let length = patches.and_then(|patches| patches.checked_add(i64::from(class_token)));
    let mut block = Block::of(draft);
    let images = block.input("images", &image);

    let mut embed = block.inside("vit_patching_and_embedding");
    let input = embed.fed();
    if class_token {
        let shape = width.map(|width| Arg::from(vec![1, 1, width]));
        embed.add("class_token", "Variable", "parameter", &[("shape", shape)], &[]);
    }
    let kernel = Some(patch.clone()).filter(|patch| !patch.is_empty()).map(Arg::from);
    let args = [
        ("out_channels", int(width)),
        ("kernel_size", kernel.clone()),
        ("stride", kernel),
        ("bias", Some(patch_bias.into())),
    ];
    embed.add("patch_embedding", "Conv2D", "conv", &args, &[input]);
    let args = [("sequence_length", int(length)), ("embedding_size", int(width))];
    embed.add("position_embedding", "PositionEmbedding", "position_embedding", &args, &[]);
    let embedded =
        block.part("vit_patching_and_embedding", "ViTPatchingAndEmbedding", embed, &[images]);
    block.state(embedded, &[&[length, width]]);

    let mut encoder = block.inside("vit_encoder");
    let mut from = encoder.fed();
    for index in 1..=layers {
        let name = |part: &str| format!("transformer_block_{index}/{part}");
        let normed = encoder.layer_norm(&name("ln_1"), from);
        let attended = encoder.attention(&name("mha"), normed, width, heads);
        encoder.set_last("bias", attention_bias);
        let normed = encoder.layer_norm(&name("ln_2"), attended);
        let wide = encoder.dense(&name("mlp/dense_1"), normed, inner, dense_bias);
        from = encoder.dense(&name("mlp/dense_2"), wide, width, dense_bias);
    }
    encoder.layer_norm("ln", from);
    block.part("vit_encoder", "ViTEncoder", encoder, &[embedded]);
    block.finish(draft);
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
