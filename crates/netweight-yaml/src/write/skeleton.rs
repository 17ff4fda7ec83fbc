//! A model as rows that the language has words for.

use std::collections::HashMap;

use netweight_core::{Analysis, Args, Counts, Edge, Evaluated, Kind, Layer, OwnKind, Shape};

use super::minimal::{stated, without_idle};
use super::order::order;
use super::word::word;
use crate::form::{self, Holds};
use crate::limits;

/// A model's inputs and the rows behind them, each behind those that feed it.
#[derive(Debug, Default)]
pub(super) struct Skeleton {
    pub(super) inputs: Vec<(String, Option<Shape>)>,
    pub(super) rows: Vec<Row>,
    /// Kinds that the catalogue does not have.
    pub(super) kinds: Vec<OwnKind>,
}

/// A layer as the spec says it.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) name: String,
    /// The word for its kind.
    pub(super) word: String,
    /// Kind, arguments, wrapped layers.
    pub(super) layer: Layer,
    pub(super) sources: Vec<Source>,
    /// The row whose weights it uses.
    pub(super) owner: Option<usize>,
    /// What it has to count.
    pub(super) counts: Counts,
    /// The layer that it comes from.
    pub(super) from: usize,
}

/// What feeds a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Source {
    /// A model input.
    Input(usize),
    /// An output of a row above.
    Row(usize, u32),
}

/// What a layer of the model became.
#[derive(Debug, Clone)]
enum Became {
    /// Nothing yet.
    Open,
    /// A source of its own.
    Source(Source),
    /// Its outputs are what others give: a nested model, or a layer that is left out.
    Through(Vec<Option<Source>>),
}

impl Skeleton {
    pub(super) fn of(analysis: &Analysis<'_>) -> Self {
        let mut builder = Builder {
            analysis,
            skeleton: Skeleton { kinds: analysis.model.kinds.clone(), ..Skeleton::default() },
            became: vec![Became::Open; analysis.model.layers.len()],
            rows: HashMap::new(),
            names: HashMap::from([("previous".to_owned(), 1)]),
        };
        for index in order(analysis) {
            builder.layer(index);
        }
        builder.skeleton
    }
}

/// A shape without the batch.
pub(super) fn without_batch(shape: &Shape) -> Shape {
    shape.iter().skip(1).cloned().collect()
}

struct Builder<'a, 'm> {
    analysis: &'a Analysis<'m>,
    skeleton: Skeleton,
    became: Vec<Became>,
    /// The rows that layers became.
    rows: HashMap<usize, usize>,
    /// Every name that is taken, and how far the numbers behind it have come.
    names: HashMap<String, usize>,
}

impl Builder<'_, '_> {
    fn layer(&mut self, index: usize) {
        let became = self.became(index);
        if let Some(place) = self.became.get_mut(index) {
            *place = became;
        }
    }

    fn became(&mut self, index: usize) -> Became {
        let analysis = self.analysis;
        let (Some(layer), Some(found)) =
            (analysis.model.layers.get(index), analysis.layers.get(index))
        else {
            return Became::Open;
        };
        if !layer.outputs.is_empty() {
            return Became::Through(layer.outputs.iter().map(|edge| self.source(*edge)).collect());
        }
        let sources: Vec<Source> =
            layer.inputs.iter().flatten().filter_map(|edge| self.source(*edge)).collect();
        let kind = found.evaluated.kind;
        if kind.is_some_and(|kind| kind.name == "input") && sources.is_empty() {
            let name = self.name(&layer.path);
            let shape = found.outputs.first().cloned().flatten();
            self.skeleton.inputs.push((name, shape));
            return Became::Source(Source::Input(self.skeleton.inputs.len() - 1));
        }
        let counts = found.counts.unwrap_or_default();
        let owner = found.shared_with.and_then(|owner| self.rows.get(&owner).copied());
        let is_own = analysis.model.own_kind(layer).is_some();
        let sayable = is_own || kind.is_some_and(|kind| can_be_said(kind, &sources, counts));
        let sayable = sayable && layer.inner.iter().all(inner_can_be_said);
        if !sayable && counts == Counts::default() {
            return Became::Through(vec![sources.first().copied()]);
        }
        let said = said(layer, &found.evaluated, analysis, false);
        let said = match is_own {
            true => said,
            false => without_idle(said, &shapes(analysis, layer), analysis.model.convention),
        };
        let word = match kind {
            Some(kind) => word(kind, &layer.type_name, &said.args),
            None if is_own => layer.kind.as_deref().unwrap_or_default().to_owned(),
            None => "parameter".to_owned(),
        };
        let row = Row {
            // Under `from`, `input` is the model's.
            name: self.name(if layer.path == "input" { "input_layer" } else { &layer.path }),
            word,
            layer: said,
            sources,
            owner: owner.filter(|_| counts == Counts::default()),
            counts,
            from: index,
        };
        self.skeleton.rows.push(row);
        let row = self.skeleton.rows.len() - 1;
        self.rows.insert(index, row);
        Became::Source(Source::Row(row, 0))
    }

    /// What an edge of the model is in the skeleton.
    fn source(&self, edge: Edge) -> Option<Source> {
        let output = usize::try_from(edge.output).ok()?;
        match self.became.get(usize::try_from(edge.layer).ok()?)? {
            Became::Open => None,
            Became::Source(Source::Row(row, _)) => Some(Source::Row(*row, edge.output)),
            Became::Source(input) => Some(*input),
            Became::Through(outputs) => *outputs.get(output).or_else(|| outputs.first())?,
        }
    }

    /// A layer's path as a name that no other one has.
    fn name(&mut self, path: &str) -> String {
        let clean: String =
            path.chars().filter(|c| !c.is_control()).take(limits::NAME - 10).collect();
        let clean = if clean.is_empty() { "layer".to_owned() } else { clean };
        let mut name = clean.clone();
        while self.names.contains_key(&name) {
            let count = self.names.entry(clean.clone()).or_insert(1);
            *count += 1;
            name = format!("{clean}_{count}");
        }
        self.names.insert(name.clone(), 1);
        name
    }
}

/// Whether the language has a word for a layer of the kind that is fed like that.
fn can_be_said(kind: &Kind, sources: &[Source], counts: Counts) -> bool {
    let Some(word) = form::find(kind.name) else { return false };
    match word.form.holds {
        Holds::Sources => sources.len() > 1,
        _ => kind.has_parameters() || counts != Counts::default() || !sources.is_empty(),
    }
}

/// Whether the language has a word for a wrapped layer.
fn inner_can_be_said(layer: &Layer) -> bool {
    let known = layer.kind.as_deref().is_some_and(|kind| form::find(kind).is_some());
    known && layer.inner.iter().all(inner_can_be_said)
}

/// The shapes that a layer sees.
fn shapes(analysis: &Analysis<'_>, layer: &Layer) -> Vec<Option<Shape>> {
    layer.inputs.iter().map(|edge| analysis.shape(edge.as_ref()?).cloned()).collect()
}

/// The arguments of a kind that the file defines, but for what the input gives.
fn own_args(kind: Option<&OwnKind>, evaluated: &Evaluated, all: bool) -> Args {
    let kind = kind.filter(|_| !all);
    let follows = |name: &str| kind.is_some_and(|kind| kind.inputs().any(|input| input == name));
    let mut args = Args::default();
    for (name, value) in evaluated.args.iter().filter(|(name, _)| !follows(name)) {
        args.set(name.to_owned(), value.clone());
    }
    args
}

/// A layer with the arguments that a spec states.
pub(super) fn said(
    layer: &Layer,
    evaluated: &Evaluated,
    analysis: &Analysis<'_>,
    all: bool,
) -> Layer {
    let convention = analysis.model.convention;
    let args = match evaluated.kind {
        Some(kind) => stated(kind, layer, &evaluated.args, convention, all),
        None => own_args(analysis.model.own_kind(layer), evaluated, all),
    };
    let inner = layer.inner.iter().zip(&evaluated.inner);
    Layer {
        kind: layer.kind.clone(),
        type_name: layer.type_name.clone(),
        frozen: layer.frozen,
        args,
        inner: inner.map(|(layer, found)| said(layer, found, analysis, all)).collect(),
        ..Layer::default()
    }
}
