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
    ("attn_output", "output_size", "embedding_length"),
    ("ffn_gate", "input_size", "embedding_length"),
    ("ffn_gate", "output_size", "feed_forward_length"),
    ("ffn_up", "input_size", "embedding_length"),
    ("ffn_down", "input_size", "feed_forward_length"),
    ("ffn_down", "output_size", "embedding_length"),
    ("ffn_gate_inp", "input_size", "embedding_length"),
    ("ffn_gate_inp", "output_size", "expert_count"),
    ("ffn_gate_exps", "num_experts", "expert_count"),
    ("ffn_up_exps", "num_experts", "expert_count"),
    ("ffn_down_exps", "num_experts", "expert_count"),
];

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
            _ => stated,
        }
    }

    fn has(&self, key: &str) -> bool {
        let architecture = self.architecture.unwrap_or_default();
        self.metadata.has(&format!("{architecture}.{key}"))
    }

    /// The sizes that the metadata states for a layer.
    fn stated(&self, role: &str) -> Args {
        let mut args = Args::default();
        for (_, name, key) in STATED.iter().filter(|(known, ..)| *known == role) {
            if let Some(size) = self.size(key).and_then(Arg::size) {
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
    if let Some((kind, measured, roles)) = recognised(path, role, tensors, facts) {
        layer.kind = Some(kind.to_owned());
        layer.measured = measured;
        layer.args = facts.stated(role);
        layer.weights = tensors
            .iter()
            .zip(roles)
            .map(|(tensor, role)| weight(tensor, role, Category::Trainable))
            .collect();
        return layer;
    }
    layer.weights = tensors.iter().map(|tensor| unrecognised(role, tensor, facts)).collect();
    if let [only] = layer.weights.as_slice()
        && only.category == Category::Trainable
        && let Some(sizes) = Arg::sizes(&only.shape)
    {
        layer.kind = Some("parameter".to_owned());
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

type Recognised = (&'static str, Args, Vec<Role>);

/// The kind of a layer, the sizes that its tensors have, and their roles in order.
fn recognised(path: &str, role: &str, tensors: &[&Tensor], facts: &Facts) -> Option<Recognised> {
    let find = |end: &str| tensors.iter().find(|tensor| tensor.name.ends_with(end));
    let weight = match tensors {
        [only] => only,
        _ => find(".weight")?,
    };
    let bias = find(".bias").filter(|bias| bias.name != weight.name);
    let is_plain = tensors.len() == 1usize.saturating_add(usize::from(bias.is_some()));
    if !is_plain || is_constant(role, weight, facts) || weight.name.ends_with(".bias") {
        return None;
    }
    let is_weight = weight.name.ends_with(".weight") || role.starts_with("lora_");
    let (kind, first, second, mut sizes) =
        kind(path, role, weight, bias.copied(), facts).filter(|_| is_weight)?;
    if !matches!(kind, "embedding" | "position_embedding" | "rms_norm") {
        sizes.set(if kind == "layer_norm" { "offset" } else { "bias" }, bias.is_some());
    }
    let roles =
        tensors.iter().map(|tensor| if tensor.name == weight.name { first } else { second });
    Some((kind, sizes, roles.collect()))
}

/// The kind by the name and the shape, [out, in] for a matrix; the roles of weight and bias.
fn kind(
    path: &str,
    role: &str,
    weight: &Tensor,
    bias: Option<&Tensor>,
    facts: &Facts,
) -> Option<(&'static str, Role, Role, Args)> {
    let args = |sizes: &[(&'static str, u64)]| {
        let sizes = sizes.iter().map(|(name, size)| Some((*name, Arg::size(*size)?)));
        let sizes: Option<Vec<_>> = sizes.collect();
        sizes.map(|sizes| {
            sizes.into_iter().fold(Args::default(), |args, (name, size)| args.with(name, size))
        })
    };
    let fits = |outputs: u64| bias.is_none_or(|bias| bias.shape == [outputs]);
    let convolves = role.contains("conv") || role.contains("patch_embd");
    let found = match weight.shape.as_slice() {
        [features] if role.contains("norm") && fits(*features) => {
            let has_mean = facts.has("attention.layer_norm_epsilon");
            let kind = if bias.is_some() || has_mean { "layer_norm" } else { "rms_norm" };
            (kind, Role::Gamma, Role::Beta, args(&[("normalized_shape", *features)])?)
        }
        [entries, values] if bias.is_none() && role.contains("position_embd") => {
            let sizes = args(&[("sequence_length", *entries), ("embedding_size", *values)])?;
            ("position_embedding", Role::Embedding, Role::Bias, sizes)
        }
        [entries, values] if bias.is_none() && is_table(path) => {
            let sizes = args(&[("vocabulary_size", *entries), ("embedding_size", *values)])?;
            ("embedding", Role::Embedding, Role::Bias, sizes)
        }
        [channels, kernel] if role == "ssm_conv1d" && fits(*channels) => {
            let sizes = args(&[("in_channels", *channels), ("kernel_size", *kernel)])?;
            ("depthwise_conv", Role::Kernel, Role::Bias, sizes)
        }
        [outputs, inputs] if fits(*outputs) => {
            let sizes = args(&[("input_size", *inputs), ("output_size", *outputs)])?;
            ("dense", Role::Kernel, Role::Bias, sizes)
        }
        [experts, outputs, inputs] if role.ends_with("_exps") => {
            let sizes =
                [("num_experts", *experts), ("input_size", *inputs), ("output_size", *outputs)];
            bias.is_none_or(|bias| bias.shape == [*experts, *outputs])
                .then(|| args(&sizes))
                .flatten()
                .map(|sizes| ("expert_dense", Role::Kernel, Role::Bias, sizes))?
        }
        [outputs, inputs, kernel @ ..] if convolves && !kernel.is_empty() && fits(*outputs) => {
            let sizes = args(&[("in_channels", *inputs), ("out_channels", *outputs)])?;
            ("conv", Role::Kernel, Role::Bias, sizes.with("kernel_size", Arg::sizes(kernel)?))
        }
        _ => return None,
    };
    Some(found)
}

/// Tables of vectors: tokens, token types, codes.
fn is_table(path: &str) -> bool {
    let role = path.rsplit('.').next().unwrap_or(path);
    matches!(role, "token_embd" | "token_types" | "per_layer_token_embd")
}
