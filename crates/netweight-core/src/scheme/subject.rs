//! The model as schemes see it: tensors with their layer's kind, and the file's operators.

use std::cell::OnceCell;

use crate::{Analysis, Args, Category, DType, Role, Tensor};

use super::ort::Flow;

/// What schemes are applied to.
pub(super) struct Subject<'a> {
    pub(super) analysis: &'a Analysis<'a>,
    flow: OnceCell<Flow<'a>>,
    part: Option<PartOf>,
}

/// Some of a model's tensors.
struct PartOf {
    /// Whether each piece is among them.
    pieces: Vec<bool>,
    /// Whether parameters without a tensor that is known are among them.
    is_rest: bool,
}

/// A tensor that a file of this model holds once.
#[derive(Clone, Copy)]
pub(super) struct Piece<'a> {
    pub(super) layer: usize,
    pub(super) path: &'a str,
    pub(super) kind: &'a str,
    /// The layer's arguments as they came to be settled.
    pub(super) args: &'a Args,
    pub(super) tensor: &'a Tensor<'a>,
    pub(super) shape: &'a [u64],
    pub(super) elements: u64,
}

impl<'a> Subject<'a> {
    pub(super) fn new(analysis: &'a Analysis<'a>) -> Self {
        Self { analysis, flow: OnceCell::new(), part: None }
    }

    /// Some of the tensors alone.
    pub(super) fn only(&self, pieces: Vec<bool>, is_rest: bool) -> Self {
        Self { part: Some(PartOf { pieces, is_rest }), ..Self::new(self.analysis) }
    }

    /// Every tensor of known shape, each once.
    pub(super) fn pieces(&self) -> impl Iterator<Item = Piece<'a>> {
        let part = self.part.as_ref().map(|part| part.pieces.as_slice());
        let is_mine = move |index| part.is_none_or(|part| part.get(index) == Some(&true));
        let all = all(self.analysis).enumerate();
        all.filter(move |(index, _)| is_mine(*index)).map(|(_, piece)| piece)
    }

    /// The parameters of each layer, those without a tensor that is known too.
    pub(super) fn parameters(&self) -> Vec<u64> {
        let layers = self.analysis.layers.iter();
        let mut counts: Vec<u64> =
            layers.map(|layer| layer.counts.map_or(0, |counts| counts.parameters())).collect();
        let Some(part) = &self.part else { return counts };
        let mut mine = vec![0u64; counts.len()];
        for (piece, is_mine) in all(self.analysis).zip(&part.pieces) {
            let (Some(count), Some(sum)) = (counts.get_mut(piece.layer), mine.get_mut(piece.layer))
            else {
                continue;
            };
            match (piece.is_parameter(), is_mine) {
                (true, true) => *sum = sum.saturating_add(piece.elements),
                (true, false) => *count = count.saturating_sub(piece.elements),
                (false, _) => {}
            }
        }
        if part.is_rest { counts } else { mine }
    }

    /// The dense layer that gives scores over a vocabulary, where the model has one.
    pub(super) fn head(&self) -> Option<usize> {
        let vocabulary = self.pieces().find(|piece| piece.role() == Role::Embedding)?;
        let entries = *vocabulary.shape.first()?;
        let dense = self.pieces().filter(|piece| piece.kind == "dense" && piece.is_linear());
        dense
            .last()
            .filter(|last| last.matrix().is_some_and(|[_, outputs]| outputs == entries))
            .map(|last| last.layer)
    }

    /// The operators of the file.
    pub(super) fn flow(&self) -> &Flow<'a> {
        self.flow.get_or_init(|| Flow::of(self.analysis))
    }
}

fn all<'a>(analysis: &'a Analysis<'a>) -> impl Iterator<Item = Piece<'a>> {
    let layers = analysis.model.layers.iter().zip(&analysis.layers).enumerate();
    layers.flat_map(|(layer, (stated, found))| {
        let owned = found.tensors.iter().filter(move |tensor| {
            !tensor.shared && (found.shared_with.is_none() || stated.weights.is_empty())
        });
        owned.filter_map(move |tensor| {
            Some(Piece {
                layer,
                path: &stated.path,
                kind: found.evaluated.kind.map_or("", |kind| kind.name),
                args: &found.evaluated.args,
                tensor,
                shape: tensor.shape.as_deref()?,
                elements: tensor.elements?,
            })
        })
    })
}

impl Piece<'_> {
    /// Inputs and outputs of a tensor of two dimensions or more.
    pub(super) fn matrix(&self) -> Option<[u64; 2]> {
        if self.shape.len() < 2 {
            return None;
        }
        let (first, last) = (*self.shape.first()?, *self.shape.last()?);
        let divides = |outputs: &u64| *outputs > 0 && self.elements.is_multiple_of(*outputs);
        let stated = || self.args.size("output_size").or_else(|| self.args.size("out_channels"));
        let inputs = match (self.role(), self.kind) {
            (Role::Embedding, _) => Some(last),
            (_, "multi_head_attention" | "grouped_query_attention") if self.shape.len() > 2 => {
                let is_output = self.tensor.name.ends_with("output_kernel");
                Some(if is_output { self.elements / last.max(1) } else { first })
            }
            (Role::Kernel, _) => stated().filter(divides).map(|outputs| self.elements / outputs),
            _ => None,
        };
        // Frameworks that keep a matrix without saying more keep outputs first.
        let inputs = inputs.unwrap_or_else(|| self.elements / first.max(1));
        Some([inputs, self.elements.checked_div(inputs)?])
    }

    /// Whether it is the matrix of a linear layer, as PyTorch's quantizers look for them.
    pub(super) fn is_linear(&self) -> bool {
        let kinds = ["dense", "ffnn", "multi_head_attention", "grouped_query_attention"];
        self.role() == Role::Kernel && kinds.contains(&self.kind) && self.shape.len() >= 2
    }

    pub(super) fn role(&self) -> Role {
        self.tensor.role
    }

    pub(super) fn is_parameter(&self) -> bool {
        self.tensor.category.is_parameter()
    }

    /// Bytes as it is today: as stored, else in its own type.
    pub(super) fn bytes(&self) -> u64 {
        let plain = || self.tensor.dtype.bytes(self.elements);
        self.tensor.stored_bytes.or_else(plain).unwrap_or(0)
    }

    /// Whether it stands in files at all: what nobody reads does not survive a conversion.
    pub(super) fn is_used(&self) -> bool {
        self.tensor.category != Category::Unused && self.tensor.dtype != DType::Unknown
    }
}
