//! The rows of the layers' table.

use std::borrow::Cow;

use crate::note::Notes;
use crate::report::Layer;
use crate::sum::Sum;

/// A row: a layer, or several of them in one.
#[derive(Debug, Clone)]
pub(crate) struct Row<'a> {
    /// The layer; of several together what they have in common, under the path of all.
    pub(crate) layer: Cow<'a, Layer>,
    /// Its name as people read it among the rows around it.
    pub(crate) label: Cow<'a, str>,
    /// What it holds.
    pub(crate) sum: Sum,
    /// What stands for the arithmetic where there are several layers: `32 × 61,865,984`.
    pub(crate) note: String,
    /// The layer whose notes it bears.
    of: Option<&'a Layer>,
}

impl<'a> Row<'a> {
    /// A layer as it is.
    pub(crate) fn layer(layer: &'a Layer) -> Self {
        Self::labelled(layer, &layer.path)
    }

    /// A layer under another name.
    pub(crate) fn labelled(layer: &'a Layer, label: impl Into<Cow<'a, str>>) -> Self {
        Self {
            layer: Cow::Borrowed(layer),
            label: label.into(),
            sum: Sum::of(layer),
            note: String::new(),
            of: Some(layer),
        }
    }

    /// Several layers together, whose path is also their label.
    pub(crate) fn together(path: String, sum: Sum, note: String) -> Self {
        let layer = Layer { path: path.clone(), ..Layer::default() };
        Self { layer: Cow::Owned(layer), label: path.into(), sum, note, of: None }
    }

    /// The mark of the notes on it.
    pub(crate) fn mark(&self, notes: &Notes<'_>) -> String {
        self.of.map_or_else(String::new, |layer| notes.mark(&layer.path))
    }

    /// The column that bears the mark: the `?` that it explains, else the name, since behind a
    /// number it would read as a power.
    pub(crate) fn marked_column(&self) -> &'static str {
        match self.sum.complete {
            false => "parameters",
            true => "layer",
        }
    }
}

/// Whether two layers say the same but for their paths.
pub(crate) fn alike(a: &Layer, b: &Layer) -> bool {
    a.type_name == b.type_name
        && a.output_shape == b.output_shape
        && a.parameters == b.parameters
        && a.shared_with == b.shared_with
        && a.formula == b.formula
        && a.frozen == b.frozen
        && a.assumed == b.assumed
}
