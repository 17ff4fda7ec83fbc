//! What a table shows of a model: which rows, in which order, under which columns.

use std::cmp::Ordering;

use crate::column::{COLUMNS, Column, Shown};
use crate::filter::{Filter, UnknownName};
use crate::fold::fold;
use crate::group::{by_dtype, group};
use crate::layout::Track;
use crate::note::Notes;
use crate::quantity::{at_least, counted, grouped, percent};
use crate::report::{Layer, ModelReport};
use crate::row::{Row, alike};
use crate::sum::Sum;
use crate::tree::Tree;
use crate::words::Total;

/// Models of up to so many layers are shown whole.
const SMALL: usize = 30;

/// What a table shows of a model. Totals are those of the model under every view.
///
/// ```
/// use netweight_report::{ColumnName, Filter, View};
/// let largest = View {
///     filters: vec![Filter::parse("kind:conv")?],
///     sort: Some(ColumnName::parse("parameters")?),
///     top: Some(10),
///     ..View::default()
/// };
/// # Ok::<(), netweight_report::UnknownName>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct View {
    /// Every layer in a row of its own: none left out for having no parameters, none folded.
    pub all: bool,
    /// Tests that a layer must pass, all of them.
    pub filters: Vec<Filter>,
    /// The column by which rows are sorted; in the file's order without.
    pub sort: Option<ColumnName>,
    /// So many rows at most; the largest, unless they are sorted otherwise.
    pub top: Option<usize>,
    /// The columns; without any those that the view has of itself.
    pub columns: Vec<ColumnName>,
    /// What a row stands for.
    pub by: By,
    /// How many levels of modules have rows of their own, in a view by module.
    pub depth: Option<usize>,
}

/// What a row of a table stands for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum By {
    /// A layer.
    #[default]
    Layer,
    /// A module or a layer, as a tree.
    Module,
    /// All layers of a type, in the file's own words.
    Type,
    /// All layers of a kind.
    Kind,
    /// All parameters of an element type.
    Dtype,
}

impl By {
    /// Whether a row stands for layers that lie anywhere in the model.
    fn groups(self) -> bool {
        matches!(self, Self::Type | Self::Kind | Self::Dtype)
    }
}

/// The name of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnName(&'static str);

impl ColumnName {
    /// The column of that name.
    ///
    /// # Errors
    /// There is none.
    pub fn parse(name: &str) -> Result<Self, UnknownName> {
        Column::find(name).map(|column| Self(column.id)).ok_or_else(|| UnknownName {
            what: "column",
            name: name.to_owned(),
            known: COLUMNS.iter().map(|column| column.id).collect(),
        })
    }

    /// Every column, with a word on it.
    pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
        COLUMNS.iter().map(|column| (column.id, column.about))
    }

    fn column(self) -> Option<&'static Column> {
        Column::find(self.0)
    }
}

/// The rows of a model under a view.
pub(crate) struct Rows<'a> {
    pub(crate) rows: Vec<Row<'a>>,
    /// Layers that are left out for having no parameters.
    pub(crate) weightless: usize,
    /// What the rows come to, where the view leaves some of the model out.
    pub(crate) part: Option<Total>,
}

impl View {
    /// A view in which every layer has a row.
    pub(crate) fn whole(self) -> Self {
        Self { all: true, ..self }
    }

    /// The columns of a table for people, those asked for always shown.
    pub(crate) fn table(&self) -> Vec<(&'static Column, Track)> {
        let table = if self.by.groups() { Shown::Groups } else { Shown::Layers };
        let track = |column: &'static Column| match (column.id, self.by) {
            ("layer", By::Type) => Track { title: "type", ..column.track },
            ("layer", By::Kind) => Track { title: "kind", ..column.track },
            ("layer", By::Dtype) => Track { title: "dtype", ..column.track },
            _ if self.columns.is_empty() && table == Shown::Layers => column.track,
            _ => Track { rank: None, beyond: 0, ..column.track },
        };
        self.columns(table).into_iter().map(|column| (column, track(column))).collect()
    }

    /// The columns of that sort of table, unless others are asked for.
    pub(crate) fn columns(&self, table: Shown) -> Vec<&'static Column> {
        let of_groups = table == Shown::Csv && self.by.groups();
        let shown = |column: &&Column| match of_groups {
            true => column.id == "source" || (column.is_data() && column.shows(Shown::Groups)),
            false => column.shows(table),
        };
        match self.columns.as_slice() {
            [] => COLUMNS.iter().filter(shown).collect(),
            asked => asked.iter().filter_map(|name| name.column()).collect(),
        }
    }

    /// The rows of a model.
    pub(crate) fn rows<'a>(&self, model: &'a ModelReport, notes: &Notes<'_>) -> Rows<'a> {
        let passes = |layer: &&Layer| self.filters.iter().all(|filter| filter.passes(layer));
        let mut layers: Vec<&Layer> = model.layers.iter().filter(passes).collect();
        if self.filters.is_empty() && !self.all {
            layers.retain(|layer| !is_plain_input(layer, notes));
        }
        let passed = layers.len();
        let mut shown: Sum = layers.iter().map(|layer| Sum::of(layer)).collect();
        let long = model.layers.len() > SMALL && !self.by.groups();
        if long && !self.all && self.filters.is_empty() {
            layers.retain(|layer| !weightless(layer, notes));
        }
        let weightless = passed - layers.len();
        let mut rows = match self.by {
            By::Module => Tree::of(&layers).rows(model, notes, self),
            By::Type => group(&layers, |layer| &layer.type_name),
            By::Kind => group(&layers, |layer| layer.kind.as_deref().unwrap_or_default()),
            By::Dtype => by_dtype(&layers),
            By::Layer if self.all || self.sorted().is_some() => {
                layers.into_iter().map(Row::layer).collect()
            }
            By::Layer => {
                fold(&layers, |a, b| alike(a, b) && notes.mark(&a.path) == notes.mark(&b.path))
            }
        };
        if self.by != By::Module {
            rows.sort_by(|a, b| self.order(model, a, b));
        }
        if let Some(top) = self.top.filter(|top| *top < rows.len()) {
            rows.truncate(top);
            shown = rows.iter().map(|row| row.sum).collect();
        }
        let whole = self.filters.is_empty() && self.top.is_none();
        match whole {
            true => Rows { rows, weightless, part: None },
            false => Rows { rows, weightless: 0, part: Some(part(model, shown)) },
        }
    }

    /// The column by which rows are sorted.
    fn sorted(&self) -> Option<&'static Column> {
        match (self.sort, self.by) {
            (Some(name), _) => name.column(),
            (None, by) if by.groups() || self.top.is_some() => Column::find("parameters"),
            (None, _) => None,
        }
    }

    /// Which of two rows comes first; equal ones stay in the file's order.
    pub(crate) fn order(&self, model: &ModelReport, a: &Row<'_>, b: &Row<'_>) -> Ordering {
        let compare = |column: &Column| (column.cell)(model, a).order(&(column.cell)(model, b));
        self.sorted().map_or(Ordering::Equal, compare)
    }
}

/// Whether a layer has no parameters, and nothing is said of it.
fn weightless(layer: &Layer, notes: &Notes<'_>) -> bool {
    layer.parameters == Some(0) && layer.shared_with.is_none() && notes.mark(&layer.path).is_empty()
}

/// An input is where a model begins, not a part of it that one would count.
fn is_plain_input(layer: &Layer, notes: &Notes<'_>) -> bool {
    layer.kind.as_deref() == Some("input") && weightless(layer, notes)
}

/// `shown   513,000   3 of 60 layers, 4.4% of the total`.
fn part(model: &ModelReport, shown: Sum) -> Total {
    let mut note =
        format!("{} of {}", grouped(shown.layers), counted(model.totals.layers, "layer"));
    let share = model.totals.parameters.filter(|_| model.totals.complete);
    if let Some(share) = share.and_then(|total| percent(shown.parameters, total)) {
        note += &format!(", {share} of the total");
    }
    Total { label: "shown", sum: at_least(shown.complete, grouped(shown.parameters)), note }
}
