//! What llama.cpp's tensor names mean: which kind of layer, and which of its sizes the metadata
//! states as well.

use netweight_core::{Arg, Args, Category, Layer, Role};

use crate::file::Tensor;
use crate::metadata::Metadata;
use crate::model::weight;

/// What the metadata says of the architecture.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    metadata: &'a Metadata,
    pub(crate) architecture: Option<&'a str>,
}

/// A size that the metadata states for a layer, so that formula and tensors can be compared.
/// Only such as hold for every architecture: some keep two projections in one tensor.
static STATED: &[(&str, &str, &str)] = &[
    ("token_embd", "embedding_size", "embedding_length"),
    ("token_embd", "vocabulary_size", "vocab_size"),
    ("attn_norm", "normalized_shape", "embedding_length"),
    ("ffn_norm", "normalized_shape", "embedding_length"),
    ("output_norm", "normalized_shape", "embedding_length"),
    ("output", "input_size", "embedding_length"),
    ("attn_q", "input_size", "embedding_length"),
    ("attn_k", "input_size", "embedding_length"),
    ("attn_v", "input_size", "embedding_length"),
    ("attn_qkv", "input_size", "embedding_length"),
    ("attn_q", "output_size", "queries"),
    ("attn_k", "output_size", "keys"),
    ("attn_v", "output_size", "values"),
    ("attn_output", "input_size", "attended"),
    ("attn_output", "output_size", "embedding_length"),
    ("ffn_gate", "input_size", "embedding_length"),
    ("ffn_gate", "output_size", "feed_forward_length"),
    ("ffn_up", "input_size", "embedding_length"),
    ("ffn_down", "input_size", "feed_forward_length"),
    ("ffn_down", "output_size", "embedding_length"),
    ("ffn_gate_inp", "input_size", "embedding_length"),
    ("ffn_gate_inp", "output_size", "expert_count"),
    ("ffn_gate_exps", "experts", "expert_count"),
    ("ffn_up_exps", "experts", "expert_count"),
    ("ffn_down_exps", "experts", "expert_count"),
];

/// Sizes of the table above that follow from several entries.
static DERIVED: &[&str] = &["queries", "keys", "values", "attended"];

/// Architectures that end in features, not in scores over a vocabulary.
static ENCODERS: &[&str] = &[
    "bert",
    "nomic-bert",
    "nomic-bert-moe",
    "neo-bert",
    "jina-bert-v2",
    "jina-bert-v3",
    "modern-bert",
    "eurobert",
    "gemma-embedding",
    "t5encoder",
    "clip",
    "wavtokenizer-dec",
];

/// Last parts of names whose tensors nobody learned: frequency tables, a router's correction.
static CONSTANTS: &[&str] =
    &["rope_freqs", "rope_factors_long", "rope_factors_short", "exp_probs_b"];

impl<'a> Facts<'a> {
    pub(crate) fn of(metadata: &'a Metadata) -> Self {
        Self { metadata, architecture: metadata.text("general.architecture") }
    }

    /// Whether the file holds a model, not an adapter or statistics.
    pub(crate) fn is_model(&self) -> bool {
        self.metadata.text("general.type").is_none_or(|kind| kind == "model")
    }

    /// Whether the tensors are statistics of activations.
    fn is_statistics(&self) -> bool {
        self.metadata.text("general.type") == Some("imatrix")
    }

    fn size(&self, key: &str) -> Option<u64> {
        let architecture = self.architecture?;
        let stated = self.metadata.size(&format!("{architecture}.{key}"));
        match key {
            "vocab_size" => stated.or_else(|| self.metadata.length("tokenizer.ggml.tokens")),
            "queries" => self.heads("head_count", "key_length"),
            "keys" => self.heads("head_count_kv", "key_length"),
            "values" => self.heads("head_count_kv", "value_length"),
            "attended" => self.heads("head_count", "value_length"),
            _ => stated,
        }
    }

    /// Features of so many heads. Where the metadata says nothing, there are as many heads for
    /// keys as for queries, and these share out the embedding.
    fn heads(&self, count: &str, length: &str) -> Option<u64> {
        // Latent attention compresses keys and values; its projections are none of these.
        if self.has("attention.kv_lora_rank") {
            return None;
        }
        let all = self.size("attention.head_count")?;
        let of_kind = format!("attention.{count}");
        let heads = if self.has(&of_kind) { self.size(&of_kind)? } else { all };
        let length = format!("attention.{length}");
        let length = match self.has(&length) {
            true => self.size(&length)?,
            false => self.size("embedding_length")?.checked_div(all)?,
        };
        heads.checked_mul(length)
    }

    fn has(&self, key: &str) -> bool {
        let architecture = self.architecture.unwrap_or_default();
        self.metadata.has(&format!("{architecture}.{key}"))
    }

    /// The sizes that the metadata states for a layer.
    fn stated(&self, role: &str, measured: &Args) -> Args {
        let mut args = Args::default();
        for (_, name, key) in STATED.iter().filter(|(known, ..)| *known == role) {
            // Some architectures put more into a projection than its heads.
            let agrees = |size: &u64| !DERIVED.contains(key) || measured.size(name) == Some(*size);
            if let Some(size) = self.size(key).filter(agrees).and_then(Arg::size) {
                args.set(*name, size);
            }
        }
        args
    }

    /// The output layer of a model that stores none: the token embedding once more.
    pub(crate) fn tied_output(&self, layers: &[Layer]) -> Option<Layer> {
        let architecture = self.architecture.filter(|_| self.is_model())?;
        let stored = layers.iter().any(|layer| layer.path == "output" || layer.path == "cls");
        let owner = layers.iter().position(|layer| layer.path == "token_embd")?;
        if stored || ENCODERS.contains(&architecture) {
            return None;
        }
        let table = layers.get(owner)?;
        let &[entries, values] = table.weights.first()?.shape.as_slice() else { return None };
        let sizes = Args::default()
            .with("input_size", Arg::size(values)?)
            .with("output_size", Arg::size(entries)?)
            .with("bias", false);
        Some(Layer {
            measured: sizes,
            weights: table.weights.clone(),
            shared_with: Some(owner),
            ..Layer::new("output", "tied", "dense")
        })
    }
}

/// A tensor's layer: its name without `.weight` or `.bias`.
pub(crate) fn path(name: &str) -> &str {
    name.strip_suffix(".weight").or_else(|| name.strip_suffix(".bias")).unwrap_or(name)
}

/// The layer of a weight and its bias.
pub(crate) fn layer(path: &str, tensors: &[&Tensor], facts: &Facts) -> Layer {
    let role = path.rsplit('.').next().unwrap_or(path);
    let mut layer = Layer { path: path.to_owned(), ..Layer::default() };
    if let Some(found) = recognised(path, role, tensors, facts) {
        layer.kind = Some(found.kind.into());
        layer.args = facts.stated(role, &found.measured);
        if let Some(flag) = found.offset {
            layer.args.set(flag, tensors.len() > 1);
        }
        layer.measured = found.measured;
        let role = |tensor: &Tensor| match tensor.name.ends_with(".bias") {
            true if found.role == Role::Gamma => Role::Beta,
            true => Role::Bias,
            false => found.role,
        };
        let learned = |tensor: &&Tensor| weight(tensor, role(tensor), Category::Trainable);
        layer.weights = tensors.iter().map(learned).collect();
        return layer;
    }
    layer.weights = tensors.iter().map(|tensor| unrecognised(role, tensor, facts)).collect();
    if let [only] = layer.weights.as_slice()
        && only.category == Category::Trainable
        && let Some(sizes) = Arg::sizes(&only.shape)
    {
        layer.kind = Some("parameter".into());
        layer.measured.set("shape", sizes);
    }
    layer
}

fn unrecognised(role: &str, tensor: &Tensor, facts: &Facts) -> netweight_core::Weight {
    if matches!(role, "scale" | "input_scale") {
        return weight(tensor, Role::Scale, Category::Quantization);
    }
    match is_constant(role, tensor, facts) {
        true => weight(tensor, Role::Constant, Category::Constant),
        false => weight(tensor, Role::Parameter, Category::Trainable),
    }
}

fn is_constant(role: &str, tensor: &Tensor, facts: &Facts) -> bool {
    let is_integer = tensor.element.is_some_and(|element| (24..=27).contains(&element.id));
    CONSTANTS.contains(&role) || facts.is_statistics() || is_integer
}

/// A layer that is recognised.
struct Found {
    kind: &'static str,
    /// What the weight does in it.
    role: Role,
    /// The flag that says whether there is a bias; none for kinds that never have one.
    offset: Option<&'static str>,
    /// The sizes that the tensors have.
    measured: Args,
}

/// The kind of a layer of a weight or of a weight and its bias.
fn recognised(path: &str, role: &str, tensors: &[&Tensor], facts: &Facts) -> Option<Found> {
    let (weight, bias) = match *tensors {
        [only] => (only, None),
        [a, b] if a.name.ends_with(".bias") => (b, Some(a)),
        [a, b] if b.name.ends_with(".bias") => (a, Some(b)),
        _ => return None,
    };
    let is_weight = weight.name.ends_with(".weight") || role.starts_with("lora_");
    if !is_weight || is_constant(role, weight, facts) {
        return None;
    }
    let found = kind(path, role, weight, bias.is_some(), facts)?;
    // A bias has the dimensions of the outputs.
    let fits = |bias: &Tensor| match found.kind {
        "experts" => weight.shape.starts_with(&bias.shape) && bias.shape.len() == 2,
        _ => weight.shape.starts_with(&bias.shape) && bias.shape.len() == 1,
    };
    bias.is_none_or(|bias| found.offset.is_some() && fits(bias)).then_some(found)
}

/// The kind by the name and the shape, [out, in] for a matrix.
fn kind(path: &str, role: &str, weight: &Tensor, has_bias: bool, facts: &Facts) -> Option<Found> {
    let found = |kind, role, offset, sizes: &[(&'static str, u64)]| {
        let mut measured = Args::default();
        for (name, size) in sizes {
            measured.set(*name, Arg::size(*size)?);
        }
        Some(Found { kind, role, offset, measured })
    };
    let bias = Some("bias");
    match *weight.shape.as_slice() {
        [features] if role.contains("norm") => {
            let sizes = [("normalized_shape", features)];
            match has_bias || facts.has("attention.layer_norm_epsilon") {
                true => found("layer_norm", Role::Gamma, Some("offset"), &sizes),
                false => found("rms_norm", Role::Gamma, None, &sizes),
            }
        }
        [entries, values] if role.contains("position_embd") => {
            let sizes = [("sequence_length", entries), ("embedding_size", values)];
            found("position_embedding", Role::Embedding, None, &sizes)
        }
        [entries, values] if is_table(path) => {
            let sizes = [("vocabulary_size", entries), ("embedding_size", values)];
            found("embedding", Role::Embedding, None, &sizes)
        }
        [channels, kernel] if role == "ssm_conv1d" => {
            let sizes = [("in_channels", channels), ("kernel_size", kernel)];
            found("depthwise_conv", Role::Kernel, bias, &sizes)
        }
        [outputs, inputs] => {
            found("dense", Role::Kernel, bias, &[("input_size", inputs), ("output_size", outputs)])
        }
        [experts, outputs, inputs] if role.ends_with("_exps") => {
            let sizes = [("experts", experts), ("input_size", inputs), ("output_size", outputs)];
            found("experts", Role::Kernel, bias, &sizes)
        }
        [outputs, inputs, ref kernel @ ..]
            if !kernel.is_empty() && (role.contains("conv") || role.contains("patch_embd")) =>
        {
            let sizes = [("in_channels", inputs), ("out_channels", outputs)];
            let mut found = found("conv", Role::Kernel, bias, &sizes)?;
            found.measured.set("kernel_size", Arg::sizes(kernel)?);
            Some(found)
        }
        _ => None,
    }
}

/// Tables of vectors: tokens, token types.
fn is_table(path: &str) -> bool {
    let role = path.rsplit('.').next().unwrap_or(path);
    matches!(role, "token_embd" | "token_types" | "per_layer_token_embd")
}
