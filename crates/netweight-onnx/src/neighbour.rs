//! What stands behind a layer and confirms how many outputs it has: the shape that the file
//! states, or the weights of the layer that reads them.

use crate::Dim;
use crate::graph::{CallId, Reader};
use crate::padding;
use crate::plan::Context;

/// Operators that hand every channel on as it is.
const HANDED_ON: &[&str] = &[
    "Relu",
    "LeakyRelu",
    "Sigmoid",
    "Tanh",
    "Clip",
    "HardSwish",
    "HardSigmoid",
    "Gelu",
    "Elu",
    "Selu",
    "Softplus",
    "Dropout",
    "Identity",
    "Cast",
    "MaxPool",
    "AveragePool",
    "QuantizeLinear",
    "DequantizeLinear",
];
/// Operators that are followed before giving up.
const MOST_STEPS: usize = 4;

/// Where a layer's outputs stand in its output's shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Along {
    Channels,
    Last,
}

/// Operators whose outputs are counted by an argument of their kind.
const PRODUCTS: &[(&str, &str, Along)] = &[
    ("Conv", "out_channels", Along::Channels),
    ("FusedConv", "out_channels", Along::Channels),
    ("ConvTranspose", "out_channels", Along::Channels),
    ("ConvInteger", "out_channels", Along::Channels),
    ("QLinearConv", "out_channels", Along::Channels),
    ("MatMul", "output_size", Along::Last),
    ("FusedMatMul", "output_size", Along::Last),
    ("MatMulInteger", "output_size", Along::Last),
    ("QLinearMatMul", "output_size", Along::Last),
    ("Gemm", "output_size", Along::Last),
    ("FusedGemm", "output_size", Along::Last),
    ("QGemm", "output_size", Along::Last),
];

/// The argument that counts a layer's outputs, and what something other than its own weights
/// says of it. The layer may end with another call than it starts with.
pub(crate) fn outputs(context: &Context, call: CallId, end: CallId) -> Option<(&'static str, u64)> {
    let op = context.wiring.op(call);
    let (_, argument, along) = PRODUCTS.iter().find(|(product, ..)| *product == op)?;
    let last = context.wiring.int(call, "channels_last") == Some(1);
    let along = if last { Along::Last } else { *along };
    let size = stated(context, end, along).or_else(|| expected(context, end, along))?;
    Some((argument, size))
}

fn stated(context: &Context, end: CallId, along: Along) -> Option<u64> {
    let value = context.wiring.value(context.wiring.output(end, 0)?);
    let shape = value.info?.shape.as_ref()?;
    let size = match along {
        Along::Channels => shape.get(1),
        Along::Last => shape.last(),
    };
    size.and_then(Dim::known)
}

/// What the next layer with weights takes.
fn expected(context: &Context, end: CallId, along: Along) -> Option<u64> {
    let mut at = end;
    for _ in 0..MOST_STEPS {
        let value = context.wiring.value(context.wiring.output(at, 0)?);
        let readers = value.readers.iter();
        if let Some(size) = readers.clone().find_map(|reader| taken(context, *reader, along)) {
            return Some(size);
        }
        let on = readers.clone().find(|reader| {
            reader.input == 0 && HANDED_ON.contains(&context.wiring.op(reader.call))
        });
        at = on?.call;
    }
    None
}

/// How many channels or features a call with weights takes at an input.
fn taken(context: &Context, reader: Reader, along: Along) -> Option<u64> {
    if reader.input != 0 {
        return None;
    }
    let wiring = &context.wiring;
    let dims = |input: usize| context.fixed_input(reader.call, input)?.dims.as_deref();
    match (wiring.op(reader.call), along) {
        ("BatchNormalization" | "InstanceNormalization", Along::Channels) => match dims(1)? {
            [channels] => Some(*channels),
            _ => None,
        },
        ("LayerNormalization", Along::Last) => dims(1)?.last().copied(),
        ("ReorderOutput", Along::Channels) => {
            u64::try_from(wiring.int(reader.call, "channels")?).ok()
        }
        // Blocks of channels are filled up.
        ("Conv", _) if padding::is_blocked(context, reader.call) => None,
        ("Conv", Along::Channels) => {
            let groups = u64::try_from(wiring.int(reader.call, "group").unwrap_or(1)).ok()?;
            dims(1)?.get(1)?.checked_mul(groups)
        }
        ("ConvTranspose", Along::Channels) => dims(1)?.first().copied(),
        ("MatMul", Along::Last) => match dims(1)? {
            [rows, _] => Some(*rows),
            _ => None,
        },
        ("Gemm", Along::Last) => match (dims(1)?, wiring.int(reader.call, "transB")) {
            ([_, columns], Some(1)) => Some(*columns),
            ([rows, _], _) => Some(*rows),
            _ => None,
        },
        _ => None,
    }
}
