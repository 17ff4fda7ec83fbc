//! Mixtures of Qwen and GPT-OSS: in some layers a router chooses experts in the place of the dense layers.

use netweight_core::{Arg, Edge};

use super::block::{Block, Size, int, product};
use super::decoders::Decoder;
use super::language_models::tokens;
use crate::class::Class;
use crate::config::Read;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] = &[
    Class {
        names: &["QwenMoeBackbone"],
        more: |draft| {
            let decoder = Decoder { bias: true, ..Decoder::read(draft) };
            // Every layer of it is told that it is the first.
            backbone(draft, "QwenMoe", "LayerNorm", decoder, |_| 0);
        },
        ..Class::PLAIN
    },
    Class {
        names: &["Qwen3MoeBackbone"],
        more: |draft| {
            let decoder = Decoder { norms: true, ..Decoder::read(draft) };
            backbone(draft, "Qwen3Moe", "LayerNorm", decoder, |index| index);
        },
        ..Class::PLAIN
    },
    Class {
        names: &["GptOssBackbone"],
        more: |draft| {
            let sizes = Decoder::read(draft);
            let decoder = Decoder { bias: true, dense_bias: true, sinks: true, ..sizes };
            backbone(draft, "GptOss", "LayerNormalization", decoder, |index| index);
        },
        ..Class::PLAIN
    },
];

/// What stands in a layer with experts.
struct Mixture {
    experts: Size,
    inner: Size,
    /// Values inside the expert that every token passes, where there is one.
    shared: Size,
}

impl Mixture {
    /// The router, and the experts' matrices: that of the gate and its partner in one.
    fn parts(&self, block: &mut Block, decoder: Decoder, normed: Edge) {
        let bias = decoder.dense_bias;
        block.dense("sparse_feedforward_gate_dense", normed, self.experts, bias);
        let args = |inputs: Size, outputs: Size| {
            [
                ("experts", int(self.experts)),
                ("input_size", int(inputs)),
                ("output_size", int(outputs)),
                ("bias", Some(bias.into())),
            ]
        };
        let both = args(decoder.width, product(&[self.inner, Some(2)]));
        let name = "expert_feedforward_gate_dense";
        let wide = block.add(name, "Experts", "experts", &both, &[normed]);
        let back = args(self.inner, decoder.width);
        block.add("expert_feedforward_output_dense", "Experts", "experts", &back, &[wide]);
        if self.shared.is_some() {
            decoder.gated(block, "shared_expert", normed, self.shared);
            block.dense("shared_expert_gate", normed, Some(1), false);
        }
    }
}

fn backbone(draft: &mut Draft, name: &str, norm: &str, decoder: Decoder, place: fn(i64) -> i64) {
    let entries = draft.size(&["vocabulary_size"]);
    let layers = draft.layers("num_layers");
    let tied = draft.flag(&["tie_word_embeddings"]);
    let mixture = Mixture {
        experts: draft.size(&["num_experts"]),
        inner: draft.size(&["moe_intermediate_dim"]).or(decoder.inner),
        shared: draft.size(&["shared_expert_intermediate_dim"]),
    };
    let step = draft.size(&["decoder_sparse_step"]).unwrap_or(1);
    let dense = match draft.read(&["mlp_only_layers"], Read::Ints) {
        Some(Arg::List(layers)) => layers.to_vec(),
        _ => Vec::new(),
    };
    let mut block = Block::of(draft);
    let mut from = tokens(&mut block, entries, decoder.width, tied);
    for index in 0..layers {
        let own = format!("transformer_layer_{index}");
        let mut parts = block.inside(&own);
        let normed = decoder.attended(&mut parts);
        let is_mixed = !dense.contains(&place(index)) && (place(index) + 1) % step == 0;
        match is_mixed {
            true => mixture.parts(&mut parts, decoder, normed),
            false => decoder.gated(&mut parts, "feedforward", normed, decoder.inner),
        }
        from = block.part(&own, &format!("{name}TransformerDecoder"), parts, &[from]);
        block.state(from, &[&[None, decoder.width]]);
    }
    block.rms_norm("sequence_output_layernorm", &format!("{name}{norm}"), from);
    block.finish(draft);
}
