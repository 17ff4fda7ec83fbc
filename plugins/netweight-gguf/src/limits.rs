//! Every bound on what is read of a GGUF file, each with its reason.

/// Tensors of one model, splits together. A model has at most as many layers.
pub(crate) const TENSORS: usize = netweight_core::limits::LAYERS;

/// Bytes before the data that are looked at. A vocabulary of 262,144 tokens with its merges
/// takes some 20 MB; bounds the time that a damaged count can cost.
pub(crate) const HEADER: u64 = 256 << 20;

/// Bytes that are read at once.
pub(crate) const WINDOW: usize = 64 << 10;

/// Bytes of a key or of a tensor's name. llama.cpp allows a name 64, a key 65,535.
pub(crate) const NAME: u64 = 64 << 10;

/// Bytes of a metadata text that are kept: names and versions are short, chat templates are not
/// looked at.
pub(crate) const TEXT: u64 = 256;

/// Metadata entries that are kept. Files have about fifty.
pub(crate) const ENTRIES: usize = 4_096;

/// Arrays inside one another. Writers make none; bounds recursion.
pub(crate) const NESTING: usize = 8;

/// Dimensions of a tensor, as ggml has them.
pub(crate) const DIMS: u32 = 4;

/// Files that a split model may have. The largest published ones have some thirty.
pub(crate) const SPLITS: u64 = 1_000;
