//! XLNet: a stream of content and one of queries, with distances between tokens as vectors.

use super::block::{Block, product};
use super::language::Sizes;
use crate::class::Class;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] =
    &[Class { names: &["XLNetBackbone"], more: xlnet, ..Class::PLAIN }];

fn xlnet(draft: &mut Draft) {
    let sizes = Sizes::read(draft);
    let mut block = Block::of(draft);
    let ids = block.input("token_ids", &[None]);
    let mask = block.input("padding_mask", &[None]);
    let segments = block.input("segment_ids", &[None]);
    let name = "content_query_embedding";
    let mut words = block.inside(name);
    let input = words.fed();
    words.embedding("word_embedding", input, sizes.entries, sizes.width);
    let embedded = block.part(name, "ContentAndQueryEmbedding", words, &[ids]);
    block.state(embedded, &[&[None, sizes.width], &[Some(1), sizes.width]]);
    let name = "encoder_block_attn_mask_layer";
    let mut parts = block.inside(name);
    parts.variable("mask_emb", &[Some(1), Some(1), sizes.width]);
    let masks = block.part(name, "XLNetAttentionMaskLayer", parts, &[mask]);
    block.state(masks, &[&[None], &[None]]);
    let name = "encoder_block_seg_mat_layer";
    block.add(name, "XLNetSegmentMatrixLayer", "identity", &[], &[segments]);
    let mut from = embedded;
    for index in 0..sizes.layers {
        let name = format!("xlnet_encoder_{index}");
        let encoder = encoder(block.inside(&name), &sizes);
        from = block.part(&name, "XLNetEncoder", encoder, &[from]);
        block.state(from, &[&[None, sizes.width], &[None, sizes.width]]);
    }
    block.dropout("dropout", from);
    block.finish(draft);
}

/// Attention with a bias for content, position and segment each, then two dense layers.
fn encoder(mut block: Block, sizes: &Sizes) -> Block {
    let head = sizes.width.zip(sizes.heads).and_then(|(width, heads)| width.checked_div(heads));
    let spread = product(&[sizes.heads, head]);
    let input = block.fed();
    let query = block.dense("query", input, spread, false);
    for name in ["key", "value", "encoding"] {
        block.dense(name, input, spread, false);
    }
    for name in ["content_attention_bias", "positional_attention_bias", "segment_attention_bias"] {
        block.variable(name, &[sizes.heads, head]);
    }
    block.variable("segment_encoding", &[Some(2), sizes.heads, head]);
    let output = block.dense("attention_output", query, sizes.width, false);
    let normed = block.layer_norm("layer_norm_rel_attn", output);
    let wide = block.dense("feedforward_intermediate_dense", normed, sizes.inner, true);
    let output = block.dense("feedforward_output_dense", wide, sizes.width, true);
    block.layer_norm("layer_norm_ff", output);
    block
}
