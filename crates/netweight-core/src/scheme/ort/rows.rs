//! The schemes of ONNX Runtime's quantizers, one row each.

use crate::DType;
use crate::scheme::{Family, Group, Rule, Scheme};

/// How a weight-only quantizer writes a matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::scheme) enum Layout {
    /// `MatMulNBits`: columns in padded blocks.
    Columns,
    /// `DequantizeLinear` before the MatMul: no padding.
    Dequantized,
    /// `MatMulNBits`, and tables as `GatherBlockQuantized`.
    Gather,
    /// `MatMulNBits` with float zero points.
    Hqq,
    /// `MatMulNBits` as the vendored neural compressor writes it.
    Rtn,
    /// `MatMulBnb4`: flat blocks.
    Bnb4,
}

const MATMUL: &str = "MatMul with a constant matrix of two dimensions as its second input";
const REST: &str = "Gemm (so most classifiers of CNNs), Conv, batched matrices, weights in Constant nodes or behind Identity";

const fn weight_only(name: &'static str, tool: &'static str) -> Family {
    Family { name, tool, covers: MATMUL, leaves: REST, options: &[] }
}

static NBITS: Family =
    weight_only("onnxruntime-matmulnbits", "onnxruntime 1.32: MatMulNBitsQuantizer");
static QDQ_BLOCKS: Family =
    weight_only("onnxruntime-matmulnbits-qdq", "onnxruntime 1.32: MatMulNBitsQuantizer, QDQ");
static GATHER: Family = Family {
    covers: "MatMul with a constant matrix, and Gather on a constant table",
    ..weight_only(
        "onnxruntime-gatherblockquantized",
        "onnxruntime 1.32: MatMulNBitsQuantizer, MatMul and Gather",
    )
};
static HQQ: Family = weight_only("onnxruntime-hqq", "onnxruntime 1.32: HQQWeightOnlyQuantConfig");
static RTN: Family =
    weight_only("onnxruntime-rtn", "onnxruntime 1.32: RTN and k-quant of neural_compressor");
static BNB4: Family = weight_only("onnxruntime-bnb4", "onnxruntime 1.32: MatMulBnb4Quantizer");

const fn row(
    id: &'static str,
    family: &'static Family,
    bits: u64,
    group: Group,
    zero_point: Option<DType>,
    layout: Layout,
    summary: &'static str,
) -> Scheme {
    let rule = Rule::WeightOnly(layout);
    Scheme { id, family, bits, group, scale: None, zero_point, by_default: false, summary, rule }
}

const fn zeros(asymmetric: bool) -> Option<DType> {
    if asymmetric { Some(DType::UInt8) } else { None }
}

const fn nbits(id: &'static str, bits: u64, block: u64, asymmetric: bool) -> Scheme {
    let summary = "MatMulNBits: each column in blocks, the last one padded";
    row(id, &NBITS, bits, Group::Block(block), zeros(asymmetric), Layout::Columns, summary)
}

const fn qdq(id: &'static str, block: u64, asymmetric: bool) -> Scheme {
    let (group, summary) = match block {
        0 => (Group::Channel, "DequantizeLinear before the MatMul, a scale for each column"),
        block => (Group::Block(block), "DequantizeLinear before the MatMul, no padding"),
    };
    row(id, &QDQ_BLOCKS, 4, group, zeros(asymmetric), Layout::Dequantized, summary)
}

const fn gather(id: &'static str, block: u64, asymmetric: bool) -> Scheme {
    let summary = "MatMulNBits, and embeddings as GatherBlockQuantized";
    row(id, &GATHER, 4, Group::Block(block), zeros(asymmetric), Layout::Gather, summary)
}

const fn hqq(id: &'static str, bits: u64, block: u64) -> Scheme {
    let summary = "MatMulNBits with zero points as floats";
    row(id, &HQQ, bits, Group::Block(block), Some(DType::Float32), Layout::Hqq, summary)
}

const fn rtn(id: &'static str, block: u64, asymmetric: bool) -> Scheme {
    let summary = "MatMulNBits by round-to-nearest or k-quant";
    row(id, &RTN, 4, Group::Block(block), zeros(asymmetric), Layout::Rtn, summary)
}

const fn bnb(id: &'static str, block: u64) -> Scheme {
    let summary = "MatMulBnb4: flat blocks over the matrix, an absmax for each";
    row(id, &BNB4, 4, Group::Block(block), None, Layout::Bnb4, summary)
}

pub(in crate::scheme) static WEIGHT_ONLY: &[Scheme] = &[
    nbits("ort-nbits2-b16-sym", 2, 16, false),
    nbits("ort-nbits2-b16-asym", 2, 16, true),
    nbits("ort-nbits2-b32-sym", 2, 32, false),
    nbits("ort-nbits2-b32-asym", 2, 32, true),
    nbits("ort-nbits2-b64-sym", 2, 64, false),
    nbits("ort-nbits2-b64-asym", 2, 64, true),
    nbits("ort-nbits2-b128-sym", 2, 128, false),
    nbits("ort-nbits2-b128-asym", 2, 128, true),
    nbits("ort-nbits2-b256-sym", 2, 256, false),
    nbits("ort-nbits2-b256-asym", 2, 256, true),
    nbits("ort-nbits4-b16-sym", 4, 16, false),
    nbits("ort-nbits4-b16-asym", 4, 16, true),
    nbits("ort-nbits4-b32-sym", 4, 32, false),
    nbits("ort-nbits4-b32-asym", 4, 32, true),
    nbits("ort-nbits4-b64-sym", 4, 64, false),
    nbits("ort-nbits4-b64-asym", 4, 64, true),
    nbits("ort-nbits4-b128-sym", 4, 128, false),
    nbits("ort-nbits4-b128-asym", 4, 128, true),
    nbits("ort-nbits4-b256-sym", 4, 256, false),
    nbits("ort-nbits4-b256-asym", 4, 256, true),
    nbits("ort-nbits8-b16-sym", 8, 16, false),
    nbits("ort-nbits8-b16-asym", 8, 16, true),
    nbits("ort-nbits8-b32-sym", 8, 32, false),
    nbits("ort-nbits8-b32-asym", 8, 32, true),
    nbits("ort-nbits8-b64-sym", 8, 64, false),
    nbits("ort-nbits8-b64-asym", 8, 64, true),
    nbits("ort-nbits8-b128-sym", 8, 128, false),
    nbits("ort-nbits8-b128-asym", 8, 128, true),
    nbits("ort-nbits8-b256-sym", 8, 256, false),
    nbits("ort-nbits8-b256-asym", 8, 256, true),
    qdq("ort-nbits4-qdq-b16-sym", 16, false),
    qdq("ort-nbits4-qdq-b16-asym", 16, true),
    gather("ort-nbits4-gather-b16-sym", 16, false),
    gather("ort-nbits4-gather-b16-asym", 16, true),
    qdq("ort-nbits4-qdq-b32-sym", 32, false),
    qdq("ort-nbits4-qdq-b32-asym", 32, true),
    gather("ort-nbits4-gather-b32-sym", 32, false),
    gather("ort-nbits4-gather-b32-asym", 32, true),
    qdq("ort-nbits4-qdq-b64-sym", 64, false),
    qdq("ort-nbits4-qdq-b64-asym", 64, true),
    gather("ort-nbits4-gather-b64-sym", 64, false),
    gather("ort-nbits4-gather-b64-asym", 64, true),
    qdq("ort-nbits4-qdq-b128-sym", 128, false),
    qdq("ort-nbits4-qdq-b128-asym", 128, true),
    gather("ort-nbits4-gather-b128-sym", 128, false),
    gather("ort-nbits4-gather-b128-asym", 128, true),
    qdq("ort-nbits4-qdq-b256-sym", 256, false),
    qdq("ort-nbits4-qdq-b256-asym", 256, true),
    gather("ort-nbits4-gather-b256-sym", 256, false),
    gather("ort-nbits4-gather-b256-asym", 256, true),
    qdq("ort-nbits4-qdq-chan-sym", 0, false),
    qdq("ort-nbits4-qdq-chan-asym", 0, true),
    hqq("ort-hqq2-b32", 2, 32),
    hqq("ort-hqq2-b64", 2, 64),
    hqq("ort-hqq2-b128", 2, 128),
    hqq("ort-hqq4-b32", 4, 32),
    hqq("ort-hqq4-b64", 4, 64),
    hqq("ort-hqq4-b128", 4, 128),
    hqq("ort-hqq8-b32", 8, 32),
    hqq("ort-hqq8-b64", 8, 64),
    hqq("ort-hqq8-b128", 8, 128),
    rtn("ort-rtn4-b32-sym", 32, false),
    rtn("ort-rtn4-b32-asym", 32, true),
    rtn("ort-kquant4-b32-asym", 32, true),
    rtn("ort-rtn4-b128-sym", 128, false),
    rtn("ort-rtn4-b128-asym", 128, true),
    rtn("ort-kquant4-b128-asym", 128, true),
    bnb("ort-bnb-nf4-b16", 16),
    bnb("ort-bnb-nf4-b32", 32),
    bnb("ort-bnb-nf4-b64", 64),
    bnb("ort-bnb-nf4-b128", 128),
    bnb("ort-bnb-nf4-b256", 256),
    bnb("ort-bnb-fp4-b16", 16),
    bnb("ort-bnb-fp4-b32", 32),
    bnb("ort-bnb-fp4-b64", 64),
    bnb("ort-bnb-fp4-b128", 128),
    bnb("ort-bnb-fp4-b256", 256),
];

/// How `quantize_static` writes a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::scheme) enum Form {
    /// Pairs of QuantizeLinear and DequantizeLinear.
    Pairs,
    /// Operators that compute in eight bits.
    Operators,
}

/// What `quantize_static` is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::scheme) struct Static {
    pub(super) form: Form,
    pub(super) activation: DType,
    pub(super) weight: DType,
    pub(super) per_channel: bool,
}

static DYNAMIC: Family = Family {
    name: "onnxruntime-dynamic",
    tool: "onnxruntime 1.32: quantize_dynamic",
    covers: "MatMul, plain Gemm, Conv, LSTM and Gather with stored weights",
    leaves: "biases, normalizations, GRU and RNN, ConvTranspose, weights in Constant nodes",
    options: &[],
};
static STATIC: Family = Family {
    name: "onnxruntime-static",
    tool: "onnxruntime 1.32: quantize_static",
    covers: "Conv, Gemm, MatMul and what lies between them, activations calibrated",
    leaves: "LSTM, GRU, decomposed functions, weights in Constant nodes; QOperator normalizations too",
    options: &[],
};
static FLOAT16: Family = Family {
    name: "onnx-float16",
    tool: "onnxruntime 1.32: convert_float_to_float16",
    covers: "every float32 tensor",
    leaves: "tensors that only blocked operators read, scales of Resize, unused tensors",
    options: &[],
};

const U8: DType = DType::UInt8;
const I8: DType = DType::Int8;
const U16: DType = DType::UInt16;
const I16: DType = DType::Int16;
const I4: DType = DType::Int4;
const U4: DType = DType::UInt4;

const fn dynamic(id: &'static str, weight: DType, per_channel: bool) -> Scheme {
    let (group, summary) = match per_channel {
        true => (Group::Channel, "8-bit weights, a scale for each column of a matrix"),
        false => (Group::Tensor, "8-bit weights, one scale each"),
    };
    Scheme {
        id,
        family: &DYNAMIC,
        bits: 8,
        group,
        scale: None,
        zero_point: Some(weight),
        by_default: false,
        summary,
        rule: Rule::Dynamic,
    }
}

const fn fixed(
    id: &'static str,
    form: Form,
    activation: DType,
    weight: DType,
    per_channel: bool,
) -> Scheme {
    Scheme {
        id,
        family: &STATIC,
        bits: match weight {
            DType::Int4 | DType::UInt4 => 4,
            DType::Int16 => 16,
            _ => 8,
        },
        group: if per_channel { Group::Channel } else { Group::Tensor },
        scale: None,
        zero_point: Some(weight),
        by_default: false,
        summary: match form {
            Form::Pairs => "QuantizeLinear and DequantizeLinear around the operators",
            Form::Operators => "operators that compute in eight bits",
        },
        rule: Rule::Static(Static { form, activation, weight, per_channel }),
    }
}

pub(in crate::scheme) static CONVERTED: &[Scheme] = &[
    dynamic("ort-dyn-int8", DType::Int8, false),
    dynamic("ort-dyn-int8-pc", DType::Int8, true),
    dynamic("ort-dyn-uint8", DType::UInt8, false),
    dynamic("ort-dyn-uint8-pc", DType::UInt8, true),
    fixed("ort-static-qdq-u8i8", Form::Pairs, U8, I8, false),
    fixed("ort-static-qdq-u8i8-pc", Form::Pairs, U8, I8, true),
    fixed("ort-static-qdq-i8i8", Form::Pairs, I8, I8, false),
    fixed("ort-static-qdq-i8i8-pc", Form::Pairs, I8, I8, true),
    fixed("ort-static-qdq-u8u8", Form::Pairs, U8, U8, false),
    fixed("ort-static-qdq-u8u8-pc", Form::Pairs, U8, U8, true),
    fixed("ort-static-qdq-u16i8", Form::Pairs, U16, I8, false),
    fixed("ort-static-qdq-u16i8-pc", Form::Pairs, U16, I8, true),
    fixed("ort-static-qdq-i16i16", Form::Pairs, I16, I16, false),
    fixed("ort-static-qdq-i16i16-pc", Form::Pairs, I16, I16, true),
    fixed("ort-static-qdq-u8i4", Form::Pairs, U8, I4, false),
    fixed("ort-static-qdq-u8i4-pc", Form::Pairs, U8, I4, true),
    fixed("ort-static-qdq-u8u4", Form::Pairs, U8, U4, false),
    fixed("ort-static-qdq-u8u4-pc", Form::Pairs, U8, U4, true),
    fixed("ort-static-qdq-u16u4", Form::Pairs, U16, U4, false),
    fixed("ort-static-qdq-u16u4-pc", Form::Pairs, U16, U4, true),
    fixed("ort-static-qop-u8i8", Form::Operators, U8, I8, false),
    fixed("ort-static-qop-u8i8-pc", Form::Operators, U8, I8, true),
    fixed("ort-static-qop-i8i8", Form::Operators, I8, I8, false),
    fixed("ort-static-qop-i8i8-pc", Form::Operators, I8, I8, true),
    fixed("ort-static-qop-u8u8", Form::Operators, U8, U8, false),
    fixed("ort-static-qop-u8u8-pc", Form::Operators, U8, U8, true),
    Scheme {
        id: "ort-fp16",
        family: &FLOAT16,
        bits: 16,
        group: Group::None,
        scale: None,
        zero_point: None,
        by_default: false,
        summary: "every float32 tensor halves but for a few operators' own",
        rule: Rule::Float16,
    },
];
