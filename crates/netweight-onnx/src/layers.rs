//! From claims to the layers of the model.

use std::collections::{HashMap, HashSet};

use netweight_core::{Arg, Args, Category, Diagnostic, Edge, Layer, Model, Role, Shape, Weight};

use crate::category::{Categories, Claim};
use crate::graph::{CallId, TensorId, ValueId};
use crate::neighbour;
use crate::ops::{Held, Site, Sizes, Use};
use crate::path;
use crate::plan::{Context, Plan};
use crate::provenance::note;
use crate::trace::Part;
use crate::{Dim, Name};

/// Builds the layers of a file into a model.
pub(crate) struct Builder<'a, 'f> {
    context: &'a Context<'f>,
    plan: &'a Plan,
    categories: &'a Categories,
    claims: HashMap<CallId, Vec<&'a Claim>>,
    /// The layer that gives a value.
    makers: HashMap<ValueId, Edge>,
    /// Layers that stand for one free parameter.
    free: HashMap<TensorId, usize>,
    /// Parameters that a layer of a known kind holds.
    owned: HashSet<TensorId>,
    /// Constants that have found a layer.
    placed: HashSet<TensorId>,
    names: HashMap<TensorId, String>,
    paths: HashMap<String, u32>,
    model: Model,
}

impl<'a, 'f> Builder<'a, 'f> {
    pub(crate) fn new(
        context: &'a Context<'f>,
        plan: &'a Plan,
        categories: &'a Categories,
        claims: &'a [Claim],
        model: Model,
    ) -> Self {
        let mut by_layer: HashMap<CallId, Vec<&Claim>> = HashMap::new();
        for claim in claims {
            by_layer.entry(claim.layer).or_default().push(claim);
        }
        let owned = claims.iter().filter(|claim| is_owning(claim.usage));
        let owned = owned.map(|claim| claim.tensor).collect();
        Self {
            context,
            plan,
            categories,
            claims: by_layer,
            makers: HashMap::new(),
            free: HashMap::new(),
            owned,
            placed: HashSet::new(),
            names: names(context),
            paths: HashMap::new(),
            model,
        }
    }

    pub(crate) fn build(mut self) -> Model {
        for input in &self.context.wiring.inputs {
            self.input(*input);
        }
        for call in self.context.wiring.ids() {
            let fixed = self.context.trace.is_fixed(&self.context.wiring, call);
            if !fixed && !self.plan.is_part(call) {
                self.call(call);
            }
        }
        self.edges();
        self.unused();
        self.model
    }

    fn input(&mut self, value: ValueId) {
        let found = self.context.wiring.value(value);
        let name = self.context.wiring.text(found.name);
        let shape = self.shape_of(value).unwrap_or_default();
        let index = self.model.push(Layer::input(name, shape));
        self.makers.insert(value, Edge::new(index, 0));
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
        let claims = self.claims.remove(&call).unwrap_or_default();
        let held = self.held(&claims);
        let site = self.site(call, &held);
        let op = self.context.op(call);
        let recognised = self.plan.recognised(call);
        let mut sizes = match (recognised, op) {
            (Some(recognised), _) => (recognised.sizes)(&site),
            (None, Some(op)) => (op.sizes)(&site),
            (None, None) => Sizes::default(),
        };
        let kind = match (sizes.kind, recognised, op) {
            (Some(kind), ..) => kind,
            (None, Some(recognised), _) => recognised.kind,
            (None, None, Some(op)) => op.kind,
            (None, None, None) => "",
        };
        let learned = held.iter().any(|held| held.category.is_parameter());
        let weighted =
            netweight_core::kind::find(kind).is_some_and(netweight_core::Kind::has_parameters);
        // A weighted kind needs its weights, and a weight a kind that has some.
        let fits = !kind.is_empty() && !sizes.misfit && learned == weighted;
        if fits {
            self.confirm(call, &mut sizes);
        }
        for claim in &claims {
            if self.is_free(claim) {
                self.parameter(claim);
            }
        }
        let type_name = match recognised {
            Some(recognised) => recognised.type_name,
            None => self.context.wiring.op(call),
        };
        let weights = held.iter().map(|held| self.weight(held, sizes.unpacked)).collect();
        let path = self.path(call, &held);
        let layer = Layer {
            path,
            type_name: type_name.to_owned(),
            kind: fits.then(|| kind.to_owned()),
            args: if fits { sizes.args } else { Args::default() },
            measured: if fits { sizes.measured } else { Args::default() },
            stated_outputs: self.stated(call),
            weights,
            ..Layer::default()
        };
        let index = self.model.push(layer);
        self.gives(call, index);
    }

    fn site<'s>(&'s self, call: CallId, held: &'s [Held]) -> Site<'s> {
        let Context { wiring, shapes, trace, .. } = self.context;
        Site { wiring, shapes, trace, call, held }
    }

    /// Adds what the layer behind says of the layer's outputs.
    fn confirm(&self, call: CallId, sizes: &mut Sizes) {
        let Some((name, size)) = neighbour::outputs(self.context, call, self.plan.end(call)) else {
            return;
        };
        if let Some(size) = Arg::size(size).filter(|_| sizes.measured.get(name).is_some()) {
            sizes.args.set(name, size);
        }
    }

    /// Enters a layer as the maker of its call's values, and of those of the calls it is made of.
    fn gives(&mut self, call: CallId, index: usize) {
        let end = self.plan.end(call);
        for (number, output) in self.outputs(end).into_iter().enumerate() {
            if let Some(output) = output {
                self.makers.insert(output, Edge::new(index, number));
            }
        }
    }

    fn outputs(&self, call: CallId) -> Vec<Option<ValueId>> {
        self.context.wiring.call(call).map(|call| call.outputs.clone()).unwrap_or_default()
    }

    fn stated(&self, call: CallId) -> Vec<Option<Shape>> {
        let outputs = self.outputs(self.plan.end(call));
        let shapes: Vec<Option<Shape>> =
            outputs.iter().map(|output| self.shape_of((*output)?)).collect();
        if shapes.iter().all(Option::is_none) { Vec::new() } else { shapes }
    }

    /// Whether a claim is a layer of its own: a parameter that no layer of a known kind holds.
    fn is_free(&self, claim: &Claim) -> bool {
        let parameter = self.categories.of_tensor(claim.tensor).is_some_and(Category::is_parameter);
        parameter && !is_owning(claim.usage)
    }

    /// What a layer holds: its weights, and constants that no earlier one took.
    fn held(&mut self, claims: &[&Claim]) -> Vec<Held> {
        let mut held: Vec<Held> = Vec::new();
        for claim in claims {
            let Some(category) = self.categories.of_tensor(claim.tensor) else { continue };
            if self.is_free(claim) || held.iter().any(|held| held.tensor == claim.tensor) {
                continue;
            }
            if !category.is_parameter() && !self.placed.insert(claim.tensor) {
                continue;
            }
            held.push(Held {
                tensor: claim.tensor,
                role: role(claim.usage, category),
                category,
                dims: claim.dims.clone(),
                elements: self.categories.elements(self.context, claim.tensor),
            });
        }
        held
    }

    /// A layer for a parameter on its own, once.
    fn parameter(&mut self, claim: &Claim) {
        let Some(stored) = self.context.wiring.tensor(claim.tensor) else { return };
        if self.free.contains_key(&claim.tensor) || self.owned.contains(&claim.tensor) {
            return;
        }
        let category = self.categories.of_tensor(claim.tensor).unwrap_or(Category::Trainable);
        let held = Held {
            tensor: claim.tensor,
            role: if let Use::Beside(role) = claim.usage { role } else { Role::Parameter },
            category,
            dims: stored.dims.clone(),
            elements: stored.elements,
        };
        let shape = stored.dims.clone().unwrap_or_default();
        let mut layer = Layer::new(self.parameter_path(claim), "Parameter", "parameter");
        layer.measured = match (claim.usage, shape.as_slice()) {
            (Use::Beside(Role::Embedding), [entries, size]) => {
                layer.kind = Some("embedding".to_owned());
                layer.type_name = "Embedding".to_owned();
                Sizes::default()
                    .measure("vocabulary_size", Some(*entries))
                    .measure("embedding_size", Some(*size))
                    .measured
            }
            (_, dims) => Sizes::default().measure_all("shape", Some(dims)).measured,
        };
        layer.stated_outputs = vec![Some(shape.as_slice().into())];
        layer.weights = vec![self.weight(&held, None)];
        let index = self.model.push(layer);
        self.free.insert(claim.tensor, index);
    }

    fn parameter_path(&mut self, claim: &Claim) -> String {
        let said = self.context.provenance.said(claim.tensor);
        if let Some(source) = said.and_then(|said| said.sources.first()) {
            return self.unique(source, "");
        }
        let name = self.context.wiring.tensor(claim.tensor).map(|stored| stored.name);
        let name = self.context.wiring.text(name.unwrap_or_default());
        let module = match path::is_made_up(name) {
            true => Some(path::near(self.context, claim.call).module),
            false if name.contains('/') => path::of_tensor(self.context, claim.tensor),
            false => None,
        };
        let Some(module) = module.filter(|module| !module.is_empty()) else {
            return self.unique(name, "");
        };
        let short = name.rsplit(['/', ':']).find(|part| part.len() > 1).unwrap_or(name);
        self.unique(&format!("{module}{}{short}", separator(&module)), "")
    }

    fn weight(&self, held: &Held, unpacked: Option<u64>) -> Weight {
        let stored = self.context.wiring.tensor(held.tensor);
        let shape = stored.and_then(|stored| stored.dims.clone()).unwrap_or_default();
        let product = shape.iter().try_fold(1_u64, |product, dim| product.checked_mul(*dim));
        let kernel = matches!(held.role, Role::Kernel | Role::Embedding);
        let elements = unpacked.filter(|_| kernel).or(held.elements);
        Weight {
            name: self.names.get(&held.tensor).cloned().unwrap_or_default(),
            role: held.role,
            category: held.category,
            dtype: stored.map_or(netweight_core::DType::Unknown, |stored| stored.dtype),
            elements: elements.filter(|elements| Some(*elements) != product),
            stored_bytes: stored.and_then(|stored| stored.bytes),
            shape,
        }
    }

    /// The layer's path: its module, as its main weight's name or its place says.
    fn path(&mut self, call: CallId, held: &[Held]) -> String {
        let place = path::near(self.context, call);
        let learned = held.iter().filter(|held| held.category.is_parameter());
        let named: Vec<String> =
            learned.clone().filter_map(|held| path::of_tensor(self.context, held.tensor)).collect();
        let op = self.context.wiring.op(call);
        let own = if place.own.is_empty() { op } else { &place.own };
        let module = match named.first() {
            Some(named) if self.moved(call, named, &place.module) => Some(place.module.clone()),
            Some(named) => Some(named.clone()),
            None => (learned.count() > 0).then(|| place.module.clone()),
        };
        match module.filter(|module| !module.is_empty()) {
            Some(module) => self.unique(&module, own),
            None if place.module.is_empty() => self.unique(own, ""),
            None => self.unique(&format!("{}{}{own}", place.module, separator(&place.module)), ""),
        }
    }

    /// Whether a weight goes by another module's name, the last that it is tied to, and not by
    /// the one that uses it here. Where normalization was folded, the name is right.
    fn moved(&self, call: CallId, named: &str, module: &str) -> bool {
        let node = self.context.wiring.call(call).map(|call| call.node);
        let note = |key| node.and_then(|node| note(&self.context.wiring, &node.metadata, key));
        let scoped = note("pkg.torch.onnx.name_scopes").is_some();
        let rewritten = note("pkg.onnxscript.rewriter.rule_name").is_some();
        scoped && !rewritten && !module.is_empty() && !named.starts_with(module)
    }

    /// A path that no layer has yet: a module's, or one of a call in it.
    fn unique(&mut self, module: &str, own: &str) -> String {
        let mut path = module.to_owned();
        if !own.is_empty() && self.paths.contains_key(module) {
            path = format!("{module}{}{own}", separator(module));
        }
        let count = self.paths.entry(path.clone()).or_insert(0);
        *count += 1;
        if *count == 1 { path } else { format!("{path}_{}", *count - 1) }
    }

    /// Connects every layer with those that feed it.
    fn edges(&mut self) {
        let mut index_of: HashMap<CallId, usize> = HashMap::new();
        for call in self.context.wiring.ids() {
            let end = self.plan.end(call);
            let made =
                self.outputs(end).into_iter().flatten().find_map(|value| self.makers.get(&value));
            if let Some(edge) = made.copied().filter(|_| !self.plan.is_part(call)) {
                index_of.insert(call, usize::try_from(edge.layer).unwrap_or(usize::MAX));
            }
        }
        for (call, index) in index_of {
            let inputs = self.inputs(call);
            if let Some(layer) = self.model.layers.get_mut(index) {
                layer.inputs = inputs;
            }
        }
    }

    fn inputs(&self, call: CallId) -> Vec<Option<Edge>> {
        let Some(found) = self.context.wiring.call(call) else { return Vec::new() };
        let op = self.context.op(call);
        let data = |(index, value): (usize, &Option<ValueId>)| {
            let value = (*value)?;
            match self.context.fixed(value) {
                None => Some(self.edge(value)),
                Some(_) if op.is_some_and(|op| op.use_of(index) != Use::Free) => None,
                Some(fixed) => {
                    let mut sources =
                        fixed.sources.iter().filter(|source| source.part == Part::Values);
                    let free = sources.find_map(|source| self.free.get(&source.tensor));
                    free.map(|index| Some(Edge::new(*index, 0)))
                }
            }
        };
        found.inputs.iter().enumerate().filter_map(data).collect()
    }

    fn edge(&self, value: ValueId) -> Option<Edge> {
        self.makers.get(&self.context.wiring.resolve(value)).copied()
    }

    /// Tensors that no layer reads, together.
    fn unused(&mut self) {
        let mut weights = Vec::new();
        for tensor in (0..self.context.wiring.tensors.len()).map(TensorId) {
            if self.categories.of_tensor(tensor).is_some() {
                continue;
            }
            let Some(stored) = self.context.wiring.tensor(tensor) else { continue };
            let held = Held {
                tensor,
                role: Role::Constant,
                category: Category::Unused,
                dims: None,
                elements: stored.elements,
            };
            weights.push(self.weight(&held, None));
        }
        if weights.is_empty() {
            return;
        }
        let path = self.unique("unused", "");
        let layer = Layer { path, type_name: "unused".to_owned(), weights, ..Layer::default() };
        self.model.push(layer);
    }

    /// A note about what was only guessed.
    pub(crate) fn guesses(context: &Context, categories: &Categories) -> Option<Diagnostic> {
        let count = categories.guessed.len();
        let first = context.wiring.tensor(*categories.guessed.first()?)?;
        let name = context.wiring.text(first.name);
        let what = format!(
            "whether {count} of the stored tensors are learned is a guess by their place and name, the first being `{name}`"
        );
        Some(Diagnostic::note("onnx/guessed-category", what))
    }
}

/// Whether a layer that uses a tensor like this has it among its weights.
fn is_owning(usage: Use) -> bool {
    matches!(usage, Use::Learned(_) | Use::Statistic(_) | Use::Unknown)
}

fn role(usage: Use, category: Category) -> Role {
    match (usage, category) {
        (Use::ZeroPoint, _) => Role::ZeroPoint,
        (Use::Scale, _) => Role::Scale,
        (_, Category::Constant | Category::Unused) => Role::Constant,
        (_, Category::Quantization) => Role::Scale,
        (Use::Learned(role) | Use::Beside(role) | Use::Statistic(role), _) => role,
        (Use::Fixed | Use::State | Use::Free | Use::Unknown, _) => Role::Parameter,
    }
}

/// What stands between a path and a name: Keras' paths have slashes.
fn separator(path: &str) -> char {
    if path.contains('/') { '/' } else { '.' }
}

/// A name for each tensor that no other one has.
fn names(context: &Context) -> HashMap<TensorId, String> {
    let mut taken: HashMap<(Name, &str), u32> = HashMap::new();
    let mut names = HashMap::new();
    for (index, stored) in context.wiring.tensors.iter().enumerate() {
        let count = taken.entry((stored.name, stored.attribute)).or_insert(0);
        *count += 1;
        let text = context.wiring.text(stored.name);
        let name = match (stored.attribute, *count) {
            ("", 1) => text.to_owned(),
            ("", count) => format!("{text}#{count}"),
            (attribute, _) => format!("{text}#{attribute}"),
        };
        names.insert(TensorId(index), name);
    }
    names
}
