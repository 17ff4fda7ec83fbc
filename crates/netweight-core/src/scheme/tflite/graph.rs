//! The operators and values of the converted graph, as far as the file's length depends on them.

use std::collections::HashSet;

use super::fusion::{has_bias, kind};
use super::layout::port;
use super::names::Names;
use super::operators::{
    BIAS, FUNCTIONS, GATHERED, GATHERED_PLAIN, KINDS, NARROW, RESULT_SHAPE, ROWS, Rank, SPREAD,
    SPREAD_PLAIN, Step, WIDEN, Whole, steps,
};
use crate::{Analysis, Dim, Edge, Layer};

/// An operator.
pub(super) struct Operator {
    pub(super) op: &'static str,
    pub(super) inputs: u64,
    /// Whether a function is among its settings.
    pub(super) is_fused: bool,
}

/// A value that is no constant of a layer.
pub(super) struct Value {
    /// Bytes of its name.
    pub(super) name: u64,
    pub(super) rank: u64,
    /// Whether its numbers are real, and what it holds where they are whole.
    pub(super) whole: Option<u64>,
}

/// The converted graph.
#[derive(Default)]
pub(super) struct Graph {
    pub(super) operators: Vec<Operator>,
    pub(super) values: Vec<Value>,
    /// Inputs of real numbers.
    pub(super) inputs: u64,
    pub(super) outputs: u64,
    /// Bytes of their entries in the model's signature.
    pub(super) ports: u64,
    /// Bytes of the names of values that are joined to another.
    pub(super) joined: Vec<u64>,
    /// Loops, and the bytes of their graphs.
    pub(super) loops: u64,
    pub(super) loop_bytes: u64,
    /// Whether the length of a batch is left open, so that values state two shapes.
    pub(super) is_open: bool,
}

pub(super) fn graph(analysis: &Analysis<'_>, names: &Names<'_, '_>) -> Graph {
    let layers = &analysis.model.layers;
    let mut walk = Walk {
        analysis,
        names,
        read: HashSet::new(),
        looked_up: HashSet::new(),
        once: HashSet::new(),
        results: Vec::with_capacity(layers.len()),
        graph: Graph::default(),
    };
    for (index, layer) in layers.iter().enumerate() {
        let is_lookup = walk.kind(index).ends_with("embedding");
        let read = if is_lookup { &mut walk.looked_up } else { &mut walk.read };
        read.extend(layer.inputs.iter().flatten().map(|edge| edge.layer as usize));
    }
    for (index, layer) in layers.iter().enumerate() {
        walk.layer(index, layer);
        walk.results.push(walk.graph.values.last().map_or(0, |value| value.name));
        let is_read = walk.read.contains(&index) || walk.looked_up.contains(&index);
        // The row of a nested model stands for its layers, which have rows of their own.
        if !is_read && walk.kind(index) != "model" {
            walk.output();
        }
    }
    walk.graph
}

struct Walk<'s, 'a> {
    analysis: &'s Analysis<'a>,
    names: &'s Names<'s, 'a>,
    /// Layers that others read, those whose numbers are places in a table apart.
    read: HashSet<usize>,
    looked_up: HashSet<usize>,
    /// Constants that the converter made.
    once: HashSet<Whole>,
    /// Bytes of the names of the layers' results.
    results: Vec<u64>,
    graph: Graph,
}

/// What the input and the output of the whole model are called, with their numbers.
const INPUT: &str = "serving_default_:0";
pub(super) const OUTPUT: &str = "StatefulPartitionedCall_1:0";
/// What the converter calls constants that it made itself, or that several layers read.
pub(super) const SHARED: &str = "arith.constant";

/// What recurrent layers come to, a loop with graphs of its own for its condition and its body:
/// bytes, and how many values have the layer's name.
static LOOPS: &[(&str, u64, u64)] = &[
    ("bidirectional", 12_942, 116),
    ("gru", 6_635, 61),
    ("lstm", 6_130, 58),
    ("simple_rnn", 4_026, 45),
];
/// What it takes to write every step's result in its place.
const SEQUENCE: u64 = 480;

impl Walk<'_, '_> {
    fn layer(&mut self, index: usize, layer: &Layer) {
        if self.names.is_absorbed(index) {
            return;
        }
        let kind = self.kind(index);
        let function = layer.args.text("activation").or_else(|| layer.args.text("function"));
        match kind {
            "input" if layer.inputs.is_empty() => return self.input(index, layer),
            "conv" | "depthwise_conv" | "conv_transpose" | "separable_conv" => {
                self.convolution(index, kind, layer);
            }
            "dense" => self.dense(index),
            "activation" => {}
            "bidirectional" | "lstm" | "gru" | "simple_rnn" => self.recurrent(index, kind),
            "merge" => self.merge(index, layer),
            "pool" => self.pool(index, layer),
            "concat" => self.concat(index, layer),
            _ => self.steps(index, steps(KINDS, kind)),
        }
        let is_rectifier = kind == "activation" && &*layer.type_name == "ReLU";
        let function = function.or(is_rectifier.then_some("relu"));
        if let Some(function) = function.filter(|_| !self.names.is_fused(index)) {
            self.steps(index, steps(FUNCTIONS, function));
        }
    }

    fn input(&mut self, index: usize, layer: &Layer) {
        let shape = self.analysis.shape(&Edge::new(index, 0));
        self.graph.is_open |= !matches!(shape.and_then(|shape| shape.axis(0)), Some(Dim::Known(_)));
        let is_whole = self.looked_up.contains(&index) && !self.read.contains(&index);
        self.graph.inputs += u64::from(!is_whole);
        self.graph.ports += port(layer.path.len() as u64);
        let rank = self.rank(index);
        let name = (layer.path.len() + INPUT.len()) as u64;
        let whole = is_whole.then_some(0);
        self.graph.values.push(Value { name, rank, whole });
    }

    /// The last value is the model's.
    fn output(&mut self) {
        self.graph.outputs += 1;
        self.graph.ports += port("output_0".len() as u64);
        if let Some(last) = self.graph.values.last_mut().filter(|last| last.whole.is_none()) {
            last.name = OUTPUT.len() as u64;
        }
    }

    fn convolution(&mut self, index: usize, kind: &str, layer: &Layer) {
        let args = self.analysis.layers.get(index).map(|found| &found.evaluated.args);
        let list = |name: &str| args.and_then(|args| args.list(name));
        let kernel = list("kernel_size").map_or(2, <[i64]>::len);
        let is_dilated = kind != "conv_transpose"
            && list("dilation").is_some_and(|all| all.iter().any(|dilation| *dilation > 1));
        let is_causal = layer.args.text("padding") == Some("causal");
        if is_causal {
            self.steps(index, steps(KINDS, "padding"));
        }
        let (spread, gathered) =
            if is_causal { (&SPREAD_PLAIN, &GATHERED_PLAIN) } else { (&SPREAD, &GATHERED) };
        if is_dilated {
            self.step(index, spread, false);
        }
        if kernel == 1 {
            self.step(index, &WIDEN, false);
        }
        let op = match (kind, kernel) {
            ("conv_transpose", _) => {
                self.steps(index, RESULT_SHAPE);
                "TRANSPOSE_CONV"
            }
            ("depthwise_conv", _) => "DEPTHWISE_CONV_2D",
            (_, 3) => "CONV_3D",
            _ => "CONV_2D",
        };
        let rank = self.rank(index) + u64::from(kernel == 1);
        if kind == "separable_conv" {
            let name = self.names.scope(index) + "separable_conv2d/depthwise0".len() as u64;
            self.push("DEPTHWISE_CONV_2D", 3, false, Value { name, rank, whole: None });
        }
        // What is added behind the blocks has a name of its own.
        let name =
            if is_dilated { self.names.product(index) + 1 } else { self.names.output(index) };
        let is_fused = self.names.is_fused(index) && !is_dilated;
        let inputs = if kind == "conv_transpose" { 4 } else { 3 };
        self.push(op, inputs, is_fused, Value { name, rank, whole: None });
        if kernel == 1 {
            self.step(index, &NARROW, false);
        }
        if is_dilated {
            self.step(index, gathered, false);
            self.step(index, &BIAS, self.names.is_fused(index));
        }
    }

    fn dense(&mut self, index: usize) {
        if self.rank(index) > 2 {
            self.steps(index, ROWS);
            if self.analysis.layers.get(index).is_some_and(has_bias) {
                self.step(index, &BIAS, self.names.is_fused(index));
            }
            return;
        }
        let name = self.names.output(index);
        let value = Value { name, rank: 2, whole: None };
        self.push("FULLY_CONNECTED", 3, self.names.is_fused(index), value);
    }

    fn recurrent(&mut self, index: usize, kind: &str) {
        if let Some((_, bytes, names)) = LOOPS.iter().find(|(known, _, _)| *known == kind) {
            let named = names.saturating_mul(self.names.scope(index));
            let found = self.analysis.layers.get(index);
            let is_sequence =
                found.is_some_and(|found| found.evaluated.args.flag("return_sequences"));
            let written = if is_sequence { SEQUENCE } else { 0 };
            self.graph.loops += 1;
            self.graph.loop_bytes = self.graph.loop_bytes.saturating_add(bytes + named + written);
        }
    }

    /// One operator for each two inputs.
    fn merge(&mut self, index: usize, layer: &Layer) {
        let (op, gives) = match &*layer.type_name {
            "Multiply" => ("MUL", "Mul"),
            "Subtract" => ("SUB", "Sub"),
            "Maximum" => ("MAXIMUM", "Maximum"),
            "Minimum" => ("MINIMUM", "Minimum"),
            _ => ("ADD", "Add"),
        };
        let step = Step { op, gives, rank: Rank::Output, inputs: 2, constants: &[] };
        for _ in 1..layer.inputs.len().max(2) {
            self.step(index, &step, self.names.is_fused(index));
        }
    }

    /// Inputs with a scale of their own may have to be quantized anew, all but one.
    fn concat(&mut self, index: usize, layer: &Layer) {
        let inputs = layer.inputs.len() as u64;
        let (op, gives, rank) = ("CONCATENATION", "concat", Rank::Output);
        self.step(index, &Step { op, gives, rank, inputs, constants: &[] }, false);
        let joined = layer.inputs.iter().skip(1).flatten();
        let results = &self.results;
        self.graph.joined.extend(joined.filter_map(|edge| results.get(edge.layer as usize)));
    }

    fn pool(&mut self, index: usize, layer: &Layer) {
        let (op, gives) = match layer.type_name.contains("Average") {
            true => ("AVERAGE_POOL_2D", "AvgPool"),
            false => ("MAX_POOL_2D", "MaxPool2d"),
        };
        let step = Step { op, gives, rank: Rank::Output, inputs: 1, constants: &[] };
        let is_flat = self.rank(index) == 3;
        if is_flat {
            self.step(index, &WIDEN, false);
        }
        self.step(index, &step, false);
        if is_flat {
            self.step(index, &NARROW, false);
        }
    }

    /// Operators behind one another; the last may end in a function.
    fn steps(&mut self, index: usize, steps: &[Step]) {
        for (position, step) in steps.iter().enumerate() {
            let is_last = position + 1 == steps.len();
            self.step(index, step, is_last && self.names.is_fused(index));
        }
    }

    fn step(&mut self, index: usize, step: &Step, is_fused: bool) {
        for constant in step.constants {
            self.constant(index, constant);
        }
        let name = self.name(index, step.gives);
        let name = if is_fused { self.names.with_function(index, name) } else { name };
        let (rank, whole) = match step.rank {
            Rank::Input => (self.rank_before(index), None),
            Rank::Output => (self.rank(index), None),
            Rank::Wider => (self.rank(index) + 1, None),
            Rank::Of(rank) => (rank, None),
            Rank::Whole(rank) => (rank, Some(0)),
        };
        self.push(step.op, step.inputs, is_fused, Value { name, rank, whole });
    }

    fn push(&mut self, op: &'static str, inputs: u64, is_fused: bool, value: Value) {
        self.graph.operators.push(Operator { op, inputs, is_fused });
        self.graph.values.push(value);
    }

    fn constant(&mut self, index: usize, constant: &Whole) {
        let (name, rank, numbers) = *constant;
        let is_shared = name.starts_with(SHARED);
        if is_shared && !self.once.insert(*constant) {
            return;
        }
        let name = if is_shared { name.len() as u64 } else { self.name(index, name) };
        self.graph.values.push(Value { name, rank, whole: Some(4 * numbers) });
    }

    /// The layer's name before each part.
    fn name(&self, index: usize, parts: &str) -> u64 {
        let named = parts.split(';').filter(|part| !part.is_empty()).count() as u64;
        named * self.names.scope(index) + parts.len() as u64
    }

    fn kind(&self, index: usize) -> &'static str {
        kind(self.analysis, index)
    }

    fn rank(&self, index: usize) -> u64 {
        self.analysis.shape(&Edge::new(index, 0)).map_or(4, |shape| shape.len() as u64)
    }

    fn rank_before(&self, index: usize) -> u64 {
        let edge = self.analysis.model.layers.get(index).and_then(|layer| layer.inputs.first());
        edge.and_then(Option::as_ref).map_or(4, |edge| self.rank(edge.layer as usize))
    }
}
