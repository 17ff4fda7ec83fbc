//! A small graph under construction: what a class is made of.

use netweight_core::{Arg, Args, Dim, Edge, Layer, Shape};
use netweight_markup::Node;

use crate::layer::Draft;

/// A size that a config may leave out; what hangs on it is then not known either.
pub(super) type Size = Option<i64>;

/// Layers so far, each wired to earlier ones.
#[derive(Default)]
pub(crate) struct Block {
    prefix: String,
    layers: Vec<Layer>,
    /// What comes out of a model, where that is not what its last layer gives.
    outputs: Vec<Edge>,
    /// Whether it has inputs of its own: then it is a model, and no layer of one.
    is_model: bool,
}

impl Block {
    /// The parts of a layer. Those of a model at the top of a file stand under their own names.
    pub(super) fn of(draft: &Draft) -> Self {
        let is_top = draft.reader.models == 0 && draft.reader.wrappers == 0;
        let prefix = if is_top { String::new() } else { format!("{}/", draft.layer.path) };
        Self { prefix, ..Self::default() }
    }

    /// The parts of one part.
    pub(super) fn inside(&self, name: &str) -> Self {
        Self { prefix: format!("{}{name}/", self.prefix), ..Self::default() }
    }

    /// Where the parts stand: the path of the whole.
    pub(super) fn path(&self) -> &str {
        self.prefix.trim_end_matches('/')
    }

    /// Gives a layer its parts, and a model its outputs too.
    pub(super) fn finish(self, draft: &mut Draft) {
        draft.kind("model");
        if self.is_model {
            let last = Edge::new(self.layers.len().saturating_sub(1), 0);
            let outputs = if self.outputs.is_empty() { vec![last] } else { self.outputs };
            draft.layer.outputs = outputs.into();
        }
        draft.layer.inner = self.layers.into();
    }

    /// Says what comes out of a model, in the order of Keras.
    pub(super) fn gives(&mut self, outputs: &[Edge]) {
        self.outputs = outputs.to_vec();
    }

    /// One of the parts so far.
    pub(super) fn layer(&self, edge: Edge) -> Option<&Layer> {
        self.layers.get(usize::try_from(edge.layer).ok()?)
    }

    /// A model with a path of its own; its inputs are those of the whole.
    fn model(&mut self, model: Layer) -> Edge {
        let is_input = |layer: &&Layer| layer.kind.as_deref() == Some("input");
        let inputs: Vec<Layer> = model.inner.iter().filter(is_input).cloned().collect();
        let mut from = Vec::with_capacity(inputs.len());
        for mut input in inputs {
            input.path = input.path.rsplit('/').next().unwrap_or_default().to_owned();
            from.push(self.push(input, &[]));
        }
        self.is_model = true;
        self.place(model, &from)
    }

    /// Another use of a layer within a model, which gives another shape.
    pub(super) fn again(&mut self, class: &str, name: &str, from: Edge, dims: &[Size]) -> Edge {
        let edge = self.add(name, class, "opaque", &[], &[from]);
        self.state(edge, &[dims]);
        if let Some(layer) = self.layers.last_mut() {
            layer.shared_with = usize::try_from(from.layer).ok();
        }
        edge
    }

    /// An input of open batch.
    pub(super) fn input(&mut self, name: &str, dims: &[Size]) -> Edge {
        self.is_model = true;
        let layer = Layer::input(name, batch_of(dims));
        self.push(Layer { type_name: "InputLayer".into(), ..layer }, &[])
    }

    /// The input of a part: whatever goes into the whole.
    pub(super) fn fed(&mut self) -> Edge {
        self.push(Layer::new("input", "InputLayer", "input"), &[])
    }

    /// Any layer of a kind.
    pub(super) fn add(
        &mut self,
        name: &str,
        class: &str,
        kind: &'static str,
        args: &[(&'static str, Option<Arg>)],
        from: &[Edge],
    ) -> Edge {
        let mut layer = Layer::new(name, class, kind);
        layer.args = args.iter().fold(Args::default(), |all, (name, value)| match value {
            Some(value) => all.with(*name, value.clone()),
            None => all,
        });
        self.push(layer, from)
    }

    /// A layer made of parts.
    pub(super) fn part(&mut self, name: &str, class: &str, parts: Self, from: &[Edge]) -> Edge {
        let layer = Layer { inner: parts.layers.into(), ..Layer::new(name, class, "model") };
        self.push(layer, from)
    }

    /// A model made of parts, listed with them.
    pub(super) fn listed(&mut self, name: &str, class: &str, parts: Self, from: &[Edge]) -> Edge {
        let layer = Layer {
            inner: parts.layers.into(),
            outputs: parts.outputs.into(),
            ..Layer::new(name, class, "model")
        };
        self.push(layer, from)
    }

    pub(super) fn sequence(&mut self, name: &str, parts: Self, from: Edge) -> Edge {
        self.listed(name, "Sequential", parts, &[from])
    }

    /// A layer made of parts, so many times, each fed by the one before.
    pub(super) fn stack(
        &mut self,
        (name, class): (&str, &str),
        count: i64,
        mut from: Edge,
        parts: impl Fn(Self) -> Self,
    ) -> Edge {
        for index in 0..count {
            let name = format!("{name}_{index}");
            let part = parts(self.inside(&name));
            from = self.part(&name, class, part, &[from]);
        }
        from
    }

    fn push(&mut self, mut layer: Layer, from: &[Edge]) -> Edge {
        layer.path = format!("{}{}", self.prefix, layer.path);
        self.place(layer, from)
    }

    /// A layer with a path of its own.
    pub(super) fn place(&mut self, mut layer: Layer, from: &[Edge]) -> Edge {
        layer.inputs = from.iter().copied().map(Some).collect();
        self.layers.push(layer);
        Edge::new(self.layers.len().saturating_sub(1), 0)
    }

    /// States outputs, without their batch, that the layer's own rule does not give.
    pub(super) fn state(&mut self, edge: Edge, outputs: &[&[Size]]) {
        self.state_whole(edge, outputs.iter().map(|dims| batch_of(dims)).collect());
    }

    /// States outputs as they are.
    pub(super) fn state_whole(&mut self, edge: Edge, outputs: Vec<Shape>) {
        let index = usize::try_from(edge.layer).ok();
        if let Some(layer) = index.and_then(|index| self.layers.get_mut(index)) {
            layer.stated_outputs = outputs.into_iter().map(Some).collect();
        }
    }

    /// Sets an argument of the layer added last.
    pub(super) fn set_last(&mut self, arg: &'static str, value: impl Into<Arg>) {
        if let Some(layer) = self.layers.last_mut() {
            layer.args.set(arg, value);
        }
    }

    /// Freezes the layer added last.
    pub(super) fn freeze_last(&mut self) {
        if let Some(layer) = self.layers.last_mut() {
            layer.frozen = true;
        }
    }

    pub(super) fn dense(&mut self, name: &str, from: Edge, units: Size, bias: bool) -> Edge {
        let args = [("output_size", int(units)), ("bias", Some(bias.into()))];
        self.add(name, "Dense", "dense", &args, &[from])
    }

    /// A weight that stands for itself.
    pub(super) fn variable(&mut self, name: &str, sizes: &[Size]) -> Edge {
        let shape = sizes.iter().copied().collect::<Option<Vec<i64>>>().map(Arg::from);
        self.add(name, "Variable", "parameter", &[("shape", shape)], &[])
    }

    pub(super) fn embedding(&mut self, name: &str, from: Edge, entries: Size, width: Size) -> Edge {
        let args = [("vocabulary_size", int(entries)), ("embedding_size", int(width))];
        self.add(name, "Embedding", "embedding", &args, &[from])
    }

    pub(super) fn reversible(
        &mut self,
        name: &str,
        from: Edge,
        (entries, width): (Size, Size),
        tied: bool,
    ) -> Edge {
        let args = [
            ("vocabulary_size", int(entries)),
            ("embedding_size", int(width)),
            ("untied", Some((!tied).into())),
        ];
        self.add(name, "ReversibleEmbedding", "reversible_embedding", &args, &[from])
    }

    pub(super) fn positions(&mut self, name: &str, from: Edge, length: Size) -> Edge {
        let args = [("sequence_length", int(length))];
        self.add(name, "PositionEmbedding", "position_embedding", &args, &[from])
    }

    pub(super) fn layer_norm(&mut self, name: &str, from: Edge) -> Edge {
        self.add(name, "LayerNormalization", "layer_norm", &[], &[from])
    }

    pub(super) fn rms_norm(&mut self, name: &str, class: &str, from: Edge) -> Edge {
        self.add(name, class, "rms_norm", &[], &[from])
    }

    pub(super) fn dropout(&mut self, name: &str, from: Edge) -> Edge {
        self.add(name, "Dropout", "dropout", &[], &[from])
    }

    pub(super) fn sum(&mut self, name: &str, from: &[Edge]) -> Edge {
        self.add(name, "Add", "merge", &[], from)
    }

    /// Attention of a sequence to itself, its width spread over the heads.
    pub(super) fn attention(&mut self, name: &str, from: Edge, width: Size, heads: Size) -> Edge {
        self.attention_to(name, (from, from), width, heads)
    }

    /// Attention of a sequence to another one.
    pub(super) fn attention_to(
        &mut self,
        name: &str,
        (from, to): (Edge, Edge),
        width: Size,
        heads: Size,
    ) -> Edge {
        let head = width.zip(heads).and_then(|(width, heads)| width.checked_div(heads));
        let args = [("num_heads", int(heads)), ("head_size", int(head))];
        self.add(name, "MultiHeadAttention", "multi_head_attention", &args, &[from, to])
    }
}

impl<'a> Draft<'a, '_> {
    /// A model that the config holds, as a part.
    pub(super) fn model(&mut self, block: &mut Block, entry: &'a Node) -> Edge {
        let model = self.reader.wrapped(entry, block.path());
        // Within a wrapper, the part has no row that could say so.
        if self.reader.wrappers > 0 && self.layer.unknown.is_none() {
            self.layer.unknown = model.unknown.clone();
        }
        block.model(model)
    }
}

/// A shape of open batch.
fn batch_of(dims: &[Size]) -> Shape {
    std::iter::once(Dim::Unknown).chain(dims.iter().copied().map(dim)).collect()
}

pub(super) fn dim(size: Size) -> Dim {
    size.and_then(|size| u64::try_from(size).ok()).into()
}

pub(super) fn int(size: Size) -> Option<Arg> {
    size.map(Arg::Int)
}

/// The product of sizes, where all are known.
pub(super) fn product(sizes: &[Size]) -> Size {
    sizes.iter().try_fold(1i64, |product, size| product.checked_mul((*size)?))
}

/// The features of what a layer was built for.
pub(crate) fn built_width(draft: &Draft) -> Size {
    let shape = draft.layer.stated_inputs.first()?.as_ref()?;
    i64::try_from(shape.last()?.known()?).ok()
}
