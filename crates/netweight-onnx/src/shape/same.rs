//! Outputs with the shape of inputs.

use smallvec::smallvec;

use super::rules::{Outputs, one};
use super::{Dim, Site, broadcast};

pub(super) const OPS: &[&str] = &[
    "Relu",
    "LeakyRelu",
    "PRelu",
    "Elu",
    "Celu",
    "Selu",
    "ThresholdedRelu",
    "Sigmoid",
    "HardSigmoid",
    "HardSwish",
    "Swish",
    "Mish",
    "Tanh",
    "Softmax",
    "LogSoftmax",
    "Hardmax",
    "Softplus",
    "Softsign",
    "Gelu",
    "FastGelu",
    "QuickGelu",
    "BiasGelu",
    "Erf",
    "Exp",
    "Log",
    "Sqrt",
    "Reciprocal",
    "Neg",
    "Abs",
    "Sign",
    "Floor",
    "Ceil",
    "Round",
    "Sin",
    "Cos",
    "Tan",
    "Asin",
    "Acos",
    "Atan",
    "Sinh",
    "Cosh",
    "Asinh",
    "Acosh",
    "Atanh",
    "Not",
    "IsNaN",
    "IsInf",
    "Shrink",
    "CumSum",
    "Clip",
    "Trilu",
    "Cast",
    "CastLike",
    "Identity",
    "QuantizeLinear",
    "DequantizeLinear",
    "QLinearSigmoid",
    "QLinearLeakyRelu",
    "QLinearSoftmax",
    "LayerNormalization",
    "SimplifiedLayerNormalization",
    "InstanceNormalization",
    "GroupNormalization",
    "GroupNorm",
    "RMSNormalization",
    "LpNormalization",
    "MeanVarianceNormalization",
    "LRN",
    "BatchNormalization",
    "RotaryEmbedding",
    "ScatterND",
    "ScatterElements",
    "ScatterND",
    "ReverseSequence",
    "RandomNormalLike",
    "RandomUniformLike",
    "Bernoulli",
    "EyeLike",
    "BitShift",
    "BitwiseNot",
    "Scaler",
    "Normalizer",
    "Imputer",
    "Binarizer",
    "BiasSoftmax",
];
pub(super) const ALL_OUTPUTS: &[&str] = &["Dropout", "BiasDropout"];
pub(super) const SECOND: &[&str] = &["GemmaRotaryEmbedding"];
pub(super) const MERGES: &[&str] = &[
    "Add",
    "Sub",
    "Mul",
    "Div",
    "Sum",
    "Mean",
    "Max",
    "Min",
    "Pow",
    "Mod",
    "And",
    "Or",
    "Xor",
    "Equal",
    "Greater",
    "GreaterOrEqual",
    "Less",
    "LessOrEqual",
    "Where",
    "BitwiseAnd",
    "BitwiseOr",
    "BitwiseXor",
    "BiasAdd",
];

pub(super) fn first(site: &Site) -> Outputs {
    one(site.shape(0)?.to_vec())
}

pub(super) fn second(site: &Site) -> Outputs {
    one(site.shape(1)?.to_vec())
}

/// Every output like the first input.
pub(super) fn every(site: &Site) -> Outputs {
    let shape = site.shape(0)?.to_vec();
    Some(smallvec![Some(shape); site.outputs()])
}

pub(super) fn broadcast_all(site: &Site) -> Outputs {
    let mut shape: Vec<Dim> = site.shape(0)?.to_vec();
    for input in 1..site.inputs() {
        let other = site.shape(input)?;
        if other != shape {
            shape = broadcast(&shape, other);
        }
    }
    one(shape)
}

/// Each operand stands with its scale and zero point.
pub(super) fn broadcast_quantized(site: &Site) -> Outputs {
    one(broadcast(site.shape(0)?, site.shape(3)?))
}
