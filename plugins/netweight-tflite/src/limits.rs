//! Every bound on what is read of a TensorFlow Lite file, each with its reason.

/// Bytes that are looked at, whole pages counted. The structure of a graph of 100,000 operators
/// takes some 50 MB; tables may point at the same bytes again and again, and this ends it.
pub(crate) const READ: u64 = 256 << 20;

/// Bytes that are read at once, a power of two.
pub(crate) const PAGE: u64 = 16 << 10;

/// Pages that are kept. A structure is written back to front, so a few places are read at once.
pub(crate) const PAGES: usize = 64;

/// Tensors of a model, and operators: as many as a model may have layers.
pub(crate) const ITEMS: usize = netweight_core::limits::LAYERS;

/// Subgraphs: one for each signature and for each branch and body of control flow.
pub(crate) const SUBGRAPHS: u64 = 10_000;

/// Bytes of a name or a description. Names of fused operators join those of all their parts.
pub(crate) const TEXT: u64 = 64 << 10;

/// Entries of one list in memory: inputs of an operator, dimensions, values of a scale.
pub(crate) const LIST: u64 = 1 << 20;

/// Dimensions of a tensor. The runtime's operators stop at 8 or before.
pub(crate) const DIMS: u64 = 64;

/// Bytes of a constant that are looked at to see whether a state begins with zeros.
pub(crate) const STATE: u64 = 64 << 10;
