//! Layers that look back at a sequence so far, as language models stack them.

use netweight_core::Edge;

use super::block::{Block, Size, built_width, int, product};
use crate::class::Class;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] = &[
    Class {
        names: &["TransformerDecoder"],
        call: &["decoder_sequence", "encoder_sequence"],
        more: decoder,
        ..Class::PLAIN
    },
    Class { names: &["BloomDecoder"], more: decoder, ..Class::PLAIN },
    Class { names: &["GPTNeoXDecoder"], more: gpt_neo_x, ..Class::PLAIN },
    Class { names: &["FalconTransformerDecoder"], more: falcon, ..Class::PLAIN },
    Class {
        names: &["LlamaTransformerDecoder", "MistralTransformerDecoder", "Phi3Decoder"],
        more: |draft| Decoder::read(draft).finish(draft),
        ..Class::PLAIN
    },
    Class {
        names: &["QwenTransformerDecoder"],
        more: |draft| Decoder { bias: true, ..Decoder::read(draft) }.finish(draft),
        ..Class::PLAIN
    },
    Class {
        names: &["Qwen3TransformerDecoder"],
        more: |draft| Decoder { norms: true, ..Decoder::read(draft) }.finish(draft),
        ..Class::PLAIN
    },
    Class {
        names: &["MixtralTransformerDecoder"],
        more: |draft| {
            let experts = draft.size(&["num_experts"]);
            Decoder { experts: Some(experts), ..Decoder::read(draft) }.finish(draft);
        },
        ..Class::PLAIN
    },
    Class {
        names: &[
            "LlamaLayerNorm",
            "MistralLayerNormalization",
            "MixtralLayerNormalization",
            "QwenLayerNorm",
            "Qwen3LayerNorm",
            "T5LayerNorm",
            "Phi3LayerNorm",
            "RoformerNorm",
        ],
        kind: "rms_norm",
        ..Class::PLAIN
    },
];

fn decoder(draft: &mut Draft) {
    let (width, heads) = (built_width(draft), draft.size(&["num_heads"]));
    let inner = draft.size(&["intermediate_dim"]);
    let cross = draft.given(&["encoder_sequence_shape"]).map(|shape| {
        let last = shape.as_seq().and_then(|items| items.last()?.as_int());
        last.and_then(|size| i64::try_from(size).ok())
    });
    decoder_parts(Block::of(draft), width, heads, inner, cross).finish(draft);
}

/// Attention to itself, to the encoder's sequence of that width where there is one, then two
/// dense layers.
pub(super) fn decoder_parts(
    mut block: Block,
    width: Size,
    heads: Size,
    inner: Size,
    cross: Option<Size>,
) -> Block {
    let input = block.fed();
    let mut attended = block.attention("self_attention", input, width, heads);
    attended = block.layer_norm("self_attention_layer_norm", attended);
    if let Some(other) = cross {
        let encoder = block.input("encoder", &[None, other]);
        attended = block.attention_to("cross_attention", (attended, encoder), width, heads);
        attended = block.layer_norm("cross_attention_layer_norm", attended);
    }
    let wide = block.dense("feedforward_intermediate_dense", attended, inner, true);
    let output = block.dense("feedforward_output_dense", wide, width, true);
    block.layer_norm("feedforward_layer_norm", output);
    block
}

fn gpt_neo_x(draft: &mut Draft) {
    let (width, inner) = (built_width(draft), draft.size(&["intermediate_dim"]));
    gpt_neo_x_parts(Block::of(draft), width, inner).finish(draft);
}

/// Queries, keys and values from one dense layer.
pub(super) fn gpt_neo_x_parts(mut block: Block, width: Size, inner: Size) -> Block {
    let input = block.fed();
    block.dense("query_key_value", input, product(&[width, Some(3)]), true);
    let attended = block.dense("attention_output", input, width, true);
    let normed = block.layer_norm("self_attention_layer_norm", attended);
    let wide = block.dense("feedforward_intermediate_dense", normed, inner, true);
    let output = block.dense("feedforward_output_dense", wide, width, true);
    block.layer_norm("feedforward_layer_norm", output);
    block
}

fn falcon(draft: &mut Draft) {
    let (width, inner) = (built_width(draft), draft.size(&["intermediate_dim"]));
    falcon_parts(Block::of(draft), width, inner).finish(draft);
}

pub(super) fn falcon_parts(mut block: Block, width: Size, inner: Size) -> Block {
    let input = block.fed();
    let normed = block.layer_norm("input_layernorm", input);
    for name in ["query_dense", "key_dense", "value_dense", "output_dense"] {
        block.dense(&format!("attention/{name}"), normed, width, true);
    }
    let normed = block.layer_norm("post_attention_layernorm", normed);
    let wide = block.dense("dense_h_to_4h", normed, inner, true);
    block.dense("dense_4h_to_h", wide, width, true);
    block
}

/// A decoder of the Llama family: grouped queries, a gated pair of dense layers, scales alone
/// as normalizations.
#[derive(Clone, Copy)]
pub(super) struct Decoder {
    pub(super) width: Size,
    pub(super) heads: Size,
    pub(super) key_heads: Size,
    /// Values of a head, where they are not the width over the heads.
    pub(super) head: Size,
    pub(super) inner: Size,
    /// Biases on queries, keys and values.
    pub(super) bias: bool,
    /// Biases on the dense layers behind attention.
    pub(super) dense_bias: bool,
    /// A score of each head for no token at all, and a bias on what attention gives.
    pub(super) sinks: bool,
    /// Scales on queries and keys.
    pub(super) norms: bool,
    /// Experts that a router chooses from, in the place of one pair of dense layers.
    pub(super) experts: Option<Size>,
}

impl Decoder {
    /// The sizes under the names that the family shares.
    pub(super) fn read(draft: &mut Draft) -> Self {
        Self {
            width: draft.size(&["hidden_dim"]).or_else(|| built_width(draft)),
            heads: draft.size(&["num_query_heads", "num_attention_heads"]),
            key_heads: draft.size(&["num_key_value_heads"]),
            head: draft.size(&["head_dim"]),
            inner: draft.size(&["intermediate_dim"]),
            bias: false,
            dense_bias: false,
            sinks: false,
            norms: false,
            experts: None,
        }
    }

    fn finish(self, draft: &mut Draft) {
        self.parts(Block::of(draft)).finish(draft);
    }

    pub(super) fn parts(self, mut block: Block) -> Block {
        let normed = self.attended(&mut block);
        match self.experts {
            None => self.gated(&mut block, "feedforward", normed, self.inner),
            Some(experts) => {
                block.dense("router", normed, experts, false);
                self.experts(&mut block, "expert_gate_dense", normed, self.inner);
                let wide =
                    self.experts(&mut block, "expert_intermediate_dense", normed, self.inner);
                self.experts(&mut block, "expert_output_dense", wide, self.width);
            }
        }
        block
    }

    /// Attention, and the normalization behind it.
    pub(super) fn attended(self, block: &mut Block) -> Edge {
        let spread = || self.width?.checked_div(self.heads?);
        let head = self.head.or_else(spread);
        let input = block.fed();
        let normed = block.rms_norm("self_attention_layernorm", "RMSNormalization", input);
        let query = block.dense("query", normed, product(&[self.heads, head]), self.bias);
        let kept = product(&[self.key_heads, head]);
        block.dense("key", normed, kept, self.bias);
        block.dense("value", normed, kept, self.bias);
        if self.norms {
            for name in ["query_layernorm", "key_layernorm"] {
                let args = [("normalized_shape", int(head))];
                block.add(name, "RMSNormalization", "rms_norm", &args, &[query]);
            }
        }
        if self.sinks {
            block.variable("sinks", &[self.heads]);
        }
        let attended = block.dense("attention_output", query, self.width, self.sinks);
        block.rms_norm("feedforward_layernorm", "RMSNormalization", attended)
    }

    /// A pair of dense layers, one the gate of the other, and the way back.
    pub(super) fn gated(self, block: &mut Block, name: &str, from: Edge, inner: Size) {
        let bias = self.dense_bias;
        block.dense(&format!("{name}_gate_dense"), from, inner, bias);
        let wide = block.dense(&format!("{name}_intermediate_dense"), from, inner, bias);
        block.dense(&format!("{name}_output_dense"), wide, self.width, bias);
    }

    fn experts(self, block: &mut Block, name: &str, from: Edge, units: Size) -> Edge {
        let args = [
            ("experts", int(self.experts.flatten())),
            ("output_size", int(units)),
            ("bias", Some(false.into())),
        ];
        block.add(name, "Experts", "experts", &args, &[from])
    }
}
