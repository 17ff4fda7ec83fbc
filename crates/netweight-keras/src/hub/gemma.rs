//! The Gemma family: decoders whose normalizations may stand behind each half too.

use netweight_core::Edge;

use super::block::{Block, Size, int, product};
use super::decoders::Decoder;
use super::language_models::tokens;
use super::patches::{patch_embedding, patches};
use crate::class::Class;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] = &[
    Class { names: &["GemmaBackbone"], more: gemma, ..Class::PLAIN },
    Class { names: &["GemmaDecoderBlock"], more: block_alone, ..Class::PLAIN },
    Class { names: &["Gemma3Backbone"], more: gemma3, ..Class::PLAIN },
    Class { names: &["PaliGemmaBackbone"], more: pali_gemma, ..Class::PLAIN },
];

/// One decoder of the family.
struct GemmaBlock {
    sizes: Decoder,
    /// Scales on queries and keys.
    norms: bool,
    behind_attention: bool,
    behind_dense: bool,
}

impl GemmaBlock {
    fn read(draft: &mut Draft) -> Self {
        Self {
            sizes: Decoder::read(draft),
            norms: draft.flag(&["use_query_key_norm"]),
            behind_attention: draft.flag(&["use_post_attention_norm"]),
            behind_dense: draft.flag(&["use_post_ffw_norm"]),
        }
    }

    /// The first Gemmas count both halves of the gated pair in `intermediate_dim`.
    fn halved(self) -> Self {
        let inner = self.sizes.inner.map(|inner| inner / 2);
        Self { sizes: Decoder { inner, ..self.sizes }, ..self }
    }

    fn parts(&self, mut block: Block) -> Block {
        let sizes = self.sizes;
        let input = block.fed();
        let normed = block.rms_norm("pre_attention_norm", "RMSNormalization", input);
        let query = block.dense("query", normed, product(&[sizes.heads, sizes.head]), false);
        let kept = product(&[sizes.key_heads, sizes.head]);
        block.dense("key", normed, kept, false);
        block.dense("value", normed, kept, false);
        for name in ["query_norm", "key_norm"].iter().filter(|_| self.norms) {
            let args = [("normalized_shape", int(sizes.head))];
            block.add(name, "RMSNormalization", "rms_norm", &args, &[query]);
        }
        let mut from = block.dense("attention_output", query, sizes.width, false);
        if self.behind_attention {
            from = block.rms_norm("post_attention_norm", "RMSNormalization", from);
        }
        let normed = block.rms_norm("pre_ffw_norm", "RMSNormalization", from);
        block.dense("ffw_gating_2", normed, sizes.inner, false);
        let wide = block.dense("ffw_gating", normed, sizes.inner, false);
        from = block.dense("ffw_linear", wide, sizes.width, false);
        if self.behind_dense {
            block.rms_norm("post_ffw_norm", "RMSNormalization", from);
        }
        block
    }

    /// So many of them, and a normalization behind them.
    fn stack(&self, block: &mut Block, class: &str, layers: i64, from: Edge) {
        let parts = |block| self.parts(block);
        let output = block.stack(("decoder_block", class), layers, from, parts);
        block.rms_norm("final_normalization", "RMSNormalization", output);
    }
}

fn block_alone(draft: &mut Draft) {
    GemmaBlock::read(draft).halved().parts(Block::of(draft)).finish(draft);
}

fn gemma(draft: &mut Draft) {
    let one = GemmaBlock::read(draft).halved();
    backbone(draft, &one, "GemmaDecoderBlock");
}

/// Text alone; with a vision encoder the count stays open.
fn gemma3(draft: &mut Draft) {
    let one = GemmaBlock::read(draft);
    backbone(draft, &one, "Gemma3DecoderBlock");
    if draft.given(&["vision_encoder"]).is_some() {
        let told = "the vision encoder beside the text is not read";
        let unknown = netweight_core::Diagnostic::warning("keras/backbone", told);
        draft.layer.unknown = Some(unknown.at(draft.layer.path.clone()).into());
    }
}

fn backbone(draft: &mut Draft, one: &GemmaBlock, class: &str) {
    let entries = draft.size(&["vocabulary_size"]);
    let layers = draft.layers("num_layers");
    let mut block = Block::of(draft);
    let embedded = tokens(&mut block, entries, one.sizes.width, true);
    one.stack(&mut block, class, layers, embedded);
    block.finish(draft);
}

/// As the first Gemma, with an image's patches before the text.
fn pali_gemma(draft: &mut Draft) {
    let one = GemmaBlock::read(draft).halved();
    let width = one.sizes.width;
    let table = (draft.size(&["vocabulary_size"]), width);
    let layers = draft.layers("num_layers");
    let side = draft.size(&["image_size"]);
    let image = [side, side, Some(3)];
    let mut block = Block::of(draft);
    let ids = block.input("token_ids", &[None]);
    let images = block.input("images", &image);
    let name = draft.text(&["vit_name"]).unwrap_or("pali_gemma_vit");
    let mut eyes = block.inside(name);
    let input = eyes.input("images", &image);
    let seen = image_encoder(draft, &mut eyes, input, image);
    let seen = eyes.dense("image_classifier", seen, width, true);
    eyes.gives(&[seen]);
    let seen = block.listed(name, "PaliGemmaVit", eyes, &[images]);
    let text = block.reversible("token_embedding", ids, table, true);
    let text = block.add("multiply", "Multiply", "activation", &[], &[text]);
    let args = [("axis", int(Some(1)))];
    let all = block.add("concatenate", "Concatenate", "concat", &args, &[seen, text]);
    block.input("padding_mask", &[None]);
    block.input("response_mask", &[None]);
    one.stack(&mut block, "PaliGemmaDecoderBlock", layers, all);
    block.finish(draft);
}

/// Patches and their places, and layers that look at all of them.
fn image_encoder(draft: &mut Draft, block: &mut Block, from: Edge, image: [Size; 3]) -> Edge {
    let width = draft.size(&["vit_hidden_dim"]);
    let inner = draft.size(&["vit_intermediate_dim"]);
    let layers = draft.layers("vit_num_layers");
    let patch = draft.sizes("vit_patch_size");
    let length = patches(image, &patch);
    let mut parts = block.inside("image_encoder");
    let input = parts.fed();
    let cut = patch_embedding(&mut parts, input, (width, &patch), true);
    parts.embedding("position_embedding", input, length, width);
    let name = ("encoder_block", "PaliGemmaVitEncoderBlock");
    let seen = parts.stack(name, layers, cut, |mut block| {
        let input = block.fed();
        let normed = block.layer_norm("layer_norm_1", input);
        for name in ["query_proj", "key_proj", "value_proj", "out_proj"] {
            block.dense(&format!("multi_head_attention/{name}"), normed, width, true);
        }
        let normed = block.layer_norm("layer_norm_2", normed);
        let wide = block.dense("mlp_dense_1", normed, inner, true);
        block.dense("mlp_dense_2", wide, width, true);
        block
    });
    parts.layer_norm("encoder_layer_norm", seen);
    let seen = block.part("image_encoder", "PaliGemmaVitEncoder", parts, &[from]);
    block.state(seen, &[&[length, width]]);
    seen
}
