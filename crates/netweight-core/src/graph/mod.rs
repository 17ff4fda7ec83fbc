//! A file's own operators, one by one: what a converter that works on the file sees, before
//! layers are made of them.

pub(crate) mod message;

use crate::{Args, DType};

/// The operators of a file in its own order, and what lies between them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Graph {
    /// Operator sets by domain; the standard one's domain is empty.
    pub opsets: Vec<(String, u64)>,
    /// The calls.
    pub nodes: Vec<Node>,
    /// What the calls read and write, and what is stored.
    pub values: Vec<Value>,
    /// Bytes of the whole file.
    pub file_length: u64,
    /// Bytes of the graph within it.
    pub graph_length: u64,
}

/// One call of an operator.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Node {
    /// The operator.
    pub op: String,
    /// Its domain, empty for the standard one.
    pub domain: String,
    /// The call's own name.
    pub name: String,
    /// Indices of the values that it reads; none where an input is left out.
    pub inputs: Vec<Option<u32>>,
    /// Indices of the values that it gives.
    pub outputs: Vec<Option<u32>>,
    /// Indices of the values that nodes of its bodies hand on within them.
    pub inner: Vec<u32>,
    /// Its attributes that are numbers or texts; a float that is a whole number is given as one,
    /// another one as its text.
    pub attributes: Args,
    /// Bytes of the call in the file.
    pub length: u64,
    /// How many of them are an exporter's notes, which a converter that replaces it drops.
    pub notes_length: u64,
    /// What the format's own inference finds wrong with it; such a file is not loaded.
    pub wrong: Option<String>,
}

/// What a call reads or gives.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Value {
    /// Its name.
    pub name: String,
    /// The type of its elements, where the file states it.
    pub dtype: Option<DType>,
    /// Its tensor, where the file holds it.
    pub stored: Option<StoredValue>,
    /// Whether it comes from outside.
    pub is_input: bool,
    /// Whether it is a result.
    pub is_output: bool,
    /// Whether the file describes its type and shape.
    pub is_described: bool,
    /// Its dimensions as the format's own inference finds them; none where it finds no shape.
    pub dims: Option<Vec<Dim>>,
    /// The layer that holds it, where its name does not tell.
    pub layer: Option<usize>,
}

/// A dimension as a file would describe it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dim {
    /// A number.
    Size(u64),
    /// A name of some length, which may be empty.
    Named(u64),
}

/// A tensor that a file holds.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredValue {
    /// Its dimensions.
    pub shape: Vec<u64>,
    /// The type of its elements.
    pub dtype: DType,
    /// Whether it is an attribute of a `Constant` call and not a tensor of the graph's own.
    pub in_node: bool,
    /// Bytes of it in the file, name and dimensions included.
    pub length: u64,
    /// Bytes of its values in the file; none of those in another file.
    pub payload: u64,
}

impl StoredValue {
    /// Elements; the largest number where their product is beyond it.
    pub fn elements(&self) -> u64 {
        self.shape.iter().fold(1, |product, dim| product.saturating_mul(*dim))
    }

    /// Bytes of an element, and of a scale beside them, which has their type.
    pub(crate) fn width(&self) -> u64 {
        self.dtype.bits().unwrap_or(32).div_ceil(8)
    }

    /// Bytes of its payload, packed.
    pub fn bytes(&self) -> u64 {
        self.dtype.bytes(self.elements()).unwrap_or(0)
    }
}

impl Graph {
    /// The value at an index.
    pub fn value(&self, index: u32) -> Option<&Value> {
        self.values.get(usize::try_from(index).ok()?)
    }

    /// The version of the standard operators.
    pub fn opset(&self) -> Option<u64> {
        let mut versions = self.opsets.iter();
        versions.find(|(domain, _)| domain.is_empty() || domain == "ai.onnx").map(|(_, v)| *v)
    }
}

impl Node {
    /// The value that it reads at a position.
    pub fn input(&self, position: usize) -> Option<u32> {
        self.inputs.get(position).copied().flatten()
    }

    /// The value that it gives at a position.
    pub fn output(&self, position: usize) -> Option<u32> {
        self.outputs.get(position).copied().flatten()
    }

    /// Whether its operator is one of the standard's.
    pub fn is_standard(&self) -> bool {
        matches!(self.domain.as_str(), "" | "ai.onnx")
    }
}
