//! Small integer tensors that graphs compute shapes with.

use super::{Site, axis, dim};
use crate::{Dim, Name};

/// An integer that may stand for a size of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Element {
    Int(i64),
    Named(Name),
    Unknown,
}

impl Element {
    pub(super) fn number(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            Self::Named(_) | Self::Unknown => None,
        }
    }

    /// The size that it stands for.
    pub(super) fn dim(self) -> Dim {
        match self {
            Self::Int(number) => dim(u64::try_from(number).ok()),
            Self::Named(name) => Dim::Named(name),
            Self::Unknown => Dim::Unknown,
        }
    }

    fn of(dim: Dim) -> Self {
        match dim {
            Dim::Known(size) => i64::try_from(size).map_or(Self::Unknown, Self::Int),
            Dim::Named(name) => Self::Named(name),
            Dim::Unknown => Self::Unknown,
        }
    }
}

/// Elements of a tensor that are followed: shapes are short.
const MOST: usize = 64;

/// The integers that a call gives first, where they follow.
pub(super) fn infer(site: &Site) -> Option<Vec<Element>> {
    let found = match site.wiring.op(site.call) {
        "Shape" => shape(site),
        "Size" => size(site),
        "Identity" | "Cast" | "Unsqueeze" | "Squeeze" | "Reshape" | "Flatten" => {
            site.elements(0).map(<[Element]>::to_vec)
        }
        "Concat" => concat(site),
        "Gather" => gather(site),
        "Slice" => slice(site),
        "Split" => None,
        "Range" => range(site),
        "ConstantOfShape" => filled(site),
        "Expand" => expanded(site),
        "Neg" => unary(site, |value| value.checked_neg()),
        "Floor" | "Ceil" | "Abs" => unary(site, Some),
        "Add" => arithmetic(site, i64::checked_add),
        "Sub" => arithmetic(site, i64::checked_sub),
        "Mul" => arithmetic(site, i64::checked_mul),
        "Div" => arithmetic(site, i64::checked_div_euclid),
        "Mod" => arithmetic(site, i64::checked_rem_euclid),
        "Min" => arithmetic(site, |a, b| Some(a.min(b))),
        "Max" => arithmetic(site, |a, b| Some(a.max(b))),
        "Equal" => arithmetic(site, |a, b| Some(i64::from(a == b))),
        "Greater" => arithmetic(site, |a, b| Some(i64::from(a > b))),
        "Less" => arithmetic(site, |a, b| Some(i64::from(a < b))),
        "Where" => chosen(site),
        "ReduceProd" => reduced(site, 1, i64::checked_mul),
        "ReduceSum" => reduced(site, 0, i64::checked_add),
        _ => None,
    };
    found.filter(|elements| elements.len() <= MOST)
}

fn shape(site: &Site) -> Option<Vec<Element>> {
    let shape = site.shape(0)?;
    let rank = i64::try_from(shape.len()).ok()?;
    let clamp = |bound: i64| {
        let bound = if bound < 0 { bound.saturating_add(rank) } else { bound };
        usize::try_from(bound.clamp(0, rank)).unwrap_or(0)
    };
    let (start, end) =
        (clamp(site.int("start").unwrap_or(0)), clamp(site.int("end").unwrap_or(rank)));
    Some(shape.get(start..end)?.iter().copied().map(Element::of).collect())
}

fn size(site: &Site) -> Option<Vec<Element>> {
    let size = super::product(site.shape(0)?)?;
    Some(vec![Element::of(Dim::Known(size))])
}

fn concat(site: &Site) -> Option<Vec<Element>> {
    let mut all = Vec::new();
    for input in 0..site.inputs() {
        all.extend_from_slice(site.elements(input)?);
        if all.len() > MOST {
            return None;
        }
    }
    Some(all)
}

fn gather(site: &Site) -> Option<Vec<Element>> {
    let elements = site.elements(0)?;
    let at = |index: &Element| elements.get(axis(index.number()?, elements.len())?).copied();
    site.elements(1)?.iter().map(at).collect()
}

fn slice(site: &Site) -> Option<Vec<Element>> {
    let elements = site.elements(0)?;
    let one = |attribute, input| match site.list(attribute, input)?.as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    let length = i64::try_from(elements.len()).ok()?;
    let (start, end) = (one("starts", 1)?, one("ends", 2)?);
    let step = if site.has_input(4) { one("", 4)? } else { 1 };
    let indices = positions(start, end, step, length)?;
    indices.into_iter().map(|index| elements.get(usize::try_from(index).ok()?).copied()).collect()
}

/// The positions that a slice takes along an axis, for the few that shapes have.
fn positions(start: i64, end: i64, step: i64, length: i64) -> Option<Vec<i64>> {
    let (low, high) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let clamp = |bound: i64| {
        let bound = if bound < 0 { bound.saturating_add(length) } else { bound };
        bound.clamp(low, high)
    };
    let (mut at, end) = (clamp(start), clamp(end));
    let mut taken = Vec::new();
    while step != 0 && (step > 0 && at < end || step < 0 && at > end) {
        taken.push(at);
        at = at.checked_add(step)?;
    }
    Some(taken)
}

fn range(site: &Site) -> Option<Vec<Element>> {
    let one = |input| match site.numbers(input)?.as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    let (start, limit, step) = (one(0)?, one(1)?, one(2)?);
    let count = limit.checked_sub(start)?.checked_add(step.checked_sub(step.signum())?)?;
    let count = usize::try_from(count.checked_div(step)?.max(0)).ok()?;
    if count > MOST {
        return None;
    }
    let mut at = start;
    let mut all = Vec::with_capacity(count);
    for _ in 0..count {
        all.push(Element::Int(at));
        at = at.checked_add(step)?;
    }
    Some(all)
}

fn filled(site: &Site) -> Option<Vec<Element>> {
    let count =
        site.numbers(0)?.iter().try_fold(1_i64, |product, size| product.checked_mul(*size))?;
    let count = usize::try_from(count).ok().filter(|count| *count <= MOST)?;
    let value = match site.attribute("value") {
        Some(crate::AttributeValue::Tensor(tensor)) => match &tensor.values {
            Some(crate::Values::Ints(ints)) => *ints.first()?,
            _ => return None,
        },
        _ => return None,
    };
    Some(vec![Element::Int(value); count])
}

fn expanded(site: &Site) -> Option<Vec<Element>> {
    let [one] = site.elements(0)? else { return None };
    let count =
        site.numbers(1)?.iter().try_fold(1_i64, |product, size| product.checked_mul(*size))?;
    let count = usize::try_from(count).ok().filter(|count| *count <= MOST)?;
    Some(vec![*one; count])
}

fn unary(site: &Site, apply: fn(i64) -> Option<i64>) -> Option<Vec<Element>> {
    let elements = site.elements(0)?.iter();
    Some(elements.map(|element| of(element.number().and_then(apply))).collect())
}

fn of(number: Option<i64>) -> Element {
    number.map_or(Element::Unknown, Element::Int)
}

/// Two tensors element by element, one of them perhaps a single one.
fn arithmetic(site: &Site, apply: fn(i64, i64) -> Option<i64>) -> Option<Vec<Element>> {
    let (a, b) = (site.elements(0)?, site.elements(1)?);
    paired(a, b, |a, b| of(a.number().zip(b.number()).and_then(|(a, b)| apply(a, b))))
}

fn paired(
    a: &[Element],
    b: &[Element],
    apply: impl Fn(Element, Element) -> Element,
) -> Option<Vec<Element>> {
    match (a, b) {
        ([one], many) => Some(many.iter().map(|other| apply(*one, *other)).collect()),
        (many, [one]) => Some(many.iter().map(|other| apply(*other, *one)).collect()),
        _ if a.len() == b.len() => Some(a.iter().zip(b).map(|(a, b)| apply(*a, *b)).collect()),
        _ => None,
    }
}

fn chosen(site: &Site) -> Option<Vec<Element>> {
    let (condition, yes, no) = (site.elements(0)?, site.elements(1)?, site.elements(2)?);
    let count = condition.len().max(yes.len()).max(no.len());
    let at = |elements: &[Element], index: usize| match elements {
        [one] => Some(*one),
        many => many.get(index).copied(),
    };
    (0..count)
        .map(|index| match at(condition, index)? {
            Element::Int(0) => at(no, index),
            Element::Int(_) => at(yes, index),
            Element::Named(_) | Element::Unknown => Some(Element::Unknown),
        })
        .collect()
}

fn reduced(site: &Site, start: i64, apply: fn(i64, i64) -> Option<i64>) -> Option<Vec<Element>> {
    let numbers = site.numbers(0)?;
    let total = numbers.iter().try_fold(start, |total, number| apply(total, *number));
    Some(vec![of(total)])
}
