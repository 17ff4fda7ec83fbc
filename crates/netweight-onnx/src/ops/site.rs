//! A call with its weights: what a row's rule for sizes sees.

use netweight_core::{Arg, Args, Category, Role};

use crate::graph::{CallId, Dims, TensorId, Wiring};
use crate::shape::Shapes;
use crate::trace::Trace;

/// A call and the weights that it holds.
pub(crate) struct Site<'a> {
    pub(crate) wiring: &'a Wiring<'a>,
    pub(crate) shapes: &'a Shapes,
    pub(crate) trace: &'a Trace,
    pub(crate) call: CallId,
    pub(crate) held: &'a [Held],
}

/// A stored tensor in its place.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) tensor: TensorId,
    pub(crate) role: Role,
    pub(crate) category: Category,
    /// Dimensions as the layer sees them, laid out anew on the way.
    pub(crate) dims: Option<Dims>,
    /// Values, in which packed ones count singly.
    pub(crate) elements: Option<u64>,
}

/// Arguments of a kind.
#[derive(Debug, Default)]
pub(crate) struct Sizes {
    /// What attributes and neighbours state.
    pub(crate) args: Args,
    /// What only the weights' own shapes say.
    pub(crate) measured: Args,
    /// The kernel's values, where they are packed.
    pub(crate) unpacked: Option<u64>,
    /// The kind, where it is not the row's.
    pub(crate) kind: Option<&'static str>,
    /// Whether the weights are not as the kind has them.
    pub(crate) misfit: bool,
}

impl Sizes {
    /// With an argument that the file states.
    pub(crate) fn state(mut self, name: &'static str, value: Option<impl Into<Arg>>) -> Self {
        if let Some(value) = value {
            self.args.set(name, value);
        }
        self
    }

    /// With a size read off the weights.
    pub(crate) fn measure(mut self, name: &'static str, size: Option<u64>) -> Self {
        if let Some(size) = size.and_then(Arg::size) {
            self.measured.set(name, size);
        }
        self
    }

    /// With sizes read off the weights.
    pub(crate) fn measure_all(mut self, name: &'static str, sizes: Option<&[u64]>) -> Self {
        if let Some(sizes) = sizes.and_then(Arg::sizes) {
            self.measured.set(name, sizes);
        }
        self
    }

    /// Under another kind than the row's.
    pub(crate) fn of_kind(mut self, kind: &'static str) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Weights that are not as the kind has them.
    pub(crate) fn misfit() -> Self {
        Self { misfit: true, ..Self::default() }
    }
}

impl Site<'_> {
    /// The learned tensors of a role.
    pub(crate) fn learned(&self, role: Role) -> impl Iterator<Item = &Held> {
        self.held.iter().filter(move |held| held.role == role && held.category.is_parameter())
    }

    pub(crate) fn has(&self, role: Role) -> bool {
        self.learned(role).next().is_some()
    }

    /// The dimensions of the learned tensors of a role, as the layer sees them all together;
    /// none where it sees only a part of them.
    pub(crate) fn dims(&self, role: Role) -> Option<&[u64]> {
        let dims = self.learned(role).next()?.dims.as_deref()?;
        let all = netweight_core::elements(dims);
        (all == self.elements(role)).then_some(dims)
    }

    /// The dimensions of the only learned tensor of a role, as it is stored.
    pub(crate) fn stored_dims(&self, role: Role) -> Option<&[u64]> {
        let mut learned = self.learned(role);
        let only = learned.next().filter(|_| learned.next().is_none())?;
        self.wiring.tensor(only.tensor)?.dims.as_deref()
    }

    /// How many dimensions an input has.
    pub(crate) fn rank(&self, input: usize) -> Option<usize> {
        let value = self.wiring.input(self.call, input)?;
        self.shapes.shape(self.wiring, value).map(<[crate::Dim]>::len)
    }

    /// The values of all learned tensors of a role.
    pub(crate) fn elements(&self, role: Role) -> Option<u64> {
        let mut sizes = self.learned(role).map(|held| held.elements);
        sizes.try_fold(0_u64, |sum, size| sum.checked_add(size?))
    }

    /// The dimensions of an input that the file alone determines.
    pub(crate) fn fixed(&self, input: usize) -> Option<&[u64]> {
        self.trace.dims(self.wiring, self.call, input)
    }

    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        self.wiring.int(self.call, name)
    }

    pub(crate) fn size(&self, name: &str) -> Option<u64> {
        u64::try_from(self.int(name)?).ok()
    }

    pub(crate) fn ints(&self, name: &str) -> Option<Vec<i64>> {
        self.wiring.ints(self.call, name).map(<[i64]>::to_vec)
    }

    pub(crate) fn word(&self, name: &str) -> Option<&str> {
        self.wiring.word(self.call, name)
    }

    /// The integers at an input, where they are known.
    pub(crate) fn ints_at(&self, input: usize) -> Option<Vec<i64>> {
        let value = self.wiring.input(self.call, input)?;
        self.wiring.constant_ints(value).map(<[i64]>::to_vec)
    }
}
