//! Values that the file alone determines: which stored tensors they are made of, their shape.
//!
//! A weight often reaches its layer through other operators: laid out anew, cut and joined,
//! dequantized, computed from two others. Whoever reads the value in the end reads the tensors.

use std::rc::Rc;

use netweight_core::limits;

use crate::graph::{CallId, Dims, Origin, TensorId, ValueId, Wiring};
use crate::ops::Op;
use crate::shape::Shapes;

/// What is known of each value that the file alone determines.
pub(crate) struct Trace {
    fixed: Vec<Option<Fixed>>,
    /// How many more sources are followed.
    budget: usize,
    /// Whether some were left out.
    pub(crate) cut: bool,
}

/// A value that the file alone determines.
#[derive(Debug, Clone)]
pub(crate) struct Fixed {
    /// The tensors behind it.
    pub(crate) sources: Rc<[Source]>,
    /// Its dimensions, as far as they follow.
    pub(crate) dims: Option<Dims>,
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

use Part::{Helper, Scale, Values, ZeroPoint};

/// What each input gives, by operator; the last part holds for all further inputs. Operators that
/// are not listed compute from the values of all of their inputs.
const PARTS: &[(&[&str], &[Part])] = &[
    (&["DequantizeLinear", "QuantizeLinear"], &[Values, Scale, ZeroPoint]),
    (
        &[
            "Cast",
            "CastLike",
            "Clip",
            "Compress",
            "CumSum",
            "Dropout",
            "Expand",
            "Gather",
            "GatherElements",
            "GatherND",
            "Pad",
            "Pow",
            "ReduceL1",
            "ReduceL2",
            "ReduceMax",
            "ReduceMean",
            "ReduceMin",
            "ReduceProd",
            "ReduceSum",
            "ReduceSumSquare",
            "Reshape",
            "Resize",
            "Slice",
            "Split",
            "Squeeze",
            "Tile",
            "TopK",
            "Trilu",
            "Unsqueeze",
        ],
        &[Values, Helper],
    ),
    (&["Scatter", "ScatterElements", "ScatterND"], &[Values, Helper, Values]),
    (&["Where"], &[Helper, Values]),
    (&["OneHot"], &[Helper, Helper, Values]),
    (&["ConstantOfShape", "EyeLike", "NonZero", "Range", "Shape", "Size"], &[Helper]),
];

impl Trace {
    pub(crate) fn of(wiring: &Wiring, shapes: &Shapes, ops: &[Option<&Op>]) -> Self {
        let mut trace = Self {
            fixed: (0..wiring.values.len()).map(|_| None).collect(),
            budget: limits::onnx::SOURCES,
            cut: false,
        };
        for (index, value) in wiring.values.iter().enumerate() {
            if let Origin::Tensor(tensor) = value.origin {
                let dims = wiring.tensor(tensor).and_then(|stored| stored.dims.clone());
                let source = Source { tensor, part: Values, dequantized: false, gathered: false };
                let sources = Rc::from([source]);
                trace.set(ValueId::new(index), Fixed { sources, dims });
            }
        }
        // Without anything to feed, the file determines everything; weights still are weights.
        let starts_here = |call: CallId| {
            let op = ops.get(call.index()).copied().flatten();
            wiring.inputs.is_empty() && op.is_some_and(Op::is_weighted) || is_layer(wiring, call)
        };
        for call in wiring.ids().filter(|call| !starts_here(*call)) {
            trace.follow(wiring, shapes, call);
        }
        trace
    }

    /// What is known of a value; none when it depends on what a user feeds.
    pub(crate) fn fixed(&self, wiring: &Wiring, value: ValueId) -> Option<&Fixed> {
        self.fixed.get(wiring.resolve(value).index())?.as_ref()
    }

    /// Whether the file alone determines what a call gives.
    pub(crate) fn is_fixed(&self, wiring: &Wiring, call: CallId) -> bool {
        wiring.output(call, 0).is_some_and(|output| self.fixed(wiring, output).is_some())
    }

    fn set(&mut self, value: ValueId, fixed: Fixed) {
        if let Some(place) = self.fixed.get_mut(value.index()) {
            *place = Some(fixed);
        }
    }

    fn follow(&mut self, wiring: &Wiring, shapes: &Shapes, id: CallId) {
        let Some(call) = wiring.call(id) else { return };
        let given = call.inputs.iter().flatten();
        let all = given.clone().all(|input| self.fixed(wiring, *input).is_some());
        let random = RANDOM.contains(&wiring.op(id));
        if given.count() == 0 || !all || random || wiring.has_body(id) {
            return;
        }
        let sources = self.sources(wiring, id);
        self.shape_of_generated(wiring, id, &sources);
        for output in call.outputs.iter().flatten() {
            if self.fixed(wiring, *output).is_none() {
                let dims = shapes.known(wiring, *output);
                self.set(*output, Fixed { sources: Rc::clone(&sources), dims });
            }
        }
    }

    /// What a node makes up from a stored shape stands on that shape too.
    fn shape_of_generated(&mut self, wiring: &Wiring, id: CallId, shape: &[Source]) {
        let Some(output) = wiring.output(id, 0).filter(|value| wiring.stored(*value).is_some())
        else {
            return;
        };
        if let Some(Some(fixed)) = self.fixed.get_mut(output.index()) {
            fixed.sources = fixed.sources.iter().chain(shape).copied().collect();
        }
    }

    fn sources(&mut self, wiring: &Wiring, id: CallId) -> Rc<[Source]> {
        let inputs = wiring.call(id).map_or(&[][..], |call| &call.inputs);
        let op = wiring.op(id);
        let listed = PARTS.iter().find(|(ops, _)| ops.contains(&op));
        let parts = listed.map_or(&[Values][..], |(_, parts)| parts);
        if let ([Some(only)], [Values]) = (inputs, parts)
            && let Some(fixed) = self.fixed(wiring, *only)
        {
            return Rc::clone(&fixed.sources);
        }
        let mut sources: Vec<Source> = Vec::new();
        let mut cut = false;
        for (index, input) in inputs.iter().enumerate() {
            let part = parts.get(index).or(parts.last()).copied().unwrap_or(Values);
            let fixed = input.and_then(|input| self.fixed(wiring, input));
            for source in fixed.iter().flat_map(|fixed| fixed.sources.iter()) {
                let part = if part == Values { source.part } else { part };
                let dequantized = source.dequantized || part == Values && op == "DequantizeLinear";
                let gathered = source.gathered || part == Values && op == "Gather";
                let source = Source { part, dequantized, gathered, ..*source };
                match sources.len() < limits::onnx::BEHIND {
                    _ if sources.contains(&source) => {}
                    true => sources.push(source),
                    false => cut = true,
                }
            }
        }
        self.cut |= cut || sources.len() > self.budget;
        sources.truncate(self.budget);
        self.budget -= sources.len();
        sources.into()
    }

    /// The dimensions of a call's input, where the file alone determines it.
    pub(crate) fn dims(&self, wiring: &Wiring, call: CallId, input: usize) -> Option<&[u64]> {
        self.fixed(wiring, wiring.input(call, input)?)?.dims.as_deref()
    }
}

/// Whether a call is a layer though the file alone may determine what it is fed: a table of
/// positions or queries goes through layers too, but no weight is computed with a bias.
fn is_layer(wiring: &Wiring, call: CallId) -> bool {
    let vector = |call, input| {
        let stored = wiring.input(call, input).and_then(|value| wiring.stored(value));
        let dims = stored.and_then(|tensor| wiring.tensor(tensor)?.dims.as_deref());
        matches!(dims, Some([size]) if *size > 1)
    };
    match wiring.op(call) {
        "Gemm" => vector(call, 2),
        "MatMul" => wiring.only_reader(call).is_some_and(|reader| {
            wiring.op(reader.call) == "Add" && vector(reader.call, 1 - reader.input.min(1))
        }),
        "LayerNormalization" => true,
        _ => false,
    }
}

/// Operators that give something else each time.
const RANDOM: &[&str] = &["RandomNormalLike", "RandomUniformLike", "Bernoulli", "Multinomial"];
