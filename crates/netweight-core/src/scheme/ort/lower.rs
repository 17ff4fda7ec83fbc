//! The operators that an exporter would write for layers, for formats that hold none.

use std::collections::{HashMap, HashSet};

use crate::graph::{Graph, Node, StoredValue, Value};
use crate::scheme::folding::folded;
use crate::scheme::subject::{Piece, Subject};
use crate::{Analysis, DType, Layer, LayerAnalysis, Role};

/// A graph, and what had to be assumed for it.
pub(super) struct Lowered {
    pub(super) graph: Graph,
    pub(super) assumed: Vec<String>,
}

pub(super) fn graph(analysis: &Analysis<'_>) -> Lowered {
    let subject = Subject::new(analysis);
    let mut pieces: HashMap<usize, Vec<Piece<'_>>> = HashMap::new();
    for piece in subject.pieces().filter(Piece::is_used) {
        pieces.entry(piece.layer).or_default().push(piece);
    }
    let mut builder = Builder {
        analysis,
        pieces,
        folded: folded(analysis),
        graph: Graph { opsets: vec![(String::new(), 17)], ..Graph::default() },
        weights: HashMap::new(),
        outputs: vec![None; analysis.layers.len()],
    };
    for (index, (layer, found)) in analysis.model.layers.iter().zip(&analysis.layers).enumerate() {
        builder.layer(index, layer, found);
    }
    let assumed =
        vec!["the operators that PyTorch's exporter would write for these layers".to_owned()];
    Lowered { graph: builder.graph, assumed }
}

struct Builder<'s, 'a> {
    analysis: &'s Analysis<'a>,
    pieces: HashMap<usize, Vec<Piece<'a>>>,
    /// Batch normalizations that the exporter folds, and the products that they go into.
    folded: HashSet<usize>,
    graph: Graph,
    /// The stored values of layers that have been written, for those that share them.
    weights: HashMap<usize, Vec<(Role, u32)>>,
    outputs: Vec<Option<u32>>,
}

impl Builder<'_, '_> {
    fn layer(&mut self, index: usize, layer: &Layer, found: &LayerAnalysis) {
        let owner = found.shared_with.unwrap_or(index);
        let kind = found.evaluated.kind.map_or("", |kind| kind.name);
        let inputs: Vec<Option<u32>> = layer
            .inputs
            .iter()
            .map(|edge| self.outputs.get(edge.as_ref()?.layer as usize).copied().flatten())
            .collect();
        let first = inputs.first().copied().flatten();
        let output = match kind {
            "input" => Some(self.value(&layer.path, true)),
            "dropout" | "noise" | "identity" | "augmentation" | "masking" => first,
            "batch_norm" if self.folded.contains(&index) => first,
            "dense" => Some(self.dense(owner, layer, found, first)),
            "multi_head_attention" | "grouped_query_attention" => {
                self.attention(owner, layer, first)
            }
            "separable_conv" => {
                let mut value = first;
                for (_, weight) in
                    self.stored(owner).into_iter().filter(|(role, _)| *role == Role::Kernel)
                {
                    value = Some(self.node("Conv", layer, &[value, Some(weight)]));
                }
                value
            }
            "lstm" | "gru" | "simple_rnn" => {
                let op = ["LSTM", "GRU", "RNN"]
                    .into_iter()
                    .find(|op| op.eq_ignore_ascii_case(kind))
                    .unwrap_or("RNN");
                Some(self.with_weights(op, owner, layer, first))
            }
            _ => Some(match operator(kind, layer) {
                op @ "Gather" => {
                    let table = self.stored(owner).first().map(|(_, value)| *value);
                    self.node(op, layer, &[table, first])
                }
                op @ ("Add" | "Mul" | "Concat") => self.node(op, layer, &inputs),
                op => self.with_weights(op, owner, layer, first),
            }),
        };
        if let Some(place) = self.outputs.get_mut(index) {
            *place = output;
        }
    }

    fn value(&mut self, name: &str, is_input: bool) -> u32 {
        let index = u32::try_from(self.graph.values.len()).unwrap_or(u32::MAX);
        self.graph.values.push(Value {
            name: name.to_owned(),
            dtype: Some(DType::Float32),
            is_input,
            ..Value::default()
        });
        index
    }

    fn node(&mut self, op: &str, layer: &Layer, inputs: &[Option<u32>]) -> u32 {
        let output = self.value(&layer.path, false);
        self.graph.nodes.push(Node {
            op: op.to_owned(),
            name: layer.path.clone(),
            inputs: inputs.to_vec(),
            outputs: vec![Some(output)],
            ..Node::default()
        });
        output
    }

    /// The layer's own tensors as stored values, written once.
    fn stored(&mut self, owner: usize) -> Vec<(Role, u32)> {
        if let Some(known) = self.weights.get(&owner) {
            return known.clone();
        }
        let kind = self.analysis.layers.get(owner).and_then(|found| found.evaluated.kind);
        let is_linear = kind.is_some_and(|kind| {
            matches!(kind.name, "dense" | "multi_head_attention" | "grouped_query_attention")
        });
        let pieces = self.pieces.remove(&owner).unwrap_or_default();
        let mut stored = Vec::with_capacity(pieces.len());
        if kind.is_some_and(|kind| matches!(kind.name, "lstm" | "gru" | "simple_rnn")) {
            return self.recurrent(owner, &pieces);
        }
        for piece in pieces {
            let shape = match (piece.role(), piece.matrix()) {
                (Role::Kernel, Some([inputs, outputs])) if is_linear => vec![inputs, outputs],
                (Role::Kernel, Some([inputs, outputs])) if piece.shape.len() > 2 => {
                    let kernel = piece.shape.len().saturating_sub(2);
                    let ones = std::iter::repeat_n(1, kernel);
                    [outputs, inputs].into_iter().chain(ones).collect()
                }
                _ => piece.shape.to_vec(),
            };
            stored.push((piece.role(), self.hold(owner, &piece, shape)));
        }
        self.weights.insert(owner, stored.clone());
        stored
    }

    /// A stored value of a layer.
    fn hold(&mut self, owner: usize, piece: &Piece<'_>, shape: Vec<u64>) -> u32 {
        let value = self.value(&piece.tensor.name, false);
        if let Some(place) = self.graph.values.last_mut() {
            let dtype = piece.tensor.dtype;
            place.layer = Some(owner);
            place.stored =
                Some(StoredValue { shape, dtype, in_node: false, length: 0, payload: 0 });
        }
        value
    }

    /// A recurrent layer's tensors, those of both directions in one: directions, gates, inputs.
    fn recurrent(&mut self, owner: usize, pieces: &[Piece<'_>]) -> Vec<(Role, u32)> {
        let mut stored = Vec::new();
        for role in [Role::Kernel, Role::RecurrentKernel, Role::Bias] {
            let own: Vec<_> = pieces.iter().filter(|piece| piece.role() == role).collect();
            let Some(first) = own.first() else { continue };
            let directions = own.len() as u64;
            let shape = match first.shape {
                [inputs, gates] => vec![directions, *gates, *inputs],
                shape => std::iter::once(directions).chain(shape.iter().copied()).collect(),
            };
            stored.push((role, self.hold(owner, first, shape)));
        }
        self.weights.insert(owner, stored.clone());
        stored
    }

    fn with_weights(&mut self, op: &str, owner: usize, layer: &Layer, first: Option<u32>) -> u32 {
        let weights = self.stored(owner).into_iter().map(|(_, value)| Some(value));
        let inputs: Vec<Option<u32>> = std::iter::once(first).chain(weights).collect();
        self.node(op, layer, &inputs)
    }

    /// A Gemm on vectors, else a MatMul and an Add.
    fn dense(
        &mut self,
        owner: usize,
        layer: &Layer,
        found: &LayerAnalysis,
        first: Option<u32>,
    ) -> u32 {
        let rank = found.outputs.first().and_then(Option::as_ref).map(|shape| shape.len());
        let weights = self.stored(owner);
        let of = |role| weights.iter().find(|(r, _)| *r == role).map(|(_, value)| *value);
        let (kernel, bias) = (of(Role::Kernel), of(Role::Bias));
        if rank.is_none_or(|rank| rank == 2) {
            return self.node("Gemm", layer, &[first, kernel, bias]);
        }
        let product = self.node("MatMul", layer, &[first, kernel]);
        self.biased(layer, product, bias)
    }

    /// A product, and where there is a bias a sum behind it.
    fn biased(&mut self, layer: &Layer, product: u32, bias: Option<u32>) -> u32 {
        match bias {
            Some(bias) => self.node("Add", layer, &[Some(product), Some(bias)]),
            None => product,
        }
    }

    /// Projections of queries, keys and values, two products, and the projection back.
    fn attention(&mut self, owner: usize, layer: &Layer, first: Option<u32>) -> Option<u32> {
        let weights = self.stored(owner);
        let kernels: Vec<u32> =
            weights.iter().filter(|(role, _)| *role == Role::Kernel).map(|(_, v)| *v).collect();
        let mut biases = weights.iter().filter(|(role, _)| *role == Role::Bias).map(|(_, v)| *v);
        let (last, projections) = kernels.split_last()?;
        let mut projected = Vec::new();
        for kernel in projections {
            let product = self.node("MatMul", layer, &[first, Some(*kernel)]);
            projected.push(self.biased(layer, product, biases.next()));
        }
        let at = |index: usize| projected.get(index).copied();
        let scores = self.node("MatMul", layer, &[at(0), at(1)]);
        let shares = self.node("Softmax", layer, &[Some(scores)]);
        let mixed = self.node("MatMul", layer, &[Some(shares), at(2)]);
        let product = self.node("MatMul", layer, &[Some(mixed), Some(*last)]);
        Some(self.biased(layer, product, biases.next()))
    }
}

/// The operator of a kind; of one that has none the layer's own word, which no quantizer knows.
fn operator<'l>(kind: &str, layer: &'l Layer) -> &'l str {
    let function = layer.args.text("function").unwrap_or(&layer.type_name).to_ascii_lowercase();
    match kind {
        "conv" | "depthwise_conv" => "Conv",
        "conv_transpose" => "ConvTranspose",
        "embedding" | "position_embedding" => "Gather",
        "layer_norm" => "LayerNormalization",
        "instance_norm" => "InstanceNormalization",
        "batch_norm" => "BatchNormalization",
        "merge" if function.contains("mul") => "Mul",
        "merge" => "Add",
        "concat" => "Concat",
        "global_pool" => "GlobalAveragePool",
        "pool" if function.contains("avg") || function.contains("average") => "AveragePool",
        "pool" => "MaxPool",
        "padding" => "Pad",
        "flatten" => "Flatten",
        "reshape" => "Reshape",
        "permute" => "Transpose",
        "activation" if function.contains("leaky") => "LeakyRelu",
        "activation" if function.contains("relu") => "Relu",
        "activation" if function == "sigmoid" => "Sigmoid",
        "activation" if function == "softmax" => "Softmax",
        _ => &layer.type_name,
    }
}
