//! Layer paths: the source model's module tree, from exporters' metadata, the names of nodes and
//! the names of tensors.

mod keras;
mod name;
mod torch;
mod wrapper;

use std::borrow::Cow;

use crate::graph::{CallId, TensorId};
use crate::plan::Context;

pub(crate) use keras::Roots;
pub(crate) use name::{
    is_fill, is_iterated, is_kept, is_made_up, is_result, is_simplified, is_turned, is_variable,
    operator, original, word,
};
pub(crate) use torch::common;
pub(crate) use wrapper::Wrappers;

/// Where a call or a tensor stands in the source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Place<'f> {
    /// The path of its module, empty for the model itself.
    pub(crate) module: Cow<'f, str>,
    /// Its own name in it.
    pub(crate) own: &'f str,
}

/// The module that a tensor belongs to, by the name that its source gave it.
pub(crate) fn of_tensor<'f>(context: &Context<'f>, tensor: TensorId) -> Option<Cow<'f, str>> {
    if let Some(said) = context.provenance.said(tensor) {
        return Some(torch::parent(said.sources.first()?).into());
    }
    let name = original(context.wiring.text(context.wiring.tensor(tensor)?.name));
    if is_made_up(name) {
        return None;
    }
    match context.roots.place(name) {
        Some(place) => Some(place.module).filter(|module| !module.is_empty()),
        None => torch::module(name),
    }
}

/// Where a call stands.
pub(crate) fn of_call<'f>(context: &Context<'f>, call: CallId) -> Place<'f> {
    let wiring = &context.wiring;
    let Some(found) = wiring.call(call) else { return Place::default() };
    let name = wiring.text(found.node.name);
    if let Some(place) = torch::scopes(wiring, &found.node.metadata) {
        return place;
    }
    if let Some(place) = context.roots.place(name) {
        return place;
    }
    let place = context.wrappers.complete(name, torch::place(name));
    match found.within {
        Some(within) if place.module.is_empty() => inside(context, within, place),
        _ => place,
    }
}

/// The path of a call in a body or a function, behind that of its caller.
fn inside<'f>(context: &Context<'f>, within: crate::graph::Within, place: Place<'f>) -> Place<'f> {
    let caller = torch::place(context.wiring.text(within.name));
    let word = match context.wiring.text(within.body) {
        "then_branch" => "then",
        "else_branch" => "else",
        _ => "",
    };
    let parts = [&*caller.module, caller.own, word];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    Place { module: parts.join(".").into(), ..place }
}

/// The place of a call, or where its name says nothing, of its nearest neighbour that has one:
/// exporters give some operators a number for a name.
pub(crate) fn near<'f>(context: &Context<'f>, call: CallId) -> Place<'f> {
    let own = of_call(context, call);
    if !own.module.is_empty() || !context.roots.any() {
        return own;
    }
    let wiring = &context.wiring;
    let made = wiring.input(call, 0).and_then(|value| wiring.maker(value));
    let reads = wiring.only_reader(call).map(|reader| reader.call);
    let named = made.into_iter().chain(reads).map(|other| of_call(context, other).module);
    match named.into_iter().find(|module| !module.is_empty()) {
        Some(module) => Place { module, ..own },
        None => own,
    }
}
