//! Layers that bring several inputs together.

use crate::class::{Class, key};
use crate::config::Read;
use crate::layer::Draft;

pub(super) static CLASSES: &[Class] = &[
    Class {
        names: &["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"],
        kind: "merge",
        more: |draft| draft.set("per_example", true),
        ..Class::PLAIN
    },
    Class {
        names: &["Concatenate"],
        kind: "concat",
        keys: &[key(&["axis"], "axis", Read::Int)],
        ..Class::PLAIN
    },
    Class {
        names: &["Dot"],
        kind: "dot",
        keys: &[key(&["axes"], "axes", Read::Ints)],
        ..Class::PLAIN
    },
    Class { names: &["Merge"], kind: "merge", more: merge, ..Class::PLAIN },
];

/// Keras 1's one class for all ways to merge.
fn merge(draft: &mut Draft) {
    match draft.text(&["mode"]) {
        Some("concat") => {
            draft.kind("concat");
            if let Some(axis) = draft.read(&["concat_axis"], Read::Int) {
                draft.set("axis", axis);
            }
        }
        Some("dot" | "cos") => {
            draft.kind("dot");
            if let Some(axes) = draft.read(&["dot_axes"], Read::Ints) {
                draft.set("axes", axes);
            }
        }
        Some("sum" | "mul" | "ave" | "max" | "min") => draft.set("per_example", true),
        _ => {
            draft.kind("opaque");
            if let Some(dims) = draft.shape_without_batch() {
                draft.states_output(&dims);
            }
        }
    }
}
