//! Normalizations, and small learned functions of each feature.

use crate::class::{Class, Key, key, option};
use crate::config::Read;
use crate::layer::Draft;

const AXIS: Key = key(&["axis"], "axis", Read::Ints);
const SCALE: Key = key(&["scale"], "scale", Read::Flag);
const CENTER: Key = key(&["center"], "offset", Read::Flag);
const SHARED: Key = option(&["shared_axes"], "shared_axes", Read::Ints);

pub(super) static CLASSES: &[Class] = &[
    Class {
        names: &["BatchNormalization", "SyncBatchNormalization"],
        kind: "batch_norm",
        keys: &[AXIS, SCALE, CENTER, key(&["renorm"], "renorm", Read::Flag)],
        ..Class::PLAIN
    },
    Class {
        names: &["LayerNormalization"],
        kind: "layer_norm",
        keys: &[AXIS, SCALE, CENTER],
        more: |draft| {
            if draft.flag(&["rms_scaling"]) {
                draft.set("offset", false);
            }
        },
        ..Class::PLAIN
    },
    Class { names: &["RMSNormalization"], kind: "rms_norm", keys: &[AXIS], ..Class::PLAIN },
    Class {
        names: &["GroupNormalization"],
        kind: "group_norm",
        keys: &[AXIS, SCALE, CENTER, key(&["groups"], "groups", Read::Int)],
        ..Class::PLAIN
    },
    Class { names: &["UnitNormalization"], kind: "unit_norm", ..Class::PLAIN },
    Class { names: &["Normalization"], kind: "feature_norm", more: normalization, ..Class::PLAIN },
    Class {
        names: &["LayerScale"],
        kind: "layer_scale",
        keys: &[key(&["projection_dim"], "channels", Read::Size)],
        ..Class::PLAIN
    },
    Class { names: &["PReLU"], kind: "prelu", keys: &[SHARED], ..Class::PLAIN },
    Class {
        names: &["SReLU"],
        kind: "learned_activation",
        keys: &[SHARED],
        more: |draft| draft.set("tensors", 4),
        ..Class::PLAIN
    },
    Class {
        names: &["ParametricSoftplus"],
        kind: "learned_activation",
        keys: &[SHARED],
        more: |draft| draft.set("tensors", 2),
        ..Class::PLAIN
    },
];

/// Statistics are weights unless they are given as arguments; without an axis there is one of
/// each.
fn normalization(draft: &mut Draft) {
    if draft.given(&["mean"]).is_some() {
        draft.set("adapted", false);
    }
    match draft.read(&["axis"], Read::Ints) {
        Some(axes) => draft.set("axis", axes),
        None if draft.config.get("axis").is_some() => draft.set("normalized_shape", Vec::new()),
        None => {}
    }
}
