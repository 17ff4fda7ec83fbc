//! What a model file says: layers in order, their arguments, their stored weights, their wiring.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thin_vec::ThinVec;

use crate::graph::Graph;
use crate::words::words;
use crate::{Args, DType, Diagnostic, Expectation, OwnKind, Shape, elements};

/// A model as its file states it. Inert: no counts, no display text, nothing of the file's format.
/// Its written form is [`lines`](crate::lines).
///
/// ```
/// use netweight_core::{Args, Edge, Layer, Model, analyze};
///
/// let mut model = Model::new("sketch");
/// let input = model.push(Layer::input("features", [3u64].as_slice().into()));
/// model.push(
///     Layer::new("hidden", "Dense", "dense")
///         .with_args(Args::default().with("output_size", 5).with("bias", true))
///         .after(Edge::new(input, 0)),
/// );
/// assert_eq!(analyze(&model).totals.parameters(), Some(3 * 5 + 5));
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Model {
    /// The importer's id: `onnx`, `keras`, `yaml`.
    pub format: String,
    /// What the file says of its format, in words: `ONNX opset 17`.
    pub description: String,
    /// The model's own name.
    pub name: Option<String>,
    /// Who wrote the file: `pytorch 2.9.1`.
    pub producer: Option<String>,
    /// Where defaults for arguments come from.
    pub convention: Convention,
    /// Whether the file holds the weights themselves, so that stored bytes have a meaning.
    pub stores_weights: bool,
    /// Every layer, weightless and input layers too, in the file's order.
    pub layers: Vec<Layer>,
    /// Kinds that the file defines for itself.
    pub kinds: Vec<OwnKind>,
    /// What the file says that counts must come to.
    pub expectations: Vec<Expectation>,
    /// What the importer had to say.
    pub diagnostics: Vec<Diagnostic>,
    /// Numbers and words that the file states of the whole model, under its own keys.
    pub metadata: Args,
    /// The files that hold the tensors, the model's own first; none where tensors have no place.
    pub files: Vec<DataFile>,
    /// The file's own operators, where they were asked for; not part of the written form.
    pub graph: Option<Graph>,
}

impl Model {
    /// A model without layers.
    pub fn new(format: impl Into<String>) -> Self {
        Self { format: format.into(), ..Self::default() }
    }

    /// Adds a layer; returns its index, by which edges refer to it.
    pub fn push(&mut self, layer: Layer) -> usize {
        self.layers.push(layer);
        self.layers.len().saturating_sub(1)
    }
}

/// Whose defaults hold for arguments that a file leaves out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Convention {
    /// One bias per gate, as textbooks draw it.
    #[default]
    Textbook,
    /// Keras 2 and later: GRU with `reset_after`, channels last.
    Keras,
    /// PyTorch: two bias vectors in every recurrent gate, channels first.
    PyTorch,
    /// ONNX: as PyTorch.
    Onnx,
}

impl Convention {
    /// Every convention.
    pub const ALL: [Self; 4] = [Self::Textbook, Self::Keras, Self::PyTorch, Self::Onnx];

    /// The name as a sentence has it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Textbook => "textbooks",
            Self::Keras => "Keras",
            Self::PyTorch => "PyTorch",
            Self::Onnx => "ONNX",
        }
    }

    /// The name as an option or key takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Textbook => "textbook",
            Self::Keras => "keras",
            Self::PyTorch => "pytorch",
            Self::Onnx => "onnx",
        }
    }
}

impl fmt::Display for Convention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One layer, or one use of a layer that is used more than once. Lists that most layers do without take
/// no more than a pointer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Layer {
    /// The place in the module tree: `layer1.0.conv1`, `encoder/dense_1`.
    pub path: String,
    /// What the file calls the layer's node, where that is not the path: `/layer1/conv1/Conv`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub node: Option<Box<str>>,
    /// The format's own word for it: `Conv`, `BatchNormalization`.
    #[serde(rename = "type")]
    pub type_name: Arc<str>,
    /// The kind's name in the catalogue; none for a layer that is not recognised.
    pub kind: Option<Cow<'static, str>>,
    /// Arguments that the file states outright: attributes, config entries.
    #[serde(default, skip_serializing_if = "is_default")]
    pub args: Args,
    /// Arguments that are only read off the stored weights' shapes.
    #[serde(default, skip_serializing_if = "is_default")]
    pub measured: Args,
    /// What feeds the layer; an entry is none where an input comes from nowhere known.
    #[serde(default, skip_serializing_if = "is_default")]
    pub inputs: Vec<Option<Edge>>,
    /// Input shapes that the file states, by input; they come before what the graph gives.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(with = "Vec<Option<Shape>>")]
    pub stated_inputs: ThinVec<Option<Shape>>,
    /// Output shapes that the file states, by output.
    #[serde(default, skip_serializing_if = "is_default")]
    pub stated_outputs: Vec<Option<Shape>>,
    /// Tensors that the file holds for this layer.
    #[serde(default, skip_serializing_if = "is_default")]
    pub weights: Vec<Weight>,
    /// The layers that a wrapper wraps, or the graph of a model that a layer holds.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(with = "Vec<Layer>")]
    pub inner: ThinVec<Layer>,
    /// A nested model's row: the outputs of its own layers that are its outputs.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(with = "Vec<Edge>")]
    pub outputs: ThinVec<Edge>,
    /// The earlier row that owns this row's weights, when this is another use of it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub shared_with: Option<usize>,
    /// Whether training leaves the layer's weights alone.
    #[serde(default, skip_serializing_if = "is_default")]
    pub frozen: bool,
    /// Why the layer's own count cannot be known, and what would give it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unknown: Option<Box<Diagnostic>>,
    /// The parameters that a person states; they count where nothing else is known.
    #[serde(default, skip_serializing_if = "is_default")]
    pub assumed: Option<u64>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Layer {
    /// A layer of a kind.
    pub fn new(
        path: impl Into<String>,
        type_name: impl Into<Arc<str>>,
        kind: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            path: path.into(),
            type_name: type_name.into(),
            kind: Some(kind.into()),
            ..Self::default()
        }
    }

    /// A model input of a stated shape.
    pub fn input(path: impl Into<String>, shape: Shape) -> Self {
        Self { stated_outputs: vec![Some(shape)], ..Self::new(path, "Input", "input") }
    }

    /// The same with these arguments.
    #[must_use]
    pub fn with_args(mut self, args: Args) -> Self {
        self.args = args;
        self
    }

    /// The same with one input more.
    #[must_use]
    pub fn after(mut self, edge: Edge) -> Self {
        self.inputs.push(Some(edge));
        self
    }
}

/// The last word of a path: a layer's own name, without the modules that hold it.
pub(crate) fn own_name(path: &str) -> &str {
    path.rsplit(['/', '.']).next().unwrap_or(path)
}

/// An output of a layer, as another one reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Edge {
    /// The layer's index in the model.
    pub layer: u32,
    /// Which of its outputs.
    #[serde(default)]
    pub output: u32,
}

impl Edge {
    /// An output of the layer at an index.
    pub fn new(layer: usize, output: usize) -> Self {
        let clamp = |value| u32::try_from(value).unwrap_or(u32::MAX);
        Self { layer: clamp(layer), output: clamp(output) }
    }
}

/// A tensor that a layer holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Weight {
    /// The tensor's name in the file; tensors of one name are one tensor.
    pub name: String,
    /// What it does in its layer.
    pub role: Role,
    /// Whether and how it counts.
    pub category: Category,
    /// The logical dimensions.
    pub shape: Vec<u64>,
    /// The type of the stored elements.
    pub dtype: DType,
    /// Logical values, where that is not the product of the shape (packed, padded, sparse).
    #[serde(default, skip_serializing_if = "is_default")]
    pub elements: Option<u64>,
    /// Bytes that it takes in the file, where they are known.
    pub stored_bytes: Option<u64>,
    /// Where these bytes lie, when they lie in one piece and as they are.
    #[serde(default, skip_serializing_if = "is_default")]
    pub place: Option<Place>,
}

/// A file that holds tensors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DataFile {
    /// Its name relative to the model's folder.
    pub name: String,
    /// Its length; none where it is not there.
    pub length: Option<u64>,
}

/// Where a tensor's bytes begin.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Place {
    /// Which of the model's [`files`](Model::files).
    #[serde(default, skip_serializing_if = "is_default")]
    pub file: u32,
    /// The first byte.
    pub offset: u64,
}

impl Weight {
    /// Logical values: as stated, else the product of the shape; none on overflow.
    pub fn count(&self) -> Option<u64> {
        self.elements.or_else(|| elements(&self.shape))
    }
}

words! {
    /// What a tensor does in its layer.
    Role {
        /// The matrix or filters that inputs are multiplied by.
        Kernel "kernel",
        /// The matrix that a recurrent state is multiplied by.
        RecurrentKernel "recurrent_kernel",
        /// What is added per output.
        Bias "bias",
        /// A table of vectors by index.
        Embedding "embedding",
        /// A normalization's scale (gamma).
        Gamma "gamma",
        /// A normalization's offset (beta).
        Beta "beta",
        /// A running mean.
        Mean "mean",
        /// A running variance.
        Variance "variance",
        /// Weights from a cell's state to its gates.
        Peephole "peephole",
        /// The slope of a parametric activation.
        Slope "slope",
        /// A value that a model learns without a layer of its own.
        Parameter "parameter",
        /// A helper's running state: a power iteration's vector, a counter.
        State "state",
        /// What quantized values are multiplied by.
        Scale "scale",
        /// What is taken from quantized values before.
        ZeroPoint "zero_point",
        /// A value that nobody learned: a shape, an axis, a mask, a table.
        Constant "constant",
    }
}

words! {
    /// Whether and how a tensor counts.
    Category {
        /// A learned value.
        Trainable "trainable",
        /// Running statistics, frozen weights.
        NonTrainable "non_trainable",
        /// A value that an exporter made; not a parameter.
        Constant "constant",
        /// Scales, zero points, lookup tables; not a parameter.
        Quantization "quantization",
        /// Stored, and read by nobody; not a parameter.
        Unused "unused",
    }
}

impl Category {
    /// Whether values of the category are parameters.
    pub fn is_parameter(self) -> bool {
        matches!(self, Self::Trainable | Self::NonTrainable)
    }
}

impl Role {
    /// Whether the tensor holds what was measured, not learned.
    pub fn is_statistic(self) -> bool {
        matches!(self, Self::Mean | Self::Variance | Self::State)
    }
}
