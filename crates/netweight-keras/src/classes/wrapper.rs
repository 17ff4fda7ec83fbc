//! Layers that hold other layers.

use netweight_core::{Edge, Layer};
use netweight_markup::Node;

use crate::class::Class;
use crate::layer::Draft;
use crate::version::Version;

pub(super) static CLASSES: &[Class] = &[
    Class {
        names: &["Bidirectional"],
        kind: "bidirectional",
        call: &["sequences", "initial_state"],
        more: bidirectional,
        ..Class::PLAIN
    },
    Class {
        names: &["TimeDistributed"],
        kind: "time_distributed",
        rank: (3, usize::MAX),
        more: time_distributed,
        ..Class::PLAIN
    },
    Class {
        names: &["SpectralNormalization"],
        kind: "spectral_norm",
        more: wrapped,
        ..Class::PLAIN
    },
    Class { names: &["Pipeline"], kind: "model", more: pipeline, ..Class::PLAIN },
];

/// Preprocessing layers one behind the other.
fn pipeline(draft: &mut Draft) {
    let layers = draft.given(&["layers"]).and_then(Node::as_seq).unwrap_or_default();
    draft.layer.inner.push(Layer::new("input", "InputLayer", "input"));
    for layer in layers {
        let before = draft.layer.inner.len().saturating_sub(1);
        draft.wrap(layer);
        if let Some(last) = draft.layer.inner.last_mut() {
            last.inputs = vec![Some(Edge::new(before, 0))];
        }
    }
}

fn time_distributed(draft: &mut Draft) {
    if draft.version() == Version::EarlyTwo {
        draft.leave_frozen_to_inner();
    }
    wrapped(draft);
}

impl Draft<'_, '_> {
    /// Whether the wrapper is frozen is for the layer inside to say.
    pub(super) fn leave_frozen_to_inner(&mut self) {
        self.layer.frozen = self.reader.frozen;
    }
}

fn wrapped(draft: &mut Draft) {
    // In Keras 3 freezing a wrapper freezes what it holds, and that alone is counted.
    if draft.version() == Version::Three {
        draft.leave_frozen_to_inner();
    }
    match draft.given(&["layer"]) {
        Some(layer) => draft.wrap(layer),
        None => draft.refuse("layer", "a wrapper without a layer"),
    }
}

/// Keras puts the direction before the name of the layer that it copies.
fn name_directions(around: &mut Layer) {
    for (layer, direction) in around.inner.iter_mut().zip(["forward", "backward"]) {
        let path = layer.path.clone();
        let (above, own) = path.rsplit_once('/').unwrap_or(("", &path));
        let own = own.strip_prefix("forward_").unwrap_or(own);
        let named = format!("{above}/{direction}_{own}");
        let mut open = vec![layer];
        while let Some(layer) = open.pop() {
            if let Some(inside) = layer.path.strip_prefix(&path) {
                layer.path = format!("{named}{inside}");
            }
            open.extend(&mut layer.inner);
        }
    }
}

/// The backward layer is a copy of the forward one where none is given.
fn bidirectional(draft: &mut Draft) {
    if draft.version() < Version::Two {
        draft.leave_frozen_to_inner();
    }
    wrapped(draft);
    match draft.given(&["backward_layer"]) {
        Some(backward) => {
            draft.wrap(backward);
            draft.set("forward_width", draft.version() == Version::Three);
        }
        None => {
            let copy = draft.layer.inner.first().cloned();
            let span = draft.config.span;
            let copy = copy.filter(|copy| draft.reader.has_room(copy, span));
            draft.layer.inner.extend(copy);
            name_directions(&mut draft.layer);
        }
    }
    match draft.text(&["merge_mode"]) {
        Some(mode @ ("concat" | "sum" | "ave" | "mul")) => {
            draft.set("merge_mode", mode.to_owned());
        }
        Some(_) => {
            draft.refuse("merge_mode", "expected one of `concat`, `sum`, `ave`, `mul`, null")
        }
        None if draft.config.get("merge_mode").is_some() => draft.set("merge_mode", "none"),
        None => {}
    }
}
