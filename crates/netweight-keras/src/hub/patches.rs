//! Images cut into patches, each a token of a sequence: ViT and DeiT.

use netweight_core::{Arg, Edge};

use super::block::{Block, Size, int};
use crate::class::Class;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] = &[
    Class { names: &["ViTBackbone"], more: |draft| transformer(draft, VIT), ..Class::PLAIN },
    Class { names: &["DeiTBackbone"], more: |draft| transformer(draft, DEIT), ..Class::PLAIN },
];

/// What tells the families apart.
struct Family {
    input: &'static str,
    embedding: (&'static str, &'static str),
    encoder: (&'static str, &'static str),
    inner: &'static str,
    dense: [&'static str; 2],
    /// Vectors that stand for no patch, of which the first may be left out.
    tokens: &'static [&'static str],
}

const VIT: Family = Family {
    input: "images",
    embedding: ("vit_patching_and_embedding", "ViTPatchingAndEmbedding"),
    encoder: ("vit_encoder", "ViTEncoder"),
    inner: "mlp_dim",
    dense: ["mlp/dense_1", "mlp/dense_2"],
    tokens: &["class_token"],
};

const DEIT: Family = Family {
    input: "input_layer",
    embedding: ("deit_patching_and_embedding", "DeiTEmbeddings"),
    encoder: ("deit_encoder", "DeiTEncoder"),
    inner: "intermediate_dim",
    dense: ["mlp/dense", "output_layer/output"],
    tokens: &["class_token", "distillation_token"],
};

/// How many patches of such sides an image has.
pub(super) fn patches(image: [Size; 3], patch: &[i64]) -> Size {
    match (image, patch) {
        ([Some(high), Some(wide), _], [a, .., b] | [a @ b]) => {
            high.checked_div(*a).zip(wide.checked_div(*b)).and_then(|(a, b)| a.checked_mul(b))
        }
        _ => None,
    }
}

/// A vector for each patch, by a convolution whose windows do not overlap.
pub(super) fn patch_embedding(
    block: &mut Block,
    from: Edge,
    (width, patch): (Size, &[i64]),
    bias: bool,
) -> Edge {
    let kernel = match patch {
        [] => None,
        [side] => Some(Arg::from(vec![*side; 2])),
        sides => Some(Arg::from(sides.to_vec())),
    };
    let args = [
        ("out_channels", int(width)),
        ("kernel_size", kernel.clone()),
        ("stride", kernel),
        ("bias", Some(bias.into())),
    ];
    block.add("patch_embedding", "Conv2D", "conv", &args, &[from])
}

fn transformer(draft: &mut Draft, family: Family) {
    let width = draft.size(&["hidden_dim"]);
    let (heads, inner) = (draft.size(&["num_heads"]), draft.size(&[family.inner]));
    let layers = draft.layers("num_layers");
    let patch = draft.sizes("patch_size");
    let flags = ["use_class_token", "use_patch_bias", "use_mha_bias", "use_mlp_bias"];
    let [has_tokens, patch_bias, attention_bias, dense_bias] =
        flags.map(|flag| draft.given(&[flag]).is_none_or(|node| node.as_bool() != Some(false)));
    let tokens = if has_tokens { family.tokens } else { &[] };
    let image = draft.image();
    let extra = i64::try_from(tokens.len()).ok();
    let length = patches(image, &patch).zip(extra).and_then(|(a, b)| a.checked_add(b));
    let mut block = Block::of(draft);
    let images = block.input(family.input, &image);

    let (name, class) = family.embedding;
    let mut embed = block.inside(name);
    let input = embed.fed();
    for token in tokens {
        embed.variable(token, &[Some(1), Some(1), width]);
    }
    patch_embedding(&mut embed, input, (width, &patch), patch_bias);
    let args = [("sequence_length", int(length)), ("embedding_size", int(width))];
    embed.add("position_embedding", "PositionEmbedding", "position_embedding", &args, &[]);
    let embedded = block.part(name, class, embed, &[images]);
    block.state(embedded, &[&[length, width]]);

    let (name, class) = family.encoder;
    let mut encoder = block.inside(name);
    let mut from = encoder.fed();
    for index in 1..=layers {
        let name = |part: &str| format!("transformer_block_{index}/{part}");
        let normed = encoder.layer_norm(&name("ln_1"), from);
        let attended = encoder.attention(&name("mha"), normed, width, heads);
        encoder.set_last("bias", attention_bias);
        let normed = encoder.layer_norm(&name("ln_2"), attended);
        let [wide, narrow] = family.dense.map(name);
        let wide = encoder.dense(&wide, normed, inner, dense_bias);
        from = encoder.dense(&narrow, wide, width, dense_bias);
    }
    encoder.layer_norm("ln", from);
    block.part(name, class, encoder, &[embedded]);
    block.finish(draft);
}
