//! The Gemma family: decoders whose normalizations may stand behind each half too.

use super::block::{Block, int, product};
use super::decoders::Decoder;
use super::language_models::tokens;
use crate::class::Class;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] = &[
    Class { names: &["GemmaBackbone"], more: gemma, ..Class::PLAIN },
    Class { names: &["GemmaDecoderBlock"], more: block_alone, ..Class::PLAIN },
    Class { names: &["Gemma3Backbone"], more: gemma3, ..Class::PLAIN },
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
    let parts = |block| one.parts(block);
    let output = block.stack(("decoder_block", class), layers, embedded, parts);
    block.rms_norm("final_normalization", "RMSNormalization", output);
    block.finish(draft);
}
