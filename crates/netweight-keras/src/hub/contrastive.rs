//! Pairs of an encoder of images and one of texts: CLIP, MetaCLIP 2 and SigLIP.

use netweight_core::{Arg, Edge};

use super::block::{Block, Size};
use super::encoders::token_and_position_parts;
use super::language::Sizes;
use super::patches::{patch_embedding, patches};
use crate::class::Class;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] = &[
    Class {
        names: &["CLIPVisionEncoder"],
        more: |draft| clip_vision(draft, &CLIP),
        ..Class::PLAIN
    },
    Class { names: &["CLIPTextEncoder"], more: |draft| clip_text(draft, &CLIP), ..Class::PLAIN },
    Class {
        names: &["CLIPBackbone"],
        more: |draft| clip(draft, &CLIP, "clip_head"),
        ..Class::PLAIN
    },
    Class {
        names: &["MetaCLIP2VisionEncoder"],
        more: |draft| clip_vision(draft, &META_CLIP),
        ..Class::PLAIN
    },
    Class {
        names: &["MetaCLIP2TextEncoder"],
        more: |draft| clip_text(draft, &META_CLIP),
        ..Class::PLAIN
    },
    Class {
        names: &["MetaCLIP2Backbone"],
        more: |draft| clip(draft, &META_CLIP, "metaclip_2_head"),
        ..Class::PLAIN
    },
    Class { names: &["SigLIPVisionEncoder"], more: siglip_vision, ..Class::PLAIN },
    Class { names: &["SigLIPTextEncoder"], more: siglip_text, ..Class::PLAIN },
    Class { names: &["SigLIPBackbone"], more: siglip, ..Class::PLAIN },
];

/// What tells the families apart.
struct Family {
    /// What the names of its classes begin with.
    name: &'static str,
    /// The names of an encoder's layers.
    names: [&'static str; 5],
    /// The places of patches are numbered in a weight.
    numbered: bool,
    /// One token more than there are patches; a bias on each where there is none.
    class_token: bool,
    /// An image's features are normalized within its encoder.
    normed: bool,
}

const CLIP: Family = Family {
    name: "CLIP",
    names: ["layer_norm_1", "attention", "layer_norm_2", "dense_1", "dense_2"],
    numbered: true,
    class_token: true,
    normed: true,
};

const META_CLIP: Family = Family { name: "MetaCLIP2", numbered: false, normed: false, ..CLIP };

const SIGLIP: Family = Family {
    name: "SigLIP",
    names: ["layer_norm1", "self_attn", "layer_norm2", "mlp/fc1", "mlp/fc2"],
    class_token: false,
    ..CLIP
};

fn encoder(block: &mut Block, sizes: &Sizes, from: Edge, family: &Family) -> Edge {
    let [first, attention, second, wide, narrow] = family.names;
    let class = format!("{}EncoderLayer", family.name);
    block.stack(("encoder_block", &class), sizes.layers, from, |mut block| {
        let input = block.fed();
        let normed = block.layer_norm(first, input);
        let attended = block.attention(attention, normed, sizes.width, sizes.heads);
        let normed = block.layer_norm(second, attended);
        let inner = block.dense(wide, normed, sizes.inner, true);
        block.dense(narrow, inner, sizes.width, true);
        block
    })
}

/// Patches, one more token where there is one, and their places.
fn image_embedding(draft: &mut Draft, block: &mut Block, width: Size, family: &Family) -> Edge {
    let image = draft.image();
    let patch = draft.sizes("patch_size");
    let more = |count: Size, tokens: i64| count.and_then(|count| count.checked_add(tokens));
    let count = patches(image, &patch);
    let length = more(count, i64::from(family.class_token));
    let images = block.input("images", &image);
    let mut embed = block.inside("embedding");
    let input = embed.fed();
    patch_embedding(&mut embed, input, (width, &patch), !family.class_token);
    if family.numbered {
        embed.variable("position_ids", &[Some(1), length]);
        embed.freeze_last();
    }
    embed.embedding("position_embedding", input, length, width);
    if family.class_token {
        embed.variable("class_embedding", &[width]);
    }
    let class = format!("{}VisionEmbedding", family.name);
    let embedded = block.part("embedding", &class, embed, &[images]);
    // Of SigLIP too, Keras says that there is one token more.
    block.state(embedded, &[&[more(count, 1), width]]);
    embedded
}

fn clip_vision(draft: &mut Draft, family: &Family) {
    let sizes = Sizes::read(draft);
    let mut block = Block::of(draft);
    let embedded = image_embedding(draft, &mut block, sizes.width, family);
    let normed = block.layer_norm("pre_layer_norm", embedded);
    let encoded = encoder(&mut block, &sizes, normed, family);
    if family.normed {
        block.layer_norm("layer_norm", encoded);
    }
    block.finish(draft);
}

fn clip_text(draft: &mut Draft, family: &Family) {
    let sizes = Sizes::read(draft);
    let table = (sizes.entries, draft.size(&["embedding_dim"]));
    let mut block = Block::of(draft);
    let ids = block.input("token_ids", &[None]);
    let embed = token_and_position_parts(block.inside("embedding"), table, sizes.length, true);
    let embedded = block.part("embedding", "TokenAndPositionEmbedding", embed, &[ids]);
    let encoded = encoder(&mut block, &sizes, embedded, family);
    block.layer_norm("layer_norm", encoded);
    block.finish(draft);
}

fn clip(draft: &mut Draft, family: &Family, name: &str) {
    let size = draft.size(&["projection_dim"]);
    let mut block = Block::of(draft);
    let Some([image, text]) = encoders(draft, &mut block) else { return };
    let first = |items: &'static str| [("items", Some(Arg::from(items)))];
    let class = |part: &str| format!("{}{part}", family.name);
    let pooler = class("VisionPooler");
    let mut image = block.add("vision_pooler", &pooler, "slice", &first(":, 0"), &[image]);
    if !family.normed {
        image = block.layer_norm("vision_post_layer_norm", image);
    }
    // The token with the highest number ends a text; which one that is, the text decides.
    let pooler = class("TextPooler");
    let text = block.add("text_pooler", &pooler, "slice", &first(":, -1"), &[text]);
    let image = block.dense("vision_projection", image, size, false);
    let text = block.dense("text_projection", text, size, false);
    head(&mut block, (name, &class("Head")), [image, text], &["logit_scale"]);
    block.finish(draft);
}

/// The two models that a config holds.
fn encoders(draft: &mut Draft, block: &mut Block) -> Option<[Edge; 2]> {
    let mut edges = [None; 2];
    for (edge, key) in edges.iter_mut().zip(["vision_encoder", "text_encoder"]) {
        let Some(entry) = draft.given(&[key]) else {
            draft.refuse(key, "a pair of encoders, of which one is missing");
            return None;
        };
        *edge = Some(draft.model(block, entry));
    }
    let [image, text] = edges;
    Some([image?, text?])
}

/// How alike each image and each text are.
fn head(block: &mut Block, (name, class): (&str, &str), from: [Edge; 2], scalars: &[&str]) {
    let mut parts = block.inside(name);
    for scalar in scalars {
        parts.variable(scalar, &[]);
    }
    let head = block.part(name, class, parts, &from);
    block.state(head, &[&[None], &[None]]);
    block.gives(&[head, Edge { output: 1, ..head }]);
}

fn siglip_vision(draft: &mut Draft) {
    let sizes = Sizes::read(draft);
    let mut block = Block::of(draft);
    let embedded = image_embedding(draft, &mut block, sizes.width, &SIGLIP);
    let encoded = encoder(&mut block, &sizes, embedded, &SIGLIP);
    let normed = block.layer_norm("post_layer_norm", encoded);
    let mut head = block.inside("head");
    let input = head.fed();
    head.variable("probe", &[Some(1), Some(1), sizes.width]);
    let attended = head.attention("attention", input, sizes.width, sizes.heads);
    let normed_head = head.layer_norm("layernorm", attended);
    let wide = head.dense("mlp/fc1", normed_head, sizes.inner, true);
    head.dense("mlp/fc2", wide, sizes.width, true);
    let head = block.part("head", "SigLIPMultiHeadAttentionPooling", head, &[normed]);
    block.state(head, &[&[sizes.width]]);
    block.finish(draft);
}

fn siglip_text(draft: &mut Draft) {
    let sizes = Sizes::read(draft);
    let width = draft.size(&["embedding_dim"]);
    let projection = draft.size(&["projection_dim"]).or(sizes.width);
    let mut block = Block::of(draft);
    let ids = block.input("token_ids", &[None]);
    let mut embed = block.inside("embedding");
    let input = embed.fed();
    let places = embed.variable("position_ids", &[Some(1), sizes.length]);
    embed.freeze_last();
    embed.reversible("position_embedding", places, (sizes.length, width), true);
    embed.reversible("token_embedding", input, (sizes.entries, width), true);
    let embedded = block.part("embedding", "SigLIPTextEmbedding", embed, &[ids]);
    let encoded = encoder(&mut block, &sizes, embedded, &SIGLIP);
    let normed = block.layer_norm("post_layer_norm", encoded);
    let args = [("items", Some(Arg::from(":, -1")))];
    let last = block.add("get_item", "GetItem", "slice", &args, &[normed]);
    block.dense("head", last, projection, true);
    block.finish(draft);
}

fn siglip(draft: &mut Draft) {
    let mut block = Block::of(draft);
    let Some(from) = encoders(draft, &mut block) else { return };
    head(&mut block, ("siglip_head", "SigLIPHead"), from, &["logit_scale", "logit_bias"]);
    block.finish(draft);
}
