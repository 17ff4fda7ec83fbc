//! Which rows the layers' table has.

use crate::fold::fold;
use crate::note::Notes;
use crate::report::{Layer, ModelReport};

/// Models of up to so many layers are shown whole.
const SMALL: usize = 30;

/// A row of the layers' table.
#[derive(Debug, Clone)]
pub(crate) enum Row<'a> {
    /// A layer as it is.
    Layer(&'a Layer),
    /// A layer that stands for the same one in every block, under its path within the block, or
    /// the line above them that says how many blocks there are.
    Folded {
        /// What to show.
        shown: Box<Layer>,
        /// The layer it was made of; none for the line above.
        of: Option<&'a Layer>,
    },
}

impl Row<'_> {
    /// The layer to show.
    pub(crate) fn layer(&self) -> &Layer {
        match self {
            Self::Layer(layer) => layer,
            Self::Folded { shown, .. } => shown,
        }
    }

    /// The mark of the notes on it.
    pub(crate) fn mark(&self, notes: &Notes<'_>) -> String {
        match self {
            Self::Layer(of) | Self::Folded { of: Some(of), .. } => notes.mark(&of.path),
            Self::Folded { of: None, .. } => String::new(),
        }
    }

    /// The column that bears the mark: the `?` that it explains, else the name, since behind a
    /// number it would read as a power.
    pub(crate) fn marked_column(&self) -> &'static str {
        let layer = self.layer();
        match layer.parameters {
            None if layer.shared_with.is_none() => "parameters",
            _ => "path",
        }
    }
}

/// The rows to show, and how many layers are not among them: of a large model those that neither
/// weigh anything nor have a note. `all` shows every layer in a row of its own.
pub(crate) fn rows<'a>(
    model: &'a ModelReport,
    notes: &Notes<'_>,
    all: bool,
) -> (Vec<Row<'a>>, usize) {
    let weightless = |layer: &Layer| {
        layer.parameters == Some(0)
            && layer.shared_with.is_none()
            && notes.mark(&layer.path).is_empty()
    };
    let whole = all || model.layers.len() <= SMALL;
    let shown: Vec<&Layer> =
        model.layers.iter().filter(|layer| whole || !weightless(layer)).collect();
    let hidden = model.layers.len() - shown.len();
    let same = |a: &Layer, b: &Layer| alike(a, b) && notes.mark(&a.path) == notes.mark(&b.path);
    let rows = match all {
        true => shown.into_iter().map(Row::Layer).collect(),
        false => fold(&shown, same),
    };
    (rows, hidden)
}

/// Whether two layers say the same but for their paths.
fn alike(a: &Layer, b: &Layer) -> bool {
    a.type_name == b.type_name
        && a.output_shape == b.output_shape
        && a.parameters == b.parameters
        && a.shared_with == b.shared_with
        && a.formula == b.formula
        && a.frozen == b.frozen
}
