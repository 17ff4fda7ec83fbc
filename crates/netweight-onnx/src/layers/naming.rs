//! The paths of layers, each of them once.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::claim::Claim;
use crate::graph::CallId;
use crate::name::{Map, Names};
use crate::ops::Held;
use crate::path::{self, Place};
use crate::plan::{Context, Plan};
use crate::provenance::note;

/// Gives layers their paths.
pub(super) struct Namer<'a, 'f> {
    context: &'a Context<'f>,
    /// Where each call stands.
    places: Vec<Place<'f>>,
    /// How many layers stand in a module.
    populations: Map<Cow<'f, str>, u32>,
    /// Modules that hold other modules.
    containers: HashSet<String>,
    /// Paths given so far, and how often each.
    taken: Names,
    times: Vec<u32>,
}

impl<'a, 'f> Namer<'a, 'f> {
    pub(super) fn new(context: &'a Context<'f>, plan: &Plan) -> Self {
        let mut populations: Map<Cow<str>, u32> = Map::default();
        let mut containers: HashSet<String> = HashSet::new();
        let mut places = Vec::with_capacity(context.wiring.calls.len());
        for call in context.wiring.ids() {
            if !plan.is_layer(context, call) {
                places.push(Place::default());
                continue;
            }
            let place = path::near(context, call);
            match populations.get_mut(&place.module) {
                Some(population) => *population += 1,
                None => {
                    hold(&mut containers, &place.module);
                    populations.insert(place.module.clone(), 1);
                }
            }
            places.push(place);
        }
        let taken = Names::with_room(places.len());
        let times = vec![0; taken.len()];
        Self { context, places, populations, containers, taken, times }
    }

    /// A layer's path: its module, as its main weight's name or its place says; without weights
    /// its own name in its module, if it is not the module's only layer.
    pub(super) fn layer(&mut self, call: CallId, held: &[Held]) -> String {
        let Place { module, own } =
            self.places.get_mut(call.index()).map(std::mem::take).unwrap_or_default();
        let own = if own.is_empty() { self.context.wiring.op(call) } else { own };
        let mut learned = held.iter().filter(|held| held.category.is_parameter()).peekable();
        let weighted = learned.peek().is_some();
        let module_of = |held: &Held| path::of_tensor(self.context, held.tensor);
        // Where the main weight has no name, biases of several modules say what was fused.
        let main = learned.peek().and_then(|held| module_of(held));
        let named = main.or_else(|| learned.filter_map(module_of).reduce(fused));
        let named = named.filter(|named| !self.is_tied(call, named, &module));
        let whole = weighted || self.is_alone(&module);
        match named.as_ref().or(Some(&module).filter(|_| whole)) {
            Some(module) if !module.is_empty() => self.unique(module.to_string(), own),
            _ => self.unique(within(&module, own), ""),
        }
    }

    /// Whether a module holds one layer and nothing else.
    fn is_alone(&self, module: &str) -> bool {
        self.populations.get(module) == Some(&1) && !self.containers.contains(module)
    }

    /// Whether a weight goes by another module's name, the last that it is tied to, and not by
    /// that of the module that uses it here. Where the exporter rewrote the call, its place is
    /// that of what was folded into it, and the weight's name is right.
    fn is_tied(&self, call: CallId, named: &str, module: &str) -> bool {
        let node = self.context.wiring.call(call).map(|call| call.node);
        let has = |key| {
            node.is_some_and(|node| note(&self.context.wiring, &node.metadata, key).is_some())
        };
        has("pkg.torch.onnx.name_scopes")
            && !has("pkg.onnxscript.rewriter.rule_name")
            && !module.is_empty()
            && !named.starts_with(module)
    }

    /// The path of a parameter on its own.
    pub(super) fn parameter(&mut self, claim: &Claim) -> String {
        let said = self.context.provenance.said(claim.tensor);
        if let Some(source) = said.and_then(|said| said.sources.first()) {
            return self.unique(source.to_string(), "");
        }
        let name = self.context.wiring.tensor(claim.tensor).map(|stored| stored.name);
        let name = path::original(self.context.wiring.text(name.unwrap_or_default()));
        let module = match path::is_made_up(name) {
            true => Some(path::near(self.context, claim.call).module),
            false if name.contains('/') => path::of_tensor(self.context, claim.tensor),
            false => None,
        };
        let Some(module) = module.filter(|module| !module.is_empty()) else {
            return self.unique(name.to_owned(), "");
        };
        let short = name.rsplit(['/', ':']).find(|part| part.len() > 1).unwrap_or(name);
        self.unique(within(&module, short), "")
    }

    /// A path that no layer has yet: a module's, or one of a call in it.
    pub(super) fn unique(&mut self, module: String, own: &str) -> String {
        let path = match own.is_empty() || self.taken.find(&module).is_none() {
            true => module,
            false => within(&module, own),
        };
        let index = self.taken.intern(&path).index();
        self.times.resize(self.taken.len(), 0);
        let Some(times) = self.times.get_mut(index) else { return path };
        *times += 1;
        match *times {
            1 => path,
            again => format!("{path}_{}", again - 1),
        }
    }
}

/// The module of two projections that were fused.
fn fused<'f>(one: Cow<'f, str>, other: Cow<'f, str>) -> Cow<'f, str> {
    match path::common(&one, &other) {
        "" => one,
        around if around.len() == one.len() => one,
        around => around.to_owned().into(),
    }
}

/// Notes the modules around one.
fn hold(containers: &mut HashSet<String>, module: &str) {
    let mut inner = module;
    while let Some((front, _)) = inner.rsplit_once(['.', '/']) {
        if containers.contains(front) {
            break;
        }
        containers.insert(front.to_owned());
        inner = front;
    }
}

/// The path of what goes by a name in a module: Keras' paths have slashes.
fn within(module: &str, name: &str) -> String {
    match (module.is_empty(), module.contains('/')) {
        (true, _) => name.to_owned(),
        (false, true) => [module, "/", name].concat(),
        (false, false) => [module, ".", name].concat(),
    }
}
