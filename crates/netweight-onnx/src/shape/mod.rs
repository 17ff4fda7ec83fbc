//! Shapes of every value: as the file states them, else as they follow from the operators.
//!
//! Sizes are often computed in the graph itself, from `Shape` through `Gather` and `Concat` to
//! `Reshape`; so the small integer tensors on the way are followed too, symbols included.
//! Nothing that is counted depends on any of it.

mod control;
mod element;
mod fused;
mod layout;
mod product;
mod recurrent;
mod reduce;
mod rules;
mod same;
mod size;
#[cfg(test)]
mod tests;
mod window;
mod wrong;

use netweight_core::ImportOptions;

use crate::graph::{CallId, Dims, Origin, ValueId, Wiring};
use crate::{AttributeValue, Dim, Name};

pub(crate) use element::Element;

/// A shape, or none where not even the rank is known.
pub(crate) type Shape = Option<Vec<Dim>>;

/// What is known of values' shapes.
pub(crate) struct Shapes {
    shapes: Vec<Shape>,
    /// Values of small integer tensors.
    elements: Vec<Option<Vec<Element>>>,
    /// How much of what is not stated is followed.
    following: Following,
    /// Sizes that have been given a name of their own.
    open: u32,
}

/// How much of what a file does not state is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Following {
    /// Shapes, and the numbers that sizes are computed from.
    Numbers,
    /// What ONNX's own inference follows: shapes, and stored numbers alone. Each size that it does
    /// not know gets a name.
    Shapes,
}

/// Times that a file with loops and branches is gone through: what a body gives is known only
/// behind it.
const ROUNDS: usize = 3;

impl Shapes {
    pub(crate) fn of(wiring: &Wiring, options: &ImportOptions, following: Following) -> Self {
        let mut shapes = Self {
            following,
            open: 0,
            shapes: wiring.values.iter().map(|value| stated(wiring, value)).collect(),
            elements: wiring.values.iter().map(|value| stored(wiring, value)).collect(),
        };
        for input in &wiring.inputs {
            let given = options.input_shape(wiring.text(wiring.value(*input).name));
            if let (Some(given), Some(place)) = (given, shapes.shapes.get_mut(input.index())) {
                fill(place, given);
            }
        }
        let bodies = wiring.ids().any(|call| wiring.has_body(call));
        let is_repeated = bodies && following == Following::Numbers;
        for _ in 0..if is_repeated { ROUNDS } else { 1 } {
            for call in wiring.ids() {
                shapes.infer(wiring, call);
            }
        }
        shapes
    }

    /// A value's shape.
    pub(crate) fn shape(&self, wiring: &Wiring, value: ValueId) -> Option<&[Dim]> {
        self.shapes.get(wiring.resolve(value).index())?.as_deref()
    }

    /// A value's dimensions, where all are numbers.
    pub(crate) fn known(&self, wiring: &Wiring, value: ValueId) -> Option<Dims> {
        known(self.shape(wiring, value)?)
    }

    /// What ONNX's own inference finds wrong with a call.
    pub(crate) fn wrong(&self, wiring: &Wiring, call: CallId) -> Option<String> {
        wrong::wrong(&Site { wiring, shapes: self, call })
    }

    fn infer(&mut self, wiring: &Wiring, call: CallId) {
        let Some(found) = wiring.call(call) else { return };
        let site = Site { wiring, shapes: self, call };
        if self.following == Following::Shapes && wrong::wrong(&site).is_some() {
            return;
        }
        let mut inferred = rules::infer(&site);
        let elements = match self.following {
            Following::Numbers => element::infer(&site),
            Following::Shapes => None,
        };
        if self.following == Following::Shapes {
            inferred.iter_mut().flatten().flatten().for_each(|dim| self.name(dim));
        }
        for (output, shape) in found.outputs.iter().zip(inferred) {
            let place = output.and_then(|output| self.shapes.get_mut(output.index()));
            if let (Some(place), Some(shape)) = (place, shape) {
                merge(place, shape);
            }
        }
        let first = found.outputs.first().copied().flatten();
        if let (Some(first), Some(elements)) = (first, elements)
            && let Some(place) = self.elements.get_mut(first.index())
        {
            *place = Some(elements);
        }
    }
}

impl Shapes {
    /// A size that is not known gets a name.
    fn name(&mut self, dim: &mut Dim) {
        if *dim == Dim::Unknown {
            *dim = Dim::Named(Name::made_up(self.open));
            self.open = self.open.saturating_add(1);
        }
    }
}

/// A shape that a user gives fills what the file leaves open.
fn fill(place: &mut Shape, given: &netweight_core::Shape) {
    let sizes = given.iter().map(|size| dim(size.known()));
    match place {
        Some(stated) if stated.len() == given.len() => {
            for (stated, given) in stated.iter_mut().zip(sizes) {
                *stated =
                    if stated.known().is_some() || given == Dim::Unknown { *stated } else { given };
            }
        }
        Some(_) => {}
        None => *place = Some(sizes.collect()),
    }
}

/// What is stated comes first; what follows fills what it leaves open.
fn merge(place: &mut Shape, inferred: Vec<Dim>) {
    match place {
        Some(stated) if stated.len() == inferred.len() => {
            for (stated, inferred) in stated.iter_mut().zip(inferred) {
                if !matches!(stated, Dim::Known(_)) && inferred != Dim::Unknown {
                    let keeps_name = matches!((&stated, inferred), (Dim::Named(_), Dim::Named(_)));
                    *stated = if keeps_name { *stated } else { inferred };
                }
            }
        }
        Some(_) => {}
        None => *place = Some(inferred),
    }
}

fn stated(wiring: &Wiring, value: &crate::graph::Value) -> Shape {
    if let Origin::Tensor(tensor) = value.origin {
        let dims = wiring.tensor(tensor)?.dims.as_ref()?;
        return Some(dims.iter().copied().map(Dim::Known).collect());
    }
    value.info?.shape.clone()
}

fn stored(wiring: &Wiring, value: &crate::graph::Value) -> Option<Vec<Element>> {
    let Origin::Tensor(tensor) = value.origin else { return None };
    let ints = wiring.tensor(tensor)?.ints()?;
    Some(ints.iter().copied().map(Element::Int).collect())
}

/// All dimensions as numbers.
pub(crate) fn known(shape: &[Dim]) -> Option<Dims> {
    shape.iter().map(Dim::known).collect()
}

impl Dim {
    /// The size, where it is a number.
    pub(crate) fn known(&self) -> Option<u64> {
        match self {
            Self::Known(size) => Some(*size),
            Self::Named(_) | Self::Unknown => None,
        }
    }
}

/// A number of elements as a dimension.
fn dim(size: Option<u64>) -> Dim {
    size.map_or(Dim::Unknown, Dim::Known)
}

/// A call, and what is known of what it reads.
struct Site<'a> {
    wiring: &'a Wiring<'a>,
    shapes: &'a Shapes,
    call: CallId,
}

impl Site<'_> {
    fn shape(&self, input: usize) -> Option<&[Dim]> {
        self.shapes.shape(self.wiring, self.wiring.input(self.call, input)?)
    }

    fn rank(&self, input: usize) -> Option<usize> {
        self.shape(input).map(<[Dim]>::len)
    }

    fn elements(&self, input: usize) -> Option<&[Element]> {
        let value = self.wiring.input(self.call, input)?;
        self.shapes.elements.get(self.wiring.resolve(value).index())?.as_deref()
    }

    /// The integers at an input, where all are numbers.
    fn numbers(&self, input: usize) -> Option<Vec<i64>> {
        self.elements(input)?.iter().map(Element::number).collect()
    }

    /// The integers of an attribute, or of the input that newer versions have in its place.
    fn list(&self, attribute: &str, input: usize) -> Option<Vec<i64>> {
        match self.wiring.ints(self.call, attribute) {
            Some(ints) => Some(ints.to_vec()),
            None => self.numbers(input),
        }
    }

    fn has_input(&self, input: usize) -> bool {
        self.wiring.input(self.call, input).is_some()
    }

    fn inputs(&self) -> usize {
        self.wiring.call(self.call).map_or(0, |call| call.inputs.len())
    }

    fn outputs(&self) -> usize {
        self.wiring.call(self.call).map_or(0, |call| call.outputs.len())
    }

    fn int(&self, name: &str) -> Option<i64> {
        self.wiring.int(self.call, name)
    }

    fn ints(&self, name: &str) -> Option<&[i64]> {
        self.wiring.ints(self.call, name)
    }

    fn flag(&self, name: &str) -> bool {
        self.int(name).unwrap_or(0) != 0
    }

    fn word(&self, name: &str) -> Option<&str> {
        self.wiring.word(self.call, name)
    }

    fn attribute(&self, name: &str) -> Option<&AttributeValue> {
        self.wiring.attribute(self.call, name)
    }
}

/// An axis counted from the end where it is negative.
fn axis(axis: i64, rank: usize) -> Option<usize> {
    let axis = if axis < 0 { axis.checked_add(i64::try_from(rank).ok()?)? } else { axis };
    usize::try_from(axis).ok().filter(|axis| *axis < rank)
}

/// Shapes aligned at their ends, sizes of one giving way.
fn broadcast(a: &[Dim], b: &[Dim]) -> Vec<Dim> {
    let rank = a.len().max(b.len());
    let at = |dims: &[Dim], from_end: usize| {
        let index = dims.len().checked_sub(from_end);
        index.and_then(|index| dims.get(index)).copied().unwrap_or(Dim::Known(1))
    };
    (1..=rank)
        .rev()
        .map(|from_end| match (at(a, from_end), at(b, from_end)) {
            (Dim::Known(1), other) | (other, Dim::Known(1)) => other,
            (Dim::Known(size), _) | (_, Dim::Known(size)) => Dim::Known(size),
            (one, other) if one == other => one,
            _ => Dim::Unknown,
        })
        .collect()
}

/// The product of dimensions, where all are numbers.
fn product(dims: &[Dim]) -> Option<u64> {
    dims.iter().try_fold(1_u64, |product, dim| product.checked_mul(dim.known()?))
}
