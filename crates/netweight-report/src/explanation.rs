//! A layer's arithmetic as a teacher would write it: the data of a slide.

use schemars::JsonSchema;
use serde::Serialize;

use netweight_core::Check;

/// One layer's arithmetic, from the formula to the number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Explanation {
    /// The layer.
    pub path: String,
    /// What it is: `LSTM, 2 units on 3 features`.
    pub headline: String,
    /// What is worked out: `parameters`, `bytes`.
    pub quantity: String,
    /// The formula in letters, where there is one.
    pub formula: Option<String>,
    /// What the letters stand for, in the formula's order.
    pub symbols: Vec<Symbol>,
    /// The formula with numbers, then simplified step by step down to the number.
    pub steps: Vec<String>,
    /// The tensors that the count is made of.
    pub weights: Vec<Part>,
    /// What else to know, a paragraph each.
    pub notes: Vec<String>,
    /// What the file holds, where it holds weights.
    pub stored: Option<Stored>,
}

/// A letter of a formula.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Symbol {
    /// The letter.
    pub symbol: String,
    /// Its value, as text: `4`, `[3, 5, 2]`.
    pub value: String,
    /// Its meaning.
    pub meaning: String,
}

/// A tensor and its share of the count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Part {
    /// Its part in the layer: `recurrent kernel`.
    pub name: String,
    /// Its shape, as text: `2 × 8`.
    pub shape: String,
    /// Its elements.
    pub elements: u64,
}

/// What the file holds for a layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Stored {
    /// All its elements.
    pub elements: u64,
    /// The tensors.
    pub weights: Vec<Part>,
    /// How it compares with the formula.
    pub check: Check,
}
