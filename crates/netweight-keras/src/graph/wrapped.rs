//! A whole model as one layer, where a wrapper holds it.

use netweight_core::{Edge, Layer};
use netweight_markup::Node;

use super::Ends;
use crate::reader::{Reader, Row};

impl<'a> Reader<'a> {
    /// The model's layers, in an order in which each stands behind what feeds it, the one that
    /// makes its output last.
    pub(crate) fn wrapped_model(&mut self, entry: &'a Node, path: String) -> Layer {
        let class_name = self.class_name(entry).unwrap_or_default();
        let outside = std::mem::take(&mut self.rows);
        let ends = self.model(entry, &path);
        let rows = std::mem::replace(&mut self.rows, outside);
        let unknown = rows.iter().find_map(|row| row.layer.unknown.clone());
        let inner = ordered(rows, &ends);
        Layer { inner: inner.into(), unknown, ..Layer::new(path, class_name, "model") }
    }
}

fn ordered(rows: Vec<Row>, ends: &Ends) -> Vec<Layer> {
    let order = order(&rows);
    let mut place = vec![0; rows.len()];
    for (new, old) in order.iter().enumerate() {
        if let Some(place) = place.get_mut(*old) {
            *place = new;
        }
    }
    let moved = |edge: Edge| {
        let index = usize::try_from(edge.layer).ok().and_then(|index| place.get(index));
        index.map(|index| Edge { layer: u32::try_from(*index).unwrap_or(u32::MAX), ..edge })
    };
    let mut rows: Vec<Option<Row>> = rows.into_iter().map(Some).collect();
    let mut layers = Vec::with_capacity(rows.len());
    for index in &order {
        let Some(row) = rows.get_mut(*index).and_then(Option::take) else { continue };
        let mut layer = row.layer;
        layer.inputs = layer.inputs.into_iter().map(|edge| edge.and_then(moved)).collect();
        layer.shared_with = layer.shared_with.and_then(|index| place.get(index).copied());
        layer.outputs.clear();
        layers.push(layer);
    }
    let output = ends.outputs.first().copied().and_then(moved);
    let last = layers.len().checked_sub(1).map(|last| Edge::new(last, 0));
    if output != last {
        let mut end = Layer::new("output", "Identity", "identity");
        end.inputs = vec![output];
        layers.push(end);
    }
    layers
}

/// Rows behind all that feed them; a circle is cut where it is met.
fn order(rows: &[Row]) -> Vec<usize> {
    let reads = |index: usize, nth: usize| {
        let edge = rows.get(index)?.layer.inputs.get(nth)?;
        Some(edge.and_then(|edge| usize::try_from(edge.layer).ok()))
    };
    let mut seen = vec![false; rows.len()];
    let mut order = Vec::with_capacity(rows.len());
    for start in 0..rows.len() {
        let mut stack = vec![(start, 0)];
        while let Some((index, nth)) = stack.pop() {
            if nth == 0 && std::mem::replace(seen.get_mut(index).unwrap_or(&mut true), true) {
                continue;
            }
            match reads(index, nth) {
                Some(read) => {
                    stack.push((index, nth + 1));
                    stack.extend(read.map(|read| (read, 0)));
                }
                None => order.push(index),
            }
        }
    }
    order
}
