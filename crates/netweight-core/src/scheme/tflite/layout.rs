//! Bytes that a file of TensorFlow Lite takes for its tables: tensors, operators, buffers.

use super::operators::options;

/// A tensor as the file lists it.
#[derive(Clone, Copy, Default)]
pub(super) struct Entry {
    /// Bytes of its name.
    pub(super) name: u64,
    pub(super) rank: u64,
    /// Whether a shape with the batch left open stands beside the plain one.
    pub(super) is_open: bool,
    pub(super) is_float32: bool,
    /// How many scales it has.
    pub(super) scales: u64,
    /// Whether the ranges behind the scales are there too.
    pub(super) has_ranges: bool,
    /// Whether a buffer holds its values.
    pub(super) is_stored: bool,
}

impl Entry {
    /// Bytes of the tensor and its buffer, without the values.
    pub(super) fn bytes(&self) -> u64 {
        let shape = 4 + 4 * self.rank;
        let shapes = if self.is_open { 2 * shape + 4 } else { shape };
        // The place of a number that is not the default.
        let dtype = if self.is_float32 { 0 } else { 4 };
        let quantization = match self.scales {
            0 => 4,
            scales => 4 + 8 + 4 + 4 + PADDING + scales.saturating_mul(4 + 8),
        };
        // The smallest and the largest value of what a scale holds for.
        let ranges =
            if self.has_ranges { 2 * (4 + 4) + self.scales.saturating_mul(4 + 4) } else { 0 };
        let buffer = if self.is_stored { 16 } else { 8 };
        let fixed = 4 + 24 + shapes + dtype + text(self.name) + buffer;
        fixed.saturating_add(quantization).saturating_add(ranges)
    }
}

/// What zero points of eight bytes lie off their place, on average.
const PADDING: u64 = 2;

/// Bytes of an operator with one output.
pub(super) fn operator(op: &str, inputs: u64, is_fused: bool, is_first: bool) -> u64 {
    let settings = options(op).map(|bytes| bytes + if is_fused { 4 } else { 0 });
    let table = settings.map_or(16, |settings| 24 + settings);
    // The first operator's number is the default.
    let number = if is_first { 4 } else { 0 };
    4 + table - number + (4 + 4 * inputs) + 8
}

/// Bytes of an operator's entry in the list of those that the file uses, and of the description
/// of its settings' table.
pub(super) const CODE: u64 = 20;

/// Bytes of an input or output in the model's signature and lists.
pub(super) fn port(name: u64) -> u64 {
    23 + text(name)
}

/// Everything that is there once: the head, the lists, the descriptions of tables, two entries of
/// metadata with their buffers.
pub(super) const FIXED: u64 = 571;
/// The descriptions of the tables that scales are in.
pub(super) const SCALES: u64 = 45;
/// The entry of metadata that says that constants were float32.
pub(super) const REDUCED: u64 = 121;

/// Text ends in a zero and on a multiple of four.
fn text(length: u64) -> u64 {
    4 + (length + 1).next_multiple_of(4)
}
