//! A look at a few values of a stored tensor, where its name and place leave open what it is.

use std::collections::HashMap;

use netweight_core::{DType, Source, limits};

use crate::graph::{Stored, Wiring};
use crate::wire::{from_bfloat16, from_float16};
use crate::{Name, Storage};

/// Reads the first values of tensors, in the file or beside it.
pub(crate) struct Peek<'s> {
    source: &'s dyn Source,
    siblings: HashMap<Name, Option<Box<dyn Source>>>,
    left: usize,
}

/// Values that are looked at: two rows of most tables.
const MOST: usize = 2_048;

impl<'s> Peek<'s> {
    pub(crate) fn new(source: &'s dyn Source) -> Self {
        Self { source, siblings: HashMap::new(), left: limits::onnx::PEEKS }
    }

    /// The first values of a tensor of floats, all where they are few.
    pub(crate) fn floats(&mut self, wiring: &Wiring, stored: &Stored) -> Option<Vec<f64>> {
        match stored.floats() {
            Some(all) => Some(all),
            None => self.part(wiring, stored, 0, stored.elements?),
        }
    }

    /// Values of a tensor of floats from one on, up to as many as are bearable.
    pub(crate) fn part(
        &mut self,
        wiring: &Wiring,
        stored: &Stored,
        from: u64,
        count: u64,
    ) -> Option<Vec<f64>> {
        self.left = self.left.checked_sub(1)?;
        let count = usize::try_from(count).unwrap_or(MOST).min(MOST);
        let width = stored.dtype.bits()?.checked_div(8)?;
        let length = count.checked_mul(usize::try_from(width).ok()?)?;
        let from = from.checked_mul(width)?;
        let bytes = match (stored.position, stored.storage) {
            (Some(position), Some(Storage::Inline { bytes }))
                if *bytes >= from.checked_add(length as u64)? =>
            {
                self.source.read_vec(position.checked_add(from)?, length).ok()?
            }
            (_, Some(Storage::External { location, offset, .. })) => {
                let beside = self.sibling(wiring, *location)?;
                beside.read_vec(offset.unwrap_or(0).checked_add(from)?, length).ok()?
            }
            _ => return None,
        };
        floats(stored.dtype, &bytes).filter(|values| values.len() == count)
    }

    fn sibling(&mut self, wiring: &Wiring, location: Name) -> Option<&dyn Source> {
        let opened = self
            .siblings
            .entry(location)
            .or_insert_with(|| self.source.sibling(wiring.text(location)).ok());
        opened.as_deref()
    }
}

fn floats(dtype: DType, bytes: &[u8]) -> Option<Vec<f64>> {
    fn words<const N: usize>(bytes: &[u8], read: impl Fn([u8; N]) -> f64) -> Vec<f64> {
        bytes.as_chunks().0.iter().map(|word| read(*word)).collect()
    }
    Some(match dtype {
        DType::Float32 => words(bytes, |word| f64::from(f32::from_le_bytes(word))),
        DType::Float64 => words(bytes, f64::from_le_bytes),
        DType::Float16 => words(bytes, |word| from_float16(u16::from_le_bytes(word))),
        DType::BFloat16 => words(bytes, |word| from_bfloat16(u16::from_le_bytes(word))),
        _ => return None,
    })
}

/// Whether all values are one and the same, but for the last bits of what was computed.
pub(crate) fn uniform(values: &[f64]) -> bool {
    let Some(first) = values.first() else { return false };
    let near = |value: &f64| (value - first).abs() <= first.abs() * 1e-5;
    values.len() > 1 && values.iter().all(near)
}

/// Whether some values shut others out: minus infinity, or a number that stands for it.
pub(crate) fn is_mask(values: &[f64]) -> bool {
    values.iter().any(|value| *value <= -9_999.0)
}

/// Whether a tensor of some size has no more than two different values: a mask, a fill.
pub(crate) fn is_two_valued(values: &[f64]) -> bool {
    let first = values.first();
    let other = values.iter().find(|value| Some(*value) != first);
    let known = |value: &f64| Some(value) == first || Some(value) == other;
    values.len() >= 8 && values.iter().all(known)
}

/// How much values of a type are rounded, as a part of themselves.
pub(crate) fn rounding(dtype: DType) -> f64 {
    match dtype {
        DType::Float16 => 1.0 / 2_048.0,
        DType::BFloat16 => 1.0 / 256.0,
        _ => 1.0 / 16_777_216.0,
    }
}

/// Whether each value is the one before times the same factor, as slopes by head are.
pub(crate) fn is_geometric(values: &[f64], rounding: f64) -> bool {
    let [first, second, ..] = values else { return false };
    let factor = second / first;
    let bearable = factor.abs() * (4.0 * rounding).max(1e-4);
    let grows = |pair: &[f64]| matches!(pair, [a, b] if (b / a - factor).abs() <= bearable);
    let steep = factor.is_finite() && (factor - 1.0).abs() > 16.0 * rounding;
    values.len() > 3 && steep && values.windows(2).all(grows)
}

/// Whether several filters of this size are one and the same, as those that blur are.
pub(crate) fn is_one_filter(values: &[f64], size: usize) -> bool {
    let first = values.get(..size).filter(|_| values.len() > size && size > 1);
    first.is_some_and(|first| values.chunks(size).all(|filter| filter == first))
}

/// Whether the values are 0, 1, 2 … or another even climb in every row, from the same start: slopes
/// by head times positions climb by another step in each.
pub(crate) fn is_sequence(values: &[f64], width: usize, rounding: f64) -> bool {
    let climbs = |row: &[f64]| {
        let [first, second, ..] = row else { return false };
        let step = second - first;
        let blur = first.abs().max(row.last().map_or(0.0, |last| last.abs())) * rounding;
        let bearable = step.abs() * 1e-5 + 4.0 * blur;
        let near = |pair: &[f64]| matches!(pair, [a, b] if (b - a - step).abs() <= bearable);
        let steep = step.abs() > 16.0 * blur && values.first() == Some(first);
        row.len() > 3 && steep && row.windows(2).all(near)
    };
    let rows = values.chunks_exact(width.max(1));
    rows.len() > 0 && rows.clone().all(climbs)
}

/// Whether all values are whole numbers or lie half-way between: a grid of places, a mask.
pub(crate) fn is_grid(values: &[f64]) -> bool {
    values.len() >= 8 && values.iter().all(|value| (value * 2.0).fract() == 0.0)
}

/// Whether the values are a number times the identity matrix.
pub(crate) fn is_identity(values: &[f64], width: usize) -> bool {
    let square = width > 1 && values.len() == width.saturating_mul(width);
    let on_diagonal = |index: usize| index.is_multiple_of(width + 1);
    let wanted = |index: usize| if on_diagonal(index) { values.first() } else { Some(&0.0) };
    square && values.iter().enumerate().all(|(index, value)| Some(value) == wanted(index))
}

/// Whether two tensors are cosines and sines of the same angles, whatever they are multiplied by.
pub(crate) fn is_rotation(one: &[f64], other: &[f64]) -> bool {
    let mut radii = one.iter().zip(other).map(|(a, b)| a * a + b * b);
    let first = radii.next().unwrap_or(0.0);
    let turns = |values: &[f64]| values.len() >= 8 && !uniform(values);
    let even = radii.all(|radius| (radius - first).abs() <= first * 4e-3);
    one.len() == other.len() && first > 0.0 && even && turns(one) && turns(other)
}

/// Whether the values begin a raised cosine of some length, by which signals are cut into frames:
/// Hann's and Hamming's windows and their roots, over a period or from end to end.
pub(crate) fn is_window(values: &[f64], length: u64) -> bool {
    let Some(edge) = values.first().filter(|edge| values.len() >= 16 && (0.0..0.3).contains(*edge))
    else {
        return false;
    };
    let follows = |steps: u64, low: f64, root: bool| {
        values.iter().enumerate().all(|(index, value)| {
            let angle = std::f64::consts::TAU * index as f64 / steps as f64;
            let wanted = low + (1.0 - low) * (1.0 - angle.cos()) / 2.0;
            (if root { value * value } else { *value } - wanted).abs() < 1e-3
        })
    };
    [length, length.saturating_sub(1)]
        .into_iter()
        .any(|steps| follows(steps, *edge, false) || follows(steps, edge * edge, true))
}

/// Whether the values are a table of sines and cosines by position: side by side or one half each,
/// so that each pair lies on the unit circle; or only one of them, the first at position 0. A
/// position that stands for no word has a row of zeros.
pub(crate) fn is_sinusoid(values: &[f64], width: usize) -> bool {
    let half = width / 2;
    let mut rows = values.chunks_exact(width.max(1));
    let (Some(zero), Some(one), true) = (rows.next(), rows.next(), half > 0) else { return false };
    let near = |value: f64, wanted: f64| (value - wanted).abs() < 1e-3;
    let circle = |a: f64, b: f64| near(a * a + b * b, 1.0);
    let side_by_side =
        |row: &[f64]| row.chunks_exact(2).all(|pair| matches!(pair, [a, b] if circle(*a, *b)));
    let halves = |row: &[f64]| {
        let (sines, cosines) = row.split_at(half);
        sines.iter().zip(cosines).all(|(a, b)| circle(*a, *b))
    };
    let every = |fits: &dyn Fn(&[f64]) -> bool| {
        let mut rows = values.chunks_exact(width).filter(|row| row.iter().any(|v| *v != 0.0));
        rows.by_ref().next().is_some_and(fits) && rows.all(fits)
    };
    let only = |at_zero: f64, at_one: f64| {
        zero.iter().all(|value| near(*value, at_zero))
            && one.first().is_some_and(|value| near(*value, at_one))
    };
    every(&side_by_side) || every(&halves) || only(0.0, 1_f64.sin()) || only(1.0, 1_f64.cos())
}
