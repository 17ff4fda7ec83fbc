//! What operators mean: which constant is which weight, and what kind of layer they make.

use netweight_core::{Arg, Args, Layer, Role};

use crate::constant::Constant;
use crate::flatbuffer::Flatbuffer;
use crate::schema::Operator;

/// An operator among the tensors that it reads.
pub(crate) struct Place<'a> {
    pub(crate) operator: &'a Operator,
    /// What each input is, where it is a constant.
    pub(crate) constants: Vec<Option<Constant<'a>>>,
    /// Shapes of the inputs; -1 for an open dimension.
    pub(crate) shapes: Vec<Vec<i64>>,
    pub(crate) file: &'a Flatbuffer<'a>,
}

/// An operator that has weights.
pub(crate) struct Row {
    name: &'static str,
    kind: &'static str,
    /// What TensorFlow calls the operation, which names of tensors end in.
    pub(crate) operations: &'static [&'static str],
    /// Which input is which weight.
    pub(crate) weights: &'static [(usize, Role)],
    /// Which input the weights are applied to.
    pub(crate) data: usize,
    /// The sizes of the weights, and what the operator states; none where they do not fit.
    sizes: fn(&Place) -> Option<Sizes>,
}

/// Arguments measured on the weights, and arguments that the operator states.
#[derive(Default)]
struct Sizes {
    measured: Args,
    stated: Args,
}

static ROWS: &[Row] = &[
    Row {
        name: "CONV_2D",
        kind: "conv",
        operations: &["Conv2D", "Conv1D", "Conv", "convolution", "separable_conv2d"],
        weights: &[(1, Role::Kernel), (2, Role::Bias)],
        data: 0,
        sizes: |place| convolution(place, [1, 2, 0, 3], 0),
    },
    Row {
        name: "DEPTHWISE_CONV_2D",
        kind: "depthwise_conv",
        operations: &["depthwise"],
        weights: &[(1, Role::Kernel), (2, Role::Bias)],
        data: 0,
        sizes: depthwise,
    },
    Row {
        name: "TRANSPOSE_CONV",
        kind: "conv_transpose",
        operations: &["conv_transpose", "conv2d_transpose"],
        weights: &[(1, Role::Kernel), (3, Role::Bias)],
        data: 2,
        sizes: |place| convolution(place, [1, 2, 0, 3], 2),
    },
    Row {
        name: "CONV_3D",
        kind: "conv",
        operations: &["Conv3D", "convolution"],
        weights: &[(1, Role::Kernel), (2, Role::Bias)],
        data: 0,
        sizes: |place| convolution(place, [0, 1, 2, 4, 3], 0),
    },
    Row {
        name: "FULLY_CONNECTED",
        kind: "dense",
        operations: &["MatMul", "Tensordot"],
        weights: &[(1, Role::Kernel), (2, Role::Bias)],
        data: 0,
        sizes: dense,
    },
    Row {
        name: "BATCH_MATMUL",
        kind: "dense",
        operations: &["MatMul", "Tensordot"],
        weights: &[(1, Role::Kernel)],
        data: 0,
        sizes: matmul,
    },
    Row {
        name: "GATHER",
        kind: "embedding",
        operations: &["Gather", "GatherV2", "embedding_lookup"],
        weights: &[(0, Role::Embedding)],
        data: 1,
        sizes: |place| embedding(place, 0),
    },
    Row {
        name: "EMBEDDING_LOOKUP",
        kind: "embedding",
        operations: &["embedding_lookup"],
        weights: &[(1, Role::Embedding)],
        data: 0,
        sizes: |place| embedding(place, 1),
    },
    Row {
        name: "PRELU",
        kind: "prelu",
        operations: &[],
        weights: &[(1, Role::Slope)],
        data: 0,
        sizes: slopes,
    },
    Row {
        name: "UNIDIRECTIONAL_SEQUENCE_LSTM",
        kind: "lstm",
        operations: &[],
        weights: &[
            (1, Role::Kernel),
            (2, Role::Kernel),
            (3, Role::Kernel),
            (4, Role::Kernel),
            (5, Role::RecurrentKernel),
            (6, Role::RecurrentKernel),
            (7, Role::RecurrentKernel),
            (8, Role::RecurrentKernel),
            (12, Role::Bias),
            (13, Role::Bias),
            (14, Role::Bias),
            (15, Role::Bias),
        ],
        data: 0,
        sizes: lstm,
    },
    Row {
        name: "UNIDIRECTIONAL_SEQUENCE_RNN",
        kind: "simple_rnn",
        operations: &[],
        weights: &[(1, Role::Kernel), (2, Role::RecurrentKernel), (3, Role::Bias)],
        data: 0,
        sizes: |place| recurrent(place, 1, 2, 3),
    },
];

/// Operators whose constants nobody learned: values that fill, anchors, bounds.
static CONSTANT: &[&str] =
    &["FILL", "ONE_HOT", "PAD", "PADV2", "RANGE", "TFLite_Detection_PostProcess"];

/// Operators that run another subgraph; constants that they pass on are first states or weights.
static CONTROL: &[&str] = &["CALL", "CALL_ONCE", "IF", "WHILE"];

/// Whether constants of an operator are values that somebody wrote down.
pub(crate) fn has_only_constants(name: &str) -> bool {
    CONSTANT.contains(&name)
}

/// Whether an operator runs another subgraph.
pub(crate) fn is_control(name: &str) -> bool {
    CONTROL.contains(&name)
}

/// Whether a fully connected operator computes a function of its products, too.
pub(crate) fn is_activated(operator: &Operator, file: &Flatbuffer) -> bool {
    let function = |options| file.byte_field(options, 0).ok().flatten();
    operator.options.and_then(function).is_some_and(|function| function != 0)
}

/// Operators without weights that are of a kind all the same; all keep their input's shape or
/// have their output's stated.
static WEIGHTLESS: &[(&str, &str)] = &[
    ("RELU", "activation"),
    ("RELU6", "activation"),
    ("RELU_N1_TO_1", "activation"),
    ("LEAKY_RELU", "activation"),
    ("ELU", "activation"),
    ("GELU", "activation"),
    ("HARD_SWISH", "activation"),
    ("LOGISTIC", "activation"),
    ("SOFTMAX", "activation"),
    ("LOG_SOFTMAX", "activation"),
    ("TANH", "activation"),
    ("CONCATENATION", "concat"),
    ("ADD", "merge"),
    ("SUB", "merge"),
    ("MUL", "merge"),
    ("DIV", "merge"),
    ("RESHAPE", "reshape"),
    ("TRANSPOSE", "permute"),
    ("QUANTIZE", "identity"),
    ("DEQUANTIZE", "identity"),
];

impl Row {
    /// The row of an operator whose weights are constants of the sizes that it needs; gives its
    /// layer the kind and the arguments.
    pub(crate) fn of(name: &str, place: &Place, layer: &mut Layer) -> Option<&'static Self> {
        let row = ROWS.iter().find(|row| row.name == name)?;
        let (first, _) = row.weights.first()?;
        place.constant(*first)?;
        let Sizes { measured, stated } = (row.sizes)(place)?;
        layer.kind = Some(row.kind.into());
        (layer.measured, layer.args) = (measured, stated);
        Some(row)
    }
}

/// Gives the layer of an operator without weights its kind, if it is of one.
pub(crate) fn weightless(name: &str, place: &Place, layer: &mut Layer) {
    let known = WEIGHTLESS.iter().find(|(known, _)| *known == name);
    layer.kind = known.map(|(_, kind)| (*kind).into());
    if name == "CONCATENATION" {
        layer.args.set("axis", place.number(0).unwrap_or(0));
    }
}

impl Place<'_> {
    /// The constant at an input.
    pub(crate) fn constant(&self, input: usize) -> Option<&Constant<'_>> {
        self.constants.get(input)?.as_ref()
    }

    /// Dimensions of the constant at an input.
    fn dims(&self, input: usize) -> Option<Vec<u64>> {
        self.constant(input)?.shape()
    }

    /// The last dimension of an input, where it is known.
    fn features(&self, input: usize) -> Option<u64> {
        self.shapes.get(input)?.last().and_then(|dim| u64::try_from(*dim).ok())
    }

    fn byte(&self, field: u64) -> Option<u8> {
        self.file.byte_field(self.operator.options?, field).ok()?
    }

    fn number(&self, field: u64) -> Option<i64> {
        let number = self.file.u32_field(self.operator.options?, field).ok()?;
        Some(i64::from(number.cast_signed()))
    }

    /// `same` or `valid` as the field of that number says; `same` is 0 and left out.
    fn padding(&self, field: u64) -> &'static str {
        if self.byte(field) == Some(1) { "valid" } else { "same" }
    }

    /// Two numbers by their fields; absent ones and zeros are ones.
    fn pair(&self, height: u64, width: u64) -> Option<Arg> {
        let number = |field| self.number(field).map(|number| number.max(1));
        Some(Arg::from(vec![number(height)?, number(width)?]))
    }
}

impl Sizes {
    fn new(sizes: &[(&'static str, u64)]) -> Option<Self> {
        let mut measured = Args::default();
        for (name, size) in sizes {
            measured.set(*name, Arg::size(*size)?);
        }
        Some(Self { measured, stated: Args::default() })
    }

    /// The same with an argument that the operator states.
    fn state(mut self, name: &'static str, value: Option<Arg>) -> Self {
        if let Some(value) = value {
            self.stated.set(name, value);
        }
        self
    }

    /// The same with a word on whether there is a bias.
    fn bias(self, place: &Place, input: usize) -> Self {
        self.state("bias", Some(Arg::Flag(place.constant(input).is_some())))
    }
}

/// A kernel whose axes are, in the order given, the spatial ones, the outputs and the inputs;
/// `data` is the input that is convolved.
fn convolution<const N: usize>(place: &Place, axes: [usize; N], data: usize) -> Option<Sizes> {
    let dims = place.dims(1).filter(|dims| dims.len() == N)?;
    let in_order: Option<Vec<u64>> = axes.iter().map(|axis| dims.get(*axis).copied()).collect();
    let in_order = in_order?;
    let (kernel, [outputs, inputs]) = in_order.split_last_chunk::<2>()?;
    // The kernel sees the channels of one group.
    let groups = place.features(data).and_then(|channels| {
        channels.checked_div(*inputs).filter(|groups| groups.checked_mul(*inputs) == Some(channels))
    });
    let groups = groups.filter(|_| data == 0).unwrap_or(1);
    let channels = inputs.checked_mul(groups)?;
    let sizes = Sizes::new(&[("in_channels", channels), ("out_channels", *outputs)])?;
    let sizes = sizes
        .state("groups", Arg::size(groups).filter(|_| groups > 1))
        .state("padding", Some(Arg::from(place.padding(0))))
        .bias(place, if data == 0 { 2 } else { 3 });
    let mut sizes = match kernel.len() {
        2 if data == 0 => {
            sizes.state("stride", place.pair(2, 1)).state("dilation", place.pair(5, 4))
        }
        2 => sizes.state("stride", place.pair(2, 1)),
        _ => sizes,
    };
    sizes.measured.set("kernel_size", Arg::sizes(kernel)?);
    Some(sizes)
}

/// A kernel [1, height, width, channels × multiplier].
fn depthwise(place: &Place) -> Option<Sizes> {
    let dims = place.dims(1)?;
    let &[_, height, width, outputs] = dims.as_slice() else { return None };
    let channels = place.features(0).filter(|channels| *channels > 0 && outputs % channels == 0);
    let channels = channels.unwrap_or(outputs);
    let multiplier = outputs.checked_div(channels)?;
    let sizes = Sizes::new(&[("in_channels", channels), ("depth_multiplier", multiplier)])?;
    let mut sizes = sizes
        .state("padding", Some(Arg::from(place.padding(0))))
        .state("stride", place.pair(2, 1))
        .state("dilation", place.pair(6, 5))
        .bias(place, 2);
    sizes.measured.set("kernel_size", Arg::sizes(&[height, width])?);
    Some(sizes)
}

/// A kernel [outputs, inputs]; an input of more dimensions is flattened first.
fn dense(place: &Place) -> Option<Sizes> {
    let dims = place.dims(1)?;
    let &[outputs, inputs] = dims.as_slice() else { return None };
    let sizes = Sizes::new(&[("input_size", inputs), ("output_size", outputs)])?;
    let is_flattened = place.features(0).is_some_and(|features| features != inputs);
    let flattened = Arg::size(inputs).filter(|_| is_flattened);
    Some(sizes.state("input_size", flattened).bias(place, 2))
}

/// A second factor [inputs, outputs], or the other way round where the input's size says so.
fn matmul(place: &Place) -> Option<Sizes> {
    let dims = place.dims(1)?;
    let &[rows, columns] = dims.as_slice() else { return None };
    let is_turned = place.features(0).is_some_and(|features| features != rows);
    let (inputs, outputs) = if is_turned { (columns, rows) } else { (rows, columns) };
    let sizes = Sizes::new(&[("input_size", inputs), ("output_size", outputs)])?;
    Some(sizes.state("bias", Some(Arg::Flag(false))))
}

/// A table of vectors.
fn embedding(place: &Place, table: usize) -> Option<Sizes> {
    let dims = place
        .dims(table)
        .filter(|_| place.constant(table).is_some_and(|table| table.may_be_learned()))?;
    let &[entries, values] = dims.as_slice() else { return None };
    Sizes::new(&[("vocabulary_size", entries), ("embedding_size", values)])
}

/// Slopes of the input's dimensions without the batch, 1 along those that share one.
fn slopes(place: &Place) -> Option<Sizes> {
    let slopes = place.dims(1)?;
    let rank = place.shapes.first()?.len().checked_sub(1)?;
    let ones = std::iter::repeat_n(1, rank.checked_sub(slopes.len())?);
    let slopes: Vec<u64> = ones.chain(slopes).collect();
    let shared = slopes.iter().zip(1..).filter(|(size, _)| **size == 1).map(|(_, axis)| axis);
    let mut sizes =
        Sizes::default().state("shared_axes", Some(Arg::from(shared.collect::<Vec<_>>())));
    sizes.measured.set("slope_shape", Arg::sizes(&slopes)?);
    Some(sizes)
}

/// Four kernels for the input, four for the state, four biases; peepholes, projections and
/// normalizations make it another formula.
fn lstm(place: &Place) -> Option<Sizes> {
    let is_plain = (9..12).chain(16..18).chain(20..24).all(|input| place.constant(input).is_none());
    recurrent(place, 2, 6, 12).filter(|_| is_plain && place.constant(1).is_some())
}

/// One bias for each gate; kernels [units, inputs] and [units, units].
fn recurrent(place: &Place, kernel: usize, state: usize, bias: usize) -> Option<Sizes> {
    let (kernel, state) = (place.dims(kernel)?, place.dims(state)?);
    let (&[units, inputs], &[_, _]) = (kernel.as_slice(), state.as_slice()) else { return None };
    let sizes = Sizes::new(&[("input_size", inputs), ("hidden_size", units)])?;
    Some(sizes.state("bias_vectors", Some(Arg::Int(1))).bias(place, bias))
}
