//! The word of the language for a layer of a format.

use std::collections::HashMap;
use std::sync::LazyLock;

use netweight_core::{Arg, Args, Kind};

use crate::form;

/// Words without their underscores: `maxpooling2d`, as `MaxPooling2D` reads in lower case.
static SQUASHED: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    form::sorted_words().into_iter().map(|word| (word.replace('_', ""), word)).collect()
});

/// The word for a layer: the kind's own where it has parameters, else the format's where it says
/// more (which activation, which pooling); with the number of dimensions that its kernel has.
pub(super) fn word(kind: &'static Kind, type_name: &str, args: &Args) -> String {
    let rank = match args.get("kernel_size") {
        Some(Arg::List(list)) => Some(list.len()),
        _ => None,
    };
    let squashed = type_name.to_lowercase().replace(['_', '-'], "");
    let formats = SQUASHED.get(squashed.as_str()).copied().filter(|_| !kind.has_parameters());
    let ranked = |word: &str| rank.map(|rank| format!("{word}{rank}d"));
    let names = [formats, Some(kind.name)];
    let mut candidates = names
        .into_iter()
        .flatten()
        .flat_map(|word| ranked(word).into_iter().chain([word.to_owned()]));
    let fits = |word: &String| {
        let found = form::find(word).filter(|found| std::ptr::eq(found.form.kind, kind));
        found.is_some_and(|found| found.rank.is_none() || rank.is_none() || found.rank == rank)
    };
    candidates.find(fits).unwrap_or_else(|| kind.name.to_owned())
}
