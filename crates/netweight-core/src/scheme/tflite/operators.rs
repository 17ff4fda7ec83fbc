//! The operators that the converter makes of layers, one row each.

/// An operator with the value that it gives.
#[derive(Debug)]
pub(super) struct Step {
    /// The operator.
    pub(super) op: &'static str,
    /// How the value is called behind the layer's own name, part by part.
    pub(super) gives: &'static str,
    /// Its dimensions.
    pub(super) rank: Rank,
    /// How many values the operator reads, constants among them.
    pub(super) inputs: u64,
    /// The constants of whole numbers among them that the layer's tensors do not hold.
    pub(super) constants: &'static [Whole],
}

/// Dimensions of a value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rank {
    /// As what goes into the layer.
    Input,
    /// As what comes out of it.
    Output,
    /// One more than goes in.
    Wider,
    /// So many.
    Of(u64),
    /// So many, and its numbers are whole.
    Whole(u64),
}

/// A constant of whole numbers: how it is called, its dimensions, how many numbers. Of those that
/// are called by the converter equal ones are held once for all layers.
pub(super) type Whole = (&'static str, u64, u64);

const ZERO: Whole = ("arith.constant", 1, 1);
const ONE: Whole = ("arith.constant1", 1, 1);

use Rank::{Input, Of, Output, Wider};

const fn step(op: &'static str, gives: &'static str, rank: Rank, inputs: u64) -> Step {
    Step { op, gives, rank, inputs, constants: &[] }
}

const fn with(
    op: &'static str,
    gives: &'static str,
    rank: Rank,
    inputs: u64,
    constants: &'static [Whole],
) -> Step {
    Step { op, gives, rank, inputs, constants }
}

/// The operators of a kind.
pub(super) static KINDS: &[(&str, &[Step])] = &[
    (
        "batch_norm",
        &[step("MUL", "batchnorm/mul_1", Output, 2), step("ADD", "batchnorm/add_1", Output, 2)],
    ),
    ("global_pool", &[with("MEAN", "Mean", Output, 2, &[("Mean/reduction_indices", 1, 2)])]),
    ("flatten", FLATTEN),
    ("reshape", FLATTEN),
    ("permute", &[with("TRANSPOSE", "transpose", Output, 2, &[("transpose/perm", 1, 4)])]),
    ("padding", &[with("PAD", "Pad", Output, 2, &[("Const", 2, 8)])]),
    (
        "cropping",
        &[with(
            "STRIDED_SLICE",
            "strided_slice",
            Output,
            4,
            &[
                ("strided_slice/stack", 1, 4),
                ("strided_slice/stack_1", 1, 4),
                ("strided_slice/stack_2", 1, 4),
            ],
        )],
    ),
    ("rescaling", &[step("MUL", "mul", Output, 2)]),
    ("feature_norm", &[step("SUB", "Sub", Output, 2), step("MUL", "truediv;Maximum1", Output, 2)]),
    ("prelu", &[step("PRELU", "add;Relu;Neg_1;Relu_1;mul1", Output, 2)]),
    (
        "layer_norm",
        &[
            with("MEAN", "moments/mean", Output, 2, &[ONE]),
            step("NEG", "Neg", Output, 1),
            step("SQUARED_DIFFERENCE", "moments/SquaredDifference", Output, 2),
            step("MEAN", "moments/variance", Output, 2),
            step("ADD", "add", Output, 2),
            step("RSQRT", "Rsqrt", Output, 1),
            step("MUL", "mul", Output, 2),
            step("MUL", "mul_1", Output, 2),
            step("ADD", "add_1", Output, 2),
            step("MUL", "mul_2", Output, 2),
            step("ADD", "add_2", Output, 2),
        ],
    ),
    (
        "group_norm",
        &[
            with("RESHAPE", "Reshape", Wider, 2, &[("arith.constant", 1, 5)]),
            with("MEAN", "moments/mean", Wider, 2, &[("arith.constant", 1, 3)]),
            step("NEG", "Neg", Wider, 1),
            step("SUB", "moments/SquaredDifference", Wider, 2),
            step("SQUARE", "moments/SquaredDifference1", Wider, 1),
            step("MEAN", "moments/variance", Wider, 2),
            step("ADD", "add", Wider, 2),
            step("RSQRT", "Rsqrt", Wider, 1),
            step("MUL", "mul", Wider, 2),
            step("MUL", "mul_1", Wider, 2),
            step("ADD", "add_1", Wider, 2),
            step("MUL", "mul_2", Wider, 2),
            step("ADD", "add_2", Wider, 2),
            step("SHAPE", "Shape_1", Rank::Whole(1), 1),
            step("RESHAPE", "Reshape_3", Output, 2),
        ],
    ),
    (
        "embedding",
        &[
            with("LESS", "Less", Rank::Whole(2), 2, &[("arith.constant", 0, 1)]),
            with("ADD", "add", Rank::Whole(2), 2, &[("strided_slice", 0, 1)]),
            step("SELECT_V2", "SelectV2", Rank::Whole(2), 3),
            step("GATHER", "GatherV2;", Output, 2),
        ],
    ),
    (
        "multi_head_attention",
        &[
            step("FULLY_CONNECTED", "query_1/MatMul1", Input, 3),
            with("RESHAPE", "query_1/Reshape_1", Wider, 2, &[("arith.constant2", 1, 4)]),
            step("ADD", "query_1/Add", Wider, 2),
            step("FULLY_CONNECTED", "key_1/MatMul1", Input, 3),
            step("RESHAPE", "key_1/Reshape_1", Wider, 2),
            step("ADD", "key_1/Add", Wider, 2),
            with("TRANSPOSE", "einsum/Einsum1", Wider, 2, &[("arith.constant1", 1, 4)]),
            with("TRANSPOSE", "einsum/Einsum2", Wider, 2, &[("einsum/Einsum", 1, 4)]),
            step("BATCH_MATMUL", "einsum/Einsum3", Wider, 2),
            step("MUL", "Mul;einsum/Einsum;Cast/x", Wider, 2),
            with("RESHAPE", "Mul;einsum/Einsum;Cast/x1", Wider, 2, &[("arith.constant", 1, 4)]),
            step("SOFTMAX", "Softmax", Wider, 1),
            step("FULLY_CONNECTED", "value_1/MatMul1", Input, 3),
            step("RESHAPE", "value_1/Reshape_1", Wider, 2),
            step("ADD", "value_1/Add", Wider, 2),
            step("TRANSPOSE", "einsum_1/Einsum", Wider, 2),
            step("BATCH_MATMUL", "einsum_1/Einsum1", Wider, 2),
            step("RESHAPE", "einsum_1/Einsum2", Wider, 2),
            step("TRANSPOSE", "einsum_1/Einsum3", Wider, 2),
            with("RESHAPE", "attention_output_1/Reshape", Output, 2, &[("arith.constant", 1, 3)]),
            step("FULLY_CONNECTED", "attention_output_1/MatMul", Output, 3),
        ],
    ),
    (
        "upsampling",
        &[
            with("EXPAND_DIMS", "Repeat/ExpandDims", Wider, 2, &[("arith.constant", 0, 1)]),
            with("TILE", "Repeat/Tile", Wider, 2, &[("Repeat/Tile/multiples", 1, 5)]),
            step("SHAPE", "Repeat/Shape", Rank::Whole(1), 1),
            with("STRIDED_SLICE", "Repeat/strided_slice", Rank::Whole(1), 4, &[ZERO, ONE]),
            with(
                "CONCATENATION",
                "Repeat/concat",
                Rank::Whole(1),
                3,
                &[ONE, ("Repeat/strided_slice_2", 1, 2)],
            ),
            step("RESHAPE", "Repeat/Reshape_1", Output, 2),
            with(
                "EXPAND_DIMS",
                "Repeat_1/ExpandDims",
                Wider,
                2,
                &[("Repeat_1/ExpandDims/dim", 0, 1)],
            ),
            with("TILE", "Repeat_1/Tile", Wider, 2, &[("Repeat_1/Tile/multiples", 1, 5)]),
            step("SHAPE", "Repeat_1/Shape", Rank::Whole(1), 1),
            with("STRIDED_SLICE", "Repeat_1/strided_slice", Rank::Whole(1), 4, &[ONE]),
            with(
                "CONCATENATION",
                "Repeat_1/concat",
                Rank::Whole(1),
                3,
                &[("Repeat_1/strided_slice_2", 1, 1)],
            ),
            step("RESHAPE", "Repeat_1/Reshape_1", Output, 2),
        ],
    ),
];

/// The shape is read off, but for the batch.
const FLATTEN: &[Step] = &[
    step("SHAPE", "Shape", Rank::Whole(1), 1),
    with("STRIDED_SLICE", "strided_slice", Rank::Whole(0), 4, &[ZERO, ONE]),
    with("PACK", "Reshape/shape", Rank::Whole(1), 2, &[("Reshape/shape/1", 0, 1)]),
    step("RESHAPE", "Reshape", Output, 2),
];

/// What a dense layer does with more than vectors: they become rows of one matrix and go back.
pub(super) const ROWS: &[Step] = &[
    step("SHAPE", "Tensordot/Shape", Rank::Whole(1), 1),
    with("GATHER", "Tensordot/GatherV2;", Rank::Whole(1), 2, &[("arith.constant", 1, 2)]),
    with("REDUCE_PROD", "Tensordot/Prod", Rank::Whole(0), 2, &[ONE]),
    with("CONCATENATION", "Tensordot/concat_1", Rank::Whole(1), 2, &[("Tensordot/Const_2", 1, 1)]),
    with("GATHER", "Tensordot/GatherV2_1;", Rank::Whole(1), 2, &[ONE]),
    step("REDUCE_PROD", "Tensordot/Prod_1", Rank::Whole(0), 2),
    step("PACK", "Tensordot/stack", Rank::Whole(1), 2),
    step("RESHAPE", "Tensordot/Reshape", Of(2), 2),
    step("FULLY_CONNECTED", "Tensordot/MatMul1", Of(2), 3),
    step("RESHAPE", "Tensordot", Output, 2),
];

/// Before a convolution of one dimension, and behind it.
pub(super) const WIDEN: Step =
    with("EXPAND_DIMS", "convolution/ExpandDims", Wider, 2, &[("arith.constant", 0, 1)]);
pub(super) const NARROW: Step =
    with("RESHAPE", "convolution/Squeeze1", Output, 2, &[("convolution/Squeeze", 1, 3)]);

/// Before a dilated convolution, and behind it.
pub(super) const SPREAD: Step = spread(&[ONE, ("convolution/SpaceToBatchND/paddings", 2, 4)]);
pub(super) const GATHERED: Step = gathered(&[("convolution/BatchToSpaceND/crops", 2, 4)]);
/// The same where zeros were put before the input: all layers read the same numbers.
pub(super) const SPREAD_PLAIN: Step = spread(&[ONE, NOTHING]);
pub(super) const GATHERED_PLAIN: Step = gathered(&[NOTHING]);
pub(super) const BIAS: Step = step("ADD", "BiasAdd", Output, 2);

const NOTHING: Whole = ("arith.constant2", 2, 2);

const fn spread(constants: &'static [Whole]) -> Step {
    with("SPACE_TO_BATCH_ND", "convolution/SpaceToBatchND", Input, 3, constants)
}

const fn gathered(constants: &'static [Whole]) -> Step {
    with("BATCH_TO_SPACE_ND", "convolution/BatchToSpaceND", Output, 3, constants)
}

/// Before a transposed convolution, which is told the shape of its result.
pub(super) const RESULT_SHAPE: &[Step] = &[
    step("SHAPE", "Shape", Rank::Whole(1), 1),
    with("STRIDED_SLICE", "strided_slice", Rank::Whole(0), 4, &[ZERO, ONE]),
    with(
        "PACK",
        "conv_transpose/input_sizes",
        Rank::Whole(1),
        4,
        &[("conv_transpose/input_sizes/1", 0, 1), ("conv_transpose/input_sizes/3", 0, 1)],
    ),
];

const GELU: &str = "Gelu/mul_2;Gelu/mul/x;Gelu/mul;Gelu/Neg;Gelu/Cast/x;Gelu/mul_1;Gelu/Erfc";

/// The operators of a function.
pub(super) static FUNCTIONS: &[(&str, &[Step])] = &[
    ("relu", &[step("RELU", "Relu", Output, 1)]),
    ("relu6", &[step("RELU6", "Relu6", Output, 1)]),
    ("sigmoid", &[step("LOGISTIC", "Sigmoid", Output, 1)]),
    ("tanh", &[step("TANH", "Tanh", Output, 1)]),
    ("softmax", &[step("SOFTMAX", "Softmax", Output, 1)]),
    ("elu", &[step("ELU", "Elu", Output, 1)]),
    ("leaky_relu", &[step("LEAKY_RELU", "LeakyRelu", Output, 1)]),
    ("exponential", &[step("EXP", "Exp", Output, 1)]),
    ("silu", &[step("LOGISTIC", "Sigmoid", Output, 1), step("MUL", "mul_1", Output, 2)]),
    ("hard_silu", &[step("HARD_SWISH", "mul;Const;Relu6;add;truediv;Const_1", Output, 1)]),
    (
        "hard_sigmoid",
        &[step("ADD", "Relu6;add", Output, 2), step("MUL", "truediv;Const_11", Output, 2)],
    ),
    ("gelu", &[step("GELU", GELU, Output, 1)]),
    (
        "softplus",
        &[
            step("EXP", "Softplus1", Output, 1),
            step("ADD", "Softplus2", Output, 2),
            step("LOG", "Softplus3", Output, 1),
        ],
    ),
    (
        "softsign",
        &[
            step("ABS", "Softsign1", Output, 1),
            step("ADD", "Softsign2", Output, 2),
            step("DIV", "Softsign3", Output, 2),
        ],
    ),
    (
        "mish",
        &[
            step("EXP", "Softplus1", Output, 1),
            step("ADD", "Softplus2", Output, 2),
            step("LOG", "Softplus3", Output, 1),
            step("TANH", "Tanh", Output, 1),
            step("MUL", "mul", Output, 2),
        ],
    ),
    (
        "selu",
        &[
            step("GREATER", "Selu4", Output, 2),
            step("MUL", "Selu5", Output, 2),
            step("EXP", "Selu6", Output, 1),
            step("SUB", "Selu7", Output, 2),
            step("MUL", "Selu8", Output, 2),
            step("SELECT_V2", "Selu9", Output, 3),
        ],
    ),
];

/// The operators of a kind, or of a function.
pub(super) fn steps(rows: &'static [(&str, &[Step])], name: &str) -> &'static [Step] {
    rows.iter().find(|(known, _)| *known == name).map_or(&[], |(_, steps)| steps)
}

/// What an operator's settings take; of one that is not here nothing.
pub(super) fn options(op: &str) -> Option<u64> {
    OPTIONS.iter().find(|(known, _)| *known == op).map(|(_, bytes)| *bytes)
}

static OPTIONS: &[(&str, u64)] = &[
    ("ADD", 4),
    ("AVERAGE_POOL_2D", 24),
    ("BATCH_MATMUL", 4),
    ("CONCATENATION", 8),
    ("CONV_2D", 12),
    ("CONV_3D", 16),
    ("DEPTHWISE_CONV_2D", 16),
    ("DIV", 4),
    ("EXPAND_DIMS", 4),
    ("FULLY_CONNECTED", 4),
    ("GATHER", 4),
    ("GELU", 4),
    ("LEAKY_RELU", 8),
    ("MAX_POOL_2D", 24),
    ("MEAN", 6),
    ("MUL", 4),
    ("NEG", 4),
    ("PACK", 8),
    ("REDUCE_MAX", 4),
    ("REDUCE_PROD", 4),
    ("RESIZE_BILINEAR", 8),
    ("SELECT_V2", 4),
    ("SHAPE", 8),
    ("SOFTMAX", 8),
    ("STRIDED_SLICE", 10),
    ("SUB", 4),
    ("TRANSPOSE_CONV", 12),
];
