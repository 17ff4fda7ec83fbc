//! Attention.

use netweight_markup::Node;

use crate::class::{BIAS, Class, Key, key, option};
use crate::config::{self, Read};
use crate::layer::Draft;
use crate::quantization;

const CALL: &[&str] = &["query", "value", "key"];
const SCALE: Key = key(&["use_scale"], "scale", Read::Flag);
const GATE: Key = key(&["use_gate"], "gate", Read::Flag);

pub(super) static CLASSES: &[Class] = &[
    Class {
        names: &["MultiHeadAttention", "CachedMultiHeadAttention"],
        kind: "multi_head_attention",
        keys: &[
            key(&["num_heads"], "num_heads", Read::Size),
            key(&["key_dim"], "head_size", Read::Size),
            option(&["value_dim"], "value_head_size", Read::Size),
            option(&["output_shape"], "output_size", Read::AnySizes),
            BIAS,
            GATE,
        ],
        call: CALL,
        more: built_shapes,
        ..Class::PLAIN
    },
    Class {
        names: &["GroupQueryAttention", "GroupedQueryAttention"],
        kind: "grouped_query_attention",
        keys: &[
            key(&["num_query_heads"], "num_heads", Read::Size),
            key(&["num_key_value_heads"], "num_key_value_heads", Read::Size),
            key(&["head_dim"], "head_size", Read::Size),
            BIAS,
            GATE,
        ],
        call: CALL,
        more: quantization::attention,
        ..Class::PLAIN
    },
    Class {
        names: &["Attention"],
        kind: "attention",
        keys: &[SCALE],
        more: |draft| {
            if draft.text(&["score_mode"]) == Some("concat") {
                draft.set("concat_score", true);
            }
        },
        ..Class::PLAIN
    },
    Class {
        names: &["AdditiveAttention"],
        kind: "additive_attention",
        keys: &[SCALE],
        ..Class::PLAIN
    },
];

/// `tf.keras` keeps the shapes that it built for among the arguments.
fn built_shapes(draft: &mut Draft) {
    quantization::attention(draft);
    let stated: Vec<Option<&Node>> =
        ["query_shape", "value_shape", "key_shape"].map(|key| draft.given(&[key])).to_vec();
    if stated.iter().any(Option::is_some) {
        let findings = &mut draft.reader.findings;
        draft.layer.stated_inputs =
            stated.into_iter().map(|node| config::shape(node?, findings)).collect();
    }
}
