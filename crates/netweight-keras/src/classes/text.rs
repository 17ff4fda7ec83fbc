//! Text and category preprocessing: lookups and encodings, none of them counted.

use crate::class::{Class, Key, key};
use crate::config::Read;
use crate::layer::Draft;
use crate::version::Version;

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

/// Indices keep their input's shape; every other mode makes vectors of them.
fn encoded(draft: &mut Draft, default: &str) {
    match draft.text(&["output_mode"]).unwrap_or(default) {
        "int" => draft.kind("lookup"),
        mode => draft.set("output_mode", mode.to_owned()),
    }
}

/// A bin on each side of every boundary.
fn bins(draft: &mut Draft) {
    encoded(draft, "int");
    let boundaries = draft.given(&["bin_boundaries"]).and_then(|node| node.as_seq());
    let beyond = boundaries.and_then(|list| i64::try_from(list.len()).ok()?.checked_add(1));
    if let Some(tokens) = beyond.or_else(|| draft.size(&["num_bins"])) {
        draft.set("num_tokens", tokens);
    }
}

fn vocabulary(draft: &mut Draft) {
    encoded(draft, "int");
    tokens(draft);
}

/// As many tokens as are known, or as many as there is room for.
fn tokens(draft: &mut Draft) {
    let known = draft.given(&["vocabulary_size"]).and_then(|node| node.as_int());
    let known = known.and_then(|size| i64::try_from(size).ok());
    let tokens = match draft.flag(&["pad_to_max_tokens"]) {
        true => draft.size(&["max_tokens"]).or(known),
        false => known,
    };
    if let Some(tokens) = tokens {
        draft.set("num_tokens", tokens);
    }
}

/// A sentence becomes a list of indices of stated length, or one vector; Keras 3 states the
/// vector's dimension behind those of the input.
fn sentences(draft: &mut Draft) {
    match draft.text(&["output_mode"]).unwrap_or("int") {
        "int" => {
            draft.set("output_mode", "sequence");
            if let Some(length) = draft.size(&["output_sequence_length"]) {
                draft.set("num_tokens", length);
            }
        }
        mode => {
            let split = draft.version() == Version::Three && draft.given(&["split"]).is_some();
            draft.set("output_mode", if split { "appended".to_owned() } else { mode.to_owned() });
            tokens(draft);
        }
    }
}
