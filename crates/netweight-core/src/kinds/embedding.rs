//! Tables of learned vectors.

use super::{LORA, last_dim, same_shape};
use crate::kind::{Example, Kind, flag, size, weight};
use crate::site::{Outputs, Site};
use crate::{Arg, Role, Shape};

pub(super) static KINDS: &[Kind] = &[
    Kind {
        name: "embedding",
        aliases: &["token_embedding"],
        title: "embedding",
        phrase: "{v} entries of {d} values",
        summary: "a learned vector for each entry of a vocabulary",
        source: "Keras Embedding, PyTorch nn.Embedding, ONNX Gather on a weight",
        args: &[
            size("v", "vocabulary_size", "entries"),
            size("d", "embedding_size", "values per entry"),
            LORA,
        ],
        formula: "v × d + (v × r + r × d){r}",
        weights: &[
            weight("embeddings", Role::Embedding, "[v, d]").when("!r"),
            weight("embeddings", Role::Embedding, "[v, d]").when("r").statistic(),
            weight("lora_embeddings_a", Role::Embedding, "[v, r]").when("r"),
            weight("lora_embeddings_b", Role::Kernel, "[r, d]").when("r"),
        ],
        shape: looked_up,
        examples: &[Example {
            args: &[("v", Arg::Int(50_257)), ("d", Arg::Int(768))],
            by_hand: "50257 × 768",
            parameters: 38_597_376,
        }],
        ..Kind::PLAIN
    },
    Kind {
        name: "position_embedding",
        title: "position embedding",
        phrase: "{n} positions of {d} values",
        summary: "a learned vector for each position, added to the input",
        source: "Keras Hub PositionEmbedding, GPT-2's wpe",
        args: &[
            size("n", "sequence_length", "positions"),
            size("d", "embedding_size", "values per position").from(last_dim),
        ],
        formula: "n × d",
        weights: &[weight("embeddings", Role::Embedding, "[n, d]")],
        shape: same_shape,
        ..Kind::PLAIN
    },
    Kind {
        name: "reversible_embedding",
        title: "reversible embedding",
        summary: "an embedding that also turns vectors back into scores over the vocabulary",
        source: "Keras ReversibleEmbedding: one table when tied, a second one when not",
        args: &[
            size("v", "vocabulary_size", "entries"),
            size("d", "embedding_size", "values per entry"),
            flag("untied", false, "a table of its own for the way back"),
            LORA,
        ],
        formula: "v × d + (v × r + r × d){r} + d × v{untied}",
        weights: &[
            weight("embeddings", Role::Embedding, "[v, d]").when("!r"),
            weight("embeddings", Role::Embedding, "[v, d]").when("r").statistic(),
            weight("lora_embeddings_a", Role::Embedding, "[v, r]").when("r"),
            weight("lora_embeddings_b", Role::Kernel, "[r, d]").when("r"),
            weight("reverse_embeddings", Role::Embedding, "[d, v]").when("untied"),
        ],
        shape: looked_up,
        ..Kind::PLAIN
    },
];

/// Every index becomes a vector.
pub(super) fn looked_up(site: &Site) -> Outputs {
    let vector = site.dim("embedding_size");
    Ok(vec![site.input().map(|shape| shape.iter().cloned().chain([vector]).collect::<Shape>())])
}
