//! From claims to the layers of the model.

mod naming;
mod weights;

use std::sync::Arc;

use netweight_core::{Arg, Category, Diagnostic, Edge, Layer, Model, Role, Shape};

use smallvec::SmallVec;

use crate::Dim;
use crate::category::Categories;
use crate::claim::Claim;
use crate::copies::Copies;
use crate::graph::{CallId, TensorId, ValueId};
use crate::name::Map;
use crate::neighbour;
use crate::ops::{Held, Op, Site, Sizes, Use};
use crate::plan::{Context, Plan};
use crate::trace::Part;
use naming::Namer;
use weights::Weights;

/// What one layer claims: mostly a kernel and a bias.
type Claims<'a> = SmallVec<[&'a Claim; 2]>;

/// Builds the layers of a file into a model.
pub(crate) struct Builder<'a, 'f> {
    context: &'a Context<'f>,
    plan: &'a Plan,
    weights: Weights<'a, 'f>,
    namer: Namer<'a, 'f>,
    /// Claims by the call that stands for the layer.
    claims: Vec<Claims<'a>>,
    /// The layer that gives a value, by value.
    makers: Vec<Option<Edge>>,
    /// The layer that stands for one free parameter, by tensor.
    free: Vec<Option<usize>>,
    /// Layers of calls.
    layers: Vec<(CallId, usize)>,
    /// The types of layers so far, each once.
    types: Map<&'f str, Arc<str>>,
    model: Model,
}

impl<'a, 'f> Builder<'a, 'f> {
    pub(crate) fn new(
        context: &'a Context<'f>,
        plan: &'a Plan,
        categories: &'a Categories,
        copies: &'a Copies,
        claims: &'a [Claim],
        model: Model,
    ) -> Self {
        let mut by_layer = vec![Claims::new(); context.wiring.calls.len()];
        for claim in claims {
            if let Some(layer) = by_layer.get_mut(claim.layer.index()) {
                layer.push(claim);
            }
        }
        Self {
            context,
            plan,
            weights: Weights::new(context, categories, copies, claims),
            namer: Namer::new(context, plan),
            claims: by_layer,
            makers: vec![None; context.wiring.values.len()],
            free: vec![None; context.wiring.tensors.len()],
            layers: Vec::new(),
            types: Map::default(),
            model,
        }
    }

    pub(crate) fn build(mut self) -> Model {
        self.model.layers.reserve(self.context.wiring.calls.len());
        for input in &self.context.wiring.inputs {
            self.input(*input);
        }
        for call in self.context.wiring.ids() {
            if self.plan.is_layer(self.context, call) {
                self.call(call);
            }
        }
        for (call, index) in std::mem::take(&mut self.layers) {
            let inputs = self.inputs(call);
            if let Some(layer) = self.model.layers.get_mut(index) {
                layer.inputs = inputs;
            }
        }
        self.unused();
        self.model
    }

    fn input(&mut self, value: ValueId) {
        let name = self.context.wiring.text(self.context.wiring.value(value).name);
        let shape = self.shape_of(value).unwrap_or_default();
        let index = self.model.push(Layer::input(name, shape));
        self.gives(value, Edge::new(index, 0));
    }

    fn gives(&mut self, value: ValueId, edge: Edge) {
        if let Some(place) = self.makers.get_mut(value.index()) {
            *place = Some(edge);
        }
    }

    fn shape_of(&self, value: ValueId) -> Option<Shape> {
        let shape = self.context.shapes.shape(&self.context.wiring, value)?;
        let dims = shape.iter().map(|dim| match dim {
            Dim::Known(size) => netweight_core::Dim::Known(*size),
            Dim::Named(name) => netweight_core::Dim::Named(self.context.wiring.text(*name).into()),
            Dim::Unknown => netweight_core::Dim::Unknown,
        });
        Some(dims.collect())
    }

    /// The layer of a call, behind the free parameters that it is the first to read.
    fn call(&mut self, call: CallId) {
        let claims = self.claims.get_mut(call.index()).map(std::mem::take).unwrap_or_default();
        for claim in &claims {
            if self.weights.is_free(claim) {
                self.parameter(claim);
            }
        }
        let held = self.weights.held(&claims);
        let (kind, sizes) = self.kind(call, &held);
        let recognised = self.plan.recognised(call).map(|recognised| recognised.type_name);
        let weights = held.iter().map(|held| self.weights.weight(held, sizes.unpacked)).collect();
        let path = self.namer.layer(call, &held);
        let type_name = recognised.unwrap_or(self.context.wiring.op(call));
        let type_name = Arc::clone(self.types.entry(type_name).or_insert_with(|| type_name.into()));
        let layer = Layer {
            node: self.node(call).filter(|name| *name != path && !held.is_empty()).map(Into::into),
            path,
            type_name,
            kind: kind.map(Into::into),
            args: sizes.args,
            measured: sizes.measured,
            stated_outputs: self.stated(call),
            weights,
            frozen: self.context.op(call).is_some_and(Op::is_frozen),
            ..Layer::default()
        };
        let index = self.model.push(layer);
        self.layers.push((call, index));
        for (number, output) in self.outputs(call).iter().enumerate() {
            if let Some(output) = *output {
                self.gives(output, Edge::new(index, number));
            }
        }
    }

    /// What the file calls a call's node.
    fn node(&self, call: CallId) -> Option<&str> {
        let name = self.context.wiring.call(call)?.node.name;
        Some(self.context.wiring.text(name)).filter(|name| !name.is_empty())
    }

    /// The kind of a layer and its sizes; no kind where the weights are not as it has them.
    fn kind(&self, call: CallId, held: &[Held]) -> (Option<&'static str>, Sizes) {
        let Context { wiring, shapes, trace, .. } = self.context;
        let site = Site { wiring, shapes, trace, call, held };
        let (kind, mut sizes) = match (self.plan.recognised(call), self.context.op(call)) {
            (Some(recognised), _) => (recognised.kind, (recognised.sizes)(&site)),
            (None, Some(op)) => (op.kind, op.sizes(&site)),
            (None, None) => return (None, Sizes::default()),
        };
        let kind = sizes.kind.unwrap_or(kind);
        let found = netweight_core::kind::find(kind).filter(|_| !sizes.misfit);
        // A kind with parameters needs its weights, and weights a kind that has parameters.
        let learned = held.iter().any(|held| held.category.is_parameter());
        let Some(found) = found.filter(|found| found.has_parameters() == learned) else {
            return (None, Sizes { unpacked: sizes.unpacked, ..Sizes::default() });
        };
        self.confirm(call, &mut sizes);
        (Some(found.name), sizes)
    }

    /// Adds what the layer behind says of the layer's outputs.
    fn confirm(&self, call: CallId, sizes: &mut Sizes) {
        let outputs = neighbour::outputs(self.context, call, self.plan.end(call));
        let Some((name, size)) = outputs else { return };
        if let Some(size) = Arg::size(size).filter(|_| sizes.measured.get(name).is_some()) {
            sizes.args.set(name, size);
        }
    }

    /// What a layer gives: the outputs of the last of its calls.
    fn outputs(&self, call: CallId) -> &'a [Option<ValueId>] {
        self.context.wiring.call(self.plan.end(call)).map_or(&[], |call| &call.outputs)
    }

    fn stated(&self, call: CallId) -> Vec<Option<Shape>> {
        let outputs = self.outputs(call).iter();
        let shapes: Vec<_> = outputs.map(|output| self.shape_of((*output)?)).collect();
        if shapes.iter().all(Option::is_none) { Vec::new() } else { shapes }
    }

    /// A layer for a parameter on its own, once.
    fn parameter(&mut self, claim: &Claim) {
        let tensor = claim.tensor;
        if self.weights.is_owned(tensor)
            || self.free.get(tensor.index()).is_none_or(Option::is_some)
        {
            return;
        }
        let role = if let Use::Beside(role) = claim.usage { role } else { Role::Parameter };
        let Some(held) = self.weights.whole(tensor, role) else { return };
        let shape = held.dims.clone().unwrap_or_default();
        // What it gives is laid out as its reader sees it.
        let seen =
            claim.dims.as_deref().filter(|seen| netweight_core::elements(seen) == held.elements);
        let given = seen.unwrap_or(&shape).into();
        let (kind, type_name, sizes) = match (role, &*shape) {
            (Role::Embedding, [entries, size]) => {
                let sizes = Sizes::default().measure("vocabulary_size", Some(*entries));
                ("embedding", "Embedding", sizes.measure("embedding_size", Some(*size)))
            }
            (_, dims) => {
                ("parameter", "Parameter", Sizes::default().measure_all("shape", Some(dims)))
            }
        };
        let layer = Layer {
            measured: sizes.measured,
            stated_outputs: vec![Some(given)],
            weights: vec![self.weights.weight(&held, None)],
            ..Layer::new(self.namer.parameter(claim), type_name, kind)
        };
        let index = self.model.push(layer);
        if let Some(place) = self.free.get_mut(tensor.index()) {
            *place = Some(index);
        }
    }

    /// What feeds a layer: other layers, and free parameters.
    fn inputs(&self, call: CallId) -> Vec<Option<Edge>> {
        let Some(found) = self.context.wiring.call(call) else { return Vec::new() };
        // Its normalization reads what it makes of indices, not these.
        if self.context.wiring.op(call) == "EmbedLayerNormalization" {
            return Vec::new();
        }
        let op = self.context.op(call);
        let feeds = |(index, value): (usize, &Option<ValueId>)| {
            let value = self.context.wiring.resolve((*value)?);
            let Some(fixed) = self.context.fixed(value) else {
                return Some(self.makers.get(value.index()).copied().flatten());
            };
            if op.is_some_and(|op| op.use_of(index) != Use::Free) {
                return None;
            }
            let mut sources = fixed.sources.iter().filter(|source| source.part == Part::Values);
            let free = sources.find_map(|source| *self.free.get(source.tensor.index())?);
            free.map(|index| Some(Edge::new(index, 0)))
        };
        found.inputs.iter().enumerate().filter_map(feeds).collect()
    }

    /// Tensors that no layer reads, together.
    fn unused(&mut self) {
        let weights = self.weights.unread();
        if !weights.is_empty() {
            let path = self.namer.unique("unused".to_owned(), "");
            let layer = Layer { path, type_name: "unused".into(), weights, ..Layer::default() };
            self.model.push(layer);
        }
    }
}

/// A note about what was only guessed.
pub(crate) fn guesses(context: &Context, categories: &Categories) -> Option<Diagnostic> {
    let name = |tensor: &TensorId| {
        context.wiring.tensor(*tensor).map_or("", |stored| context.wiring.text(stored.name))
    };
    let first = name(categories.guessed.first()?);
    let learned = categories
        .guessed
        .iter()
        .filter(|tensor| categories.of_tensor(**tensor).is_some_and(Category::is_parameter));
    let (count, learned) = (categories.guessed.len(), learned.count());
    let what = format!(
        "that {learned} of {count} stored tensors are learned is a guess by their place and name; the first is `{first}`"
    );
    Some(Diagnostic::note("onnx/guessed-category", what))
}
