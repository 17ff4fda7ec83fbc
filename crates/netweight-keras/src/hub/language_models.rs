//! Backbones that write text: stacks of decoders.

use netweight_core::Edge;
use netweight_markup::Node;

use super::block::{Block, Size};
use super::decoders::{Decoder, decoder_parts, falcon_parts, gpt_neo_x_parts};
use super::efficientnet::whole;
use super::encoders::token_and_position_parts;
use crate::class::Class;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] = &[
    Class { names: &["GPT2Backbone"], more: gpt2, ..Class::PLAIN },
    Class { names: &["GPTNeoXBackbone"], more: gpt_neo_x, ..Class::PLAIN },
    Class { names: &["FalconBackbone"], more: falcon, ..Class::PLAIN },
    Class {
        names: &["LlamaBackbone", "Llama3Backbone"],
        more: |draft| family(draft, "Llama", "LayerNorm", |_| {}),
        ..Class::PLAIN
    },
    Class {
        names: &["MistralBackbone"],
        more: |draft| family(draft, "Mistral", "LayerNormalization", |_| {}),
        ..Class::PLAIN
    },
    Class {
        names: &["MixtralBackbone"],
        more: |draft| {
            let experts = draft.size(&["num_experts"]);
            family(draft, "Mixtral", "LayerNormalization", |one| one.experts = Some(experts));
        },
        ..Class::PLAIN
    },
    Class {
        names: &["QwenBackbone"],
        more: |draft| family(draft, "Qwen", "LayerNorm", |one| one.bias = true),
        ..Class::PLAIN
    },
    Class {
        names: &["Qwen3Backbone"],
        more: |draft| family(draft, "Qwen3", "LayerNorm", |one| one.norms = true),
        ..Class::PLAIN
    },
    Class {
        names: &["Phi3Backbone"],
        more: |draft| family(draft, "Phi3", "LayerNorm", |_| {}),
        ..Class::PLAIN
    },
    Class { names: &["SmolLM3Backbone"], more: smol, ..Class::PLAIN },
    Class { names: &["BloomBackbone"], more: bloom, ..Class::PLAIN },
    Class { names: &["OPTBackbone"], more: opt, ..Class::PLAIN },
];

/// Tokens as vectors; their table is also the way back, unless there is another one.
pub(super) fn tokens(block: &mut Block, entries: Size, width: Size, tied: bool) -> Edge {
    let ids = block.input("token_ids", &[None]);
    block.input("padding_mask", &[None]);
    block.reversible("token_embedding", ids, (entries, width), tied)
}

fn family(draft: &mut Draft, name: &str, norm: &str, set: impl Fn(&mut Decoder)) {
    let tied = draft.flag(&["tie_word_embeddings"]);
    let mut decoder = Decoder::read(draft);
    set(&mut decoder);
    let class = format!("{name}TransformerDecoder");
    let norm = format!("{name}{norm}");
    decoders(draft, decoder.width, [&class, &norm], tied, |block| decoder.parts(block));
}

/// Keeps the frequencies by which positions turn queries and keys among its weights.
fn smol(draft: &mut Draft) {
    let bias = draft.flag(&["attention_bias"]);
    let dense_bias = draft.flag(&["mlp_bias"]);
    let turned = draft.given(&["partial_rotary_factor"]).and_then(Node::as_f64).unwrap_or(1.0);
    let decoder = Decoder { bias, dense_bias, ..Decoder::read(draft) };
    let head = decoder.width.zip(decoder.heads).and_then(|(width, heads)| width.checked_div(heads));
    let turned = head.and_then(|head| whole(head as f64 * turned));
    let parts = |mut block: Block| {
        block.variable("rotary_emb", &[turned.map(|values| (values + 1) / 2)]);
        block.freeze_last();
        decoder.parts(block)
    };
    let classes = ["SmolLM3DecoderLayer", "RMSNormalization"];
    decoders(draft, decoder.width, classes, true, parts);
}

fn decoders(
    draft: &mut Draft,
    width: Size,
    [class, norm]: [&str; 2],
    tied: bool,
    parts: impl Fn(Block) -> Block,
) {
    let entries = draft.size(&["vocabulary_size"]);
    let layers = draft.layers("num_layers");
    let mut block = Block::of(draft);
    let embedded = tokens(&mut block, entries, width, tied);
    let output = block.stack(("transformer_layer", class), layers, embedded, parts);
    block.rms_norm("sequence_output_layernorm", norm, output);
    block.finish(draft);
}

fn gpt2(draft: &mut Draft) {
    let (entries, width) = (draft.size(&["vocabulary_size"]), draft.size(&["hidden_dim"]));
    let (heads, inner) = (draft.size(&["num_heads"]), draft.size(&["intermediate_dim"]));
    let (layers, length) = (draft.layers("num_layers"), draft.size(&["max_sequence_length"]));
    let mut block = Block::of(draft);
    let token = tokens(&mut block, entries, width, true);
    let position = block.positions("position_embedding", token, length);
    let sum = block.sum("embeddings_add", &[token, position]);
    let embedded = block.dropout("embeddings_dropout", sum);
    let parts = |block| decoder_parts(block, width, heads, inner, None);
    let name = ("transformer_layer", "TransformerDecoder");
    let output = block.stack(name, layers, embedded, parts);
    block.layer_norm("layer_norm", output);
    block.finish(draft);
}

fn gpt_neo_x(draft: &mut Draft) {
    let (entries, width) = (draft.size(&["vocabulary_size"]), draft.size(&["hidden_dim"]));
    let (inner, layers) = (draft.size(&["intermediate_dim"]), draft.layers("num_layers"));
    let mut block = Block::of(draft);
    let token = tokens(&mut block, entries, width, true);
    let embedded = block.dropout("embeddings_dropout", token);
    let parts = |block| gpt_neo_x_parts(block, width, inner);
    let name = ("transformer_layer", "GPTNeoXDecoder");
    let output = block.stack(name, layers, embedded, parts);
    block.layer_norm("layer_norm", output);
    block.finish(draft);
}

fn falcon(draft: &mut Draft) {
    let (entries, width) = (draft.size(&["vocabulary_size"]), draft.size(&["hidden_dim"]));
    let (inner, layers) = (draft.size(&["intermediate_dim"]), draft.layers("num_layers"));
    let mut block = Block::of(draft);
    let embedded = tokens(&mut block, entries, width, true);
    let parts = |block| falcon_parts(block, width, inner);
    let name = ("transformer_layer", "FalconTransformerDecoder");
    let output = block.stack(name, layers, embedded, parts);
    block.layer_norm("final_layernorm", output);
    block.finish(draft);
}

/// As GPT-2, its embeddings normalized, and with distances between tokens in the place of
/// positions, for which no weights stand.
fn bloom(draft: &mut Draft) {
    let (entries, width) = (draft.size(&["vocabulary_size"]), draft.size(&["hidden_dim"]));
    let (heads, inner) = (draft.size(&["num_heads"]), draft.size(&["intermediate_dim"]));
    let layers = draft.layers("num_layers");
    let mut block = Block::of(draft);
    let token = tokens(&mut block, entries, width, true);
    let embedded = block.layer_norm("embedding_layernorm", token);
    let parts = |block| decoder_parts(block, width, heads, inner, None);
    let output = block.stack(("transformer_layer", "BloomDecoder"), layers, embedded, parts);
    block.layer_norm("final_layernorm", output);
    block.finish(draft);
}

fn opt(draft: &mut Draft) {
    let (entries, width) = (draft.size(&["vocabulary_size"]), draft.size(&["hidden_dim"]));
    let (heads, inner) = (draft.size(&["num_heads"]), draft.size(&["intermediate_dim"]));
    let (layers, length) = (draft.layers("num_layers"), draft.size(&["max_sequence_length"]));
    let mut block = Block::of(draft);
    let ids = block.input("token_ids", &[None]);
    block.input("padding_mask", &[None]);
    let table =
        token_and_position_parts(block.inside("embeddings"), (entries, width), length, true);
    let embedded = block.part("embeddings", "TokenAndPositionEmbedding", table, &[ids]);
    let parts = |block| decoder_parts(block, width, heads, inner, None);
    let name = ("transformer_layer", "TransformerDecoder");
    let output = block.stack(name, layers, embedded, parts);
    block.layer_norm("layer_norm", output);
    block.finish(draft);
}
