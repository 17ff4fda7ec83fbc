//! Backbones that write text: stacks of decoders.

use netweight_core::Edge;

use super::block::{Block, Size, int, product};
use super::decoders::{Decoder, decoder_parts, falcon_parts, gpt_neo_x_parts};
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
    Class { names: &["Gemma3Backbone"], more: gemma3, ..Class::PLAIN },
];

/// Tokens as vectors; their table is also the way back, unless there is another one.
fn tokens(block: &mut Block, entries: Size, width: Size, tied: bool) -> Edge {
    let ids = block.input("token_ids", &[None]);
    block.input("padding_mask", &[None]);
    block.reversible("token_embedding", ids, (entries, width), tied)
}

fn family(draft: &mut Draft, name: &str, norm: &str, set: impl Fn(&mut Decoder)) {
    let entries = draft.size(&["vocabulary_size"]);
    let layers = draft.layers("num_layers");
    let tied = draft.flag(&["tie_word_embeddings"]);
    let mut decoder = Decoder::read(draft);
    set(&mut decoder);
    let mut block = Block::of(draft);
    let embedded = tokens(&mut block, entries, decoder.width, tied);
    let class = format!("{name}TransformerDecoder");
    let parts = |block| decoder.parts(block);
    let output = block.stack(("transformer_layer", &class), layers, embedded, parts);
    block.rms_norm("sequence_output_layernorm", &format!("{name}{norm}"), output);
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
    let parts = |block| decoder_parts(block, width, heads, inner, false);
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

/// Text alone; with a vision encoder the count stays open.
fn gemma3(draft: &mut Draft) {
    let entries = draft.size(&["vocabulary_size"]);
    let layers = draft.layers("num_layers");
    let sizes = Decoder::read(draft);
    let norms = draft.flag(&["use_query_key_norm"]);
    let behind = [
        ("post_attention_norm", draft.flag(&["use_post_attention_norm"])),
        ("post_ffw_norm", draft.flag(&["use_post_ffw_norm"])),
    ];
    let mut block = Block::of(draft);
    let embedded = tokens(&mut block, entries, sizes.width, true);
    let parts = |mut block: Block| {
        let input = block.fed();
        let normed = block.rms_norm("pre_attention_norm", "RMSNormalization", input);
        let query = block.dense("query", normed, product(&[sizes.heads, sizes.head]), false);
        let kept = product(&[sizes.key_heads, sizes.head]);
        block.dense("key", normed, kept, false);
        block.dense("value", normed, kept, false);
        for name in ["query_norm", "key_norm"].iter().filter(|_| norms) {
            let args = [("normalized_shape", int(sizes.head))];
            block.add(name, "RMSNormalization", "rms_norm", &args, &[query]);
        }
        let attended = block.dense("attention_output", query, sizes.width, false);
        for (name, _) in behind.iter().filter(|(_, is)| *is) {
            block.rms_norm(name, "RMSNormalization", attended);
        }
        let normed = block.rms_norm("pre_ffw_norm", "RMSNormalization", attended);
        block.dense("ffw_gating_2", normed, sizes.inner, false);
        let wide = block.dense("ffw_gating", normed, sizes.inner, false);
        block.dense("ffw_linear", wide, sizes.width, false);
        block
    };
    let name = ("decoder_block", "Gemma3DecoderBlock");
    let output = block.stack(name, layers, embedded, parts);
    block.rms_norm("final_normalization", "RMSNormalization", output);
    block.finish(draft);
    if draft.given(&["vision_encoder"]).is_some() {
        let told = "the vision encoder beside the text is not read";
        let unknown = netweight_core::Diagnostic::warning("keras/backbone", told);
        draft.layer.unknown = Some(unknown.at(draft.layer.path.clone()).into());
    }
}
