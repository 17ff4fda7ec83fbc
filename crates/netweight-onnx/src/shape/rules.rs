//! The table of shape rules, a row for each way of making shapes.

use std::sync::LazyLock;

use smallvec::{SmallVec, smallvec};

use super::{
    Dim, Shape, Site, control, fused, layout, product, recurrent, reduce, same, size, window,
};
use crate::name::Map;

/// Shapes by output.
pub(super) type Outputs = Option<Given>;

/// Shapes by output; most calls have one.
pub(super) type Given = SmallVec<[Shape; 1]>;

struct Rule {
    ops: &'static [&'static str],
    outputs: Infer,
}

/// Operators of all domains: those of the same name have the same shapes.
const RULES: &[Rule] = &[
    Rule { ops: same::OPS, outputs: same::first },
    Rule { ops: same::ALL_OUTPUTS, outputs: same::every },
    Rule { ops: same::SECOND, outputs: same::second },
    Rule { ops: same::MERGES, outputs: same::broadcast_all },
    Rule { ops: &["QLinearAdd", "QLinearMul"], outputs: same::broadcast_quantized },
    Rule { ops: &["Transpose"], outputs: layout::transposed },
    Rule { ops: &["Reshape"], outputs: layout::reshaped },
    Rule { ops: &["Flatten"], outputs: layout::flattened },
    Rule { ops: &["Squeeze"], outputs: layout::squeezed },
    Rule { ops: &["Unsqueeze"], outputs: layout::unsqueezed },
    Rule { ops: &["Concat"], outputs: layout::concatenated },
    Rule { ops: &["Split"], outputs: layout::split },
    Rule { ops: &["Slice"], outputs: layout::sliced },
    Rule { ops: &["Gather", "GatherBlockQuantized"], outputs: layout::gathered },
    Rule { ops: &["GatherElements"], outputs: same::second },
    Rule { ops: &["GatherND"], outputs: layout::gathered_nd },
    Rule { ops: &["ArrayFeatureExtractor"], outputs: layout::extracted },
    Rule { ops: &["Expand"], outputs: layout::expanded },
    Rule { ops: &["Tile"], outputs: layout::tiled },
    Rule { ops: &["Pad"], outputs: layout::padded },
    Rule { ops: &["DepthToSpace"], outputs: layout::depth_to_space },
    Rule { ops: &["SpaceToDepth"], outputs: layout::space_to_depth },
    Rule { ops: &["OneHot"], outputs: layout::one_hot },
    Rule { ops: &["Shape"], outputs: size::shape },
    Rule { ops: &["Size"], outputs: size::scalar },
    Rule { ops: &["ConstantOfShape"], outputs: size::filled },
    Rule { ops: &["Range"], outputs: size::range },
    Rule { ops: &["NonZero"], outputs: size::non_zero },
    Rule { ops: &["RandomNormal", "RandomUniform"], outputs: size::random },
    Rule { ops: &["Conv", "FusedConv", "ConvInteger"], outputs: window::convolved },
    Rule { ops: &["QLinearConv"], outputs: window::convolved_quantized },
    Rule { ops: &["NhwcConv", "NhwcFusedConv"], outputs: window::convolved_channels_last },
    Rule { ops: &["ConvTranspose"], outputs: window::transposed },
    Rule { ops: window::POOLS, outputs: window::pooled },
    Rule { ops: window::GLOBAL_POOLS, outputs: window::pooled_globally },
    Rule { ops: &["Resize", "Upsample"], outputs: window::resized },
    Rule { ops: &["MatMul", "MatMulInteger", "MatMulIntegerToFloat"], outputs: product::matmul },
    Rule { ops: &["FusedMatMul", "TransposeMatMul"], outputs: product::matmul_transposed },
    Rule { ops: &["QLinearMatMul"], outputs: product::matmul_quantized },
    Rule { ops: &["DynamicQuantizeMatMul"], outputs: product::matmul },
    Rule { ops: &["Gemm", "FusedGemm", "GemmFloat8"], outputs: product::gemm },
    Rule { ops: &["QGemm"], outputs: product::gemm_quantized },
    Rule { ops: &["MatMulNBits", "MatMulBnb4"], outputs: product::packed },
    Rule { ops: &["Einsum"], outputs: product::einsum },
    Rule { ops: &["LinearClassifier", "TreeEnsembleClassifier"], outputs: product::classified },
    Rule { ops: reduce::OPS, outputs: reduce::reduced },
    Rule { ops: &["ArgMax", "ArgMin"], outputs: reduce::arg },
    Rule { ops: &["TopK"], outputs: reduce::top },
    Rule { ops: &["LSTM", "GRU", "RNN", "DynamicQuantizeLSTM"], outputs: recurrent::sequence },
    Rule {
        ops: &["SkipLayerNormalization", "SkipSimplifiedLayerNormalization"],
        outputs: fused::skip,
    },
    Rule { ops: &["EmbedLayerNormalization"], outputs: fused::embedded },
    Rule { ops: &["Attention", "QAttention"], outputs: fused::attention },
    Rule { ops: &["MultiHeadAttention"], outputs: fused::multi_head },
    Rule { ops: &["GroupQueryAttention"], outputs: fused::grouped },
    Rule { ops: &["DynamicQuantizeLinear"], outputs: fused::quantized },
    Rule { ops: &["If"], outputs: control::branches },
    Rule { ops: &["Loop"], outputs: control::iterated },
];

/// One output of this shape.
pub(super) fn one(shape: Vec<Dim>) -> Outputs {
    Some(smallvec![Some(shape)])
}

/// The shapes of what a call gives.
pub(super) fn infer(site: &Site) -> Given {
    let outputs = BY_OP.get(site.wiring.op(site.call));
    outputs.and_then(|outputs| outputs(site)).unwrap_or_default()
}

/// A row's rule.
type Infer = fn(&Site) -> Outputs;

static BY_OP: LazyLock<Map<&str, Infer>> = LazyLock::new(|| {
    let mut by_op = Map::default();
    for rule in RULES {
        for op in rule.ops {
            by_op.entry(*op).or_insert(rule.outputs);
        }
    }
    by_op
});
