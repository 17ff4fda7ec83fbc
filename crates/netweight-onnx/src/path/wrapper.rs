//! Models that a program reached into: the scopes of what it calls lack the modules around, which
//! the names of weights have.

use std::borrow::Cow;

use super::{Place, original, torch};
use crate::graph::Wiring;
use crate::name::Map;

/// The modules around the outermost scopes.
#[derive(Default)]
pub(crate) struct Wrappers<'f> {
    /// By scope, none where weights disagree; no scope at all where no model is inside another.
    by_scope: Map<String, Option<&'f str>>,
    /// Around scopes of which no weight tells.
    others: &'f str,
}

impl<'f> Wrappers<'f> {
    pub(crate) fn of(wiring: &Wiring<'f>) -> Self {
        let mut wrappers = Self::default();
        for call in &wiring.calls {
            let name = wiring.text(call.node.name);
            let stored = call.inputs.iter().flatten().filter_map(|value| wiring.stored(*value));
            let weights = stored.filter_map(|tensor| wiring.tensor(tensor));
            let weights = weights.map(|tensor| original(wiring.text(tensor.name)));
            let mut weights = weights.filter(|weight| weight.contains('.'));
            let Some(first) = weights.next().filter(|_| is_scoped(name)) else { continue };
            let scopes = torch::place(name).module;
            for weight in std::iter::once(first).chain(weights) {
                if let Some(around) = around(weight, &scopes).filter(|_| !scopes.is_empty()) {
                    wrappers.add(outermost(&scopes), around);
                }
            }
        }
        let mut known = wrappers.by_scope.values().map(|around| around.unwrap_or_default());
        if known.clone().all(str::is_empty) {
            return Self::default();
        }
        let first = known.next().unwrap_or_default();
        wrappers.others = known.fold(first, torch::common);
        wrappers
    }

    fn add(&mut self, scope: &str, around: &'f str) {
        match self.by_scope.get_mut(scope) {
            Some(known) => *known = known.filter(|known| *known == around),
            None => drop(self.by_scope.insert(scope.to_owned(), Some(around))),
        }
    }

    /// A place with the modules around its scopes.
    pub(super) fn complete<'p>(&self, name: &str, place: Place<'p>) -> Place<'p> {
        if self.by_scope.is_empty() || place.module.is_empty() || !is_scoped(name) {
            return place;
        }
        let around = match self.by_scope.get(outermost(&place.module)) {
            Some(around) => around.unwrap_or_default(),
            None => self.others,
        };
        if around.is_empty() {
            return place;
        }
        Place { module: Cow::Owned([around, ".", &place.module].concat()), ..place }
    }
}

/// Whether a node's name has scopes as PyTorch's exporter writes them.
fn is_scoped(name: &str) -> bool {
    name.starts_with('/')
}

fn outermost(module: &str) -> &str {
    module.split('.').next().unwrap_or(module)
}

/// What a weight's name has before the scopes of what reads it; nothing where it is of another
/// module.
fn around<'f>(weight: &'f str, scopes: &str) -> Option<&'f str> {
    let front = torch::parent(weight).strip_suffix(scopes)?;
    if front.is_empty() { Some(front) } else { front.strip_suffix('.') }
}
