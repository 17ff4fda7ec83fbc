//! What several layers hold together. The only sums that a view makes; totals stay the model's.

use netweight_core::Category;

use crate::report::{Layer, Weight};

/// Some layers together, weights that they share with others left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sum {
    /// How many layers.
    pub(crate) layers: u64,
    /// Their parameters, as far as known.
    pub(crate) parameters: u64,
    pub(crate) trainable: u64,
    pub(crate) non_trainable: u64,
    /// Whether every layer's count is known.
    pub(crate) complete: bool,
    /// What their weights take in the file, where it holds them.
    pub(crate) bytes: Option<u64>,
}

impl Sum {
    pub(crate) const EMPTY: Self = Self {
        layers: 0,
        parameters: 0,
        trainable: 0,
        non_trainable: 0,
        complete: true,
        bytes: None,
    };

    pub(crate) fn of(layer: &Layer) -> Self {
        let own = layer.shared_with.is_none();
        let count = |n: Option<u64>| n.filter(|_| own).unwrap_or(0);
        Self {
            layers: 1,
            parameters: count(layer.parameters),
            trainable: count(layer.trainable),
            non_trainable: count(layer.non_trainable),
            complete: layer.parameters.is_some() || !own,
            bytes: layer.weights.iter().filter_map(stored_bytes).reduce(u64::saturating_add),
        }
    }

    /// One tensor of a layer.
    pub(crate) fn of_weight(weight: &Weight) -> Self {
        let count = |category| match weight.category == category && !weight.shared {
            true => weight.elements,
            false => 0,
        };
        let trainable = count(Category::Trainable);
        let non_trainable = count(Category::NonTrainable);
        Self {
            parameters: trainable.saturating_add(non_trainable),
            trainable,
            non_trainable,
            bytes: stored_bytes(weight),
            ..Self::EMPTY
        }
    }

    #[must_use]
    pub(crate) fn and(self, other: Self) -> Self {
        let bytes = self.bytes.into_iter().chain(other.bytes);
        Self {
            layers: self.layers.saturating_add(other.layers),
            parameters: self.parameters.saturating_add(other.parameters),
            trainable: self.trainable.saturating_add(other.trainable),
            non_trainable: self.non_trainable.saturating_add(other.non_trainable),
            complete: self.complete && other.complete,
            bytes: bytes.reduce(u64::saturating_add),
        }
    }
}

impl FromIterator<Sum> for Sum {
    fn from_iter<I: IntoIterator<Item = Self>>(sums: I) -> Self {
        sums.into_iter().fold(Self::EMPTY, Self::and)
    }
}

/// The bytes of a parameter, or of what a quantized one is scaled by, where it is stored first.
fn stored_bytes(weight: &Weight) -> Option<u64> {
    let counts = weight.category.is_parameter() || weight.category == Category::Quantization;
    weight.stored_bytes.filter(|_| counts && !weight.shared)
}
