//! How much memory a layer takes: as little as it can, and roughly how much, which bounds a
//! model that is told in short words.

use std::collections::HashSet;
use std::mem::size_of;
use std::sync::Arc;

use crate::{Arg, Args, Dim, Layer, Shape, Weight, kind};

/// Gives back what a layer's lists keep in reserve, a third of a model's memory, and keeps the words
/// that it has in common with others once.
pub(super) fn compact(layer: &mut Layer, words: &mut HashSet<Arc<str>>) {
    match words.get(&layer.type_name) {
        Some(known) => layer.type_name = Arc::clone(known),
        None => {
            words.insert(Arc::clone(&layer.type_name));
        }
    }
    if let Some(name) = &mut layer.kind
        && let Some(found) = kind::find(name).filter(|found| found.name == name)
    {
        *name = found.name.into();
    }
    layer.inputs.shrink_to_fit();
    layer.stated_inputs.shrink_to_fit();
    layer.stated_outputs.shrink_to_fit();
    layer.weights.iter_mut().for_each(|weight| weight.shape.shrink_to_fit());
    layer.weights.shrink_to_fit();
    layer.inner.iter_mut().for_each(|inner| compact(inner, words));
    layer.inner.shrink_to_fit();
}

/// Bytes that a layer takes, those inside it included.
pub(super) fn footprint(layer: &Layer) -> usize {
    let own = size_of::<Layer>()
        + layer.path.capacity()
        + layer.node.as_ref().map_or(0, |node| node.len())
        + layer.type_name.len();
    let lists = layer.inputs.capacity() * size_of_val(&layer.inputs.first())
        + layer.outputs.capacity() * size_of_val(&layer.outputs.first());
    let shapes = layer.stated_inputs.iter().chain(&layer.stated_outputs).map(shape);
    let args = args(&layer.args).saturating_add(args(&layer.measured));
    let weights = layer.weights.iter().map(weight);
    let inner = layer.inner.iter().map(footprint);
    let unknown = layer.unknown.as_ref().map_or(0, |found| size_of_val(found.as_ref()));
    [own, lists, args, unknown].into_iter().chain(shapes).chain(weights).chain(inner).sum()
}

fn shape(shape: &Option<Shape>) -> usize {
    let dims = shape.as_ref().map_or(0, |shape| shape.len());
    size_of::<Option<Shape>>() + dims * size_of::<Dim>()
}

fn args(args: &Args) -> usize {
    let values = args.iter().map(|(name, value)| match value {
        Arg::List(list) => name.len() + size_of_val(list.as_ref()),
        Arg::Text(text) => name.len() + text.len(),
        Arg::Flag(_) | Arg::Int(_) => name.len(),
    });
    args.len() * size_of::<(&str, Arg)>() + values.sum::<usize>()
}

fn weight(weight: &Weight) -> usize {
    size_of::<Weight>() + weight.name.capacity() + weight.shape.capacity() * size_of::<u64>()
}
