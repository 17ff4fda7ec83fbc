//! ViTDet: a transformer on the patches of an image, most of its layers within windows.

use netweight_core::Edge;

use super::block::{Block, Size, product};
use super::patches::patch_embedding;
use crate::class::Class;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] =
    &[Class { names: &["ViTDetBackbone"], more: vit_det, ..Class::PLAIN }];

/// One layer's sizes.
struct Layer {
    width: Size,
    inner: Size,
    heads: Size,
    bias: bool,
    /// Positions on each side that distances are learned for.
    side: Option<Size>,
}

fn vit_det(draft: &mut Draft) {
    let (width, inner) = (draft.size(&["hidden_size"]), draft.size(&["intermediate_dim"]));
    let (heads, layers) = (draft.size(&["num_heads"]), draft.layers("num_layers"));
    let channels = draft.size(&["num_output_channels"]).or(Some(256));
    let window = draft.size(&["window_size"]).or(Some(14));
    let patch = draft.size(&["patch_size"]).unwrap_or(16);
    let flags = ["use_bias", "use_abs_pos", "use_rel_pos"];
    let [bias, has_places, has_distances] =
        flags.map(|flag| draft.given(&[flag]).is_none_or(|node| node.as_bool() != Some(false)));
    let global = draft.given(&["global_attention_layer_indices"]).and_then(|node| node.as_seq());
    let is_global = |layer: i64| {
        let listed = |node: &netweight_markup::Node| node.as_int() == Some(layer.into());
        global.is_some_and(|list| list.iter().any(listed))
    };
    let image = draft.image();
    let [high, ..] = image;
    let side = high.and_then(|high| high.checked_div(patch));
    let mut block = Block::of(draft);
    let mut from = block.input("images", &image);
    from = block.add("subtract", "Subtract", "identity", &[], &[from]);
    from = block.add("true_divide", "TrueDivide", "identity", &[], &[from]);
    let name = "vi_t_det_patching_and_embedding";
    let mut embed = block.inside(name);
    let input = embed.fed();
    patch_embedding(&mut embed, input, (width, &[patch]), true);
    from = block.part(name, "ViTDetPatchingAndEmbedding", embed, &[from]);
    if has_places {
        let name = "add_positional_embedding";
        let mut places = block.inside(name);
        places.variable("pos_embed", &[Some(1), side, side, width]);
        from = block.part(name, "AddPositionalEmbedding", places, &[from]);
        block.state(from, &[&[side, side, width]]);
    }
    for index in 0..layers {
        let name = numbered("windowed_transformer_encoder", index);
        let side = if is_global(index) { side } else { window };
        let layer = Layer { width, inner, heads, bias, side: has_distances.then_some(side) };
        let parts = windowed(block.inside(&name), &layer);
        from = block.part(&name, "WindowedTransformerEncoder", parts, &[from]);
    }
    neck(&mut block, from, layers, channels);
    block.finish(draft);
}

/// A name as Keras numbers it.
fn numbered(name: &str, index: i64) -> String {
    if index == 0 { name.to_owned() } else { format!("{name}_{index}") }
}

fn windowed(mut block: Block, layer: &Layer) -> Block {
    let head = layer.width.zip(layer.heads).and_then(|(width, heads)| width.checked_div(heads));
    let spread = product(&[head, layer.heads]);
    let input = block.fed();
    let normed = block.layer_norm("layer_norm1", input);
    block.dense("attention/qkv", normed, product(&[spread, Some(3)]), layer.bias);
    let projected = block.dense("attention/projection", normed, spread, true);
    if let Some(side) = layer.side {
        let distances = product(&[side, Some(2)]).and_then(|size| size.checked_sub(1));
        block.variable("attention/rel_pos_h", &[distances, head]);
        block.variable("attention/rel_pos_w", &[distances, head]);
    }
    let normed = block.layer_norm("layer_norm2", projected);
    let wide = block.dense("mlp_block/dense", normed, layer.inner, true);
    block.dense("mlp_block/dense_1", wide, layer.width, true);
    block
}

/// Two convolutions, each normalized, under the numbers that they have behind all others.
fn neck(block: &mut Block, from: Edge, layers: i64, channels: Size) {
    let name = numbered("sequential", layers);
    let mut neck = block.inside(&name);
    let mut output = neck.fed();
    for (index, kernel) in (1..).zip([1, 3]) {
        let filters = (channels, kernel);
        output = neck.conv_with(&format!("conv2d_{index}"), output, filters, 1, "same", false);
        let norms = layers.saturating_mul(2).saturating_add(index - 1);
        output = neck.layer_norm(&numbered("layer_normalization", norms), output);
    }
    neck.gives(&[output]);
    block.sequence(&name, neck, from);
}
