//! Operations on each element, on their own or together.

use super::Op;

pub(super) static OPS: &[Op] = &[
    Op { names: SAME, kind: "activation", read: |op| op.feed_first() },
    Op { names: MERGED, kind: "merge", read: |op| op.feed_all() },
];

/// The output has the first operand's shape.
#[rustfmt::skip]
static SAME: &[&str] = &[
    "abs", "absolute", "acos", "acosh", "adjustbrightness", "adjustcontrast", "adjustgamma",
    "adjusthue", "adjustsaturation", "angle", "arccos", "arccosh", "arcsin", "arcsinh", "arctan",
    "arctanh", "argsort", "array", "asin", "asinh", "atan", "atanh", "bandpart", "batchnorm",
    "bitwiseinvert", "bitwisenot", "cast", "cbrt", "ceil", "celu", "cholesky", "clip",
    "clipbyvalue", "conj", "conjugate", "converttotensor", "copy", "cos", "cosh",
    "deg2rad", "dotproductattention", "dropout", "elu", "erf", "erfinv", "exp", "exp2",
    "expm1", "fix", "flip", "flipleftright", "flipupdown", "floor", "fulllike", "gelu",
    "hardshrink", "hardsigmoid", "hardsilu", "hardswish", "hardtanh", "identity", "imag", "inv",
    "isfinite", "isinf", "isnan", "isneginf", "isposinf", "l2normalize", "matrixbandpart", "matrixinverse", "layernorm", "leakyrelu",
    "lgamma", "log", "log10", "log1p", "log2", "logicalnot", "logit", "logsigmoid", "logsoftmax",
    "nantonum", "neg", "negative", "normalize", "onehotlike", "oneslike",
    "perimagestandardization", "real", "reciprocal", "relu", "relu6", "reverse", "rint", "rmsnorm",
    "rmsnormalization", "roll", "round", "rsqrt", "selu", "sigmoid", "sign", "signbit", "silu",
    "sin", "sinh", "softmax", "softplus", "softshrink", "softsign", "sort", "sparsemax",
    "sparseplus", "sparsesigmoid", "sqrt", "square", "squareplus", "stopgradient", "swish", "tan",
    "tanh", "tanhshrink", "threshold", "tril", "triu", "trunc", "unstackalong", "zeroslike",
];

/// Operands are stretched to one another's shapes.
#[rustfmt::skip]
static MERGED: &[&str] = &[
    "add", "addn", "and", "arctan2", "biasadd", "binarycrossentropy", "bitwiseand",
    "bitwiseleftshift", "bitwiseor", "bitwiserightshift", "bitwisexor", "copysign", "div",
    "divide", "dividenonan", "divnonan", "equal", "floordiv", "floordivide", "floormod", "fmod",
    "ge", "greater", "greaterequal", "gt", "heaviside", "hypot", "isclose", "le", "less",
    "lessequal", "logaddexp", "logicaland", "logicalor", "logicalxor", "lt", "maximum", "minimum",
    "mod", "mul", "multiply", "ne", "nextafter", "notequal", "or", "pow", "power", "realdiv",
    "rsub", "select", "squareddifference", "sub", "subtract", "truediv", "truedivide", "where",
    "xor",
];
