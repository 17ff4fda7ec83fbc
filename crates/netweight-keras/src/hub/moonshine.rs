//! Moonshine: sound through three convolutions, then an encoder and a decoder of text.

use netweight_core::{Arg, Dim, Edge, Shape};
use netweight_markup::Node;

use super::block::{Block, Size, int, product};
use super::efficientnet::whole;
use crate::class::Class;
use crate::layer::Draft;

pub(crate) static CLASSES: &[Class] =
    &[Class { names: &["MoonshineBackbone"], more: moonshine, ..Class::PLAIN }];

/// One of the two sides.
struct Side {
    width: Size,
    heads: Size,
    head: Size,
    inner: Size,
    /// Values of a head that places turn, two at a time.
    turned: Size,
    bias: bool,
    gated: bool,
}

impl Side {
    fn read(draft: &mut Draft, [heads, gated]: [&'static str; 2]) -> Self {
        let width = draft.size(&["hidden_dim"]);
        let heads = draft.size(&[heads]);
        let step = draft.size(&["pad_head_dim_to_multiple_of"]).unwrap_or(1);
        let head = width.zip(heads).and_then(|(width, heads)| width.checked_div(heads));
        let head = head.and_then(|head| head.checked_add(step - 1)?.checked_div(step));
        let head = product(&[head, Some(step)]);
        let part = draft.given(&["partial_rotary_factor"]).and_then(Node::as_f64).unwrap_or(0.62);
        Self {
            width,
            heads,
            head,
            inner: product(&[width, draft.size(&["feedforward_expansion_factor"])]),
            turned: head.and_then(|head| whole(head as f64 * part)).map(|values| values / 2),
            bias: draft.flag(&["attention_bias"]),
            gated: draft.flag(&[gated]),
        }
    }

    /// Numbers of places, and by how much each turns queries and keys.
    fn places(&self, block: &mut Block, side: &str, from: Edge) {
        let unknown: Shape = [Dim::Unknown].into_iter().collect();
        let numbers = block.add(&format!("{side}_positions"), "Arange", "opaque", &[], &[from]);
        block.state_whole(numbers, vec![unknown.clone()]);
        let name = format!("{side}_rotary_embedding");
        let mut parts = block.inside(&name);
        parts.variable("inv_freq", &[self.turned]);
        parts.freeze_last();
        let turns = block.part(&name, "MoonshineRotaryEmbedding", parts, &[numbers]);
        block.state_whole(turns, vec![unknown]);
    }

    /// Attention to itself, to the sound where there is one, then two dense layers.
    fn parts(&self, mut block: Block, attentions: &[&str]) -> Block {
        let mut from = block.fed();
        let attended = product(&[self.heads, self.head]);
        for attention in attentions {
            let normed = block.scaled(&format!("{attention}_layer_norm"), from);
            let query = block.dense(&format!("{attention}/query"), normed, attended, self.bias);
            block.dense(&format!("{attention}/key"), normed, attended, self.bias);
            block.dense(&format!("{attention}/value"), normed, attended, self.bias);
            let name = format!("{attention}/attention_output");
            from = block.dense(&name, query, self.width, self.bias);
        }
        let normed = block.scaled("feedforward_layer_norm", from);
        let units = if self.gated { product(&[self.inner, Some(2)]) } else { self.inner };
        let mut wide = block.dense("feedforward/dense_1", normed, units, true);
        if self.gated {
            let args = [("axis", int(Some(-1))), ("sections", int(Some(2)))];
            wide = block.add("feedforward/gate", "Split", "split", &args, &[wide]);
        }
        block.dense("feedforward/dense_2", wide, self.width, true);
        block
    }
}

impl Block {
    /// A normalization that scales and does not shift.
    fn scaled(&mut self, name: &str, from: Edge) -> Edge {
        let edge = self.layer_norm(name, from);
        self.set_last("offset", false);
        edge
    }
}

fn moonshine(draft: &mut Draft) {
    let encoder = Side::read(draft, ["encoder_num_heads", "encoder_use_swiglu_activation"]);
    let decoder = Side::read(draft, ["decoder_num_heads", "decoder_use_swiglu_activation"]);
    let width = encoder.width;
    let layers = ["encoder_num_layers", "decoder_num_layers"].map(|key| draft.layers(key));
    let entries = draft.size(&["vocabulary_size"]);
    let filters = draft.size(&["filter_dim"]);
    let mut block = Block::of(draft);
    let mask = block.input("encoder_padding_mask", &[None]);
    let sound = block.input("encoder_input_values", &[None, Some(1)]);
    let features = convolutions(&mut block, sound, filters);
    block.add("compute_attention_mask", "ComputeAttentionMask", "activation", &[], &[mask]);
    let from = block.dropout("encoder_dropout", features);
    encoder.places(&mut block, "encoder", from);
    let name = ("encoder_block", "MoonshineEncoderBlock");
    let parts = |block| encoder.parts(block, &["self_attention"]);
    let from = block.stack(name, layers[0], from, parts);
    let encoded = block.scaled("encoder_final_layer_norm", from);
    let ids = block.input("decoder_token_ids", &[None]);
    block.input("decoder_padding_mask", &[None]);
    let from = block.reversible("token_embedding", ids, (entries, width), true);
    let from = block.dropout("decoder_dropout", from);
    decoder.places(&mut block, "decoder", from);
    let name = ("decoder_block", "MoonshineDecoderBlock");
    let parts = |block| decoder.parts(block, &["self_attention", "cross_attention"]);
    let from = block.stack(name, layers[1], from, parts);
    let decoded = block.scaled("decoder_post_norm", from);
    block.gives(&[encoded, decoded]);
    block.finish(draft);
}

fn convolutions(block: &mut Block, from: Edge, filters: Size) -> Edge {
    let conv =
        |block: &mut Block, index: i64, from: Edge, filters: Size, [kernel, stride]: [i64; 2]| {
            let args = [
                ("out_channels", int(filters)),
                ("kernel_size", Some(Arg::from(vec![kernel]))),
                ("stride", Some(Arg::from(vec![stride]))),
                ("bias", Some((index > 1).into())),
            ];
            block.add(&format!("conv{index}"), "Conv1D", "conv", &args, &[from])
        };
    let from = conv(block, 1, from, filters, [127, 64]);
    let from = block.relu("tanh_after_conv1", from);
    let args = [("groups", int(Some(1)))];
    let from = block.add("group_norm", "GroupNormalization", "group_norm", &args, &[from]);
    let from = conv(block, 2, from, product(&[filters, Some(2)]), [7, 3]);
    let from = block.relu("gelu_after_conv2", from);
    let from = conv(block, 3, from, filters, [3, 2]);
    block.relu("gelu_after_conv3", from)
}
