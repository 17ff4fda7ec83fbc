//! A layer at its place in the graph: what a kind's rules see.

use crate::evaluate::Evaluated;
use crate::kind::{ArgRow, Kind};
use crate::{Arg, Args, Convention, Dim, Shape};

/// Output shapes, unknown ones as none; or why there cannot be any.
pub type Outputs = Result<Vec<Option<Shape>>, String>;

/// A layer's arguments and input shapes, as far as they are known.
#[derive(Debug)]
pub struct Site<'a> {
    /// The layer's kind.
    pub kind: &'static Kind,
    /// Arguments: stated, derived, measured or by default.
    pub args: Args,
    /// Whose defaults hold.
    pub convention: Convention,
    /// Shapes by input.
    pub inputs: &'a [Option<Shape>],
    /// The wrapped layers, each at its own place.
    pub inner: Vec<Evaluated>,
}

impl Site<'_> {
    /// The shape of the first input.
    pub fn input(&self) -> Option<&Shape> {
        self.input_at(0)
    }

    /// The shape of an input.
    pub fn input_at(&self, index: usize) -> Option<&Shape> {
        self.inputs.get(index)?.as_ref()
    }

    /// A size by the argument's name.
    pub fn size(&self, name: &str) -> Option<u64> {
        self.args.size(name)
    }

    /// A size as a dimension.
    pub fn dim(&self, name: &str) -> Dim {
        self.size(name).into()
    }

    /// The axis that holds the channels: 1 or the last, by the argument `layout`.
    pub fn channel_axis(&self) -> i64 {
        if self.channels_first() { 1 } else { -1 }
    }

    /// Whether channels stand before the spatial dimensions.
    pub fn channels_first(&self) -> bool {
        match self.args.text("layout") {
            Some(layout) => layout == "channels_first",
            None => matches!(self.convention, Convention::PyTorch | Convention::Onnx),
        }
    }

    /// The spatial dimensions' axes of an input of that rank.
    pub fn spatial_axes(&self, rank: usize) -> std::ops::Range<usize> {
        if self.channels_first() { 2..rank } else { 1..rank.saturating_sub(1) }
    }

    /// What an argument comes to when the file does not state it: derived from shapes and
    /// earlier arguments, or none.
    pub(crate) fn derive(&self, row: &ArgRow) -> Option<Arg> {
        row.from.and_then(|rule| rule(self))
    }

    /// An argument's default.
    pub(crate) fn default(&self, row: &ArgRow) -> Option<Arg> {
        row.default.value(self.convention)
    }
}
