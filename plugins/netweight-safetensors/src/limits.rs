//! Every bound on what is read of a safetensors file, each with its reason.

/// Bytes of a header. The reference library refuses longer ones.
pub(crate) const HEADER: u64 = 100_000_000;

/// Tensors of one checkpoint, shards together. A model has at most as many layers.
pub(crate) const TENSORS: usize = netweight_core::limits::LAYERS;

/// Bytes of a tensor's name. Names are module paths of some hundred bytes; comparing and
/// splitting them takes time that grows with their length.
pub(crate) const NAME: usize = 4 << 10;

/// Dimensions of a tensor. Array libraries stop at 64 or before.
pub(crate) const DIMS: usize = 64;

/// Bytes of a metadata value that is shown.
pub(crate) const METADATA: usize = 200;

/// Bytes of a tensor that is read because it tells another one's shape; they take 8 to 170.
pub(crate) const DETAIL: u64 = 1 << 10;

/// Tensors that are read for that, one for each packed layer.
pub(crate) const DETAILS: usize = 100_000;

/// Bytes of an index of shards. The largest published ones (a tensor for each expert) take 10 MB.
pub(crate) const INDEX: u64 = 64 << 20;

/// Files that an index may name. The largest published checkpoints have some two hundred.
pub(crate) const SHARDS: usize = 10_000;

/// Bytes of `config.json` and `adapter_config.json`. Usual ones take a few thousand; some list
/// a setting for each quantized layer.
pub(crate) const CONFIG: u64 = 1 << 20;

/// Bytes that are read at once.
pub(crate) const WINDOW: usize = 64 << 10;
