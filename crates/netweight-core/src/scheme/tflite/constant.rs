//! The constants of the graph that the converter makes of layers.

use std::collections::{HashMap, HashSet};

use super::Mode;
use super::fusion::kind;
use super::graph::SHARED;
use super::names::Names;
use crate::scheme::subject::{Piece, Subject};
use crate::{Analysis, Args, Dim, Edge, Layer, LayerAnalysis, Role, Shape};

/// What reads a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// A product: convolution, matrix product.
    Weight,
    /// A product, as what is added behind it.
    Bias,
    /// A lookup.
    Table,
    /// An elementwise operator.
    Elementwise,
    /// An operator that stays float.
    Float,
}

/// A constant, held once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Constant {
    pub(super) layer: usize,
    pub(super) values: u64,
    pub(super) usage: Use,
    /// Output channels, each with a scale of its own.
    pub(super) channels: u64,
    /// How many operators read it, each a copy of its own where each has scales of its own.
    pub(super) readers: u64,
    /// How many tensors share its values: zeros of many layers, each with scales of its own.
    pub(super) shares: u64,
    /// Bytes of its name.
    pub(super) name: u64,
    pub(super) rank: u64,
}

/// When the converter fails, and what it says.
type Refusal = (fn(Mode) -> bool, String);

/// Constants, and what the converter cannot do.
#[derive(Default)]
pub(super) struct Constants {
    pub(super) constants: Vec<Constant>,
    pub(super) refusals: Vec<Refusal>,
}

pub(super) fn constants(
    subject: &Subject<'_>,
    folded: &HashSet<usize>,
    names: &Names<'_, '_>,
) -> Constants {
    let analysis = subject.analysis;
    let mut lowering = Lowering {
        analysis,
        readers: readers(analysis),
        folded,
        names,
        zeros: HashMap::new(),
        made: Constants::default(),
    };
    let mut pieces = subject.pieces().peekable();
    for (index, (layer, found)) in analysis.model.layers.iter().zip(&analysis.layers).enumerate() {
        let mut own = Vec::new();
        while let Some(piece) = pieces.next_if(|piece| piece.layer == index) {
            own.push(piece);
        }
        lowering.layer(index, layer, found, &own);
    }
    lowering.made
}

/// Kinds that become a loop over the steps.
const LOOPS: [&str; 6] =
    ["lstm", "gru", "simple_rnn", "bidirectional", "conv_lstm", "recurrent_cells"];

/// How often each layer is used.
fn readers(analysis: &Analysis<'_>) -> Vec<u64> {
    let mut readers = vec![1u64; analysis.layers.len()];
    for owner in analysis.layers.iter().filter_map(|found| found.shared_with) {
        if let Some(readers) = readers.get_mut(owner) {
            *readers += 1;
        }
    }
    readers
}

struct Lowering<'s, 'a> {
    analysis: &'s Analysis<'a>,
    /// Uses of each layer.
    readers: Vec<u64>,
    /// Batch normalizations that go into the product before them, and those products.
    folded: &'s HashSet<usize>,
    names: &'s Names<'s, 'a>,
    /// Zero vectors by their length, each held once.
    zeros: HashMap<u64, usize>,
    made: Constants,
}

impl Lowering<'_, '_> {
    fn layer(&mut self, index: usize, layer: &Layer, found: &LayerAnalysis, pieces: &[Piece<'_>]) {
        let kind = found.evaluated.kind.map_or("", |kind| kind.name);
        let function = layer.args.text("function").or_else(|| layer.args.text("activation"));
        if matches!(function, Some("hard_swish" | "hard_silu")) {
            self.refuse(index, |mode| mode == Mode::Int16x8, "HARD_SWISH has no 16x8 version");
        }
        match kind {
            "conv" | "depthwise_conv" | "conv_transpose" => {
                self.convolution(index, kind, found, pieces)
            }
            "separable_conv" => self.separable(index, found, pieces),
            "dense" => self.dense(index, layer, found, pieces),
            "batch_norm" => self.batch_norm(index, found, pieces),
            "layer_norm" | "rms_norm" | "group_norm" | "instance_norm" => {
                pieces.iter().for_each(|piece| self.push(index, piece.elements, Use::Elementwise));
                // The epsilon.
                self.zero(index, 1, Use::Elementwise);
                self.refuse(index, |mode| mode == Mode::Int16x8, "NEG has no 16x8 version");
            }
            "multi_head_attention" | "grouped_query_attention" => {
                for piece in pieces {
                    self.other(index, piece);
                }
                self.push(index, 1, Use::Elementwise);
            }
            _ if LOOPS.contains(&kind) => self.recurrent(index, kind, found, pieces),
            "embedding" | "position_embedding" | "reversible_embedding" => {
                pieces.iter().for_each(|piece| self.push(index, piece.elements, Use::Table));
                self.refuse(
                    index,
                    |mode| mode == Mode::Int16x8,
                    "calibration of 16x8 fails on models that look up embeddings",
                );
            }
            "prelu" => {
                pieces.iter().for_each(|piece| self.push(index, piece.elements, Use::Elementwise));
                self.refuse(index, |mode| mode == Mode::Int16x8, "PRELU has no 16x8 version");
            }
            "rescaling" if self.names.is_absorbed(index) => {}
            "rescaling" => self.push(index, 1, Use::Elementwise),
            _ => pieces.iter().for_each(|piece| self.other(index, piece)),
        }
    }

    fn weight(&mut self, layer: usize, piece: &Piece<'_>, channels: u64) {
        let readers = self.readers(layer);
        let (values, usage) = (piece.elements, Use::Weight);
        let name = self.name(layer, usage, readers);
        let rank = if piece.kind.contains("conv") { 4 } else { 2 };
        let shares = 1;
        let constant = Constant { layer, values, usage, channels, readers, shares, name, rank };
        self.made.constants.push(constant);
    }

    fn kind(&self, layer: usize) -> &'static str {
        kind(self.analysis, layer)
    }

    fn is_loop(&self, layer: usize) -> bool {
        LOOPS.contains(&self.kind(layer))
    }

    /// Dimensions of a layer's result: constants of normalizations are stretched to them.
    fn rank(&self, layer: usize) -> u64 {
        self.analysis.shape(&Edge::new(layer, 0)).map_or(1, |shape| shape.len() as u64)
    }

    /// What a constant is called; one of many readers has no name of its own.
    fn name(&self, layer: usize, usage: Use, readers: u64) -> u64 {
        let own = |word: &str| self.names.scope(layer) + word.len() as u64;
        match usage {
            _ if readers > 1 => SHARED.len() as u64,
            Use::Weight => self.names.kernel(layer),
            Use::Bias => self.names.bias(layer),
            Use::Table => own("GatherV2/ReadVariableOp"),
            Use::Elementwise => own("batchnorm/mul"),
            Use::Float => own("convolution/ReadVariableOp"),
        }
    }

    /// A layer's uses.
    fn readers(&self, layer: usize) -> u64 {
        self.readers.get(layer).copied().unwrap_or(1)
    }

    /// A constant; of a bias each value has a scale, of others all together.
    fn push(&mut self, layer: usize, values: u64, usage: Use) {
        self.push_read(layer, values, usage, self.readers(layer));
    }

    fn push_read(&mut self, layer: usize, values: u64, usage: Use, readers: u64) {
        let channels = if usage == Use::Bias { values } else { 1 };
        let name = self.name(layer, usage, readers);
        let rank = match usage {
            Use::Float => 5,
            Use::Table => 2,
            _ if values == 1 => 0,
            Use::Elementwise if self.kind(layer).ends_with("norm") => self.rank(layer),
            _ => 1,
        };
        let shares = 1;
        let constant = Constant { layer, values, usage, channels, readers, shares, name, rank };
        self.made.constants.push(constant);
    }

    /// A vector of zeros, or a number that many layers use: equal ones are held once.
    fn zero(&mut self, layer: usize, values: u64, usage: Use) {
        let held = self.zeros.get(&values).and_then(|held| self.made.constants.get_mut(*held));
        if let Some(held) = held {
            held.shares += u64::from(held.usage == Use::Bias);
            return;
        }
        self.zeros.insert(values, self.made.constants.len());
        self.push_read(layer, values, usage, 1);
        let name = self.names.product(layer);
        if let Some(zero) = self.made.constants.last_mut() {
            zero.name = name;
        }
    }

    fn refuse(&mut self, index: usize, when: fn(Mode) -> bool, why: &str) {
        let path = self.analysis.model.layers.get(index).map_or("", |layer| layer.path.as_str());
        self.made.refusals.push((when, format!("{path}: {why}; the converter fails")));
    }

    fn convolution(
        &mut self,
        index: usize,
        kind: &str,
        found: &LayerAnalysis,
        pieces: &[Piece<'_>],
    ) {
        let args = &found.evaluated.args;
        let rank = args.list("kernel_size").map_or(2, <[i64]>::len);
        if rank > 2 {
            self.refuse(index, |mode| mode == Mode::Int16x8, "CONV_3D has no 16x8 version");
        }
        let is_dilated = args.list("dilation").is_some_and(|all| all.iter().any(|d| *d > 1));
        // A dilated convolution of one dimension is taken apart, its bias added behind it.
        let is_apart = rank == 1 && is_dilated;
        let outputs = outputs(kind, args);
        for piece in pieces.iter().filter(|piece| piece.role() == Role::Kernel) {
            match rank > 2 {
                true => self.push(index, piece.elements, Use::Float),
                false => self.weight(index, piece, outputs),
            }
        }
        let bias = pieces.iter().find(|piece| piece.role() == Role::Bias);
        let usage = if rank > 2 { Use::Float } else { Use::Bias };
        match bias {
            Some(bias) if is_apart => {
                self.push(index, bias.elements, Use::Elementwise);
                self.zero(index, outputs, Use::Bias);
            }
            Some(bias) => self.push(index, bias.elements, usage),
            // The normalization's offset becomes the bias.
            None if self.folded.contains(&index) => self.push(index, outputs, usage),
            None if kind == "conv_transpose" => {}
            None => self.zero(index, outputs, usage),
        }
    }

    fn separable(&mut self, index: usize, found: &LayerAnalysis, pieces: &[Piece<'_>]) {
        let args = &found.evaluated.args;
        let (between, outputs) = (outputs("depthwise_conv", args), outputs("conv", args));
        let kernels = pieces.iter().filter(|piece| piece.role() == Role::Kernel);
        for (piece, channels) in kernels.zip([between, outputs]) {
            self.weight(index, piece, channels);
        }
        self.zero(index, between, Use::Bias);
        let has_bias = pieces.iter().any(|piece| piece.role() == Role::Bias);
        match has_bias || self.folded.contains(&index) {
            true => self.push(index, outputs, Use::Bias),
            false => self.zero(index, outputs, Use::Bias),
        }
    }

    /// On more than vectors the bias goes into the product only where no function stands between.
    fn dense(&mut self, index: usize, layer: &Layer, found: &LayerAnalysis, pieces: &[Piece<'_>]) {
        let rank = found.outputs.first().and_then(Option::as_ref).map_or(2, |shape| shape.len());
        let is_apart = rank > 2 && layer.args.text("activation").is_some();
        for piece in pieces {
            match piece.role() {
                Role::Bias if self.names.hands_on(index) => {}
                Role::Bias if is_apart => self.push(index, piece.elements, Use::Elementwise),
                Role::Bias => self.push(index, piece.elements, Use::Bias),
                _ => self.other(index, piece),
            }
        }
        let has_bias = pieces.iter().any(|piece| piece.role() == Role::Bias);
        if !has_bias && (self.folded.contains(&index) || self.names.is_scaled(index)) {
            let outputs = found.evaluated.args.size("output_size").unwrap_or(0);
            self.push(index, outputs, Use::Bias);
        }
    }

    /// Not folded, it is a product and a sum.
    fn batch_norm(&mut self, index: usize, found: &LayerAnalysis, pieces: &[Piece<'_>]) {
        if self.names.is_absorbed(index) {
            return;
        }
        let channels = found.evaluated.args.size("channels");
        let channels = channels.or_else(|| pieces.first().map(|piece| piece.elements)).unwrap_or(0);
        self.push(index, channels, Use::Elementwise);
        self.push(index, channels, Use::Elementwise);
    }

    /// A loop over the steps, whose state starts from zeros.
    fn recurrent(&mut self, index: usize, kind: &str, found: &LayerAnalysis, pieces: &[Piece<'_>]) {
        let batch = self.analysis.model.layers.get(index).and_then(|layer| self.fed(layer));
        if !matches!(batch, Some(Dim::Known(_))) {
            self.refuse(
                index,
                |_| true,
                "a recurrent layer needs a fixed batch (`tf.TensorListReserve` requires a static shape): give one, as in --input-shape 1,…",
            );
        }
        self.refuse(
            index,
            |mode| matches!(mode, Mode::Int8 | Mode::Int16x8),
            "a recurrent layer becomes a WHILE loop, on which full quantization crashes",
        );
        for piece in pieces {
            self.other(index, piece);
        }
        let args = &found.evaluated.args;
        if let Some(units) = args.size("hidden_size") {
            self.zero(index, units, Use::Elementwise);
        }
        // The steps' results are written into zeros.
        let shape = found.outputs.first().and_then(Option::as_ref);
        if let (true, Some(values)) =
            (args.flag("return_sequences"), shape.and_then(Shape::elements))
        {
            self.zero(index, values, Use::Elementwise);
        }
        if kind == "gru" {
            self.zero(index, 1, Use::Elementwise);
        }
    }

    /// The batch of what feeds a layer.
    fn fed(&self, layer: &Layer) -> Option<Dim> {
        self.analysis.shape(layer.inputs.first()?.as_ref()?)?.axis(0).cloned()
    }

    fn other(&mut self, index: usize, piece: &Piece<'_>) {
        let matrix = piece.matrix();
        match (piece.role(), matrix) {
            // Gates stand side by side in the last dimension.
            (Role::Kernel | Role::RecurrentKernel, Some(_)) if self.is_loop(index) => {
                let gates = piece.shape.last().copied().unwrap_or(1);
                self.weight(index, piece, gates);
            }
            (Role::Kernel, Some([_, outputs])) => self.weight(index, piece, outputs),
            (Role::Embedding, _) => self.push(index, piece.elements, Use::Table),
            _ => self.push(index, piece.elements, Use::Elementwise),
        }
    }
}

/// The channels that a convolution gives.
fn outputs(kind: &str, args: &Args) -> u64 {
    let size = |name: &str| args.size(name);
    match kind {
        "depthwise_conv" => {
            let multiplier = size("depth_multiplier").unwrap_or(1);
            size("in_channels").unwrap_or(0).saturating_mul(multiplier)
        }
        _ => size("out_channels").unwrap_or(0),
    }
}
