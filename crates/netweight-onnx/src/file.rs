//! What an ONNX file says, without any payload.

use netweight_core::Diagnostic;
use smallvec::SmallVec;

use crate::{Name, Names};

/// Key and value pairs as an exporter left them.
pub type Metadata = Vec<(Name, Name)>;

/// Everything an ONNX file holds but the weights' values.
///
/// Texts that the file leaves out are empty, numbers that it leaves out are `None`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OnnxFile {
    /// Version of the file format.
    pub ir_version: Option<i64>,
    /// The program that wrote the file.
    pub producer_name: Name,
    /// Its version.
    pub producer_version: Name,
    /// The model's namespace.
    pub domain: Name,
    /// Version of the model itself.
    pub model_version: Option<i64>,
    /// Operator sets by domain; the standard one is the empty domain or `ai.onnx`.
    pub opsets: Vec<(Name, i64)>,
    /// The model's metadata.
    pub metadata: Metadata,
    /// The main graph.
    pub graph: GraphId,
    /// Every graph of the file: the main one first, then the bodies of control-flow nodes.
    pub graphs: Vec<Graph>,
    /// Functions that nodes may call as operators.
    pub functions: Vec<Function>,
    /// How the model is trained, where it says so.
    pub training: Vec<Training>,
    /// The texts that all names of this file stand for.
    pub names: Names,
    /// What was odd about the file.
    pub problems: Vec<Diagnostic>,
}

impl OnnxFile {
    /// The graph of this id, `None` for an id of another file.
    #[must_use]
    pub fn graph(&self, id: GraphId) -> Option<&Graph> {
        self.graphs.get(id.0)
    }
}

/// Which of a file's graphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct GraphId(pub(crate) usize);

/// Nodes and the tensors between them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Graph {
    /// The graph's name.
    pub name: Name,
    /// The nodes, in the file's order.
    pub nodes: Vec<Node>,
    /// Stored tensors.
    pub initializers: Vec<Tensor>,
    /// Stored tensors of which only the non-zero values are written.
    pub sparse_initializers: Vec<SparseTensor>,
    /// What the graph takes; old files repeat the initializers here.
    pub inputs: Vec<ValueInfo>,
    /// What the graph gives.
    pub outputs: Vec<ValueInfo>,
    /// What is known of tensors in between.
    pub value_infos: Vec<ValueInfo>,
    /// Which tensors hold the scales and zero points of others.
    pub quantization_annotations: Vec<QuantizationAnnotation>,
    /// The graph's metadata.
    pub metadata: Metadata,
    /// Bytes that the graph takes in the file.
    pub length: u64,
}

/// One operator call.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Node {
    /// Names of the tensors it takes; an optional input left out is empty.
    pub inputs: SmallVec<[Name; 4]>,
    /// Names of the tensors it gives.
    pub outputs: SmallVec<[Name; 4]>,
    /// The node's own name, often a path.
    pub name: Name,
    /// The operator.
    pub op_type: Name,
    /// The operator's domain, empty for the standard one.
    pub domain: Name,
    /// Which overload of a function is called.
    pub overload: Name,
    /// The operator's settings.
    pub attributes: Vec<Attribute>,
    /// The node's metadata, without stack traces.
    pub metadata: Metadata,
    /// Bytes that the node takes in the file.
    pub length: u64,
    /// How many of them are metadata and documentation, stack traces included.
    pub notes_length: u64,
}

/// A setting of a node.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Attribute {
    /// Its name.
    pub name: Name,
    /// Its value.
    pub value: AttributeValue,
}

/// What an attribute is set to.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum AttributeValue {
    /// Nothing that is read here: a type, or a kind of value that came later.
    #[default]
    Other,
    /// Inside a function: the value that the caller gives its attribute of this name.
    Reference(Name),
    /// A float.
    Float(f32),
    /// An integer.
    Int(i64),
    /// A text.
    Str(Name),
    /// A tensor, as in `Constant`.
    Tensor(Box<Tensor>),
    /// A body, as in `If`.
    Graph(GraphId),
    /// Floats.
    Floats(List<f32>),
    /// Integers.
    Ints(List<i64>),
    /// Texts.
    Strings(List<Name>),
    /// Tensors.
    Tensors(Vec<Tensor>),
    /// Bodies.
    Graphs(Vec<GraphId>),
    /// A sparse tensor.
    SparseTensor(Box<SparseTensor>),
    /// Sparse tensors.
    SparseTensors(Vec<SparseTensor>),
}

/// How many values a list has, and the first of them.
#[derive(Debug, Clone, PartialEq)]
pub struct List<T> {
    /// How many there are in the file.
    pub count: u64,
    /// Bytes that they take in the file, without their fields' tags.
    pub bytes: u64,
    /// The first of them.
    pub first: Vec<T>,
}

impl<T> List<T> {
    /// All values, `None` when only the first of them were kept.
    #[must_use]
    pub fn all(&self) -> Option<&[T]> {
        (self.count == self.first.len() as u64).then_some(&self.first)
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { count: 0, bytes: 0, first: Vec::new() }
    }
}

/// A stored tensor without its payload.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tensor {
    /// Its name; empty in a node's attribute.
    pub name: Name,
    /// Its shape, none for a scalar; a negative one is an error of the file.
    pub dims: Vec<i64>,
    /// The number of its data type as the ONNX standard gives it, 0 when it is left out.
    pub data_type: i32,
    /// Where its payload is.
    pub storage: Storage,
    /// First byte of a payload that is in the file in one piece, as little-endian values.
    pub position: Option<u64>,
    /// The values of a small tensor of integers or floats.
    pub values: Option<Values>,
    /// Bytes that it takes in the file, name and shape included.
    pub length: u64,
}

impl Tensor {
    /// How many elements the shape has: `None` when a dimension is negative or the product
    /// is no 64-bit number.
    #[must_use]
    pub fn elements(&self) -> Option<u64> {
        elements(&self.dims)
    }
}

/// The product of dimensions, in an order that lets a zero win over an overflow.
pub(crate) fn elements(dims: &[i64]) -> Option<u64> {
    if dims.iter().any(|&dim| dim < 0) {
        return None;
    }
    if dims.contains(&0) {
        return Some(0);
    }
    dims.iter().try_fold(1_u64, |product, dim| product.checked_mul(dim.unsigned_abs()))
}

/// Where a tensor's payload is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Storage {
    /// Nowhere: the file gives none.
    #[default]
    Missing,
    /// In the file as raw little-endian values.
    Inline {
        /// Length in bytes.
        bytes: u64,
    },
    /// In the file as numbers or texts of a typed field.
    Typed {
        /// Length in the file in bytes, which for integers is not elements × width.
        bytes: u64,
    },
    /// In another file.
    External {
        /// That file's name relative to the model's folder, empty when it is left out.
        location: Name,
        /// First byte, `None` for the file's begin.
        offset: Option<u64>,
        /// Length in bytes, `None` for up to the file's end.
        length: Option<u64>,
    },
}

/// The values of a small tensor.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Of an int32 or int64 tensor.
    Ints(Vec<i64>),
    /// Of a float32, float64, float16 or bfloat16 tensor.
    Floats(Vec<f64>),
}

/// A tensor of which only the non-zero values are written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SparseTensor {
    /// The non-zero values; their name is the tensor's name.
    pub values: Tensor,
    /// Where they stand.
    pub indices: Tensor,
    /// The whole tensor's shape.
    pub dims: Vec<i64>,
}

/// What is known of a tensor that is not stored.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ValueInfo {
    /// The tensor's name.
    pub name: Name,
    /// The number of its data type, 0 when it is left out or the value is no tensor.
    pub elem_type: i32,
    /// Its shape, `None` when not even the rank is known.
    pub shape: Option<Vec<Dim>>,
    /// What the exporter says about it.
    pub metadata: Metadata,
}

/// A dimension of a tensor that is not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dim {
    /// A number.
    Known(u64),
    /// A symbol: equal names are equal sizes.
    Named(Name),
    /// Anything.
    Unknown,
}

/// Which tensors hold the scale and zero point of another.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct QuantizationAnnotation {
    /// The quantized tensor's name.
    pub tensor: Name,
    /// Roles (`SCALE_TENSOR`, `ZERO_POINT_TENSOR`) and the names of the tensors.
    pub parameters: Metadata,
}

/// A function: nodes under a name that other nodes use as operator.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Function {
    /// The operator's name.
    pub name: Name,
    /// The operator's domain.
    pub domain: Name,
    /// Which of several functions of one name.
    pub overload: Name,
    /// Formal names of what it takes.
    pub inputs: Vec<Name>,
    /// Formal names of what it gives.
    pub outputs: Vec<Name>,
    /// Attributes that a call must give.
    pub attributes: Vec<Name>,
    /// Attributes that a call may give, with their defaults.
    pub attribute_defaults: Vec<Attribute>,
    /// The body.
    pub nodes: Vec<Node>,
    /// Operator sets that the body uses.
    pub opsets: Vec<(Name, i64)>,
    /// What is known of the body's tensors.
    pub value_infos: Vec<ValueInfo>,
    /// The function's metadata.
    pub metadata: Metadata,
}

/// How a model is trained.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Training {
    /// The graph that sets the first values.
    pub initialization: Option<GraphId>,
    /// The graph of one training step.
    pub algorithm: Option<GraphId>,
    /// Tensors that the first graph sets, with the outputs that they are set to.
    pub initialization_bindings: Metadata,
    /// Tensors that a step changes, with the outputs that they are set to.
    pub update_bindings: Metadata,
}
