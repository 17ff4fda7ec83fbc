//! ESM, which reads proteins: encoders whose positions turn queries and keys, or have vectors.

use super::block::Block;
use super::language::Sizes;
use crate::class::Class;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] =
    &[Class { names: &["ESMBackbone"], more: esm, ..Class::PLAIN }];

fn esm(draft: &mut Draft) {
    let sizes = Sizes::read(draft);
    let bias = draft.flag(&["use_bias"]);
    let is_absolute = draft.text(&["position_embedding_type"]) == Some("absolute");
    let is_normed = draft.flag(&["use_pre_layer_norm"]);
    let mut block = Block::of(draft);
    let ids = block.input("token_ids", &[None]);
    let mut from = block.embedding("token_embedding", ids, sizes.entries, sizes.width);
    if is_absolute {
        let position = block.positions("position_embedding", from, sizes.length);
        from = block.sum("embeddings_add", &[from, position]);
    }
    if is_normed {
        from = block.layer_norm("emb_layer_norm", from);
    }
    let encoder = |block| parts(block, &sizes, bias);
    let output = block.stack(("transformer_layer", "ESMEncoder"), sizes.layers, from, encoder);
    block.layer_norm("output_layer_norm", output);
    block.finish(draft);
}

fn parts(mut block: Block, sizes: &Sizes, bias: bool) -> Block {
    let input = block.fed();
    let normed = block.layer_norm("attention_norm", input);
    for name in ["q", "k", "v", "o"] {
        let name = format!("attention_layer/{name}_dense_layer");
        block.dense(&name, normed, sizes.width, bias);
    }
    let normed = block.layer_norm("ffn_norm", normed);
    let wide = block.dense("feedforward_intermediate_dense", normed, sizes.inner, bias);
    block.dense("feedforward_output_dense", wide, sizes.width, bias);
    block
}
