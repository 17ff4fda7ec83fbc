//! The words beside the catalogue's own: what Keras, PyTorch and ONNX call an argument of a kind,
//! what a short form is short for, what a key takes that the catalogue leaves open.
//!
//! Every argument of every kind can be given by its name and its letter in the catalogue; what
//! stands here comes on top, so a new kind needs a row only where it has words of its own.

use netweight_core::Convention;

use crate::takes::Takes;

/// Whose word it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vocabulary {
    /// The letter of a formula.
    Letter,
    /// The catalogue's name.
    Catalogue,
    /// Keras.
    Keras,
    /// PyTorch.
    PyTorch,
    /// ONNX.
    Onnx,
}

impl From<Convention> for Vocabulary {
    fn from(convention: Convention) -> Self {
        match convention {
            Convention::Textbook => Self::Letter,
            Convention::Keras => Self::Keras,
            Convention::PyTorch => Self::PyTorch,
            Convention::Onnx => Self::Onnx,
        }
    }
}

/// Another word for arguments of some kinds.
#[derive(Debug)]
pub(crate) struct Word {
    pub(crate) word: &'static str,
    pub(crate) vocabulary: Vocabulary,
    /// The arguments that it gives, in the catalogue's names: nearly always one.
    pub(crate) args: &'static [&'static str],
    /// The kinds that it belongs to; empty for all that have the arguments.
    pub(crate) kinds: &'static [&'static str],
}

const fn word(
    vocabulary: Vocabulary,
    word: &'static str,
    args: &'static [&'static str],
    kinds: &'static [&'static str],
) -> Word {
    Word { word, vocabulary, args, kinds }
}

const ANY: &[&str] = &[];
const DENSE: &[&str] = &["dense", "bilinear"];
pub(crate) const RECURRENT: &[&str] = &["simple_rnn", "gru", "lstm"];
const CONVOLUTIONS: &[&str] = &[
    "conv",
    "depthwise_conv",
    "separable_conv",
    "conv_transpose",
    "conv_lstm",
    "locally_connected",
];
const NORMS: &[&str] =
    &["batch_norm", "layer_norm", "rms_norm", "group_norm", "instance_norm", "feature_norm"];
const ATTENTION: &[&str] = &["multi_head_attention", "grouped_query_attention"];
const SCORED: &[&str] = &["attention", "additive_attention"];

use Vocabulary::{Keras, Onnx, PyTorch};

/// Other words for arguments, one row each.
pub(crate) static WORDS: &[Word] = &[
    word(Keras, "units", &["output_size"], DENSE),
    word(PyTorch, "in_features", &["input_size"], &["dense"]),
    word(PyTorch, "out_features", &["output_size"], DENSE),
    word(PyTorch, "in1_features", &["input_size"], &["bilinear"]),
    word(PyTorch, "in2_features", &["second_input_size"], &["bilinear"]),
    word(Keras, "use_bias", &["bias"], ANY),
    word(Keras, "units", &["hidden_size"], RECURRENT),
    word(Keras, "bidirectional", &["directions"], RECURRENT),
    word(PyTorch, "bidirectional", &["directions"], RECURRENT),
    word(PyTorch, "proj_size", &["projection_size"], ANY),
    word(Onnx, "linear_before_reset", &["reset_after"], ANY),
    word(Keras, "filters", &["out_channels"], ANY),
    word(Keras, "filters", &["hidden_size"], &["conv_lstm"]),
    word(Keras, "kernel", &["kernel_size"], CONVOLUTIONS),
    word(Onnx, "kernel_shape", &["kernel_size"], ANY),
    word(Keras, "pool_size", &["kernel_size"], &["pool"]),
    word(Keras, "strides", &["stride"], ANY),
    word(Onnx, "strides", &["stride"], ANY),
    word(Keras, "dilation_rate", &["dilation"], ANY),
    word(Onnx, "dilations", &["dilation"], ANY),
    word(Onnx, "group", &["groups"], ANY),
    word(Onnx, "pads", &["padding"], ANY),
    word(Keras, "data_format", &["layout"], ANY),
    word(Keras, "input_dim", &["vocabulary_size"], ANY),
    word(Keras, "output_dim", &["embedding_size"], ANY),
    word(PyTorch, "num_embeddings", &["vocabulary_size"], ANY),
    word(PyTorch, "embedding_dim", &["embedding_size"], ANY),
    word(Keras, "center", &["offset"], ANY),
    word(PyTorch, "affine", &["scale", "offset"], ANY),
    word(PyTorch, "elementwise_affine", &["scale", "offset"], &["layer_norm"]),
    word(PyTorch, "elementwise_affine", &["scale"], &["rms_norm"]),
    word(PyTorch, "num_features", &["channels"], ANY),
    word(PyTorch, "num_channels", &["channels"], &["group_norm"]),
    word(PyTorch, "num_groups", &["groups"], &["group_norm"]),
    word(PyTorch, "track_running_stats", &["statistics"], ANY),
    word(PyTorch, "num_parameters", &["slope_shape"], ANY),
    word(PyTorch, "embed_dim", &["query_size"], ANY),
    word(PyTorch, "kdim", &["key_size"], ANY),
    word(PyTorch, "vdim", &["value_size"], ANY),
    word(Keras, "key_dim", &["head_size"], ANY),
    word(Keras, "value_dim", &["value_head_size"], ANY),
    word(Keras, "head_dim", &["head_size"], ANY),
    word(Keras, "num_query_heads", &["num_heads"], &["grouped_query_attention"]),
    word(Keras, "return_attention_scores", &["return_scores"], ANY),
    word(Keras, "use_scale", &["scale"], SCORED),
    word(Keras, "target_shape", &["target"], ANY),
    word(PyTorch, "start_dim", &["axis"], &["flatten"]),
    word(Keras, "size", &["factor"], ANY),
    word(PyTorch, "scale_factor", &["factor"], ANY),
];

/// A key that changes no count and no shape; it is read so that a sketch may say it.
#[derive(Debug)]
pub(crate) struct Idle {
    pub(crate) word: &'static str,
    pub(crate) kinds: &'static [&'static str],
}

const fn idle(word: &'static str, kinds: &'static [&'static str]) -> Idle {
    Idle { word, kinds }
}

/// Keys that change nothing, one row each.
pub(crate) static IDLE: &[Idle] = &[
    idle("activation", &["dense", "ffnn", "einsum_dense"]),
    idle("activation", CONVOLUTIONS),
    idle("activation", RECURRENT),
    idle("recurrent_activation", RECURRENT),
    idle("recurrent_dropout", RECURRENT),
    idle("dropout", RECURRENT),
    idle("dropout", ATTENTION),
    idle("batch_first", RECURRENT),
    idle("batch_first", ATTENTION),
    idle("causal", ATTENTION),
    idle("epsilon", NORMS),
    idle("eps", NORMS),
    idle("momentum", &["batch_norm", "instance_norm"]),
    idle("rate", &["dropout", "noise"]),
    idle("function", &["activation"]),
    idle("slope", &["activation"]),
    idle("interpolation", &["upsampling", "resizing"]),
];

/// What the short form of a kind gives, where that is not its sizes in order: `- max_pool: 2`.
pub(crate) static SHORT: &[(&str, &[&str])] = &[
    ("activation", &["function"]),
    ("batch_norm", &["channels"]),
    ("category_encoding", &["num_tokens"]),
    ("cropping", &["amounts"]),
    ("dropout", &["rate"]),
    ("einsum_dense", &["equation"]),
    ("flatten", &["axis"]),
    ("group_norm", &["groups"]),
    ("instance_norm", &["channels"]),
    ("layer_norm", &["normalized_shape"]),
    ("noise", &["rate"]),
    ("padding", &["amounts"]),
    ("permute", &["dims"]),
    ("pool", &["kernel_size"]),
    ("prelu", &["slope_shape"]),
    ("reshape", &["target"]),
    ("resizing", &["sizes"]),
    ("rms_norm", &["normalized_shape"]),
    ("upsampling", &["factor"]),
];

/// What arguments take whose row in the catalogue does not show it.
pub(crate) static TAKES: &[(&str, Takes)] = &[
    ("amounts", Takes::Amounts),
    ("axes", Takes::Wholes),
    ("axis", Takes::Wholes),
    ("bias_axes", Takes::Text),
    ("bias_sizes", Takes::Sizes),
    ("dilation", Takes::PerAxis),
    ("dims", Takes::Wholes),
    ("equation", Takes::Text),
    ("factor", Takes::PerAxis),
    ("full_target", Takes::Wholes),
    ("groups", Takes::Size),
    ("inputs", Takes::Size),
    ("kernel_size", Takes::Kernel),
    ("layout", Takes::OneOf(&["channels_first", "channels_last"])),
    ("merge_mode", Takes::OneOf(&["concat", "sum", "ave", "mul", "none"])),
    ("num_tokens", Takes::Size),
    ("output_mode", Takes::OneOf(&["one_hot", "multi_hot", "count", "tf_idf"])),
    ("output_padding", Takes::Padding),
    ("output_shape", Takes::Wholes),
    ("output_spatial", Takes::PerAxis),
    ("padding", Takes::Padding),
    ("perm", Takes::Wholes),
    ("projection_size", Takes::Size),
    ("shared_axes", Takes::Wholes),
    ("sizes", Takes::PerAxis),
    ("stride", Takes::PerAxis),
    ("target", Takes::Wholes),
];

/// Words of the catalogue that stand for any number of spatial dimensions; `1d`, `2d` or `3d`
/// behind them says how many: `max_pool2d`.
pub(crate) static RANKED: &[&str] = &[
    "average_pool",
    "average_pooling",
    "avg_pool",
    "batch_norm",
    "conv_transpose",
    "cropping",
    "dropout",
    "global_average_pool",
    "global_average_pooling",
    "global_avg_pool",
    "global_max_pool",
    "global_max_pooling",
    "instance_norm",
    "max_pool",
    "max_pooling",
    "separable_conv",
    "depthwise_conv",
    "spatial_dropout",
    "up_sampling",
    "upsampling",
    "zero_pad",
    "zero_padding",
];

/// Kinds of the catalogue that a spec says in another way, and how.
pub(crate) static INSTEAD: &[(&str, &str)] = &[
    ("input", "the input stands beside `layers`: `input: 8`"),
    ("model", "write the layers as a group: `- layers: […]`"),
    ("opaque", "write the kind's formula under `kinds`"),
];

/// What people write out of habit, and what a spec has for it.
pub(crate) static ADVICE: &[(&str, &str)] = &[
    ("num_layers", "write `repeat: 2` beside the kind"),
    ("input_shape", "the input stands beside `layers`: `input: [28, 28, 1]`"),
    ("type", "the kind itself is the key: `- dense: 5`"),
    ("kind", "the kind itself is the key: `- dense: 5`"),
    ("class_name", "the kind itself is the key: `- dense: 5`"),
    ("inputs", "a layer's inputs stand under `from`"),
    ("frozen", "write `trainable: false`"),
    ("count", "write `repeat: 2`"),
];
