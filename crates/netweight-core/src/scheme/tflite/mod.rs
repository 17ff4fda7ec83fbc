//! TensorFlow Lite files as TensorFlow's converter writes them from a Keras model.

mod constant;
mod file;
mod fusion;
mod graph;
mod layout;
mod names;
mod operators;

use super::items::Item::{Biases, Weights};
use super::request::Request;
use super::size::Size;
use super::subject::Subject;
use super::{Family, Group, Rule, Scheme};
use crate::DType;
use crate::scheme::folding::folded;
use constant::{Constant, Use, constants};
use names::Names;

static TFLITE: Family = Family {
    name: "tflite",
    tool: "TensorFlow 2.21: TFLiteConverter",
    covers: "the constants of the converted graph: batch normalization folded, equal ones shared",
    leaves: "small weights and elementwise constants, by the mode; operators without a quantized version",
    options: &[],
};

/// What the converter is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Float16,
    /// Weights alone, activations measured while the model runs.
    Dynamic,
    /// Everything in whole numbers, with representative data.
    Int8,
    /// The same with activations of sixteen bits.
    Int16x8,
}

const fn row(id: &'static str, bits: u64, mode: Mode, summary: &'static str) -> Scheme {
    let (group, zero_point) = match mode {
        Mode::Float16 => (Group::None, None),
        _ => (Group::Channel, Some(DType::Int64)),
    };
    Scheme {
        id,
        family: &TFLITE,
        bits,
        group,
        scale: if zero_point.is_some() { Some(DType::Float32) } else { None },
        zero_point,
        by_default: false,
        summary,
        rule: Rule::Tflite(mode),
    }
}

pub(super) static SCHEMES: &[Scheme] = &[
    row("tflite-float16", 16, Mode::Float16, "every float constant in float16"),
    row("tflite-dynamic", 8, Mode::Dynamic, "int8 weights of 1,024 values and more"),
    row("tflite-int8", 8, Mode::Int8, "int8 weights, int32 biases, other constants int8"),
    row("tflite-int16x8", 8, Mode::Int16x8, "int8 weights, int64 biases, other constants int16"),
];

/// Weights of fewer values stay float in the dynamic mode.
const SMALL: u64 = 1024;

pub(super) fn size(subject: &Subject<'_>, request: &Request, mode: Mode) -> Size {
    let mut size = Size::new(request, subject);
    size.assume("the converter's graph by kind and role, with biases that are not zero");
    let folded = folded(subject.analysis);
    let names = Names::new(subject.analysis, &folded);
    let made = constants(subject, &folded, &names);
    for (condition, reason) in &made.refusals {
        if condition(mode) {
            size.refuse(reason.clone());
        }
    }
    for constant in &made.constants {
        add(&mut size, mode, constant);
    }
    let graph = graph::graph(subject.analysis, &names);
    size.file = Some(file::size(mode, &size, &made.constants, &graph));
    size
}

fn add(size: &mut Size, mode: Mode, constant: &Constant) {
    let Constant { layer, values, usage, readers, .. } = *constant;
    let layer = Some(layer);
    let float = values.saturating_mul(4);
    match (mode, usage) {
        (_, Use::Float) if mode != Mode::Float16 => {
            size.keep(layer, float, "read by operators that stay float");
        }
        (Mode::Float16, _) => size.add(layer, Weights, values.saturating_mul(2)),
        (Mode::Dynamic, Use::Weight | Use::Table) if values >= SMALL => {
            size.add(layer, Weights, values);
        }
        (Mode::Dynamic, Use::Weight | Use::Table) => {
            size.keep(layer, float, "weights of fewer than 1,024 values");
        }
        (Mode::Dynamic, _) => size.keep(layer, float, "biases and elementwise constants"),
        (_, Use::Weight | Use::Table) => size.add(layer, Weights, values),
        // Each operator has an input scale of its own, so each reads a copy of its own.
        (Mode::Int8, Use::Bias) => {
            size.add(layer, Biases, float.saturating_mul(readers));
        }
        (_, Use::Bias) => size.add(layer, Biases, values.saturating_mul(8)),
        (Mode::Int8, _) => size.add(layer, Weights, values),
        (_, _) => size.add(layer, Weights, values.saturating_mul(2)),
    }
}
