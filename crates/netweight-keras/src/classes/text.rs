//! Text and category preprocessing: lookups and encodings, none of them counted.

use netweight_core::Arg;

use crate::class::{Class, Key, key};
use crate::config::Read;
use crate::layer::Draft;

const TOKENS: Key = key(&["num_tokens"], "num_tokens", Read::Size);
const BINS: &[Key] = &[key(&["num_bins"], "num_tokens", Read::Size)];

pub(super) static CLASSES: &[Class] = &[
    Class {
        names: &["CategoryEncoding"],
        kind: "category_encoding",
        keys: &[TOKENS],
        more: |draft| encoded(draft, "multi_hot"),
        ..Class::PLAIN
    },
    Class {
        names: &["Hashing", "HashedCrossing"],
        kind: "category_encoding",
        keys: BINS,
        more: |draft| encoded(draft, "int"),
        ..Class::PLAIN
    },
    Class { names: &["Discretization"], kind: "category_encoding", more: bins, ..Class::PLAIN },
    Class {
        names: &["StringLookup", "IntegerLookup"],
        kind: "category_encoding",
        more: vocabulary,
        ..Class::PLAIN
    },
    Class {
        names: &["TextVectorization"],
        kind: "category_encoding",
        more: sentences,
        ..Class::PLAIN
    },
];

fn encoded(draft: &mut Draft, default: &'static str) {
    let mode = draft.text(&["output_mode"]).unwrap_or(default).to_owned();
    draft.set("output_mode", mode);
}

/// A bin on each side of every boundary.
fn bins(draft: &mut Draft) {
    encoded(draft, "int");
    let boundaries = draft.given(&["bin_boundaries"]).and_then(|node| node.as_seq());
    let beyond = boundaries.and_then(|list| i64::try_from(list.len()).ok()).map(|count| count + 1);
    if let Some(tokens) = beyond.or_else(|| draft.size(&["num_bins"])) {
        draft.set("num_tokens", tokens);
    }
}

/// As many tokens as are known, or as many as there is room for.
fn vocabulary(draft: &mut Draft) {
    encoded(draft, "int");
    let padded = draft.flag(&["pad_to_max_tokens"]);
    let known = draft.size(&["vocabulary_size"]);
    let tokens = if padded { draft.size(&["max_tokens"]).or(known) } else { known };
    if let Some(tokens) = tokens {
        draft.set("num_tokens", tokens);
    }
}

/// A sentence becomes a list of indices of stated length, or one vector.
fn sentences(draft: &mut Draft) {
    vocabulary(draft);
    if draft.layer.args.text("output_mode") == Some("int") {
        draft.set("output_mode", "sequence");
        if let Some(Arg::Int(length)) = draft.read(&["output_sequence_length"], Read::Size) {
            draft.set("num_tokens", length);
        }
    }
}
