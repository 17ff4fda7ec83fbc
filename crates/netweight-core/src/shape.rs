//! Shapes whose dimensions may be known, named, or unknown.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One dimension of a tensor. In JSON a number, a name, or null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Dim {
    /// A number of elements.
    Known(u64),
    /// A size that the file gives a name instead of a number: `batch`, `width`.
    Named(Arc<str>),
    /// A size that the file leaves open.
    Unknown,
}

impl Dim {
    /// The number, where it is known.
    pub fn known(&self) -> Option<u64> {
        match self {
            Self::Known(size) => Some(*size),
            Self::Named(_) | Self::Unknown => None,
        }
    }

    /// The dimension that results when a known size is put through `f`; unknown where it is
    /// not known, or where `f` has no answer.
    #[must_use]
    pub fn map(&self, f: impl FnOnce(u64) -> Option<u64>) -> Self {
        self.known().and_then(f).into()
    }

    /// What two statements of one dimension give together: the more definite one.
    #[must_use]
    pub fn or<'a>(&'a self, other: &'a Self) -> &'a Self {
        match (self, other) {
            (Self::Known(_), _) | (Self::Named(_), Self::Unknown | Self::Named(_)) => self,
            (Self::Unknown, Self::Unknown) => self,
            _ => other,
        }
    }
}

impl From<Option<u64>> for Dim {
    fn from(size: Option<u64>) -> Self {
        size.map_or(Self::Unknown, Self::Known)
    }
}

impl From<u64> for Dim {
    fn from(size: u64) -> Self {
        Self::Known(size)
    }
}

impl fmt::Display for Dim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(size) => size.fmt(f),
            Self::Named(name) => name.fmt(f),
            Self::Unknown => "?".fmt(f),
        }
    }
}

/// How many values a tensor of these dimensions has, `None` where it is no 64-bit number. A scalar
/// has one; a dimension of 0 leaves none, however large the others are.
///
/// ```
/// use netweight_core::elements;
/// assert_eq!(elements(&[4, 3]), Some(12));
/// assert_eq!(elements(&[]), Some(1));
/// assert_eq!(elements(&[u64::MAX, 2]), None);
/// assert_eq!(elements(&[u64::MAX, 2, 0]), Some(0));
/// ```
pub fn elements(dims: &[u64]) -> Option<u64> {
    if dims.contains(&0) {
        return Some(0);
    }
    dims.iter().try_fold(1u64, |product, dim| product.checked_mul(*dim))
}

/// The dimensions of a tensor, outermost first, the batch included. A copy costs nothing: most
/// layers hand on the shape that they were given.
///
/// ```
/// use netweight_core::{Dim, Shape};
/// let shape = Shape::from_iter([Dim::Unknown, 28.into(), 28.into()]);
/// assert_eq!(shape.to_string(), "?×28×28");
/// assert_eq!(shape.elements(), None);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Shape(#[schemars(with = "Vec<Dim>")] Arc<[Dim]>);

impl Shape {
    /// The product of the dimensions, where all are known and it fits.
    pub fn elements(&self) -> Option<u64> {
        elements(&self.known()?)
    }

    /// The dimension at an axis, counted from the end where it is negative.
    pub fn axis(&self, axis: i64) -> Option<&Dim> {
        self.get(self.axis_index(axis)?)
    }

    /// An axis as an index from the front.
    pub fn axis_index(&self, axis: i64) -> Option<usize> {
        let rank = i64::try_from(self.len()).ok()?;
        let index = if axis < 0 { axis.checked_add(rank)? } else { axis };
        usize::try_from(index).ok().filter(|index| *index < self.len())
    }

    /// The same with one axis replaced.
    #[must_use]
    pub fn with(&self, axis: i64, dim: Dim) -> Self {
        let mut dims = self.to_vec();
        if let Some(place) = self.axis_index(axis).and_then(|index| dims.get_mut(index)) {
            *place = dim;
        }
        dims.into()
    }

    /// The same without an axis, which is counted from the front.
    #[must_use]
    pub(crate) fn without(&self, index: usize) -> Self {
        let rest = self.iter().enumerate().filter(|(axis, _)| *axis != index);
        rest.map(|(_, dim)| dim.clone()).collect()
    }

    /// The same with an axis more, counted from the front; behind all where there are fewer.
    #[must_use]
    pub(crate) fn inserted(&self, index: usize, dim: Dim) -> Self {
        let mut dims = self.to_vec();
        dims.insert(index.min(dims.len()), dim);
        dims.into()
    }

    /// Every dimension as a number, where all are known.
    pub fn known(&self) -> Option<Vec<u64>> {
        self.iter().map(Dim::known).collect()
    }
}

impl Deref for Shape {
    type Target = [Dim];

    fn deref(&self) -> &[Dim] {
        &self.0
    }
}

impl FromIterator<Dim> for Shape {
    fn from_iter<I: IntoIterator<Item = Dim>>(dims: I) -> Self {
        Self(dims.into_iter().collect())
    }
}

impl From<Vec<Dim>> for Shape {
    fn from(dims: Vec<Dim>) -> Self {
        Self(dims.into())
    }
}

impl From<&[u64]> for Shape {
    fn from(dims: &[u64]) -> Self {
        dims.iter().copied().map(Dim::Known).collect()
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("scalar");
        }
        for (index, dim) in self.iter().enumerate() {
            if index > 0 {
                f.write_str("×")?;
            }
            dim.fmt(f)?;
        }
        Ok(())
    }
}
