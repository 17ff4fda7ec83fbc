//! Sizes that an einsum equation with one kernel implies.

use crate::site::Site;
use crate::{Arg, Dim, Shape};

/// The sizes of the kernel's dimensions, by the letters that input and output share with it.
pub(super) fn kernel_sizes(site: &Site) -> Option<Arg> {
    let equation = Equation::of(site)?;
    let sizes: Option<Vec<u64>> =
        equation.kernel.chars().map(|letter| equation.size(site, letter)?.known()).collect();
    Arg::sizes(&sizes?)
}

/// The sizes of the bias: the output's dimensions named by `bias_axes`, ones between them.
pub(super) fn bias_sizes(site: &Site) -> Option<Arg> {
    let axes = site.args.text("bias_axes")?;
    let equation = Equation::of(site)?;
    let letters: Vec<char> = equation.output.chars().filter(|letter| *letter != '.').collect();
    let first = letters.iter().position(|letter| axes.contains(*letter))?;
    let size = |letter: &char| match axes.contains(*letter) {
        true => equation.size(site, *letter)?.known(),
        false => Some(1),
    };
    let sizes: Option<Vec<u64>> = letters.iter().skip(first).map(size).collect();
    Arg::sizes(&sizes?)
}

/// The sizes of the first low-rank matrix: the kernel's, the last one replaced by the rank.
pub(super) fn lora_sizes(site: &Site) -> Option<Arg> {
    let rank = site.args.int("lora_rank")?;
    let (_, leading) = site.args.list("kernel_sizes")?.split_last()?;
    Some(Arg::from([leading, &[rank]].concat()))
}

/// The last of the kernel's sizes.
pub(super) fn last_size(site: &Site) -> Option<Arg> {
    site.args.list("kernel_sizes")?.last().copied().map(Arg::Int)
}

/// The product of the kernel's sizes that the output has, or does not have.
pub(super) fn kernel_product(site: &Site, kept: bool) -> Option<Arg> {
    let equation = Equation::of(site)?;
    let sizes = site.args.list("kernel_sizes")?;
    let of_side = equation.kernel.chars().zip(sizes);
    let of_side = of_side.filter(|(letter, _)| equation.output.contains(*letter) == kept);
    of_side.map(|(_, size)| *size).try_fold(1i64, i64::checked_mul).map(Arg::Int)
}

/// The output's shape: the batch and whatever an ellipsis stands for, and the dimensions as they
/// are stated; where nothing is stated, as the input has them.
pub(super) fn output(site: &Site) -> Option<Shape> {
    let equation = Equation::of(site)?;
    let input = site.input()?;
    let skipped = input.len().checked_sub(letters(equation.input))?;
    let ellipsis = if equation.output.contains('.') { skipped } else { 0 };
    let mut dims: Vec<Dim> = match equation.input.starts_with('.') {
        true => input.iter().take(ellipsis).cloned().collect(),
        false => Vec::new(),
    };
    let stated = site.args.list("output_shape").unwrap_or_default();
    let batch = letters(equation.output).saturating_sub(stated.len());
    for (index, letter) in equation.output.chars().filter(|letter| *letter != '.').enumerate() {
        let size = index.checked_sub(batch).and_then(|index| stated.get(index));
        dims.push(match size {
            Some(size) if *size != 0 => u64::try_from(*size).ok().into(),
            _ => equation.size(site, letter).unwrap_or(Dim::Unknown),
        });
    }
    // Keras takes as many as it is given, letters or none.
    let more = stated.get(letters(equation.output)..).unwrap_or_default();
    dims.extend(more.iter().map(|size| Dim::from(u64::try_from(*size).ok())));
    if equation.output.ends_with('.') {
        dims.extend(input.iter().rev().take(ellipsis).rev().cloned());
    }
    Some(Shape::from(dims))
}

/// `input,kernel->output`, its three parts.
struct Equation<'a> {
    input: &'a str,
    kernel: &'a str,
    output: &'a str,
}

impl<'a> Equation<'a> {
    fn of(site: &'a Site) -> Option<Self> {
        let (left, output) = site.args.text("equation")?.split_once("->")?;
        let (input, kernel) = left.split_once(',')?;
        Some(Self { input: input.trim(), kernel: kernel.trim(), output: output.trim() })
    }

    /// What a letter stands for: the input's dimension, else the output's stated one.
    fn size(&self, site: &Site, letter: char) -> Option<Dim> {
        let from_input = site.input().and_then(|shape| shape.axis(axis(self.input, letter)?));
        if let Some(Dim::Known(size)) = from_input {
            return Some(Dim::Known(*size));
        }
        let stated = site.args.list("output_shape").unwrap_or_default();
        let from_end = axis(self.output, letter).map(|axis| match axis {
            // Behind an ellipsis the first letter has the first of the stated sizes.
            axis if axis < 0 => {
                i64::try_from(letters(self.output)).unwrap_or(i64::MAX).saturating_add(axis)
            }
            axis => axis.saturating_sub(1),
        });
        let from_output = from_end.and_then(|index| stated.get(usize::try_from(index).ok()?));
        from_output
            .and_then(|size| u64::try_from(*size).ok().filter(|size| *size > 0))
            .map(Dim::Known)
            .or_else(|| from_input.cloned())
    }
}

/// A letter's axis in one part of an equation: from the end where an ellipsis stands before it.
fn axis(part: &str, letter: char) -> Option<i64> {
    let before = part.split(letter).next().filter(|before| before.len() < part.len())?;
    let count = |text: &str| i64::try_from(letters(text)).ok();
    match before.contains('.') {
        true => Some(count(before)?.saturating_sub(count(part)?)),
        false => count(before),
    }
}

fn letters(part: &str) -> usize {
    part.chars().filter(|letter| *letter != '.').count()
}
