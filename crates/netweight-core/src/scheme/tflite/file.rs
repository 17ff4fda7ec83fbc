//! The length of the file: tables of tensors, operators and names beside the constants.

use super::constant::{Constant, Use};
use super::graph::{Graph, OUTPUT};
use super::layout::{self, Entry};
use super::{Mode, SMALL};
use crate::scheme::size::{FileSize, Size};

/// How far the length may be off, as a share of it and in bytes: what holds for 19 of 20 of some two
/// hundred files that the converter wrote, small ones (under 10 kB) included.
const SHARE: f64 = 0.01;
const BYTES: f64 = 50.0;

/// Operators without a version for whole numbers: what they read is cast back, what they give
/// quantized again.
const FLOAT_ONLY: [&str; 3] = ["ELU", "NEG", "SQUARE"];

pub(super) fn size(mode: Mode, size: &Size, constants: &[Constant], graph: &Graph) -> FileSize {
    let mut file = File { mode, is_open: graph.is_open, bytes: layout::FIXED, codes: Vec::new() };
    match mode {
        Mode::Float16 => {
            file.add(layout::REDUCED);
            file.casts(constants);
            // The state and the results of a loop start from the same zeros, cast twice.
            (0..graph.loops).for_each(|_| file.converted("DEQUANTIZE", OUTPUT.len() as u64, 0));
        }
        Mode::Int8 | Mode::Int16x8 => file.ends(graph),
        Mode::Dynamic => {}
    }
    for constant in constants {
        file.constant(constant);
    }
    if constants.iter().any(|constant| quantized(mode, constant).1 > 0) {
        file.add(layout::SCALES);
    }
    for operator in &graph.operators {
        file.operator(operator.op, operator.inputs, operator.is_fused);
        if mode == Mode::Int8 && FLOAT_ONLY.contains(&operator.op) {
            file.converted("DEQUANTIZE", OUTPUT.len() as u64, 0);
            file.converted("QUANTIZE", OUTPUT.len() as u64, 1);
        }
    }
    if mode == Mode::Int16x8 {
        let names = graph.joined.iter().map(|name| name + "_requantized".len() as u64);
        names.for_each(|name| file.converted("QUANTIZE", name, 1));
    }
    for value in &graph.values {
        let is_quantized = value.whole.is_none() && matches!(mode, Mode::Int8 | Mode::Int16x8);
        let entry = Entry {
            name: value.name,
            rank: value.rank,
            is_open: file.is_open && value.whole.is_none(),
            is_float32: value.whole.is_none() && !is_quantized,
            scales: u64::from(is_quantized),
            has_ranges: is_quantized && mode == Mode::Int16x8,
            is_stored: value.whole.is_some_and(|bytes| bytes > 0),
        };
        file.add(entry.bytes().saturating_add(value.whole.unwrap_or(0)));
    }
    file.add(graph.ports.saturating_add(graph.loop_bytes));
    file.add(file.codes.len() as u64 * layout::CODE);
    file.add(size.total.total());
    file.size()
}

struct File {
    mode: Mode,
    is_open: bool,
    bytes: u64,
    /// The operators that it uses, the first of all at the front.
    codes: Vec<&'static str>,
}

impl File {
    #[expect(clippy::cast_precision_loss, reason = "a share, told in percent")]
    fn size(&self) -> FileSize {
        let tolerance = SHARE + BYTES / self.bytes.max(1) as f64;
        FileSize { bytes: self.bytes, tolerance }
    }

    fn add(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_add(bytes);
    }

    fn operator(&mut self, op: &'static str, inputs: u64, is_fused: bool) {
        if !self.codes.contains(&op) {
            self.codes.push(op);
        }
        let is_first = self.codes.first() == Some(&op);
        self.add(layout::operator(op, inputs, is_fused, is_first));
    }

    fn constant(&mut self, constant: &Constant) {
        let (copies, scales) = quantized(self.mode, constant);
        let entry = Entry {
            name: constant.name,
            rank: constant.rank,
            is_float32: copies == 0,
            scales: scales.checked_div(copies).unwrap_or(0),
            has_ranges: self.mode == Mode::Int16x8 && constant.usage != Use::Bias,
            is_stored: true,
            ..Entry::default()
        };
        self.add(entry.bytes().saturating_mul(copies.max(1)));
        if self.mode == Mode::Dynamic && constant.usage == Use::Table && copies > 0 {
            // What is looked up is cast back.
            self.operator("DEQUANTIZE", 1, false);
            self.add(Entry { scales: 0, is_stored: false, ..entry }.bytes());
        }
    }

    /// In float16 each constant is cast back before it is read.
    fn casts(&mut self, constants: &[Constant]) {
        for constant in constants {
            self.operator("DEQUANTIZE", 1, false);
            let (name, rank) = (constant.name + 1, constant.rank);
            self.add(Entry { name, rank, is_float32: true, ..Entry::default() }.bytes());
        }
    }

    /// Inputs are quantized, outputs cast back.
    fn ends(&mut self, graph: &Graph) {
        for (op, times) in [("QUANTIZE", graph.inputs), ("DEQUANTIZE", graph.outputs)] {
            (0..times).for_each(|_| self.converted(op, OUTPUT.len() as u64, 0));
        }
    }

    /// An operator that converts a value.
    fn converted(&mut self, op: &'static str, name: u64, scales: u64) {
        self.operator(op, 1, false);
        let entry = Entry {
            name,
            rank: 3,
            is_open: self.is_open,
            is_float32: scales == 0,
            scales,
            has_ranges: scales > 0 && self.mode == Mode::Int16x8,
            ..Entry::default()
        };
        self.add(entry.bytes());
    }
}

/// How many quantized copies of a constant there are, and their scales.
fn quantized(mode: Mode, constant: &Constant) -> (u64, u64) {
    let Constant { values, usage, channels, readers, shares, .. } = *constant;
    match (mode, usage) {
        (Mode::Float16, _) => (1, 0),
        (_, Use::Float) => (0, 0),
        (Mode::Dynamic, Use::Weight | Use::Table) if values >= SMALL => (1, channels),
        (Mode::Dynamic, _) => (0, 0),
        (Mode::Int8, Use::Bias) => {
            let tensors = readers.max(shares);
            (tensors, channels.saturating_mul(tensors))
        }
        _ => (1, channels),
    }
}
