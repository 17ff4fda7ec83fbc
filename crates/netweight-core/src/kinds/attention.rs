//! Attention: projections to queries, keys and values, and one back.

use super::{last_dim, last_dim_of};
use crate::kind::{ArgRow, Fallback, Kind, arg, flag, option, size, weight};
use crate::site::{Outputs, Site};
use crate::{Arg, Dim, Role, Shape};

const QUERY: ArgRow = size("q", "query_size", "features of the query").from(last_dim);
const KEY: ArgRow = size("k", "key_size", "features of the key").from(|site| {
    last_dim_of(site, 2)
        .or_else(|| last_dim_of(site, 1))
        .or_else(|| site.args.get("query_size").cloned())
});
const VALUE: ArgRow = size("v", "value_size", "features of the value")
    .from(|site| last_dim_of(site, 1).or_else(|| site.args.get("query_size").cloned()));
const OUT: ArgRow = arg("o", "output_size", Fallback::Required, "features of the output")
    .from(|site| site.args.get("query_size").cloned());
const BIAS: ArgRow = flag("bias", true, "biases in every projection");
const GATE: ArgRow = flag("gate", false, "a gate on the attention's output");
const SCORES: ArgRow = flag("return_scores", false, "whether the attention scores are given too");

pub(super) static KINDS: &[Kind] = &[
    Kind {
        name: "multi_head_attention",
        aliases: &["mha"],
        title: "multi-head attention",
        phrase: "{h} heads of {d} on {q} features",
        summary: "several attentions side by side, each on its own projection",
        source: "Keras MultiHeadAttention, PyTorch nn.MultiheadAttention, Vaswani et al. 2017",
        args: &[
            QUERY,
            VALUE,
            KEY,
            size("h", "num_heads", "heads"),
            size("d", "head_size", "size of a head's queries and keys").from(share),
            size("e", "value_head_size", "size of a head's values")
                .from(|site| site.args.get("head_size").cloned()),
            OUT,
            BIAS,
            GATE,
            SCORES,
        ],
        formula: "[q × (h × d) + h × d{bias}] + [k × (h × d) + h × d{bias}] + [v × (h × e) + h × e{bias}] + [q × (h × e) + h × e{bias}]{gate} + [(h × e) × (prod(o)) + prod(o){bias}]",
        weights: &[
            weight("query_kernel", Role::Kernel, "[q, h, d]"),
            weight("query_bias", Role::Bias, "[h, d]").when("bias"),
            weight("key_kernel", Role::Kernel, "[k, h, d]"),
            weight("key_bias", Role::Bias, "[h, d]").when("bias"),
            weight("value_kernel", Role::Kernel, "[v, h, e]"),
            weight("value_bias", Role::Bias, "[h, e]").when("bias"),
            weight("gate_kernel", Role::Kernel, "[q, h, e]").when("gate"),
            weight("gate_bias", Role::Bias, "[h, e]").when("gate && bias"),
            weight("output_kernel", Role::Kernel, "[h, e, o...]"),
            weight("output_bias", Role::Bias, "[o...]").when("bias"),
        ],
        shape: attended,
        ..Kind::PLAIN
    },
    Kind {
        name: "grouped_query_attention",
        aliases: &["gqa", "group_query_attention"],
        title: "grouped-query attention",
        phrase: "{h} heads of {d} on {q} features",
        summary: "multi-head attention in which groups of heads share keys and values",
        source: "Keras GroupQueryAttention, Ainslie et al. 2023",
        args: &[
            QUERY,
            VALUE,
            KEY,
            size("h", "num_heads", "query heads"),
            size("g", "num_key_value_heads", "key and value heads"),
            size("d", "head_size", "size of a head").from(share),
            OUT,
            BIAS,
            GATE,
            SCORES,
        ],
        formula: "[q × (h × d) + h × d{bias}] + [k × (g × d) + g × d{bias}] + [v × (g × d) + g × d{bias}] + [q × (h × d) + h × d{bias}]{gate} + [(h × d) × o + o{bias}]",
        weights: &[
            weight("query_kernel", Role::Kernel, "[q, h, d]"),
            weight("query_bias", Role::Bias, "[h, d]").when("bias"),
            weight("key_kernel", Role::Kernel, "[k, g, d]"),
            weight("key_bias", Role::Bias, "[g, d]").when("bias"),
            weight("value_kernel", Role::Kernel, "[v, g, d]"),
            weight("value_bias", Role::Bias, "[g, d]").when("bias"),
            weight("gate_kernel", Role::Kernel, "[q, h, d]").when("gate"),
            weight("gate_bias", Role::Bias, "[h, d]").when("gate && bias"),
            weight("output_kernel", Role::Kernel, "[h, d, o]"),
            weight("output_bias", Role::Bias, "[o]").when("bias"),
        ],
        shape: attended,
        ..Kind::PLAIN
    },
    Kind {
        name: "attention",
        aliases: &["dot_attention", "luong_attention"],
        title: "dot-product attention",
        summary: "weights values by how queries match keys; at most one or two learned scalars",
        source: "Keras Attention: `use_scale`, and one more for `score_mode: concat`",
        args: &[
            flag("scale", false, "a learned scale of the scores"),
            flag("concat_score", false, "a learned weight of the concatenated score"),
            SCORES,
        ],
        formula: "1{scale} + 1{concat_score}",
        weights: &[
            weight("scale", Role::Parameter, "[]").when("scale"),
            weight("concat_score_weight", Role::Parameter, "[]").when("concat_score"),
        ],
        shape: weighted_values,
        ..Kind::PLAIN
    },
    Kind {
        name: "additive_attention",
        aliases: &["bahdanau_attention"],
        title: "additive attention",
        summary: "weights values by a learned sum of queries and keys",
        source: "Keras AdditiveAttention, Bahdanau et al. 2015",
        args: &[
            option("inputs", "queries, values and keys"),
            size("c", "features", "features of the query").from(last_dim),
            flag("scale", true, "a learned scale for each feature"),
            SCORES,
        ],
        formula: "c{scale}",
        weights: &[weight("scale", Role::Parameter, "[c]").when("scale")],
        shape: weighted_values,
        ..Kind::PLAIN
    },
];

/// The query's features divided among the heads, where that comes out even.
fn share(site: &Site) -> Option<Arg> {
    let (features, heads) = (site.size("query_size")?, site.size("num_heads")?);
    let share = features.checked_div(heads)?;
    (share.checked_mul(heads) == Some(features)).then(|| Arg::size(share)).flatten()
}

/// The query's shape with the output's features; then the scores where they are asked for.
fn attended(site: &Site) -> Outputs {
    let features = site.args.list("output_size").unwrap_or_default();
    let features = features.iter().map(|size| Dim::from(u64::try_from(*size).ok()));
    let output = site.input().map(|query| {
        let kept = query.len().saturating_sub(1);
        query.iter().take(kept).cloned().chain(features).collect::<Shape>()
    });
    let mut outputs = vec![output];
    if site.args.flag("return_scores") {
        outputs.push(scores(site, Some(site.dim("num_heads"))));
    }
    Ok(outputs)
}

/// The query's shape with the value's features; then the scores where they are asked for.
fn weighted_values(site: &Site) -> Outputs {
    let value = site.input_at(1).and_then(|shape| shape.last());
    let output = site.input().zip(value).map(|(query, value)| query.with(-1, value.clone()));
    let mut outputs = vec![output];
    if site.args.flag("return_scores") {
        outputs.push(scores(site, None));
    }
    Ok(outputs)
}

/// Batch, heads where there are any, queries, values.
fn scores(site: &Site, heads: Option<Dim>) -> Option<Shape> {
    let query = site.input()?;
    let values = site.input_at(1).filter(|_| !site.args.flag("square_scores"));
    let values = values.unwrap_or(query).axis(1)?.clone();
    let batch = query.iter().take(1).cloned();
    Some(batch.chain(heads).chain(query.get(1).cloned()).chain([values]).collect())
}
