//! What PyTorch's quantizers and the microscaling standards make of a linear layer's matrix:
//! N outputs by K inputs.

use super::items::Item::{Scales, Weights, ZeroPoints};
use super::request::{OptionRow, Request};
use super::size::Size;
use super::subject::{Piece, Subject};
use super::term::Term;
use super::{Family, Group, Rule, Scheme};
use crate::{DType, Role};

/// How a matrix is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    BnbInt8,
    Bnb4 {
        double: bool,
    },
    Gptq,
    AwqGemm,
    AwqGemv,
    Hqq,
    /// Codes of their own width, a scale and perhaps a zero point for each row or group.
    Rows,
    /// Blocks of the microscaling standards, each with a scale of its own.
    Micro,
    /// As torchao keeps six bits: a byte each.
    Unpacked,
    Words,
}

const MATRICES: &str = "the matrices of linear layers: dense layers and attention projections";
const REST: &str = "embeddings, normalizations, biases and convolutions; the output head";

const fn family(name: &'static str, tool: &'static str) -> Family {
    Family { name, tool, covers: MATRICES, leaves: REST, options: &[HEAD] }
}

const HEAD: OptionRow =
    OptionRow::flag("head", "quantize the output head too, which the tools leave alone by default");

static BNB: Family = family("bitsandbytes", "bitsandbytes 0.50");
static GPTQ: Family = family("gptq", "GPTQModel 7.7");
static AWQ: Family = family("awq", "AutoAWQ 0.2.9");
static HQQ: Family = Family {
    options: &[
        HEAD,
        OptionRow::flag(
            "float32",
            "scales and zero points in float32, as the bare quantizer keeps them",
        ),
    ],
    ..family("hqq", "hqq 0.2.8, HQQLinear with float16 metadata")
};
static TORCHAO: Family = family("torchao", "torchao 0.18");
static MX: Family = family("ocp-mx", "OCP Microscaling Formats 1.0");
static NVFP4: Family = Family {
    options: &[
        HEAD,
        OptionRow::flag("no_tensor_scale", "without the float32 scale of the whole tensor"),
    ],
    ..family("nvfp4", "NVFP4")
};
static COMPRESSED: Family = family("compressed-tensors", "compressed-tensors 0.20, pack-quantized");

type Scale = Option<DType>;
const NO: Scale = None;
const F16: Scale = Some(DType::Float16);
const BF16: Scale = Some(DType::BFloat16);
const F32: Scale = Some(DType::Float32);
const I8: Scale = Some(DType::Int8);

const fn row(
    id: &'static str,
    family: &'static Family,
    bits: u64,
    group: Group,
    (scale, zero_point): (Scale, Scale),
    packing: Packing,
    summary: &'static str,
) -> Scheme {
    let rule = Rule::Matrix(packing);
    Scheme { id, family, bits, group, scale, zero_point, by_default: false, summary, rule }
}

const fn bnb(id: &'static str, block: u64, double: bool) -> Scheme {
    let summary = match double {
        false => "16-entry code, a float32 absmax for each block",
        true => "16-entry code, absmax in a byte, quantized again in blocks of 256",
    };
    let scale = if double { Some(DType::UInt8) } else { F32 };
    row(id, &BNB, 4, Group::Block(block), (scale, NO), Packing::Bnb4 { double }, summary)
}

const fn gptq(id: &'static str, bits: u64, group: u64) -> Scheme {
    let group = if group == 0 { Group::Channel } else { Group::Block(group) };
    let summary = "codes and zero points in int32 words, float16 scales, g_idx for each input";
    row(id, &GPTQ, bits, group, (F16, Some(DType::Int32)), Packing::Gptq, summary)
}

const fn awq(id: &'static str, packing: Packing, group: u64) -> Scheme {
    let summary = "codes and zero points in int32 words, float16 scales";
    row(id, &AWQ, 4, Group::Block(group), (F16, Some(DType::Int32)), packing, summary)
}

const fn hqq(id: &'static str, bits: u64, group: u64) -> Scheme {
    let summary = "a scale and a zero point in float16 for each group; ten 3-bit codes to an int32";
    row(id, &HQQ, bits, Group::Block(group), (F16, F16), Packing::Hqq, summary)
}

const fn torchao(
    id: &'static str,
    bits: u64,
    group: Group,
    types: (Scale, Scale),
    summary: &'static str,
) -> Scheme {
    row(id, &TORCHAO, bits, group, types, Packing::Rows, summary)
}

const fn mx(id: &'static str, bits: u64, packing: Packing, summary: &'static str) -> Scheme {
    row(id, &MX, bits, Group::Block(32), (Some(DType::Float8E8M0), NO), packing, summary)
}

pub(super) static SCHEMES: &[Scheme] = &[
    row("bnb-int8", &BNB, 8, Group::Channel, (F32, NO), Packing::BnbInt8, "LLM.int8()"),
    bnb("bnb-nf4-b64", 64, false),
    bnb("bnb-nf4-b64-double", 64, true),
    bnb("bnb-nf4-b128", 128, false),
    bnb("bnb-nf4-b128-double", 128, true),
    bnb("bnb-fp4-b64", 64, false),
    bnb("bnb-fp4-b64-double", 64, true),
    bnb("bnb-fp4-b128", 128, false),
    bnb("bnb-fp4-b128-double", 128, true),
    gptq("gptq-2bit-g32", 2, 32),
    gptq("gptq-2bit-g64", 2, 64),
    gptq("gptq-2bit-g128", 2, 128),
    gptq("gptq-2bit-g-1", 2, 0),
    gptq("gptq-3bit-g32", 3, 32),
    gptq("gptq-3bit-g64", 3, 64),
    gptq("gptq-3bit-g128", 3, 128),
    gptq("gptq-3bit-g-1", 3, 0),
    gptq("gptq-4bit-g32", 4, 32),
    gptq("gptq-4bit-g64", 4, 64),
    gptq("gptq-4bit-g128", 4, 128),
    gptq("gptq-4bit-g-1", 4, 0),
    gptq("gptq-8bit-g32", 8, 32),
    gptq("gptq-8bit-g64", 8, 64),
    gptq("gptq-8bit-g128", 8, 128),
    gptq("gptq-8bit-g-1", 8, 0),
    awq("awq-gemm-g32", Packing::AwqGemm, 32),
    awq("awq-gemm-g64", Packing::AwqGemm, 64),
    awq("awq-gemm-g128", Packing::AwqGemm, 128),
    awq("awq-gemv-g32", Packing::AwqGemv, 32),
    awq("awq-gemv-g64", Packing::AwqGemv, 64),
    awq("awq-gemv-g128", Packing::AwqGemv, 128),
    hqq("hqq-1bit-g64", 1, 64),
    hqq("hqq-1bit-g128", 1, 128),
    hqq("hqq-2bit-g64", 2, 64),
    hqq("hqq-2bit-g128", 2, 128),
    hqq("hqq-3bit-g64", 3, 64),
    hqq("hqq-3bit-g128", 3, 128),
    hqq("hqq-4bit-g64", 4, 64),
    hqq("hqq-4bit-g128", 4, 128),
    hqq("hqq-8bit-g64", 8, 64),
    hqq("hqq-8bit-g128", 8, 128),
    torchao(
        "torchao-int8wo",
        8,
        Group::Channel,
        (F32, I8),
        "a float32 scale and an int8 zero point for each row",
    ),
    torchao("torchao-float8wo", 8, Group::Channel, (F32, NO), "a float32 scale for each row"),
    torchao(
        "torchao-int4wo-g32",
        4,
        Group::Block(32),
        (BF16, BF16),
        "a bfloat16 scale and zero point for each group; as documented, not run",
    ),
    torchao(
        "torchao-int4wo-g64",
        4,
        Group::Block(64),
        (BF16, BF16),
        "a bfloat16 scale and zero point for each group; as documented, not run",
    ),
    torchao(
        "torchao-int4wo-g128",
        4,
        Group::Block(128),
        (BF16, BF16),
        "a bfloat16 scale and zero point for each group; as documented, not run",
    ),
    torchao(
        "torchao-intx4-g32",
        8,
        Group::Block(32),
        (BF16, I8),
        "4-bit codes left in a byte each, a bfloat16 scale and an int8 zero point for each group",
    ),
    mx("mxfp8", 8, Packing::Micro, "eight bits, an E8M0 scale for each 32 values"),
    mx("mxfp6", 6, Packing::Micro, "six bits, an E8M0 scale for each 32 values"),
    mx("mxfp4", 4, Packing::Micro, "four bits, an E8M0 scale for each 32 values"),
    mx("torchao-mxfp6", 6, Packing::Unpacked, "six bits as torchao keeps them: a byte each"),
    row(
        "nvfp4",
        &NVFP4,
        4,
        Group::Block(16),
        (Some(DType::Float8E4M3Fn), NO),
        Packing::Micro,
        "four bits, an E4M3 scale for each 16 values, a float32 scale for each tensor",
    ),
    row(
        "ct-pack-int4",
        &COMPRESSED,
        4,
        Group::None,
        (NO, NO),
        Packing::Words,
        "codes in int32 words, row by row; scales not counted",
    ),
    row(
        "ct-pack-int8",
        &COMPRESSED,
        8,
        Group::None,
        (NO, NO),
        Packing::Words,
        "codes in int32 words, row by row; scales not counted",
    ),
];

pub(super) fn size(subject: &Subject<'_>, request: &Request, packing: Packing) -> Size {
    let mut size = Size::new(request, subject);
    let head = if request.has("head") { None } else { subject.head() };
    for piece in subject.pieces().filter(Piece::is_used) {
        let layer = Some(piece.layer);
        if !piece.is_linear() {
            size.keep(layer, piece.bytes(), kept(&piece));
            continue;
        }
        if head == layer {
            size.keep(layer, piece.bytes(), "the output head, which the tools leave alone");
            continue;
        }
        let Some([inputs, outputs]) = piece.matrix() else { continue };
        match pack(packing, request, outputs, inputs) {
            Ok(terms) => size.add_terms(layer, &piece.tensor.name, terms),
            Err(reason) => {
                size.refuse(format!("{}: {reason}", piece.path));
                size.keep(layer, piece.bytes(), "the tool fails here");
            }
        }
    }
    size
}

fn kept(piece: &Piece<'_>) -> &'static str {
    match piece.role() {
        Role::Embedding => "embeddings are looked up, not multiplied",
        Role::Bias => "biases keep their type",
        Role::Kernel | Role::RecurrentKernel => "only linear layers are covered",
        _ => "vectors and tables keep their type",
    }
}

/// The parts of a matrix of N outputs by K inputs, or why the tool fails.
fn pack(packing: Packing, request: &Request, n: u64, k: u64) -> Result<Vec<Term>, String> {
    let (scheme, bits) = (request.scheme, request.scheme.bits);
    let group = scheme.block().unwrap_or(k).max(1);
    let codes = || Term::new(Weights, "codes");
    let scales = || Term::new(Scales, "scales");
    let zeros = || Term::new(ZeroPoints, "zero points");
    Ok(match packing {
        Packing::BnbInt8 => vec![codes().times(n).times(k), scales().times(4).times(n)],
        Packing::Bnb4 { double } => bnb4(n, k, group, double),
        Packing::Gptq => vec![
            codes().times(4).ceil(&[k, bits], 32).times(n),
            zeros().times(4).ceil(&[k], group).ceil(&[n, bits], 32),
            scales().times(2).ceil(&[k], group).times(n),
            Term::new(Scales, "g_idx").times(4).times(k),
        ],
        Packing::AwqGemm | Packing::AwqGemv if !k.is_multiple_of(group) || !n.is_multiple_of(8) => {
            return Err(format!(
                "AWQ needs inputs in whole groups of {group} and outputs in eights, found {k} and {n}"
            ));
        }
        Packing::AwqGemm => vec![
            codes().times(4).times(k).ceil(&[n], 8),
            zeros().times(4).ceil(&[k], group).ceil(&[n], 8),
            scales().times(2).ceil(&[k], group).times(n),
        ],
        Packing::AwqGemv => {
            let words = gemv_words(k, group);
            vec![
                codes().times(4).times(n).ceil(&[k], 8),
                zeros().times(4).times(n).times(words),
                scales().times(2).times(n).times(words).times(8),
            ]
        }
        Packing::Hqq => hqq_parts(request, n, k, group)?,
        Packing::Rows => {
            whole_groups(k, group)?;
            let width = |dtype: Option<DType>| dtype.and_then(DType::bits).map(|bits| bits / 8);
            let each = |term: Term, bytes| term.times(bytes).times(n).ceil(&[k], group);
            let zeros = width(scheme.zero_point).map(|bytes| each(zeros(), bytes));
            let scales = width(scheme.scale).map(|bytes| each(scales(), bytes));
            [Some(codes().ceil(&[n, k, bits], 8)), scales, zeros].into_iter().flatten().collect()
        }
        Packing::Micro | Packing::Unpacked => {
            whole_groups(k, group)?;
            let width = if packing == Packing::Micro { bits } else { 8 };
            let mut terms =
                vec![codes().ceil(&[n, k, width], 8), scales().times(n).ceil(&[k], group)];
            if scheme.family == &NVFP4 && !request.has("no_tensor_scale") {
                terms.push(Term::new(Scales, "tensor scale").times(4));
            }
            terms
        }
        Packing::Words => vec![codes().times(4).times(n).ceil(&[k], 32 / bits.max(1))],
    })
}

fn whole_groups(k: u64, group: u64) -> Result<(), String> {
    if k.is_multiple_of(group) {
        return Ok(());
    }
    Err(format!("{k} inputs do not come in whole blocks of {group}; choose another block"))
}

/// Blocks run over the flat tensor; the code has sixteen float32 entries, the second one 256.
fn bnb4(n: u64, k: u64, block: u64, double: bool) -> Vec<Term> {
    let blocks = n.saturating_mul(k).div_ceil(block);
    let absmax = Term::new(Scales, "absmax");
    let mut terms = vec![
        Term::new(Weights, "codes").ceil(&[n, k], 2),
        Term::new(Scales, "code table").times(64),
    ];
    if double {
        terms.push(absmax.ceil(&[n, k], block));
        terms.push(Term::new(Scales, "second absmax").times(4).ceil(&[blocks], 256));
        terms.push(Term::new(Scales, "second code table").times(1024));
    } else {
        terms.push(absmax.times(4).ceil(&[n, k], block));
    }
    terms
}

/// Words of a row's zero points, rounded up to what the kernel reads at once.
fn gemv_words(k: u64, group: u64) -> u64 {
    let multiple = match group {
        0..=32 => 4,
        33..=64 => 2,
        _ => 1,
    };
    (k / group).div_ceil(8).div_ceil(multiple) * multiple
}

fn hqq_parts(request: &Request, n: u64, k: u64, group: u64) -> Result<Vec<Term>, String> {
    let bits = request.scheme.bits;
    let elements = n.saturating_mul(k);
    if !elements.is_multiple_of(group) {
        return Err(format!("{n} × {k} values do not come in whole groups of {group}"));
    }
    let groups = elements / group;
    let codes = Term::new(Weights, "codes");
    let rows_packed = 8 / bits.max(1);
    let codes = match bits {
        // Ten codes to a word.
        3 => codes.times(4).times(group).ceil(&[groups], 10),
        // What is left over of eight groups is cut off without a word.
        1 => codes.times(group).times(groups / 8),
        _ if !groups.is_multiple_of(rows_packed) => {
            return Err(format!("{groups} groups cannot be packed {rows_packed} to a byte"));
        }
        _ => codes.ceil(&[n, k, bits], 8),
    };
    let width = if request.has("float32") { 4 } else { 2 };
    let meta = |item, what| Term::new(item, what).times(width).ceil(&[n, k], group);
    Ok(vec![codes, meta(Scales, "scales"), meta(ZeroPoints, "zero points")])
}
