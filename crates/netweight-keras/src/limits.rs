//! Bounds on what is read of a config, each with its reason.

/// Bytes of a file's head in which `class_name` and `config` are looked for. They are among
/// the first keys in every version but for a list of layers, which names them as well.
pub(crate) const PROBE: usize = 64 << 10;

/// Models inside one another. Keras loads a hundred; reading recurses once a level.
pub(crate) const NESTED_MODELS: usize = 110;

/// Layers wrapped in one another, the core's own bound.
pub(crate) const WRAPPERS: usize = netweight_core::limits::WRAPPERS;

/// Dimensions of a shape. NumPy stops at 64; what has more is no shape of a tensor.
pub(crate) const RANK: usize = 64;

/// The largest size an argument may have. Twice as much leaves 64 bits.
pub(crate) const SIZE: i128 = 1 << 62;

/// Layers that a backbone's argument asks for, one behind the other. The largest have about a
/// hundred.
pub(crate) const STACKED: i64 = 1_000;

/// Layers of one config, wrapped ones and every use included. Ten times the largest met; keeps
/// memory below a gigabyte at worst.
pub(crate) const LAYERS: usize = 200_000;

/// Classes that are none, for which the nearest one is looked up; each takes some time.
pub(crate) const SUGGESTIONS: usize = 20;

/// Operands inside lists of operands in one call. Keras writes two levels.
pub(crate) const OPERAND_DEPTH: usize = 16;
