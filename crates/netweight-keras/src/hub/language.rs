//! Backbones that read text in both directions, and pairs of an encoder and a decoder.

use netweight_core::{Arg, Edge};

use super::block::{Block, Size, int, product};
use super::decoders::decoder_parts;
use super::encoders::{encoder_parts, fnet_parts, token_and_position_parts};
use crate::class::Class;
use crate::layer::Draft;
use crate::limits;

pub(crate) static CLASSES: &[Class] = &[
    Class { names: &["BertBackbone"], more: bert, ..Class::PLAIN },
    Class { names: &["ElectraBackbone"], more: electra, ..Class::PLAIN },
    Class { names: &["AlbertBackbone"], more: albert, ..Class::PLAIN },
    Class { names: &["FNetBackbone"], more: fnet, ..Class::PLAIN },
    Class {
        names: &["DistilBertBackbone"],
        more: |draft| roberta(draft, "token_and_position_embedding"),
        ..Class::PLAIN
    },
    Class {
        names: &["RobertaBackbone", "XLMRobertaBackbone"],
        more: |draft| roberta(draft, "embeddings"),
        ..Class::PLAIN
    },
    Class { names: &["DebertaV3Backbone"], more: deberta, ..Class::PLAIN },
    Class { names: &["RoformerV2Backbone"], more: roformer, ..Class::PLAIN },
    Class { names: &["BartBackbone"], more: bart, ..Class::PLAIN },
    Class { names: &["T5Backbone"], more: t5, ..Class::PLAIN },
];

/// Sizes under the names that these backbones share.
pub(super) struct Sizes {
    pub(super) entries: Size,
    pub(super) layers: i64,
    pub(super) heads: Size,
    pub(super) width: Size,
    pub(super) inner: Size,
    pub(super) length: Size,
    segments: Size,
}

impl Sizes {
    pub(super) fn read(draft: &mut Draft) -> Self {
        Self {
            entries: draft.size(&["vocabulary_size", "vocab_size"]),
            layers: draft.layers("num_layers"),
            heads: draft.size(&["num_heads"]),
            width: draft.size(&["hidden_dim"]),
            inner: draft.size(&["intermediate_dim"]),
            length: draft.size(&["max_sequence_length"]),
            segments: draft.size(&["num_segments"]),
        }
    }
}

const TOKENS: &[Size] = &[None];

/// Tokens, positions and segments, each with a vector of its own, added and normalized.
fn embeddings(block: &mut Block, sizes: &Sizes, width: Size) -> Edge {
    let tokens = block.input("token_ids", TOKENS);
    let segments = block.input("segment_ids", TOKENS);
    block.input("padding_mask", TOKENS);
    let token = block.reversible("token_embedding", tokens, (sizes.entries, width), true);
    let position = block.positions("position_embedding", token, sizes.length);
    let segment = block.embedding("segment_embedding", segments, sizes.segments, width);
    let sum = block.sum("embeddings_add", &[token, position, segment]);
    block.layer_norm("embeddings_layer_norm", sum)
}

/// The first token's features through one more dense layer, beside those of all tokens.
fn pooled(block: &mut Block, from: Edge, width: Size) {
    let args = [("items", Some(Arg::from(":, 0")))];
    let first = block.add("get_item", "GetItem", "slice", &args, &[from]);
    let pooled = block.dense("pooled_dense", first, width, true);
    block.gives(&[pooled, from]);
}

fn bert(draft: &mut Draft) {
    let sizes = Sizes::read(draft);
    let mut block = Block::of(draft);
    let embedded = embeddings(&mut block, &sizes, sizes.width);
    let embedded = block.dropout("embeddings_dropout", embedded);
    let encoder = |block| encoder_parts(block, sizes.width, sizes.heads, sizes.inner);
    let name = ("transformer_layer", "TransformerEncoder");
    let encoded = block.stack(name, sizes.layers, embedded, encoder);
    pooled(&mut block, encoded, sizes.width);
    block.finish(draft);
}

/// As BERT, from narrower embeddings.
fn electra(draft: &mut Draft) {
    let sizes = Sizes::read(draft);
    let narrow = draft.size(&["embedding_dim"]);
    let mut block = Block::of(draft);
    let embedded = embeddings(&mut block, &sizes, narrow);
    let mut embedded = block.dropout("embeddings_dropout", embedded);
    if narrow != sizes.width {
        embedded = block.dense("embeddings_projection", embedded, sizes.width, true);
    }
    let encoder = |block| encoder_parts(block, sizes.width, sizes.heads, sizes.inner);
    let name = ("transformer_layer", "TransformerEncoder");
    let encoded = block.stack(name, sizes.layers, embedded, encoder);
    pooled(&mut block, encoded, sizes.width);
    block.finish(draft);
}

/// As BERT, from narrower embeddings, its layers shared within a group.
fn albert(draft: &mut Draft) {
    let sizes = Sizes::read(draft);
    let narrow = draft.size(&["embedding_dim"]);
    let (groups, inner) = (draft.layers("num_groups"), draft.layers("num_inner_repetitions"));
    if !draft.stacks("num_inner_repetitions", groups.saturating_mul(inner)) {
        return;
    }
    let mut block = Block::of(draft);
    let embedded = embeddings(&mut block, &sizes, narrow);
    let embedded = block.dropout("embeddings_dropout", embedded);
    let mut encoded = block.dense("embedding_projection", embedded, sizes.width, true);
    let encoder = |block| encoder_parts(block, sizes.width, sizes.heads, sizes.inner);
    for group in 0..groups {
        let name = format!("group_{group}_inner_layer");
        encoded = block.stack((&name, "TransformerEncoder"), inner, encoded, encoder);
    }
    pooled(&mut block, encoded, sizes.width);
    block.finish(draft);
}

fn fnet(draft: &mut Draft) {
    let sizes = Sizes::read(draft);
    let mut block = Block::of(draft);
    let embedded = embeddings(&mut block, &sizes, sizes.width);
    let embedded = block.dense("embedding_projection", embedded, sizes.width, true);
    let embedded = block.dropout("embeddings_dropout", embedded);
    let encoder = |block| fnet_parts(block, sizes.width, sizes.inner);
    let name = ("f_net_layer", "FNetEncoder");
    let encoded = block.stack(name, sizes.layers, embedded, encoder);
    pooled(&mut block, encoded, sizes.width);
    block.finish(draft);
}

/// Tokens and positions alone, and no pooled output.
fn roberta(draft: &mut Draft, embedding: &str) {
    let sizes = Sizes::read(draft);
    let mut block = Block::of(draft);
    let tokens = block.input("token_ids", TOKENS);
    block.input("padding_mask", TOKENS);
    let table = (sizes.entries, sizes.width);
    let parts = token_and_position_parts(block.inside(embedding), table, sizes.length, true);
    let embedded = block.part(embedding, "TokenAndPositionEmbedding", parts, &[tokens]);
    let normed = block.layer_norm("embeddings_layer_norm", embedded);
    let embedded = block.dropout("embeddings_dropout", normed);
    let encoder = |block| encoder_parts(block, sizes.width, sizes.heads, sizes.inner);
    let name = ("transformer_layer", "TransformerEncoder");
    block.stack(name, sizes.layers, embedded, encoder);
    block.finish(draft);
}

/// Distances between tokens have vectors, which every layer shares.
fn deberta(draft: &mut Draft) {
    let sizes = Sizes::read(draft);
    let distances = draft.size(&["bucket_size"]).and_then(|size| size.checked_mul(2));
    let mut block = Block::of(draft);
    let tokens = block.input("token_ids", TOKENS);
    block.input("padding_mask", TOKENS);
    let token = block.reversible("token_embedding", tokens, (sizes.entries, sizes.width), true);
    let normed = block.layer_norm("embeddings_layer_norm", token);
    let embedded = block.dropout("embeddings_dropout", normed);
    let mut relative = block.inside("rel_embedding");
    let table = distances.zip(sizes.width).map(|(rows, width)| Arg::from(vec![rows, width]));
    relative.add("rel_embedding", "Variable", "parameter", &[("shape", table)], &[]);
    let args = [("normalized_shape", int(sizes.width))];
    relative.add("rel_embeddings_layer_norm", "LayerNormalization", "layer_norm", &args, &[]);
    let relative = block.part("rel_embedding", "RelativeEmbedding", relative, &[]);
    block.state(relative, &[&[distances, sizes.width]]);
    let encoder = |block| encoder_parts(block, sizes.width, sizes.heads, sizes.inner);
    let name = ("disentangled_attention_encoder_layer", "DisentangledAttentionEncoder");
    block.stack(name, sizes.layers, embedded, encoder);
    block.finish(draft);
}

/// Positions turn the queries and keys, so that no weights stand for them.
fn roformer(draft: &mut Draft) {
    let sizes = Sizes::read(draft);
    let head = draft.size(&["head_size"]);
    let bias = draft.flag(&["use_bias"]);
    let mut block = Block::of(draft);
    let tokens = block.input("token_ids", TOKENS);
    let segments = block.input("segment_ids", TOKENS);
    let token = block.reversible("token_embedding", tokens, (sizes.entries, sizes.width), true);
    let segment = block.embedding("segment_embedding", segments, sizes.segments, sizes.width);
    let sum = block.sum("embeddings_add", &[token, segment]);
    let normed = block.rms_norm("embeddings_layer_norm", "RoformerNorm", sum);
    let embedded = block.dropout("embeddings_dropout", normed);
    let attended = product(&[sizes.heads, head]);
    let encoder = |mut block: Block| {
        let input = block.fed();
        let query = block.dense("q_dense_layer", input, attended, bias);
        block.dense("k_dense_layer", input, attended, bias);
        block.dense("v_dense_layer", input, attended, bias);
        block.dense("o_dense_layer", query, attended, bias);
        let normed = block.rms_norm("attention_norm", "RoformerNorm", input);
        let wide = block.dense("feedforward_intermediate_dense", normed, sizes.inner, bias);
        let output = block.dense("feedforward_output_dense", wide, sizes.width, bias);
        block.rms_norm("feedforward_norm", "RoformerNorm", output);
        block
    };
    let name = ("transformer_layer", "RoformerV2Encoder");
    block.stack(name, sizes.layers, embedded, encoder);
    block.finish(draft);
}

/// One table of tokens for both sides, positions of their own.
fn bart(draft: &mut Draft) {
    let sizes = Sizes::read(draft);
    let mut block = Block::of(draft);
    let side = |block: &mut Block, side: &str, tokens: Edge| {
        block.input(&format!("{side}_padding_mask"), TOKENS);
        let position = block.positions(&format!("{side}_position_embedding"), tokens, sizes.length);
        let sum = block.sum(&format!("{side}_embeddings_add"), &[tokens, position]);
        let normed = block.layer_norm(&format!("{side}_embeddings_layer_norm"), sum);
        block.dropout(&format!("{side}_embeddings_dropout"), normed)
    };
    let ids = block.input("encoder_token_ids", TOKENS);
    block.input("decoder_token_ids", TOKENS);
    let tokens = block.reversible("token_embedding", ids, (sizes.entries, sizes.width), true);
    let encoded = side(&mut block, "encoder", tokens);
    let encoder = |block| encoder_parts(block, sizes.width, sizes.heads, sizes.inner);
    let name = ("transformer_encoder_layer", "TransformerEncoder");
    let encoded = block.stack(name, sizes.layers, encoded, encoder);
    let decoded = side(&mut block, "decoder", tokens);
    let decoder =
        |block| decoder_parts(block, sizes.width, sizes.heads, sizes.inner, Some(sizes.width));
    let name = ("transformer_decoder_layer", "TransformerDecoder");
    let decoded = block.stack(name, sizes.layers, decoded, decoder);
    block.gives(&[decoded, encoded]);
    block.finish(draft);
}

/// Distances between tokens, in so many buckets, have a weight for each head.
const T5_BUCKETS: i64 = 32;

fn t5(draft: &mut Draft) {
    let sizes = Sizes::read(draft);
    let tied =
        draft.given(&["tie_embedding_weights"]).is_none_or(|node| node.as_bool() != Some(false));
    let gated = draft.flag(&["use_gated_activation"]);
    let head = draft.size(&["key_value_dim"]);
    let attended = match head {
        Some(head) => product(&[sizes.heads, Some(head)]),
        None => sizes.width,
    };
    let mut block = Block::of(draft);
    let ids = block.input("encoder_token_ids", TOKENS);
    block.input("decoder_token_ids", TOKENS);
    for side in ["encoder", "decoder"] {
        block.input(&format!("{side}_padding_mask"), TOKENS);
    }
    let tokens = block.reversible("token_embedding", ids, (sizes.entries, sizes.width), tied);
    let mut outputs = Vec::new();
    for side in ["encoder", "decoder"] {
        let mut from = block.dropout(&format!("{side}_embedding_dropout"), tokens);
        for index in 0..sizes.layers {
            let name = format!("transformer_{side}_layer_{index}");
            let mut parts = block.inside(&name);
            if index == 0 {
                let table = sizes.heads.map(|heads| Arg::from(vec![T5_BUCKETS, heads]));
                parts.add("embeddings", "Variable", "parameter", &[("shape", table)], &[]);
            }
            t5_layer(&mut parts, &sizes, attended, gated, side == "decoder");
            from = block.part(&name, "T5TransformerLayer", parts, &[from]);
            // The sequence, and the weights of distances for the next layer.
            block.state(from, &[&[None, sizes.width], &[sizes.heads, None, None]]);
        }
        let normed = block.rms_norm(&format!("{side}_output_layer_norm"), "T5LayerNorm", from);
        outputs.insert(0, block.dropout(&format!("{side}_output_dropout"), normed));
    }
    block.gives(&outputs);
    block.finish(draft);
}

fn t5_layer(block: &mut Block, sizes: &Sizes, attended: Size, gated: bool, cross: bool) {
    let mut from = block.fed();
    let attentions: &[&str] =
        if cross { &["self_attention", "cross_attention"] } else { &["self_attention"] };
    for attention in attentions {
        let query = block.dense(&format!("{attention}/query"), from, attended, false);
        block.dense(&format!("{attention}/key"), from, attended, false);
        block.dense(&format!("{attention}/value"), from, attended, false);
        let output = block.dense(&format!("{attention}/output"), query, sizes.width, false);
        from = block.rms_norm(&format!("{attention}/layer_norm"), "T5LayerNorm", output);
    }
    let wide = block.dense("input_projector", from, sizes.inner, false);
    if gated {
        block.dense("gate_projector", from, sizes.inner, false);
    }
    let output = block.dense("output_projector", wide, sizes.width, false);
    block.rms_norm("layer_norm", "T5LayerNorm", output);
}

impl Draft<'_, '_> {
    /// How many layers of a kind a backbone stacks: none where that is not known.
    pub(super) fn layers(&mut self, key: &'static str) -> i64 {
        let stated = self.size(&[key]).unwrap_or(0);
        if self.stacks(key, stated) { stated } else { 0 }
    }

    /// Whether so many layers may be stacked; more refuse the file.
    pub(super) fn stacks(&mut self, key: &'static str, count: i64) -> bool {
        let fits = count <= limits::STACKED;
        if !fits {
            self.refuse(key, format!("{count} layers, at most {} are read", limits::STACKED));
        }
        fits
    }
}
