//! THE layer classes: the row type, and the list of all rows.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::classes;
use crate::config::Read;
use crate::layer::Draft;

/// A layer class: one row for all names and versions of it that mean the same.
pub(crate) struct Class {
    /// What versions call it.
    pub(crate) names: &'static [&'static str],
    /// Its kind in the core's catalogue.
    pub(crate) kind: &'static str,
    /// How keys of its config become arguments of the kind.
    pub(crate) keys: &'static [Key],
    /// The fewest and the most dimensions that its input may have.
    pub(crate) rank: (usize, usize),
    /// What its call's parameters are named, where a call may name them.
    pub(crate) call: &'static [&'static str],
    /// What takes more than keys.
    pub(crate) more: fn(&mut Draft),
}

impl Class {
    /// A class that takes any input and no arguments; rows start from it.
    pub(crate) const PLAIN: Self = Self {
        names: &[],
        kind: "identity",
        keys: &[],
        rank: (0, usize::MAX),
        call: &[],
        more: |_| {},
    };
}

/// One key of a config, by all its names, and the argument that it gives.
pub(crate) struct Key {
    pub(crate) names: &'static [&'static str],
    pub(crate) arg: &'static str,
    pub(crate) read: Read,
    /// Whether `null` means that the argument is not given.
    pub(crate) nullable: bool,
}

/// A key that has to hold a value where it is there at all.
pub(crate) const fn key(names: &'static [&'static str], arg: &'static str, read: Read) -> Key {
    Key { names, arg, read, nullable: false }
}

/// A key that may hold `null`.
pub(crate) const fn option(names: &'static [&'static str], arg: &'static str, read: Read) -> Key {
    Key { names, arg, read, nullable: true }
}

/// `use_bias`, and what Keras 1 called it.
pub(crate) const BIAS: Key = key(&["use_bias", "bias"], "bias", Read::Flag);

/// Where the channels stand, and what Keras 1 called it.
pub(crate) const LAYOUT: Key = option(
    &["data_format", "dim_ordering"],
    "layout",
    Read::Word(&[
        ("channels_last", "channels_last"),
        ("channels_first", "channels_first"),
        ("tf", "channels_last"),
        ("th", "channels_first"),
    ]),
);

static BY_NAME: LazyLock<HashMap<&'static str, &'static Class>> = LazyLock::new(|| {
    let rows = classes::FAMILIES.iter().copied().flatten();
    rows.flat_map(|class| class.names.iter().map(move |name| (*name, class))).collect()
});

/// The class of that name.
pub(crate) fn find(name: &str) -> Option<&'static Class> {
    BY_NAME.get(name).copied()
}

/// Every name of every class.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    classes::FAMILIES.iter().copied().flatten().flat_map(|class| class.names.iter().copied())
}
