//! DINOv3: as DINOv2, positions turn its queries and keys, and biases stand where they are asked for.

use netweight_core::Shape;

use super::block::{Block, dim};
use super::dinov2::{encoded, more, registers};
use super::language::Sizes;
use super::patches::{patch_embedding, patches};
use crate::class::Class;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] =
    &[Class { names: &["DINOV3Backbone"], more: dinov3, ..Class::PLAIN }];

/// The dense layers of attention and the keys that take their biases away.
const BIASES: [(&str, &str); 4] = [
    ("attention/q_proj", "use_query_bias"),
    ("attention/k_proj", "use_key_bias"),
    ("attention/v_proj", "use_value_bias"),
    ("attention/o_proj", "use_proj_bias"),
];

fn dinov3(draft: &mut Draft) {
    let sizes = Sizes::read(draft);
    let patch = draft.sizes("patch_size");
    let given = |key: &str| draft.given(&[key]).is_none_or(|node| node.as_bool() != Some(false));
    let attention = BIASES.map(|(name, key)| (name, given(key)));
    let (bias, has_mask) = (given("use_mlp_bias"), given("use_mask_token"));
    let registers = registers(draft);
    let gated = draft.flag(&["use_gated_mlp"]);
    let image = draft.image();
    let count = patches(image, &patch);
    let length = more(more(count, registers), 1);
    let mut block = Block::of(draft);
    let images = block.input("pixel_values", &image);
    let mut embed = block.inside("embeddings");
    let input = embed.fed();
    let tokens =
        [("cls_token", 1), ("mask_token", i64::from(has_mask)), ("register_tokens", registers)];
    for (name, tokens) in tokens.into_iter().filter(|(_, tokens)| *tokens > 0) {
        embed.variable(name, &[Some(1), Some(tokens), sizes.width]);
    }
    patch_embedding(&mut embed, input, (sizes.width, &patch), true);
    let embedded = block.part("embeddings", "DINOV3Embedding", embed, &[images]);
    block.state(embedded, &[&[length, sizes.width]]);
    let layer = |mut block: Block| {
        let input = block.fed();
        let normed = block.layer_norm("norm1", input);
        for (name, bias) in attention {
            block.dense(name, normed, sizes.width, bias);
        }
        block.variable("layer_scale1/lambda1", &[sizes.width]);
        let normed = block.layer_norm("norm2", normed);
        if gated {
            block.dense("mlp/gate_proj", normed, sizes.inner, bias);
        }
        let wide = block.dense("mlp/up_proj", normed, sizes.inner, bias);
        block.variable("layer_scale2/lambda1", &[sizes.width]);
        block.dense("mlp/down_proj", wide, sizes.width, bias);
        block
    };
    let places =
        block.add("rope_embedding", "DINOV3RopePositionEmbedding", "opaque", &[], &[images]);
    let head = sizes.width.zip(sizes.heads).and_then(|(width, heads)| width.checked_div(heads));
    // Sines and cosines of places, the same for all images.
    let turns = [count, head].map(dim).into_iter().collect::<Shape>();
    block.state_whole(places, vec![turns.clone(), turns]);
    encoded(&mut block, "DINOV3", (embedded, length), &sizes, layer);
    block.finish(draft);
}
