//! Names in weights files: of variables, in the words of all versions, and of layers, which
//! Keras makes of their classes.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::class::{self, Class};

/// Keras 1's names of variables that later versions call otherwise.
const OLD: &[(&str, &str)] = &[
    ("W", "kernel"),
    ("U", "recurrent_kernel"),
    ("b", "bias"),
    ("running_mean", "moving_mean"),
    ("running_std", "moving_variance"),
    ("alphas", "alpha"),
    ("W_carry", "carry_kernel"),
    ("b_carry", "carry_bias"),
];

/// Keras 1's names that nothing later has: gates one by one, and learned activations.
const OLD_ONLY: &[&str] = &[
    "gamma", "beta", "betas", "t_left", "a_left", "t_right", "a_right", "W_i", "U_i", "b_i", "W_f",
    "U_f", "b_f", "W_c", "U_c", "b_c", "W_o", "U_o", "b_o", "W_z", "U_z", "b_z", "W_r", "U_r",
    "b_r", "W_h", "U_h", "b_h",
];

/// A variable's name as later versions have it, without the number of its graph.
pub(super) fn variable(name: &str) -> &str {
    let name = without_number(name);
    OLD.iter().find(|(old, _)| *old == name).map_or(name, |(_, new)| new)
}

/// `dense_9` and `W` of Keras 1's `dense_9_W`.
pub(super) fn cut_variable(label: &str) -> Option<(&str, &str)> {
    let known = OLD.iter().map(|(old, _)| *old).chain(OLD_ONLY.iter().copied());
    let layer = |name: &str| label.strip_suffix(name)?.strip_suffix('_');
    // The longest name: `W_i` ends in no other one's.
    let layer = known.filter_map(layer).min_by_key(|layer| layer.len())?;
    Some((layer, label.get(layer.len().checked_add(1)?..)?))
}

/// A name without the number that tells layers of one class apart.
pub(super) fn without_number(name: &str) -> &str {
    let cut = name.trim_end_matches(|c: char| c.is_ascii_digit());
    cut.strip_suffix('_').filter(|_| cut.len() < name.len()).unwrap_or(name)
}

/// Classes by their names without case and `_`, as names of layers are made of them.
static CLASSES: LazyLock<HashMap<String, &'static str>> =
    LazyLock::new(|| class::names().map(|name| (squashed(name), name)).collect());

fn squashed(name: &str) -> String {
    name.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase()).collect()
}

/// The class that a layer of this name would be, had Keras named it: `conv2d_3` is a `Conv2D`.
pub(super) fn class_of(name: &str) -> Option<(&'static str, &'static Class)> {
    let class = CLASSES.get(&squashed(without_number(name)))?;
    class::find(class).map(|row| (*class, row))
}

/// The kind that a name ends in: `intermediate_dense`, `attention_layer_norm`, `bn1`.
pub(crate) fn kind_in(name: &str) -> Option<&'static str> {
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('_');
    let starts = std::iter::once(0).chain(name.match_indices('_').map(|(at, _)| at + 1));
    let mut ends = starts.filter_map(|start| name.get(start..));
    ends.find_map(|end| {
        let class = CLASSES.get(&squashed(end)).and_then(|class| class::find(class));
        class
            .map(|class| class.kind)
            .or_else(|| netweight_core::kind::find(end).map(|kind| kind.name))
    })
}
