//! Values that the file alone determines: which stored tensors they are made of, their shape.
//!
//! A weight often reaches its layer through other operators: laid out anew, cut and joined,
//! dequantized, computed from two others. Whoever reads the value in the end reads the tensors.

use std::rc::Rc;

use netweight_core::limits;

use crate::graph::{CallId, Origin, TensorId, ValueId, Wiring};

/// What is known of each value that the file alone determines.
pub(crate) struct Trace {
    fixed: Vec<Option<Fixed>>,
    budget: usize,
}

/// A value that the file alone determines.
#[derive(Debug, Clone)]
pub(crate) struct Fixed {
    /// The tensors behind it.
    pub(crate) sources: Rc<[Source]>,
    /// Its dimensions, as far as they follow.
    pub(crate) dims: Option<Vec<u64>>,
}

/// A tensor behind a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) tensor: TensorId,
    pub(crate) part: Part,
    /// Whether its values are dequantized on the way.
    pub(crate) dequantized: bool,
    /// Whether only rows of it are taken, by indices.
    pub(crate) gathered: bool,
}

/// What a tensor gives to a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Its values.
    Values,
    /// What quantized values are multiplied by.
    Scale,
    /// What is taken from quantized values.
    ZeroPoint,
    /// An axis, a shape, an index.
    Helper,
}

/// How an operator hands stored values on.
struct Carrier {
    ops: &'static [&'static str],
    /// What each input gives; the last entry holds for all further ones.
    parts: &'static [Part],
    dims: fn(&Trace, &Wiring, CallId) -> Option<Vec<u64>>,
}

use Part::{Helper, Scale, Values, ZeroPoint};

/// Operators that hand values on; all others compute from all of their inputs.
const CARRIERS: &[Carrier] = &[
    Carrier {
        ops: &["Identity", "Cast", "CastLike", "Dropout"],
        parts: &[Values, Helper],
        dims: first,
    },
    Carrier { ops: &["Transpose"], parts: &[Values], dims: transposed },
    Carrier { ops: &["Reshape"], parts: &[Values, Helper], dims: reshaped },
    Carrier { ops: &["Squeeze"], parts: &[Values, Helper], dims: squeezed },
    Carrier { ops: &["Unsqueeze"], parts: &[Values, Helper], dims: unsqueezed },
    Carrier { ops: &["Concat"], parts: &[Values], dims: joined },
    Carrier {
        ops: &["DequantizeLinear", "QuantizeLinear"],
        parts: &[Values, Scale, ZeroPoint],
        dims: first,
    },
    Carrier {
        ops: &[
            "Flatten",
            "Slice",
            "Split",
            "Expand",
            "Tile",
            "Gather",
            "GatherElements",
            "Pad",
            "Pow",
            "Clip",
            "Trilu",
        ],
        parts: &[Values, Helper],
        dims: nothing,
    },
    Carrier {
        ops: &["Shape", "Size", "Range", "NonZero", "ConstantOfShape", "EyeLike"],
        parts: &[Helper],
        dims: nothing,
    },
    Carrier {
        ops: &[
            "Neg",
            "Exp",
            "Log",
            "Sqrt",
            "Reciprocal",
            "Abs",
            "Softplus",
            "Sigmoid",
            "Tanh",
            "Relu",
            "Cos",
            "Sin",
        ],
        parts: &[Values],
        dims: first,
    },
    Carrier {
        ops: &["ReduceMean", "ReduceSum", "ReduceL2", "ReduceMax", "ReduceSumSquare"],
        parts: &[Values, Helper],
        dims: reduced,
    },
    // Weights that are standardized by a normalization's arithmetic.
    Carrier {
        ops: &["BatchNormalization", "InstanceNormalization", "LayerNormalization"],
        parts: &[Values],
        dims: first,
    },
    Carrier { ops: &["Add", "Sub", "Mul", "Div"], parts: &[Values], dims: stretched },
];

const OTHERS: Carrier = Carrier { ops: &[], parts: &[Values], dims: nothing };

impl Trace {
    pub(crate) fn of(wiring: &Wiring) -> Self {
        let mut trace = Self {
            fixed: (0..wiring.values.len()).map(|_| None).collect(),
            budget: limits::ONNX_SOURCES,
        };
        for (index, value) in wiring.values.iter().enumerate() {
            if let Origin::Tensor(tensor) = value.origin {
                let dims = wiring.tensor(tensor).and_then(|stored| stored.dims.clone());
                let source = Source { tensor, part: Values, dequantized: false, gathered: false };
                let sources = Rc::from([source]);
                trace.set(ValueId(index), Fixed { sources, dims });
            }
        }
        for call in wiring.ids() {
            trace.follow(wiring, call);
        }
        trace
    }

    /// What is known of a value; none when it depends on what a user feeds.
    pub(crate) fn fixed(&self, wiring: &Wiring, value: ValueId) -> Option<&Fixed> {
        let mut value = value;
        if let Some(Origin::Same(other)) = wiring.values.get(value.0).map(|value| value.origin) {
            value = other;
        }
        self.fixed.get(value.0)?.as_ref()
    }

    /// Whether the file alone determines what a call gives.
    pub(crate) fn is_fixed(&self, wiring: &Wiring, call: CallId) -> bool {
        wiring.output(call, 0).is_some_and(|output| self.fixed(wiring, output).is_some())
    }

    fn set(&mut self, value: ValueId, fixed: Fixed) {
        if let Some(place) = self.fixed.get_mut(value.0) {
            *place = Some(fixed);
        }
    }

    fn follow(&mut self, wiring: &Wiring, id: CallId) {
        let Some(call) = wiring.call(id) else { return };
        let given = call.inputs.iter().flatten();
        let all = given.clone().all(|input| self.fixed(wiring, *input).is_some());
        if given.count() == 0 || !all || wiring.has_body(id) {
            return;
        }
        let op = wiring.op(id);
        let carrier = CARRIERS.iter().find(|carrier| carrier.ops.contains(&op)).unwrap_or(&OTHERS);
        let sources = self.sources(wiring, id, carrier);
        let dims = (carrier.dims)(self, wiring, id);
        for output in call.outputs.iter().flatten() {
            if self.fixed(wiring, *output).is_none() {
                self.set(*output, Fixed { sources: Rc::clone(&sources), dims: dims.clone() });
            }
        }
    }

    fn sources(&mut self, wiring: &Wiring, id: CallId, carrier: &Carrier) -> Rc<[Source]> {
        let inputs = wiring.call(id).map_or(&[][..], |call| &call.inputs);
        let op = wiring.op(id);
        if let ([Some(only)], [Values]) = (inputs, carrier.parts)
            && let Some(fixed) = self.fixed(wiring, *only)
        {
            return Rc::clone(&fixed.sources);
        }
        let mut sources: Vec<Source> = Vec::new();
        for (index, input) in inputs.iter().enumerate() {
            let part = carrier.parts.get(index).or(carrier.parts.last()).copied().unwrap_or(Values);
            let fixed = input.and_then(|input| self.fixed(wiring, input));
            for source in fixed.iter().flat_map(|fixed| fixed.sources.iter()) {
                let part = if part == Values { source.part } else { part };
                let dequantized = source.dequantized || part == Values && op == "DequantizeLinear";
                let gathered = source.gathered || part == Values && op == "Gather";
                let source = Source { part, dequantized, gathered, ..*source };
                if sources.len() < MOST_SOURCES && !sources.contains(&source) {
                    sources.push(source);
                }
            }
        }
        sources.truncate(self.budget);
        self.budget -= sources.len();
        sources.into()
    }

    /// The dimensions of a call's input, where the file alone determines it.
    pub(crate) fn dims(&self, wiring: &Wiring, call: CallId, input: usize) -> Option<&[u64]> {
        self.fixed(wiring, wiring.input(call, input)?)?.dims.as_deref()
    }
}

/// Tensors behind one value; weights are made of a few.
const MOST_SOURCES: usize = 256;

fn nothing(_: &Trace, wiring: &Wiring, call: CallId) -> Option<Vec<u64>> {
    wiring.known_dims(wiring.output(call, 0)?)
}

fn first(trace: &Trace, wiring: &Wiring, call: CallId) -> Option<Vec<u64>> {
    trace.dims(wiring, call, 0).map(<[u64]>::to_vec)
}

fn transposed(trace: &Trace, wiring: &Wiring, call: CallId) -> Option<Vec<u64>> {
    let dims = trace.dims(wiring, call, 0)?;
    match wiring.ints(call, "perm") {
        Some(perm) => {
            perm.iter().map(|axis| dims.get(index(*axis, dims.len())?).copied()).collect()
        }
        None => Some(dims.iter().rev().copied().collect()),
    }
}

fn reshaped(trace: &Trace, wiring: &Wiring, call: CallId) -> Option<Vec<u64>> {
    let dims = trace.dims(wiring, call, 0)?;
    let target = match wiring.ints(call, "shape") {
        Some(old) => old,
        None => match wiring.input(call, 1).and_then(|shape| wiring.constant_ints(shape)) {
            Some(shape) => shape,
            None => return nothing(trace, wiring, call),
        },
    };
    let total = dims.iter().try_fold(1_u64, |product, dim| product.checked_mul(*dim))?;
    let sizes: Vec<Option<u64>> = target
        .iter()
        .enumerate()
        .map(|(axis, size)| match size {
            0 => dims.get(axis).copied(),
            size => u64::try_from(*size).ok(),
        })
        .collect();
    let known =
        sizes.iter().flatten().try_fold(1_u64, |product, size| product.checked_mul(*size))?;
    sizes.into_iter().map(|size| size.or_else(|| total.checked_div(known))).collect()
}

/// Axes from the attribute of old versions, or the input of new ones.
fn axes<'w>(wiring: &'w Wiring, call: CallId) -> Option<&'w [i64]> {
    match wiring.ints(call, "axes") {
        Some(axes) => Some(axes),
        None => wiring.constant_ints(wiring.input(call, 1)?),
    }
}

fn squeezed(trace: &Trace, wiring: &Wiring, call: CallId) -> Option<Vec<u64>> {
    let dims = trace.dims(wiring, call, 0)?;
    let gone: Option<Vec<usize>> = axes(wiring, call)
        .map(|axes| axes.iter().filter_map(|axis| index(*axis, dims.len())).collect());
    let stays = |(axis, dim): &(usize, &u64)| match &gone {
        Some(gone) => !gone.contains(axis),
        None => **dim != 1,
    };
    Some(dims.iter().enumerate().filter(stays).map(|(_, dim)| *dim).collect())
}

fn unsqueezed(trace: &Trace, wiring: &Wiring, call: CallId) -> Option<Vec<u64>> {
    let dims = trace.dims(wiring, call, 0)?;
    let axes = axes(wiring, call)?;
    let rank = dims.len() + axes.len();
    let new: Vec<usize> = axes.iter().filter_map(|axis| index(*axis, rank)).collect();
    let mut old = dims.iter();
    (0..rank).map(|axis| if new.contains(&axis) { Some(1) } else { old.next().copied() }).collect()
}

fn joined(trace: &Trace, wiring: &Wiring, call: CallId) -> Option<Vec<u64>> {
    let mut dims = trace.dims(wiring, call, 0)?.to_vec();
    let axis = index(wiring.int(call, "axis")?, dims.len())?;
    let count = wiring.call(call)?.inputs.len();
    let sizes = (0..count).map(|input| trace.dims(wiring, call, input)?.get(axis).copied());
    let sum = sizes.collect::<Option<Vec<u64>>>()?.into_iter().try_fold(0_u64, u64::checked_add)?;
    *dims.get_mut(axis)? = sum;
    Some(dims)
}

fn reduced(trace: &Trace, wiring: &Wiring, call: CallId) -> Option<Vec<u64>> {
    let dims = trace.dims(wiring, call, 0)?;
    let gone: Vec<usize> = match axes(wiring, call) {
        Some(axes) => axes.iter().filter_map(|axis| index(*axis, dims.len())).collect(),
        None => (0..dims.len()).collect(),
    };
    let keeps = wiring.int(call, "keepdims").unwrap_or(1) != 0;
    let size = |(axis, dim): (usize, &u64)| match gone.contains(&axis) {
        true => keeps.then_some(1),
        false => Some(*dim),
    };
    Some(dims.iter().enumerate().filter_map(size).collect())
}

/// Shapes aligned at their ends, a size of one giving way.
fn stretched(trace: &Trace, wiring: &Wiring, call: CallId) -> Option<Vec<u64>> {
    let (a, b) = (trace.dims(wiring, call, 0)?, trace.dims(wiring, call, 1)?);
    let rank = a.len().max(b.len());
    let at = |dims: &[u64], from_end: usize| {
        dims.len().checked_sub(from_end).and_then(|axis| dims.get(axis)).copied().unwrap_or(1)
    };
    let sizes = (1..=rank).rev().map(|from_end| match (at(a, from_end), at(b, from_end)) {
        (1, size) | (size, 1) => Some(size),
        (one, other) => (one == other).then_some(one),
    });
    sizes.collect()
}

fn index(axis: i64, rank: usize) -> Option<usize> {
    let axis = if axis < 0 { axis.checked_add(i64::try_from(rank).ok()?)? } else { axis };
    usize::try_from(axis).ok().filter(|axis| *axis < rank)
}
