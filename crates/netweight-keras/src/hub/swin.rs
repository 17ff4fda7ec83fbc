//! Swin: attention within windows, and stages of ever fewer and wider patches.

use netweight_core::Arg;
use netweight_markup::Node;

use super::block::{Block, Size, int, product};
use super::efficientnet::whole;
use super::patches::patch_embedding;
use crate::class::Class;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] =
    &[Class { names: &["SwinTransformerBackbone"], more: swin, ..Class::PLAIN }];

/// What all layers of a stage share.
struct Layer {
    width: Size,
    heads: Size,
    inner: Size,
    /// Places of a window relative to another one.
    places: Size,
    bias: bool,
}

fn swin(draft: &mut Draft) {
    let depths = draft.counts("depths");
    let heads = draft.sizes("num_heads");
    let mut width = draft.size(&["embed_dim"]);
    let patch = draft.sizes("patch_size");
    let side = draft.size(&["window_size"]).and_then(|side| side.checked_mul(2)).map(|all| all - 1);
    let ratio = draft.given(&["mlp_ratio"]).and_then(Node::as_f64).unwrap_or(4.0);
    let [bias, norm] = ["qkv_bias", "patch_norm"]
        .map(|key| draft.given(&[key]).is_none_or(|node| node.as_bool() != Some(false)));
    let image = draft.image();
    let [mut high, mut wide] =
        [image[0], image[1]].map(|size| size?.checked_div(patch.first().copied()?));
    let mut block = Block::of(draft);
    let images = block.input("input_layer", &image);
    let mut embed = block.inside("patch_embedding");
    let input = embed.fed();
    let cut = patch_embedding(&mut embed, input, (width, &patch), true);
    if norm {
        embed.layer_norm("norm", cut);
    }
    let mut from = block.part("patch_embedding", "PatchEmbedding", embed, &[images]);
    block.state(from, &[&[product(&[high, wide]), width]]);
    from = block.dropout("pos_drop", from);
    for (stage, depth) in depths.iter().enumerate() {
        let name = format!("stage_{stage}");
        let inner = width.and_then(|width| whole(width as f64 * ratio));
        let heads = heads.get(stage).copied();
        let layer = Layer { width, heads, inner, places: product(&[side, side]), bias };
        let mut parts = block.inside(&name);
        let input = parts.fed();
        let output = parts
            .stack(("blocks", "SwinTransformerBlock"), *depth, input, |block| layer.parts(block));
        let is_last = stage + 1 == depths.len();
        let coarser = |size: Size| size.map(|size| size / 2 + size % 2);
        if !is_last {
            // Four patches are one, of twice the width.
            let four = product(&[width, Some(4)]);
            let args = [("normalized_shape", int(four))];
            parts.add("downsample/norm", "LayerNormalization", "layer_norm", &args, &[output]);
            width = product(&[width, Some(2)]);
            let args = [
                ("input_size", int(four)),
                ("output_size", int(width)),
                ("bias", Some(Arg::from(false))),
            ];
            parts.add("downsample/reduction", "Dense", "dense", &args, &[]);
        }
        from = block.part(&name, "SwinTransformerStage", parts, &[from]);
        let places = if is_last { [high, wide] } else { [high, wide].map(coarser) };
        block.state(from, &[&[product(&places), width]]);
        [high, wide] = [high, wide].map(|size| size.map(|size| size / 2));
    }
    block.layer_norm("norm", from);
    block.finish(draft);
}

impl Layer {
    fn parts(&self, mut block: Block) -> Block {
        let input = block.fed();
        let normed = block.layer_norm("norm1", input);
        block.variable("attn/relative_position_bias_table", &[self.places, self.heads]);
        block.dense("attn/qkv", normed, product(&[self.width, Some(3)]), self.bias);
        let attended = block.dense("attn/projection", normed, self.width, true);
        let normed = block.layer_norm("norm2", attended);
        let wide = block.dense("mlp/fc1", normed, self.inner, true);
        block.dense("mlp/fc2", wide, self.width, true);
        block
    }
}
