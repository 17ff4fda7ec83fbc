//! Layers without weights that give what they take, element by element.

use super::{same_shape, stated_only};
use crate::kind::{Kind, option};
use crate::site::{Outputs, Site};
use crate::{Dim, Shape};

pub(super) static KINDS: &[Kind] = &[
    Kind {
        name: "input",
        title: "input",
        summary: "where data enters the model",
        shape: stated_only,
        ..Kind::PLAIN
    },
    Kind {
        name: "activation",
        aliases: &[
            "relu",
            "relu6",
            "selu",
            "swish",
            "hard_swish",
            "mish",
            "log_softmax",
            "leaky_relu",
            "elu",
            "softmax",
            "sigmoid",
            "tanh",
            "gelu",
            "silu",
            "softplus",
        ],
        title: "activation",
        summary: "a fixed function of each element, or of the elements of an axis",
        ..Kind::PLAIN
    },
    Kind {
        name: "dropout",
        aliases: &["spatial_dropout", "gaussian_dropout", "alpha_dropout"],
        title: "dropout",
        summary: "leaves elements out while training",
        ..Kind::PLAIN
    },
    Kind {
        name: "noise",
        aliases: &["gaussian_noise"],
        title: "noise",
        summary: "adds or multiplies random values while training",
        ..Kind::PLAIN
    },
    Kind {
        name: "augmentation",
        title: "augmentation",
        summary: "varies images while training",
        ..Kind::PLAIN
    },
    Kind {
        name: "rescaling",
        title: "rescaling",
        summary: "a fixed factor and offset for every element",
        ..Kind::PLAIN
    },
    Kind {
        name: "masking",
        title: "masking",
        summary: "marks steps of a sequence to be left out",
        ..Kind::PLAIN
    },
    Kind {
        name: "unit_norm",
        aliases: &["unit_normalization", "lp_normalization", "lrn"],
        title: "unit normalization",
        summary: "scales each example to length one; nothing is learned",
        ..Kind::PLAIN
    },
    Kind {
        name: "identity",
        aliases: &["activity_regularization", "cast"],
        title: "identity",
        summary: "passes its input on",
        ..Kind::PLAIN
    },
    Kind {
        name: "lookup",
        aliases: &["hashing", "discretization", "string_lookup", "integer_lookup"],
        title: "lookup",
        summary: "turns values into indices by a fixed table or hash",
        shape: same_shape,
        ..Kind::PLAIN
    },
    Kind {
        name: "category_encoding",
        aliases: &["one_hot"],
        title: "category encoding",
        summary: "turns indices into vectors of zeros and ones",
        args: &[
            option("num_tokens", "length of a vector"),
            option(
                "output_mode",
                "`one_hot` for each index, `multi_hot` and `count` for all together",
            ),
        ],
        shape: encoded,
        ..Kind::PLAIN
    },
];

/// One vector per index, or one for all of them; or in a dimension of its own.
fn encoded(site: &Site) -> Outputs {
    let tokens = site.dim("num_tokens");
    if site.args.text("output_mode") == Some("appended") {
        return Ok(vec![site.input().map(|shape| shape.iter().cloned().chain([tokens]).collect())]);
    }
    let each = site.args.text("output_mode") == Some("one_hot");
    Ok(vec![site.input().map(|shape| {
        let kept = match (each, shape.last()) {
            (true, Some(Dim::Known(1))) | (false, _) => shape.len().saturating_sub(1),
            (true, _) => shape.len(),
        };
        shape.iter().take(kept.max(1)).cloned().chain([tokens]).collect::<Shape>()
    })])
}
