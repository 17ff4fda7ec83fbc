//! Every bound on what is read, in one place, each with its reason.

/// Layers of one model. Larger than any real graph; keeps memory near a gigabyte at worst.
pub const LAYERS: usize = 1_000_000;
