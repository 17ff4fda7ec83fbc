//! DINOv2: patches among tokens that stand for none, each layer's output scaled.

use netweight_core::Edge;

use super::block::{Block, Size, int, product};
use super::language::Sizes;
use super::patches::{patch_embedding, patches};
use crate::class::Class;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] =
    &[Class { names: &["DINOV2Backbone"], more: dinov2, ..Class::PLAIN }];

fn dinov2(draft: &mut Draft) {
    let sizes = Sizes::read(draft);
    let gated = draft.flag(&["use_swiglu_ffn"]);
    let image = draft.image();
    let mut block = Block::of(draft);
    let images = block.input("images", &image);
    let (embed, length) = embeddings(draft, block.inside("embeddings"), sizes.width);
    let embedded = block.part("embeddings", "DINOV2Embedding", embed, &[images]);
    block.state(embedded, &[&[length, sizes.width]]);
    encoded(&mut block, "DINOV2", (embedded, length), &sizes, |block| layer(block, &sizes, gated));
    block.finish(draft);
}

/// The layers, and a normalization behind them.
pub(super) fn encoded(
    block: &mut Block,
    family: &str,
    (embedded, length): (Edge, Size),
    sizes: &Sizes,
    layer: impl Fn(Block) -> Block,
) {
    let mut encoder = block.inside("encoder");
    let input = encoder.fed();
    encoder.stack(("layers", &format!("{family}Layer")), sizes.layers, input, layer);
    let encoded = block.part("encoder", &format!("{family}Encoder"), encoder, &[embedded]);
    // What comes out at the end, and behind each layer.
    let outputs = usize::try_from(sizes.layers).unwrap_or(0).saturating_add(1);
    block.state(encoded, &vec![[length, sizes.width].as_slice(); outputs]);
    block.layer_norm("layernorm", encoded);
}

/// Tokens that stand for nothing at all.
pub(super) fn registers(draft: &Draft) -> i64 {
    let registers = draft.given(&["num_register_tokens"]).and_then(|node| node.as_int());
    registers.and_then(|count| i64::try_from(count).ok()).unwrap_or(0)
}

pub(super) fn more(count: Size, tokens: i64) -> Size {
    count.and_then(|count| count.checked_add(tokens))
}

/// Places for images of the size that it learned with, and for those of the size at hand.
fn embeddings(draft: &mut Draft, mut block: Block, width: Size) -> (Block, Size) {
    let patch = draft.sizes("patch_size");
    let registers = registers(draft);
    let learned = draft.sizes("position_embedding_shape");
    let side = |axis: usize| learned.get(axis).copied();
    let learned = patches([side(0), side(1), Some(1)], &patch);
    let count = patches(draft.image(), &patch);
    let input = block.fed();
    block.variable("cls_token", &[Some(1), Some(1), width]);
    if draft.given(&["use_mask_token"]).is_none_or(|node| node.as_bool() != Some(false)) {
        block.variable("mask_token", &[Some(1), width]);
    }
    if registers > 0 {
        block.variable("register_tokens", &[Some(1), Some(registers), width]);
    }
    patch_embedding(&mut block, input, (width, &patch), true);
    block.variable("position_embeddings", &[Some(1), more(learned, 1), width]);
    block.freeze_last();
    block.variable("interpolated_position_embeddings", &[Some(1), more(count, 1), width]);
    (block, registers.checked_add(1).and_then(|tokens| more(count, tokens)))
}

fn layer(mut block: Block, sizes: &Sizes, gated: bool) -> Block {
    let input = block.fed();
    let normed = block.layer_norm("norm1", input);
    let attended = block.attention("attention", normed, sizes.width, sizes.heads);
    block.variable("layer_scale1/lambda1", &[sizes.width]);
    let normed = block.layer_norm("norm2", attended);
    if gated {
        swish_gated(&mut block, normed, sizes);
    } else {
        let wide = block.dense("mlp/fc1", normed, sizes.inner, true);
        block.dense("mlp/fc2", wide, sizes.width, true);
    }
    block.variable("layer_scale2/lambda1", &[sizes.width]);
    block.sum("add", &[input, attended]);
    block
}

/// One half gates the other, both of two thirds of the size, rounded up to a multiple of 8.
fn swish_gated(block: &mut Block, from: Edge, sizes: &Sizes) {
    let thirds = product(&[sizes.inner, Some(2)]).map(|size| size / 3);
    let half = thirds.and_then(|size| size.checked_add(7)).map(|size| size / 8 * 8);
    block.dense("mlp/weights_in", from, product(&[half, Some(2)]), true);
    let args = [("input_size", int(half)), ("output_size", int(sizes.width))];
    block.add("mlp/weights_out", "Dense", "dense", &args, &[]);
}
