//! A bias that is added behind the product: by an operator of its own, or by the next fused one.

use netweight_core::Role;

use crate::graph::{CallId, Reader};
use crate::ops::Use;
use crate::path;
use crate::plan::{Context, Plan};

/// Operators between a product and its bias that leave the number of values alone.
const LAID_OUT: &[&str] = &["Reshape", "Transpose", "Squeeze", "Unsqueeze"];
/// Those between an integer product and its bias that only turn integers into floats.
const DEQUANTIZED: &[&str] = &["Cast", "Mul", "DequantizeLinear", "QuantizeLinear", "Identity"];
/// Where a bias comes in: the operator, the input of the product, the input of the bias.
const ADDED: &[(&str, Option<usize>)] = &[
    ("Add", None),
    ("QLinearAdd", None),
    ("BiasGelu", Some(1)),
    ("FastGelu", Some(1)),
    ("BiasAdd", Some(1)),
    ("BiasSplitGelu", Some(1)),
    ("SkipLayerNormalization", Some(4)),
    ("SkipSimplifiedLayerNormalization", Some(3)),
];
/// Steps from a product to its bias.
const MOST_STEPS: usize = 6;

pub(super) fn added_later(context: &Context, plan: &mut Plan, call: CallId) {
    let Some(outputs) = outputs(context, call) else { return };
    let wiring = &context.wiring;
    let integer = wiring.op(call).ends_with("Integer");
    let (mut at, mut steps, mut laid_out) = (call, Vec::new(), false);
    for _ in 0..MOST_STEPS {
        let Some(reader) = wiring.only_reader(at) else { return };
        let op = wiring.op(reader.call);
        let early = || quantized_before(context, reader).filter(|_| integer);
        if let Some((holder, bias, elements)) = bias_of(context, reader).or_else(early) {
            if elements != outputs || !is_of_one_module(context, call, holder, bias) {
                return;
            }
            plan.assign(holder, bias, call, Use::Learned(Role::Bias));
            if matches!(op, "Add" | "QLinearAdd" | "BiasAdd") && !laid_out {
                for step in steps.into_iter().chain([reader.call]) {
                    plan.join(step, call);
                }
            }
            return;
        }
        laid_out |= LAID_OUT.contains(&op);
        if !LAID_OUT.contains(&op) && !(DEQUANTIZED.contains(&op) && (op != "Mul" || integer)) {
            return;
        }
        steps.push(reader.call);
        at = reader.call;
    }
}

/// Whether a kernel and a bias may belong to one module: names that their source gave them say
/// otherwise where they differ.
fn is_of_one_module(context: &Context, call: CallId, add: CallId, bias: usize) -> bool {
    let module = |call, input| match &*context.fixed_input(call, input)?.sources {
        [only] => path::of_tensor(context, only.tensor),
        _ => None,
    };
    let is_kernel = |input: &usize| {
        context.op(call).is_some_and(|op| op.use_of(*input) == Use::Learned(Role::Kernel))
    };
    let kernel = (0..4).filter(is_kernel).find_map(|input| module(call, input));
    let bias = module(add, bias);
    kernel.is_none() || bias.is_none() || kernel == bias
}

/// The input that holds a bias, and the bias' values.
pub(super) type Bias = (CallId, usize, u64);

/// The input at which a stored bias is added to what is read.
pub(super) fn bias_of(context: &Context, reader: Reader) -> Option<Bias> {
    let (_, place) = ADDED.iter().find(|(op, _)| *op == context.wiring.op(reader.call))?;
    let bias = match (place, reader.input) {
        (Some(place), 0 | 1) if *place != reader.input => *place,
        (None, input) if context.wiring.op(reader.call) == "QLinearAdd" => {
            if input == 0 {
                3
            } else {
                0
            }
        }
        (None, input) => 1 - input.min(1),
        _ => return None,
    };
    Some((reader.call, bias, context.elements(reader.call, bias)?))
}

/// The bias of an integer product where old quantizers divide it by its scale at run time.
fn quantized_before(context: &Context, reader: Reader) -> Option<Bias> {
    let wiring = &context.wiring;
    let mut value = wiring.input(reader.call, 1 - reader.input.min(1))?;
    for op in ["Reshape", "Cast", "Floor", "Div"] {
        let call = wiring.maker(value).filter(|call| wiring.op(*call) == op)?;
        if op == "Div" {
            return Some((call, 0, context.elements(call, 0)?));
        }
        value = wiring.input(call, 0)?;
    }
    None
}

/// How many outputs a product with a stored kernel and without a bias has.
fn outputs(context: &Context, call: CallId) -> Option<u64> {
    let wiring = &context.wiring;
    let dims = |input: usize| context.fixed_input(call, input)?.dims.as_deref();
    let last = |dims: &[u64]| dims.last().copied();
    let missing = |input: usize| wiring.input(call, input).is_none();
    match wiring.op(call) {
        "MatMul" | "MatMulInteger" => match (dims(0), dims(1)) {
            // A vector gives one output.
            (_, Some([_])) => Some(1),
            (_, Some(right)) => last(right),
            (Some([.., rows, _]), None) => Some(*rows),
            _ => None,
        },
        "QLinearMatMul" => dims(3).and_then(last),
        "MatMulNBits" if missing(5) => u64::try_from(wiring.int(call, "N")?).ok(),
        "MatMulBnb4" => u64::try_from(wiring.int(call, "N")?).ok(),
        "FusedMatMul" | "Gemm" if missing(2) => match (dims(1)?, wiring.int(call, "transB")) {
            ([.., rows, _], Some(1)) => Some(*rows),
            (right, _) => last(right),
        },
        "Conv" if missing(2) => dims(1)?.first().copied(),
        "ConvInteger" => dims(1)?.first().copied(),
        "ConvTranspose" if missing(2) => {
            let groups = u64::try_from(wiring.int(call, "group").unwrap_or(1)).ok()?;
            dims(1)?.get(1)?.checked_mul(groups)
        }
        "Einsum" => {
            let reader = wiring.only_reader(call)?;
            let kernel = context.elements(call, 1)?;
            let (_, _, bias) = bias_of(context, reader)?;
            (kernel.checked_rem(bias)? == 0).then_some(bias)
        }
        _ => None,
    }
}
