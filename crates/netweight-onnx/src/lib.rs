//! ONNX graphs read into the layer model.
//!
//! [`OnnxImporter`] gives the layers of a file, their sizes and weights, on these steps:
//!
//! | step | what follows |
//! |---|---|
//! | `wire` | what the file says, without any payload |
//! | `graph` | one flat list of calls: names resolved, functions inlined, bodies behind their node |
//! | `shape`, `trace`, `provenance` | shapes; which values the file alone determines, and from what; what exporters say |
//! | `ops`, `patterns` | what each input of an operator is, and which calls make one layer |
//! | `claim`, `category`, `padding`, `copies` | what reads each stored tensor, so what it is, and whether it is another one again |
//! | `layers`, `path`, `neighbour` | the model's layers, where they stand, what confirms their sizes |
//!
//! [`read`] gives an [`OnnxFile`]: everything that the file says but the values of its
//! weights, which are jumped over. [`looks_like_onnx`] tells from a few reads whether a file
//! is worth it.
//!
//! ```
//! use netweight_core::Bytes;
//! // A model of IR version 8 whose graph has one node of no operator.
//! let source = Bytes::new("tiny.onnx", [0x08, 8, 0x3a, 2, 0x0a, 0]);
//! assert!(netweight_onnx::looks_like_onnx(&source)?);
//! let file = netweight_onnx::read(&source)?;
//! assert_eq!(file.ir_version, Some(8));
//! assert_eq!(file.graphs[0].nodes.len(), 1);
//! # Ok::<(), netweight_core::ImportError>(())
//! ```

mod beside;
mod category;
mod check;
mod claim;
mod copies;
mod file;
mod graph;
mod hint;
mod importer;
mod layers;
mod name;
mod neighbour;
mod operators;
mod ops;
mod padding;
mod path;
mod patterns;
mod peek;
mod plan;
mod provenance;
mod ruled;
mod shape;
mod trace;
mod wire;

pub use file::{
    Attribute, AttributeValue, Dim, Function, Graph, GraphId, List, Metadata, Node, OnnxFile,
    QuantizationAnnotation, SparseTensor, Storage, Tensor, Training, ValueInfo, Values,
};
pub use importer::OnnxImporter;
pub use name::{Name, Names};
pub use wire::{looks_like_onnx, read};
