//! Layers that look at a whole sequence at once, and what stands before and behind them.

use netweight_core::Dim;

use super::block::{Block, Size, built_width, int};
use crate::class::{Class, key};
use crate::config::Read;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] = &[
    Class { names: &["TransformerEncoder"], more: encoder, ..Class::PLAIN },
    Class { names: &["DisentangledAttentionEncoder"], more: encoder, ..Class::PLAIN },
    Class { names: &["FNetEncoder"], more: fnet, ..Class::PLAIN },
    Class { names: &["TokenAndPositionEmbedding"], more: token_and_position, ..Class::PLAIN },
    Class {
        names: &["PositionEmbedding"],
        kind: "position_embedding",
        keys: &[key(&["sequence_length"], "sequence_length", Read::Size)],
        ..Class::PLAIN
    },
    Class { names: &["AlibiBias", "RotaryEmbedding", "SinePositionEncoding"], ..Class::PLAIN },
    Class {
        names: &["MaskedLMHead"],
        call: &["inputs", "mask_positions"],
        more: masked_lm_head,
        ..Class::PLAIN
    },
];

fn encoder(draft: &mut Draft) {
    let (width, heads) = (built_width(draft), draft.size(&["num_heads"]));
    let inner = draft.size(&["intermediate_dim"]);
    let block = encoder_parts(Block::of(draft), width, heads, inner);
    block.finish(draft);
}

/// Attention, then two dense layers, each with a normalization.
pub(super) fn encoder_parts(mut block: Block, width: Size, heads: Size, inner: Size) -> Block {
    let input = block.fed();
    let attended = block.attention("self_attention_layer", input, width, heads);
    let attended = block.layer_norm("self_attention_layer_norm", attended);
    let wide = block.dense("feedforward_intermediate_dense", attended, inner, true);
    let output = block.dense("feedforward_output_dense", wide, width, true);
    block.layer_norm("feedforward_layer_norm", output);
    block
}

fn fnet(draft: &mut Draft) {
    let (width, inner) = (built_width(draft), draft.size(&["intermediate_dim"]));
    fnet_parts(Block::of(draft), width, inner).finish(draft);
}

/// A Fourier transform in the place of attention, which has no weights.
pub(super) fn fnet_parts(mut block: Block, width: Size, inner: Size) -> Block {
    let input = block.fed();
    let mixed = block.layer_norm("mixing_layer_norm", input);
    let wide = block.dense("intermediate_dense", mixed, inner, true);
    let output = block.dense("output_dense", wide, width, true);
    block.layer_norm("output_layer_norm", output);
    block
}

fn token_and_position(draft: &mut Draft) {
    let entries = draft.size(&["vocabulary_size"]);
    let length = draft.size(&["sequence_length"]);
    let width = draft.size(&["embedding_dim"]);
    let tied = draft.given(&["tie_weights"]).is_none_or(|node| node.as_bool() != Some(false));
    token_and_position_parts(Block::of(draft), (entries, width), length, tied).finish(draft);
}

pub(super) fn token_and_position_parts(
    mut block: Block,
    table: (Size, Size),
    length: Size,
    tied: bool,
) -> Block {
    let input = block.fed();
    let tokens = block.reversible("token_embedding", input, table, tied);
    block.positions("position_embedding", tokens, length);
    block
}

fn masked_lm_head(draft: &mut Draft) {
    let entries = draft.size(&["vocabulary_size"]);
    let embedding = draft.given(&["token_embedding"]).and_then(|layer| layer.get("config"));
    let shared = embedding.and_then(|config| config.get("output_dim")?.as_int());
    let width = match embedding {
        Some(_) => shared.and_then(|width| i64::try_from(width).ok()),
        None => built_width(draft),
    };
    masked_lm_parts(Block::of(draft), width, entries, embedding.is_some()).finish(draft);
    let masked = draft.layer.stated_inputs.get(1).cloned().flatten();
    let scores = Dim::from(entries.and_then(|entries| u64::try_from(entries).ok()));
    draft.layer.stated_outputs =
        vec![masked.map(|shape| shape.iter().cloned().chain([scores]).collect())];
}

/// The features at masked places, turned into scores over the vocabulary. The matrix for that
/// is the embedding's own where one is shared.
pub(super) fn masked_lm_parts(mut block: Block, width: Size, entries: Size, shared: bool) -> Block {
    let input = block.fed();
    let dense = block.dense("intermediate_dense", input, width, true);
    let normed = block.layer_norm("intermediate_layer_norm", dense);
    if !shared {
        block.dense("output", normed, entries, false);
    }
    block.add("output_bias", "Variable", "parameter", &[("shape", int(entries))], &[]);
    block
}
