//! RWKV-7: a state that runs along the tokens, in the place of attention.

use super::block::{Block, Size};
use crate::class::Class;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] =
    &[Class { names: &["RWKV7Backbone"], more: rwkv7, ..Class::PLAIN }];

struct Sizes {
    width: Size,
    inner: Size,
    head: Size,
    /// Columns of the narrow matrices, by the letter of their weights.
    narrow: [(&'static str, Size); 4],
}

fn rwkv7(draft: &mut Draft) {
    let sizes = Sizes {
        width: draft.size(&["hidden_size"]),
        inner: draft.size(&["intermediate_dim"]),
        head: draft.size(&["head_size"]),
        narrow: [
            ("w", draft.size(&["decay_lora"])),
            ("a", draft.size(&["aaa_lora"])),
            ("v", draft.size(&["mv_lora"])),
            ("g", draft.size(&["gate_lora"])),
        ],
    };
    let entries = draft.size(&["vocabulary_size"]);
    let layers = draft.layers("num_layers");
    let mut block = Block::of(draft);
    let ids = block.input("token_ids", &[None]);
    block.input("padding_mask", &[None]);
    let mut from = block.embedding("token_embedding", ids, entries, sizes.width);
    for index in 0..layers {
        let name = format!("rwkv_layer_{index}");
        let parts = sizes.parts(block.inside(&name), index == 0);
        from = block.part(&name, "RWKV7_Block", parts, &[from]);
        // The sequence, and the values of the first layer for all others.
        let output = [None, sizes.width];
        block.state(from, &[&output, &output]);
        from = block.dropout("dropout", from);
    }
    let normed = block.layer_norm("output_norm", from);
    block.dense("head", normed, entries, false);
    block.finish(draft);
}

impl Sizes {
    fn parts(&self, mut block: Block, is_first: bool) -> Block {
        let mut from = block.fed();
        if is_first {
            from = block.layer_norm("init_norm", from);
        }
        let normed = block.layer_norm("att_norm", from);
        for name in ["x_r", "x_w", "x_k", "x_v", "x_a", "x_g", "k_k", "k_a"] {
            block.variable(&format!("RWKV_TIME_MIX/{name}"), &[self.width]);
        }
        let heads = self.width.zip(self.head).and_then(|(width, head)| width.checked_div(head));
        block.variable("RWKV_TIME_MIX/r_k", &[heads, self.head]);
        // The first layer has no values of an earlier one to mix its own with.
        for (letter, narrow) in
            self.narrow.iter().filter(|(letter, _)| !(is_first && *letter == "v"))
        {
            let name = |step: i64| format!("RWKV_TIME_MIX/{letter}{step}");
            if *letter != "g" {
                block.variable(&name(0), &[self.width]);
            }
            block.variable(&name(1), &[self.width, *narrow]);
            block.variable(&name(2), &[*narrow, self.width]);
        }
        for name in ["receptance", "key", "value", "output_layer"] {
            block.dense(&format!("RWKV_TIME_MIX/{name}"), normed, self.width, false);
        }
        let mixed = block.add(
            "RWKV_TIME_MIX/group_normalization",
            "GroupNormalization",
            "group_norm",
            &[],
            &[normed],
        );
        let normed = block.layer_norm("ffn_norm", mixed);
        block.variable("RWKV_CMIX/time_mix_k", &[self.width]);
        let wide = block.dense("RWKV_CMIX/dense_k", normed, self.inner, false);
        block.dense("RWKV_CMIX/dense_v", wide, self.width, false);
        block
    }
}
