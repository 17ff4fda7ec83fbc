//! Where the bytes of a scheme go.

use crate::words::words;

words! {
    /// What bytes hold.
    Item {
        /// Quantized weights.
        Weights "weights",
        /// Scales of weights, and what else their blocks need to be read.
        Scales "scales",
        /// Zero points of weights.
        ZeroPoints "zero_points",
        /// Biases, quantized, with their scales and zero points.
        Biases "biases",
        /// Scales and zero points of what the float file does not store: activations, and the
        /// transposed copies that a tool makes.
        Activations "activations",
        /// Tensors left as they were, or only cast.
        Kept "kept",
    }
}

/// Bytes by item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Items {
    /// Quantized weights.
    pub weights: u64,
    /// Scales of weights, and what else their blocks need to be read.
    pub scales: u64,
    /// Zero points of weights.
    pub zero_points: u64,
    /// Biases, quantized, with their scales and zero points.
    pub biases: u64,
    /// Scales and zero points of what the float file does not store: activations, and the
    /// transposed copies that a tool makes.
    pub activations: u64,
    /// Tensors left as they were, or only cast.
    pub kept: u64,
}

impl Items {
    /// The bytes of an item.
    pub fn of(&self, item: Item) -> u64 {
        match item {
            Item::Weights => self.weights,
            Item::Scales => self.scales,
            Item::ZeroPoints => self.zero_points,
            Item::Biases => self.biases,
            Item::Activations => self.activations,
            Item::Kept => self.kept,
        }
    }

    /// All of them.
    pub fn total(&self) -> u64 {
        Item::ALL.iter().fold(0, |sum, item| sum.saturating_add(self.of(*item)))
    }

    pub(crate) fn remove(&mut self, item: Item, bytes: u64) {
        let place = self.place(item);
        *place = place.saturating_sub(bytes);
    }

    pub(crate) fn add(&mut self, item: Item, bytes: u64) {
        let place = self.place(item);
        *place = place.saturating_add(bytes);
    }

    fn place(&mut self, item: Item) -> &mut u64 {
        match item {
            Item::Weights => &mut self.weights,
            Item::Scales => &mut self.scales,
            Item::ZeroPoints => &mut self.zero_points,
            Item::Biases => &mut self.biases,
            Item::Activations => &mut self.activations,
            Item::Kept => &mut self.kept,
        }
    }
}
