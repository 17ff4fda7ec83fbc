//! Arithmetic and shapes of every layer at its place in the graph.

use super::order::order;
use super::{LayerAnalysis, output};
use crate::evaluate::Evaluator;
use crate::own::OwnKinds;
use crate::{Diagnostic, Edge, Model, Shape};

/// Every layer evaluated behind those that feed it, whatever the file's order. Nothing is counted
/// yet.
pub(super) fn infer<'m>(model: &'m Model) -> (Vec<LayerAnalysis<'m>>, Vec<Diagnostic>) {
    let mut done: Vec<LayerAnalysis<'m>> = Vec::new();
    done.resize_with(model.layers.len(), LayerAnalysis::default);
    let (order, diagnostics) = order(model);
    let own = OwnKinds::of(model);
    let evaluator = Evaluator::new(model.convention, &own);
    let mut fed: Vec<Option<Shape>> = Vec::new();
    for index in order {
        let Some(layer) = model.layers.get(index) else { continue };
        let shape = |edge: &Edge| output(&done, edge).cloned();
        fed.clear();
        fed.extend(layer.inputs.iter().map(|edge| shape(edge.as_ref()?)));
        let mut evaluated = evaluator.layer(layer, &fed);
        if !layer.outputs.is_empty() || layer.unknown.is_some() {
            // A nested model's row, whose layers have rows, and counts, of their own; or a layer
            // of which a part is not known.
            (evaluated.tree, evaluated.symbols) = (None, None);
        }
        let inferred = match layer.outputs.is_empty() {
            true => std::mem::take(&mut evaluated.outputs),
            false => layer.outputs.iter().map(shape).collect(),
        };
        let outputs = stated_outputs(&layer.stated_outputs, inferred);
        if let Some(place) = done.get_mut(index) {
            (place.evaluated, place.outputs) = (evaluated, outputs);
        }
    }
    (done, diagnostics)
}

/// Output shapes as the file states them, the kind's where it says nothing.
fn stated_outputs(stated: &[Option<Shape>], inferred: Vec<Option<Shape>>) -> Vec<Option<Shape>> {
    if stated.is_empty() {
        return inferred;
    }
    let mut outputs = inferred;
    outputs.resize(stated.len().max(outputs.len()), None);
    for (output, stated) in outputs.iter_mut().zip(stated) {
        *output = stated.clone().or_else(|| output.take());
    }
    outputs
}
