//! Parts of a language model as llama.cpp's tensor names tell them.

/// What a tensor is in the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Output,
    Embedding,
    /// Queries, keys and values in one matrix, or keys and values.
    Fused,
    Value,
    Key,
    Query,
    AttentionOutput,
    Up,
    Gate,
    Down,
    Other,
}

impl Part {
    /// The part that a tensor of llama.cpp is, by its name.
    pub(super) fn of(name: &str) -> Self {
        match name {
            "output.weight" => return Self::Output,
            "token_embd.weight" | "per_layer_token_embd.weight" => return Self::Embedding,
            _ => {}
        }
        let parts = [
            ("attn_qkv.weight", Self::Fused),
            ("attn_kv_b.weight", Self::Fused),
            ("attn_v.weight", Self::Value),
            ("attn_k.weight", Self::Key),
            ("attn_q.weight", Self::Query),
            ("attn_output.weight", Self::AttentionOutput),
            ("ffn_up", Self::Up),
            ("ffn_gate", Self::Gate),
            ("ffn_down", Self::Down),
        ];
        let found = parts.into_iter().find(|(text, _)| name.contains(text));
        found.map_or(Self::Other, |(_, part)| part)
    }
}

/// Parts of names of tensors that llama.cpp never quantizes.
const LEFT_ALONE: [&str; 34] = [
    "_norm.weight",
    "ffn_gate_inp.weight",
    "ffn_gate_tid2eid.weight",
    "altup",
    "laurel",
    "per_layer_model_proj",
    "ssm_conv1d",
    "shortconv.conv.weight",
    "indexer.k_proj.weight",
    "indexer.q_proj.weight",
    "time_mix_first.weight",
    "time_mix_w0.weight",
    "time_mix_w1.weight",
    "time_mix_w2.weight",
    "time_mix_v0.weight",
    "time_mix_v1.weight",
    "time_mix_v2.weight",
    "time_mix_a0.weight",
    "time_mix_a1.weight",
    "time_mix_a2.weight",
    "time_mix_g1.weight",
    "time_mix_g2.weight",
    "time_mix_decay_w1.weight",
    "time_mix_decay_w2.weight",
    "time_mix_lerp_fused.weight",
    "attn_rel_b.weight",
    ".position_embd",
    "sam.pos_embd",
    "sam.neck.",
    "sam.net_",
    ".rel_pos",
    ".patch_embd",
    ".patch_merger",
    "a.rvq.codebook",
];

/// Whether llama.cpp quantizes a tensor of that name and so many dimensions, and why not.
pub(super) fn left_alone(name: &str, dimensions: usize) -> Option<&'static str> {
    if dimensions < 2 {
        return Some("vectors are never quantized");
    }
    if !name.ends_with("weight") {
        return Some("only tensors named `weight` are quantized");
    }
    let exact = ["position_embd.weight", "token_types.weight"];
    let alone = exact.contains(&name)
        || name.contains("mm.a.code_embd")
        || LEFT_ALONE.iter().any(|part| name.contains(part));
    alone.then_some("norms, routers and position tables are never quantized")
}

/// The layer number that a name states: 12 of `blk.12.ffn_up.weight`.
pub(super) fn block(name: &str) -> Option<u64> {
    name.strip_prefix("blk.")?.split('.').next()?.parse().ok()
}
