//! About the length of the file: tables of tensors, operators and names beside the constants.

use super::constant::{Constant, Constants, Use};
use super::{Mode, SMALL};
use crate::scheme::size::{FileSize, Size};
use crate::scheme::subject::Subject;

/// A float32 scale and an int64 zero point.
const SCALE: u64 = 12;
/// A quantized constant's own table, and in float16 the operator that casts it back.
const QUANTIZED: u64 = 89;
const CAST: u64 = 173;
/// For each byte of a layer's name: converted tensors are called by the layers that went into
/// them, and each layer takes about as much as its name is long.
const NAME: u64 = 27;
/// The tables around everything.
const FIXED: u64 = 1_288;
/// The operators at both ends of a model in whole numbers.
const ENDS: u64 = 313;

/// What takes more operators than its name tells.
const STRUCTURE: &[(&str, u64)] = &[
    ("conv_transpose", 650),
    ("layer_norm", 1_800),
    ("multi_head_attention", 9_000),
    ("grouped_query_attention", 9_000),
    ("lstm", 9_500),
    ("gru", 9_500),
    ("simple_rnn", 9_500),
];
/// Dimensions are put in and taken out around a convolution of one dimension.
const FLAT_CONVOLUTION: u64 = 1_100;

/// The 95th percentile over seventeen networks, small ones (under 50 kB) included.
const TOLERANCE: f64 = 0.05;

pub(super) fn size(subject: &Subject<'_>, mode: Mode, size: &Size, graph: &Constants) -> FileSize {
    let each = if mode == Mode::Float16 { CAST } else { QUANTIZED };
    let constants = graph.constants.iter().map(|constant| {
        let (quantized, scales) = quantized(mode, constant);
        let wide = match (mode, constant.usage) {
            // Biases of 64 bits lie in the file twice.
            (Mode::Int16x8, Use::Bias) => constant.values.saturating_mul(8),
            _ => 0,
        };
        wide.saturating_add(quantized * each).saturating_add(scales.saturating_mul(SCALE))
    });
    let layers = subject.analysis.model.layers.iter().zip(&subject.analysis.layers);
    let structure = layers.map(|(layer, found)| {
        let kind = found.evaluated.kind.map_or("", |kind| kind.name);
        let rank = found.evaluated.args.list("kernel_size").map_or(2, <[i64]>::len);
        let extra = match STRUCTURE.iter().find(|(known, _)| *known == kind) {
            Some((_, bytes)) => *bytes,
            None if kind == "conv" && rank == 1 => FLAT_CONVOLUTION,
            None => 0,
        };
        let named = if matches!(kind, "input" | "dropout") { 0 } else { layer.path.len() as u64 };
        extra.saturating_add(named * NAME)
    });
    let ends = if matches!(mode, Mode::Int8 | Mode::Int16x8) { ENDS } else { 0 };
    let parts = constants.chain(structure).chain([FIXED, ends]);
    let bytes = parts.fold(size.total.total(), u64::saturating_add);
    FileSize { bytes, tolerance: TOLERANCE }
}

/// How many quantized copies of a constant there are, and their scales.
fn quantized(mode: Mode, constant: &Constant) -> (u64, u64) {
    let Constant { values, usage, channels, readers, .. } = *constant;
    match (mode, usage) {
        (Mode::Float16, _) => (1, 0),
        (_, Use::Float) => (0, 0),
        (Mode::Dynamic, Use::Weight | Use::Table) if values >= SMALL => (1, channels),
        (Mode::Dynamic, _) => (0, 0),
        (_, Use::Bias) => (readers, channels.saturating_mul(readers)),
        _ => (1, channels),
    }
}
