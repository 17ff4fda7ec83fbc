//! The table of columns: one row each, shared by text, Markdown and CSV.

use std::borrow::Cow;

use crate::layout::{Align, Overflow, Track};
use crate::quantity::{grouped, percent};
use netweight_core::{Check, Shape};

use crate::report::{Layer, ModelReport, OutputShape, Weight};

/// A column of the layers' table.
pub(crate) struct Column {
    /// Its name in CSV, that of the JSON field where there is one.
    pub(crate) id: &'static str,
    /// Where it is shown.
    pub(crate) views: Views,
    /// What stands in it.
    pub(crate) cell: for<'a> fn(&'a ModelReport, &'a Layer) -> Value<'a>,
}

/// Where a column is shown.
pub(crate) enum Views {
    /// In CSV only.
    Csv,
    /// In tables for people only.
    Table(Track),
    /// In both.
    Both(Track),
}

/// What stands in one row of one column.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// There is nothing to say.
    Nothing,
    /// It cannot be known.
    Unknown,
    /// A number.
    Count(u64),
    /// A part of a whole.
    Share(u64, u64),
    /// Words.
    Text(Cow<'a, str>),
}

/// Widths up to this are for the columns that matter most.
const NARROW: usize = 80;

const LAYER: Track = Track::new("layer", Align::Left).overflow(Overflow::Shorten(24));
const TYPE: Track = Track {
    rank: Some(1),
    beyond: NARROW,
    ..Track::new("type", Align::Left).overflow(Overflow::Shorten(12))
};
const OUTPUT: Track = Track { title: "output", rank: Some(0), ..TYPE };
/// Wide enough for hundreds of millions, so that most reports line up with each other.
const PARAMETERS: Track = Track::new("parameters", Align::Right).min(12);
const SHARE: Track = Track { rank: Some(2), ..Track::new("share", Align::Right) };
const BY_HAND: Track =
    Track { gap: 2, ..Track::new("by hand", Align::Left).overflow(Overflow::Wrap(24)) };

/// Every column, in the order of all views.
pub(crate) const COLUMNS: [Column; 15] = [
    Column { id: "source", views: Views::Csv, cell: |model, _| text(&model.source) },
    Column { id: "path", views: Views::Both(LAYER), cell: |_, layer| text(&layer.path) },
    Column { id: "type", views: Views::Both(TYPE), cell: |_, layer| text(&layer.type_name) },
    Column { id: "kind", views: Views::Csv, cell: |_, layer| optional(layer.kind.as_deref()) },
    Column { id: "output_shape", views: Views::Both(OUTPUT), cell: |_, layer| output(layer) },
    Column {
        id: "parameters",
        views: Views::Both(PARAMETERS),
        cell: |_, layer| count(layer, layer.parameters),
    },
    Column { id: "trainable", views: Views::Csv, cell: |_, layer| count(layer, layer.trainable) },
    Column {
        id: "non_trainable",
        views: Views::Csv,
        cell: |_, layer| count(layer, layer.non_trainable),
    },
    Column { id: "share", views: Views::Both(SHARE), cell: share },
    Column { id: "by_hand", views: Views::Table(BY_HAND), cell: |_, layer| by_hand(layer) },
    Column {
        id: "shared_with",
        views: Views::Csv,
        cell: |_, layer| optional(layer.shared_with.as_deref()),
    },
    Column {
        id: "symbols",
        views: Views::Csv,
        cell: |_, layer| optional(layer.formula.as_ref().map(|f| f.symbols.as_str())),
    },
    Column {
        id: "numbers",
        views: Views::Csv,
        cell: |_, layer| optional(layer.formula.as_ref().map(|f| f.numbers.as_str())),
    },
    Column {
        id: "check",
        views: Views::Csv,
        cell: |_, layer| optional(layer.formula.as_ref().map(|f| f.check.name())),
    },
    Column { id: "weights", views: Views::Csv, cell: |_, layer| weights(layer) },
];

impl Column {
    /// Its place in tables for people, where it has one.
    pub(crate) fn track(&self) -> Option<Track> {
        match self.views {
            Views::Csv => None,
            Views::Table(track) | Views::Both(track) => Some(track),
        }
    }

    /// The columns of tables for people.
    pub(crate) fn in_tables() -> impl Iterator<Item = (&'static Self, Track)> + Clone {
        COLUMNS.iter().filter_map(|column| Some((column, column.track()?)))
    }

    /// The columns of CSV.
    pub(crate) fn in_csv() -> impl Iterator<Item = &'static Self> {
        COLUMNS.iter().filter(|column| !matches!(column.views, Views::Table(_)))
    }
}

impl Value<'_> {
    /// As people read it.
    pub(crate) fn shown(&self) -> Cow<'_, str> {
        match self {
            Value::Nothing => "".into(),
            Value::Unknown => "?".into(),
            Value::Count(n) => grouped(*n).into(),
            Value::Share(part, whole) => percent(*part, *whole).unwrap_or_default().into(),
            Value::Text(text) => text.as_ref().into(),
        }
    }
}

fn text(text: &str) -> Value<'_> {
    if text.is_empty() { Value::Nothing } else { Value::Text(text.into()) }
}

fn optional(text: Option<&str>) -> Value<'_> {
    text.map_or(Value::Nothing, self::text)
}

/// A count of a layer's own; weights that it shares count where they are shared from.
fn count(layer: &Layer, n: Option<u64>) -> Value<'_> {
    match n {
        _ if layer.shared_with.is_some() => Value::Nothing,
        None => Value::Unknown,
        Some(n) => Value::Count(n),
    }
}

/// The layer's part of the total, where both are known.
fn share<'a>(model: &'a ModelReport, layer: &'a Layer) -> Value<'a> {
    match (layer.parameters, model.totals.parameters) {
        (Some(part), Some(whole))
            if part > 0 && model.totals.complete && layer.shared_with.is_none() =>
        {
            Value::Share(part, whole)
        }
        _ => Value::Nothing,
    }
}

/// The arithmetic in numbers, or why there is none to show, and what sets the layer apart.
fn by_hand(layer: &Layer) -> Value<'_> {
    if let Some(other) = &layer.shared_with {
        return Value::Text(format!("(shared with {other})").into());
    }
    let arithmetic = match (&layer.formula, layer.parameters) {
        (Some(f), Some(n)) if f.check == Check::Differ => {
            format!("{} = {}, not {}", f.numbers, grouped(f.value), grouped(n)).into()
        }
        (Some(formula), _) => Cow::Borrowed(formula.numbers.as_str()),
        (None, _) => "".into(),
    };
    match (layer.frozen, arithmetic.is_empty()) {
        (false, true) => Value::Nothing,
        (false, false) => Value::Text(arithmetic),
        (true, true) => Value::Text("frozen".into()),
        (true, false) => Value::Text(format!("{arithmetic}, frozen").into()),
    }
}

fn output(layer: &Layer) -> Value<'_> {
    match &layer.output_shape {
        None => Value::Nothing,
        Some(OutputShape::One(shape)) => Value::Text(shape.to_string().into()),
        Some(OutputShape::Several(shapes)) => {
            Value::Text(shapes.iter().map(Shape::to_string).collect::<Vec<_>>().join(", ").into())
        }
    }
}

/// `kernel float32 3×8; bias float32 8`.
fn weights(layer: &Layer) -> Value<'_> {
    let weight = |weight: &Weight| {
        format!("{} {} {}", weight.role, weight.dtype, Shape::from(weight.shape.as_slice()))
    };
    match layer.weights.as_slice() {
        [] => Value::Nothing,
        all => Value::Text(all.iter().map(weight).collect::<Vec<_>>().join("; ").into()),
    }
}
