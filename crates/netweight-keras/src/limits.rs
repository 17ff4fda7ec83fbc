//! Bounds on what is read of a config, each with its reason.

/// Bytes of a file's head in which `class_name` and `config` are looked for. They are among
/// the first keys in every version but for a list of layers, which names them as well.
pub(crate) const PROBE: usize = 64 << 10;

/// Bytes that are read of a text: one more than the markup takes, so that it says so itself.
pub(crate) const READ: usize = netweight_markup::limits::BYTES + 1;

/// Models inside one another. Keras loads a hundred; reading recurses once a level.
pub(crate) const NESTED_MODELS: usize = 110;

/// Layers wrapped in one another: as deep as the core evaluates, the outermost not counted.
pub(crate) const WRAPPERS: usize = netweight_core::limits::WRAPPERS - 1;

/// Dimensions of a shape. NumPy stops at 64; what has more is no shape of a tensor.
pub(crate) const RANK: usize = 64;

/// The largest size an argument may have. Twice as much leaves 64 bits.
pub(crate) const SIZE: i128 = 1 << 62;

/// Layers that a backbone's argument asks for, one behind the other. The largest have about a
/// hundred.
pub(crate) const STACKED: i64 = 1_000;

/// Layers of one config, wrapped ones and every use included. Ten times the largest met; keeps
/// memory below a gigabyte at worst.
pub(crate) const LAYERS: usize = 100_000;

/// Classes that are none, for which the nearest one is looked up; each takes some time.
pub(crate) const SUGGESTIONS: usize = 20;

/// Operands inside lists of operands in one call. Keras writes two levels.
pub(crate) const OPERAND_DEPTH: usize = 16;

/// Bytes of HDF5 that are read in one go. A claimed heap may be gigabytes; real ones are less
/// than this.
pub(crate) const HDF5_RANGE: u64 = 64 << 20;

/// Bytes of HDF5 that are read in all.
pub(crate) const HDF5_READ: u64 = 512 << 20;

/// Bytes of one HDF5 object's header.
pub(crate) const HDF5_HEADER: usize = 8 << 20;

/// Bytes of a chunk of values, of which none is ever read.
pub(crate) const HDF5_CHUNK: usize = 1 << 20;

/// Bytes of text in HDF5 attributes: twice the largest config.
pub(crate) const HDF5_TEXT: usize = 64 << 20;

/// Groups and datasets of one HDF5 file.
pub(crate) const HDF5_OBJECTS: usize = 200_000;

/// Groups inside one another in an HDF5 file. Nested models take two each.
pub(crate) const HDF5_DEPTH: usize = 64;

/// Files that one model's weights are cut into. Keras cuts at ten gigabytes.
pub(crate) const SHARDS: usize = 1_000;

/// Members of an archive that are looked at. Keras writes three, and assets of some layers.
pub(crate) const MEMBERS: usize = 10_000;

/// Bytes of an archive's `metadata.json`: a version and a date.
pub(crate) const METADATA: u64 = 64 << 10;

/// Bytes that compressed weights are unpacked to. Keras does not compress them, so that they
/// are read in place.
pub(crate) const UNPACKED: u64 = 256 << 20;
