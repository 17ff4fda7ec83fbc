//! Whisper: an encoder of sound and a decoder of text, whose keys have no bias.

use netweight_core::{Arg, Edge};

use super::block::{Block, Size, int};
use super::encoders::token_and_position_parts;
use super::language::Sizes;
use crate::class::Class;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] =
    &[Class { names: &["WhisperBackbone"], more: whisper, ..Class::PLAIN }];

fn whisper(draft: &mut Draft) {
    let sizes = Sizes::read(draft);
    let mels = draft.size(&["num_mels"]);
    let frames = draft.size(&["max_encoder_sequence_length"]);
    let length = draft.size(&["max_decoder_sequence_length"]);
    let mut block = Block::of(draft);
    let sound = block.input("encoder_features", &[None, mels]);
    let ids = block.input("decoder_token_ids", &[None]);
    block.input("decoder_padding_mask", &[None]);
    let first = conv(&mut block, 1, sound, sizes.width, "same");
    let padded = block.add(
        "encoder_padder",
        "Padder",
        "padding",
        &[("amounts", Some(Arg::from(vec![1, 1])))],
        &[first],
    );
    let second = conv(&mut block, 2, padded, sizes.width, "valid");
    // Every second frame is left by the convolutions.
    let frames = frames.map(|frames| frames / 2);
    let position = block.positions("encoder_position_embedding", second, frames);
    block.freeze_last();
    let sum = block.sum("encoder_embeddings_add", &[second, position]);
    let embedded = block.dropout("encoder_embeddings_dropout", sum);
    let encoder = |block| parts(block, &sizes, false);
    let name = ("transformer_encoder_layer", "WhisperEncoder");
    let encoded = block.stack(name, sizes.layers, embedded, encoder);
    let encoded = block.layer_norm("encoder_layer_norm", encoded);
    let name = "decoder_token_and_position_embedding";
    let table = (sizes.entries, sizes.width);
    let embedding = token_and_position_parts(block.inside(name), table, length, true);
    let embedded = block.part(name, "TokenAndPositionEmbedding", embedding, &[ids]);
    let embedded = block.dropout("decoder_embeddings_dropout", embedded);
    let decoder = |block| parts(block, &sizes, true);
    let name = ("transformer_decoder_layer", "WhisperDecoder");
    let decoded = block.stack(name, sizes.layers, embedded, decoder);
    let decoded = block.layer_norm("decoder_layer_norm", decoded);
    block.gives(&[decoded, encoded]);
    block.finish(draft);
}

/// One of the two convolutions over frames of sound; the second takes every other one.
fn conv(block: &mut Block, index: i64, from: Edge, width: Size, padding: &'static str) -> Edge {
    let args = [
        ("out_channels", int(width)),
        ("kernel_size", Some(Arg::from(vec![3]))),
        ("stride", Some(Arg::from(vec![index]))),
        ("padding", Some(padding.into())),
    ];
    let name = format!("encoder_token_embedding_conv_layer_{index}");
    block.add(&name, "Conv1D", "conv", &args, &[from])
}

/// Attention to itself, to the sound where it is a decoder, then two dense layers.
fn parts(mut block: Block, sizes: &Sizes, cross: bool) -> Block {
    let mut from = block.fed();
    let attentions: &[&str] =
        if cross { &["self_attention", "cross_attention"] } else { &["self_attention"] };
    for attention in attentions {
        let query = block.dense(&format!("{attention}/query"), from, sizes.width, true);
        block.dense(&format!("{attention}/key"), from, sizes.width, false);
        block.dense(&format!("{attention}/value"), from, sizes.width, true);
        let output =
            block.dense(&format!("{attention}/attention_output"), query, sizes.width, true);
        from = block.layer_norm(&format!("{attention}_layer_norm"), output);
    }
    let wide = block.dense("feedforward_intermediate_dense", from, sizes.inner, true);
    let output = block.dense("feedforward_output_dense", wide, sizes.width, true);
    block.layer_norm("feedforward_layer_norm", output);
    block
}
