//! Matrix products.

use smallvec::smallvec;

use super::rules::{Outputs, one};
use super::{Dim, Site, broadcast, dim};
use crate::AttributeValue;

pub(super) fn matmul(site: &Site) -> Outputs {
    one(multiplied(site.shape(0)?, site.shape(1)?)?)
}

pub(super) fn matmul_quantized(site: &Site) -> Outputs {
    one(multiplied(site.shape(0)?, site.shape(3)?)?)
}

pub(super) fn matmul_transposed(site: &Site) -> Outputs {
    let turned = |input: usize, flag: &str| {
        let mut shape = site.shape(input)?.to_vec();
        let rank = shape.len();
        if site.flag(flag) && rank >= 2 {
            shape.swap(rank - 1, rank - 2);
        }
        Some(shape)
    };
    one(multiplied(&turned(0, "transA")?, &turned(1, "transB")?)?)
}

/// As NumPy multiplies: leading dimensions stretch, vectors are rows on the left and columns on
/// the right.
fn multiplied(a: &[Dim], b: &[Dim]) -> Option<Vec<Dim>> {
    match (a, b) {
        ([_], [_]) => Some(Vec::new()),
        ([_], [batch @ .., _, columns]) => Some(batch.iter().chain([columns]).copied().collect()),
        ([rest @ .., _], [_]) => Some(rest.to_vec()),
        ([left @ .., rows, _], [right @ .., _, columns]) => {
            Some(broadcast(left, right).into_iter().chain([*rows, *columns]).collect())
        }
        _ => None,
    }
}

pub(super) fn gemm(site: &Site) -> Outputs {
    general(site, 1)
}

pub(super) fn gemm_quantized(site: &Site) -> Outputs {
    general(site, 3)
}

fn general(site: &Site, right: usize) -> Outputs {
    let side = |input: usize, flag: &str, far: bool| {
        let [rows, columns] = site.shape(input)? else { return None };
        Some(if site.flag(flag) == far { *rows } else { *columns })
    };
    let rows = side(0, "transA", false).unwrap_or(Dim::Unknown);
    one(vec![rows, side(right, "transB", true)?])
}

/// The matrix is packed; its sizes stand in attributes.
pub(super) fn packed(site: &Site) -> Outputs {
    let (_, rest) = site.shape(0)?.split_last()?;
    let columns = dim(u64::try_from(site.int("N")?).ok());
    one(rest.iter().copied().chain([columns]).collect())
}

/// Models that tell classes apart: the class of each row, and a score for each class.
pub(super) fn classified(site: &Site) -> Outputs {
    let rows = match site.shape(0)? {
        [_] => dim(Some(1)),
        shape => *shape.first()?,
    };
    let count = |list: &&str| match site.wiring.attribute(site.call, list)? {
        AttributeValue::Ints(classes) => Some(classes.count),
        AttributeValue::Strings(classes) => Some(classes.count),
        _ => None,
    };
    let classes = CLASSES.iter().find_map(count);
    Some(smallvec![Some(vec![rows]), Some(vec![rows, dim(classes)])])
}

/// Attributes that list the classes.
const CLASSES: &[&str] = &["classlabels_ints", "classlabels_int64s", "classlabels_strings"];

pub(super) fn einsum(site: &Site) -> Outputs {
    let equation = site.word("equation")?.replace(' ', "");
    let (inputs, output) = equation.split_once("->")?;
    if equation.contains('.') {
        return None;
    }
    let mut sizes: Vec<(char, Dim)> = Vec::new();
    for (index, letters) in inputs.split(',').enumerate() {
        let shape = site.shape(index)?;
        for (letter, size) in letters.chars().zip(shape) {
            match sizes.iter_mut().find(|(known, _)| *known == letter) {
                Some((_, known)) if known.known().is_none() => *known = *size,
                Some(_) => {}
                None => sizes.push((letter, *size)),
            }
        }
    }
    let size =
        |letter: char| sizes.iter().find(|(known, _)| *known == letter).map(|(_, size)| *size);
    one(output.chars().map(size).collect::<Option<_>>()?)
}
