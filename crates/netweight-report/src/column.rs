//! The table of columns: one row each, shared by text, Markdown and CSV.

use std::borrow::Cow;
use std::cmp::Ordering;

use netweight_core::{Check, Shape};

use crate::layout::{Overflow, Track};
use crate::quantity::{at_least, bar, grouped, percent};
use crate::report::{Layer, ModelReport, OutputShape, Weight};
use crate::row::Row;
use crate::words::each_once;

/// A column of the layers' table.
pub(crate) struct Column {
    /// Its name: that of the JSON field where there is one.
    pub(crate) id: &'static str,
    /// What stands in it, in words.
    pub(crate) about: &'static str,
    /// Its place in tables for people.
    pub(crate) track: Track,
    /// The views that show it without being asked.
    pub(crate) views: &'static [Shown],
    /// What stands in it.
    pub(crate) cell: for<'a> fn(&ModelReport, &'a Row<'_>) -> Value<'a>,
}

/// Sorts of tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// Layers, for people.
    Layers,
    /// Groups of layers, for people.
    Groups,
    /// CSV, of either.
    Csv,
}

use Shown::{Csv, Groups, Layers};

/// What stands in one row of one column.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// There is nothing to say.
    Nothing,
    /// It cannot be known.
    Unknown,
    /// A number.
    Count(u64),
    /// A number to which something unknown is to be added.
    AtLeast(u64),
    /// A part of a whole.
    Share(u64, u64),
    /// A part of a whole, drawn.
    Bar(u64, u64),
    /// Words.
    Text(Cow<'a, str>),
}

/// Widths up to this are for the columns that matter most.
const NARROW: usize = 80;

/// Widths up to this have no room for a picture.
const WIDE: usize = 110;

/// Cells of a whole bar.
const BAR_CELLS: u64 = 10;

const LAYER: Track = Track::left("layer").overflow(Overflow::Shorten(24));
const TYPE: Track =
    Track { rank: Some(1), beyond: NARROW, ..Track::left("type").overflow(Overflow::Shorten(12)) };
const OUTPUT: Track = Track { title: "output", rank: Some(0), ..TYPE };
/// Wide enough for hundreds of millions, so that most reports line up with each other.
const PARAMETERS: Track = Track::right("parameters").min(12);
const SHARE: Track = Track { rank: Some(3), ..Track::right("share") };
const BAR: Track = Track { rank: Some(0), beyond: WIDE, gap: 2, ..Track::left("").min(10) };
const BY_HAND: Track = Track { gap: 2, ..Track::left("by hand").overflow(Overflow::Wrap(24)) };

const fn words(title: &'static str) -> Track {
    Track::left(title).overflow(Overflow::Wrap(12))
}

/// Every column, in the order of all views.
pub(crate) static COLUMNS: [Column; 20] = [
    Column {
        id: "source",
        about: "the file",
        track: LAYER,
        views: &[Csv],
        cell: |model, _| Value::Text(model.source.clone().into()),
    },
    Column {
        id: "layer",
        about: "the layer's name as the view shows it",
        track: LAYER,
        views: &[Layers, Groups],
        cell: |_, row| text(&row.label),
    },
    Column {
        id: "path",
        about: "the whole path",
        track: Track { title: "path", ..LAYER },
        views: &[Csv],
        cell: |_, row| text(&row.layer.path),
    },
    Column {
        id: "type",
        about: "the file's own word for it",
        track: TYPE,
        views: &[Layers, Csv],
        cell: |_, row| text(&row.layer.type_name),
    },
    Column {
        id: "kind",
        about: "the kind that counts it",
        track: Track { title: "kind", ..TYPE },
        views: &[Csv],
        cell: |_, row| optional(row.layer.kind.as_deref()),
    },
    Column {
        id: "output_shape",
        about: "what comes out of it",
        track: OUTPUT,
        views: &[Layers, Csv],
        cell: |_, row| output(&row.layer),
    },
    Column {
        id: "layers",
        about: "how many layers stand in the row",
        track: Track::right("layers"),
        views: &[Groups],
        cell: |_, row| Value::Count(row.sum.layers),
    },
    Column {
        id: "parameters",
        about: "trainable and non-trainable values",
        track: PARAMETERS,
        views: &[Layers, Groups, Csv],
        cell: |_, row| count(row, row.sum.parameters),
    },
    Column {
        id: "trainable",
        about: "learned values",
        track: Track::right("trainable"),
        views: &[Csv],
        cell: |_, row| count(row, row.sum.trainable),
    },
    Column {
        id: "non_trainable",
        about: "running statistics, frozen values",
        track: Track::right("non-trainable"),
        views: &[Csv],
        cell: |_, row| count(row, row.sum.non_trainable),
    },
    Column {
        id: "share",
        about: "of the model's parameters",
        track: SHARE,
        views: &[Layers, Groups, Csv],
        cell: |model, row| part(model, row, Value::Share),
    },
    Column {
        id: "bar",
        about: "the share, drawn",
        track: BAR,
        views: &[Layers, Groups],
        cell: |model, row| part(model, row, Value::Bar),
    },
    Column {
        id: "bytes",
        about: "what its weights take in the file",
        track: Track { rank: Some(2), ..Track::right("bytes") },
        views: &[Groups],
        cell: |_, row| row.sum.bytes.map_or(Value::Nothing, Value::Count),
    },
    Column {
        id: "dtype",
        about: "the types of its weights",
        track: words("dtype"),
        views: &[],
        cell: |_, row| dtypes(&row.layer),
    },
    Column {
        id: "by_hand",
        about: "the arithmetic, and what sets the layer apart",
        track: BY_HAND,
        views: &[Layers],
        cell: |_, row| by_hand(row),
    },
    Column {
        id: "shared_with",
        about: "the layer whose weights it uses again",
        track: words("shared with"),
        views: &[Csv],
        cell: |_, row| optional(row.layer.shared_with.as_deref()),
    },
    Column {
        id: "symbols",
        about: "the formula in letters",
        track: words("formula"),
        views: &[Csv],
        cell: |_, row| optional(row.layer.formula.as_ref().map(|f| f.symbols.as_str())),
    },
    Column {
        id: "numbers",
        about: "the formula in numbers",
        track: words("numbers"),
        views: &[Csv],
        cell: |_, row| optional(row.layer.formula.as_ref().map(|f| f.numbers.as_str())),
    },
    Column {
        id: "check",
        about: "how the formula compares with the stored weights",
        track: words("check"),
        views: &[Csv],
        cell: |_, row| optional(row.layer.formula.as_ref().map(|f| f.check.name())),
    },
    Column {
        id: "weights",
        about: "its tensors: role, type, shape",
        track: words("weights"),
        views: &[Csv],
        cell: |_, row| weights(&row.layer),
    },
];

impl Column {
    /// Whether that sort of table shows it without being asked.
    pub(crate) fn shows(&self, table: Shown) -> bool {
        self.views.contains(&table)
    }

    /// Whether it says what no other column says in numbers.
    pub(crate) fn is_data(&self) -> bool {
        self.id != "bar"
    }

    /// The column of that name.
    pub(crate) fn find(id: &str) -> Option<&'static Self> {
        COLUMNS.iter().find(|column| column.id == id)
    }
}

impl<'a> Value<'a> {
    /// As people read it.
    pub(crate) fn shown(self) -> Cow<'a, str> {
        match self {
            Value::Nothing => "".into(),
            Value::Unknown => "?".into(),
            Value::Count(n) => grouped(n).into(),
            Value::AtLeast(n) => at_least(false, grouped(n)).into(),
            Value::Share(part, whole) => percent(part, whole).unwrap_or_default().into(),
            Value::Bar(part, whole) => bar(part, whole, BAR_CELLS).into(),
            Value::Text(text) => text,
        }
    }

    /// Which of two values comes first in a sorted table: the larger number, the earlier word;
    /// what is not known or not there comes last.
    pub(crate) fn order(&self, other: &Value<'_>) -> Ordering {
        match (self.number(), other.number()) {
            (Some(a), Some(b)) => b.cmp(&a),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => match (self, other) {
                (Value::Text(a), Value::Text(b)) => a.cmp(b),
                (Value::Text(_), _) => Ordering::Less,
                (_, Value::Text(_)) => Ordering::Greater,
                _ => Ordering::Equal,
            },
        }
    }

    /// The number in it; shares of one table are all of one whole.
    fn number(&self) -> Option<u64> {
        match self {
            Value::Count(n) | Value::AtLeast(n) | Value::Share(n, _) | Value::Bar(n, _) => Some(*n),
            Value::Nothing | Value::Unknown | Value::Text(_) => None,
        }
    }
}

fn text(text: &str) -> Value<'_> {
    if text.is_empty() { Value::Nothing } else { Value::Text(text.into()) }
}

fn optional(text: Option<&str>) -> Value<'_> {
    text.map_or(Value::Nothing, self::text)
}

/// A count of a row's own; weights that are shared count where they are shared from.
fn count(row: &Row<'_>, n: u64) -> Value<'static> {
    match row.sum.complete {
        _ if row.layer.shared_with.is_some() => Value::Nothing,
        true => Value::Count(n),
        false if n > 0 => Value::AtLeast(n),
        false => Value::Unknown,
    }
}

/// The row's part of the total, where both are known.
fn part(
    model: &ModelReport,
    row: &Row<'_>,
    value: fn(u64, u64) -> Value<'static>,
) -> Value<'static> {
    match model.totals.parameters {
        Some(whole) if model.totals.complete && row.sum.parameters > 0 => {
            value(row.sum.parameters, whole)
        }
        _ => Value::Nothing,
    }
}

/// The arithmetic in numbers, or why there is none to show, and what sets the layer apart.
fn by_hand<'a>(row: &'a Row<'_>) -> Value<'a> {
    let layer = row.layer.as_ref();
    if !row.note.is_empty() {
        return Value::Text(row.note.as_str().into());
    }
    if let Some(other) = &layer.shared_with {
        return Value::Text(format!("(shared with {other})").into());
    }
    let arithmetic = match (&layer.formula, layer.parameters) {
        (Some(f), Some(n)) if f.check == Check::Differ => {
            format!("{} = {}, not {}", f.numbers, grouped(f.value), grouped(n)).into()
        }
        (Some(formula), _) => Cow::Borrowed(formula.numbers.as_str()),
        (None, _) if layer.assumed => "assumed".into(),
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

/// `float32`; `int8, float32`: each type of its parameters once.
fn dtypes(layer: &Layer) -> Value<'_> {
    let parameters = layer.weights.iter().filter(|weight| weight.category.is_parameter());
    each_once(parameters.map(|weight| &*weight.dtype))
        .map_or(Value::Nothing, |types| Value::Text(types.into()))
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
