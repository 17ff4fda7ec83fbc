//! Layers that hold other layers.

use crate::class::Class;
use crate::layer::Draft;

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
        more: wrapped,
        ..Class::PLAIN
    },
    Class {
        names: &["SpectralNormalization"],
        kind: "spectral_norm",
        more: wrapped,
        ..Class::PLAIN
    },
];

fn wrapped(draft: &mut Draft) {
    match draft.given(&["layer"]) {
        Some(layer) => draft.wrap(layer),
        None => draft.refuse("layer", "a wrapper without a layer"),
    }
}

/// The backward layer is a copy of the forward one where none is given.
fn bidirectional(draft: &mut Draft) {
    wrapped(draft);
    match draft.given(&["backward_layer"]) {
        Some(backward) => draft.wrap(backward),
        None => {
            let copy = draft.layer.inner.first().cloned();
            draft.layer.inner.extend(copy);
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
