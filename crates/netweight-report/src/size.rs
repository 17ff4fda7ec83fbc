//! What weights take under a scheme.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The bytes of a model's weights under one scheme.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Size {
    /// The scheme's id: `int8`, `ort-dyn-int8`; for what is stored, the types found: `float32`.
    pub scheme: String,
    /// What sort of figure it is.
    pub kind: SizeKind,
    /// All bytes of the weights, scales and zero points included.
    pub weights_bytes: u64,
    /// Bytes of the whole file that the real tool would write.
    pub file_bytes: Option<u64>,
    /// Bits of the weights over parameters; null without parameters.
    pub bits_per_parameter: Option<f64>,
    /// Bytes over those in float32; null without parameters.
    pub ratio: Option<f64>,
    /// Where the bytes go.
    pub items: Items,
    /// Why the real tool would not do it.
    pub refused: Option<String>,
    /// How far off `file_bytes` may be, as a share of it; null where it is exact.
    pub file_tolerance: Option<f64>,
    /// What the tool leaves alone, and why.
    pub note: Option<String>,
    /// The layers that take most, largest first.
    #[serde(default)]
    pub largest: Vec<LayerBytes>,
    /// What is left as it was, by reason.
    #[serde(default)]
    pub kept: Vec<Kept>,
    /// What had to be assumed.
    #[serde(default)]
    pub assumed: Vec<String>,
    /// The bytes of each layer, in the order of the report's layers.
    #[serde(default)]
    pub layer_bytes: Vec<u64>,
}

/// Tensors that a scheme leaves as they were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Kept {
    /// Why.
    pub reason: String,
    /// How many.
    pub tensors: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Size {
    /// Its name among others: `int8`, `stored (float32)`.
    pub(crate) fn label(&self) -> String {
        match self.kind {
            SizeKind::Stored if self.scheme.is_empty() => "stored".to_owned(),
            SizeKind::Stored => format!("stored ({})", self.scheme),
            SizeKind::Width | SizeKind::Scheme => self.scheme.clone(),
        }
    }
}

/// What sort of figure a size is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum SizeKind {
    /// As the file has it now.
    Stored,
    /// Plain division: every parameter so many bits.
    Width,
    /// What a real tool makes of it.
    Scheme,
}

/// Bytes by what they hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Items {
    /// Quantized weights.
    pub weights: u64,
    /// Scales.
    pub scales: u64,
    /// Zero points.
    pub zero_points: u64,
    /// Biases.
    pub biases: u64,
    /// Scales and zero points of activations.
    pub activations: u64,
    /// Weights left as they were.
    pub kept: u64,
}

/// The bytes of one layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LayerBytes {
    /// The layer.
    pub path: String,
    /// Its bytes.
    pub bytes: u64,
}
