//! What one spec may take, each bound with its reason.

/// Layers of one spec, copies of blocks included: far beyond what is written by hand, and a
/// `repeat` inside a `repeat` inside a `repeat` stops here.
pub(crate) const LAYERS: usize = 100_000;

/// Groups and blocks inside each other. People write three; the reader recurses once a level.
pub(crate) const NESTING: usize = 24;

/// The largest size: more than any tensor has, small enough that a few multiply without overflow.
pub(crate) const SIZE: i128 = 1_000_000_000_000;

/// Dimensions of one shape. Array libraries stop at 64 or before.
pub(crate) const DIMENSIONS: usize = 64;

/// Arguments of a kind that a spec defines, and tensors of it.
pub(crate) const PARTS: usize = 64;

/// Characters of a layer's name. Exporters write paths of some hundred.
pub(crate) const NAME: usize = 1_000;

/// Rows of each list of a rules file. Every layer of a config is held against them.
pub(crate) const RULES: usize = 1_000;
