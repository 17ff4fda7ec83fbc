//! One layer at its place: arguments settled, formula and weights evaluated, outputs inferred.

mod count;
mod settle;

use std::borrow::Cow;

use thin_vec::{ThinVec, thin_vec};

use crate::formula::Tree;
use crate::kind::{self, ArgRow, Inner, Kind};
use crate::own::OwnKinds;
use crate::site::Site;
use crate::{Args, Category, Convention, Layer, Role, Shape, limits};

pub use settle::counted_under;
use settle::settle;

/// What follows from a layer's arguments and input shapes alone. Most of its lists are empty in most
/// layers, so they take no more than a pointer.
#[derive(Debug, Clone, Default)]
pub struct Evaluated {
    /// The kind; none for a layer that is not recognised.
    pub kind: Option<&'static Kind>,
    /// Arguments as they came to be settled.
    pub args: Args,
    /// Names of sizes that only the stored weights gave.
    pub measured: ThinVec<&'static str>,
    /// Names of sizes that the stored weights contradict.
    pub contradicted: ThinVec<&'static str>,
    /// Shapes by output; a layer of an [`Analysis`](crate::Analysis) has them beside this.
    pub outputs: Vec<Option<Shape>>,
    /// The formula in symbols, where the arithmetic lacks sizes.
    pub symbols: Option<String>,
    /// The arithmetic, where every size is known.
    pub tree: Option<Tree>,
    /// The tensors that the kind has under these arguments, wrapped layers' included.
    pub weights: Vec<Expected>,
    /// Sizes that would have to be known for a count.
    pub missing: ThinVec<Missing>,
    /// What makes no sense.
    pub problems: ThinVec<String>,
    /// What is larger than can be counted.
    pub too_large: ThinVec<String>,
    /// Whether an earlier layer of the same wrapped model owns the weights.
    pub shared: bool,
    /// The wrapped layers.
    pub inner: ThinVec<Evaluated>,
}

/// A size that would have to be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Its letter in the formula.
    pub symbol: Cow<'static, str>,
    /// Its name in [`crate::Args`].
    pub name: Cow<'static, str>,
    /// What it is, in words.
    pub meaning: Cow<'static, str>,
    /// Whether the input's shape would give it.
    pub follows: bool,
}

impl From<&'static ArgRow> for Missing {
    fn from(row: &'static ArgRow) -> Self {
        Self {
            symbol: row.symbol.into(),
            name: row.name.into(),
            meaning: row.meaning.into(),
            follows: row.from.is_some(),
        }
    }
}

/// A tensor that a kind has under given arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// Its name, with the direction or wrapped layer before it.
    pub name: Cow<'static, str>,
    /// What it does.
    pub role: Role,
    /// Whether it is learned, frozen layers considered.
    pub category: Category,
    /// Its dimensions, where they are known.
    pub shape: Option<Vec<u64>>,
}

/// Evaluates a layer for these input shapes.
pub fn evaluate(layer: &Layer, inputs: &[Option<Shape>], convention: Convention) -> Evaluated {
    Evaluator { convention, own: &OwnKinds::default(), depth: 0 }.layer(layer, inputs)
}

/// Evaluates layers of one model.
#[derive(Clone, Copy)]
pub(crate) struct Evaluator<'m> {
    convention: Convention,
    own: &'m OwnKinds<'m>,
    depth: usize,
}

impl<'m> Evaluator<'m> {
    pub(crate) fn new(convention: Convention, own: &'m OwnKinds<'m>) -> Self {
        Self { convention, own, depth: 0 }
    }

    pub(crate) fn layer(self, layer: &Layer, inputs: &[Option<Shape>]) -> Evaluated {
        if let Some(own) = layer.kind.as_deref().and_then(|name| self.own.get(name)) {
            let inputs = stated_inputs(&layer.stated_inputs, inputs);
            let mut result = own.evaluate(layer, inputs.first().and_then(Option::as_ref));
            result.freeze(layer);
            return result;
        }
        let Some(compiled) = layer.kind.as_deref().and_then(kind::compiled) else {
            return Evaluated::default();
        };
        if self.depth >= limits::WRAPPERS {
            let problems = thin_vec![format!("wrapped more than {} layers deep", limits::WRAPPERS)];
            return Evaluated { kind: Some(compiled.kind), problems, ..Evaluated::default() };
        }
        let inputs = stated_inputs(&layer.stated_inputs, inputs);
        let mut site = Site {
            kind: compiled.kind,
            args: layer.args.clone(),
            convention: self.convention,
            inputs: &inputs,
            inner: self.inner(compiled.kind.inner, layer, &inputs),
        };
        let mut result = Evaluated { kind: Some(compiled.kind), ..Evaluated::default() };
        settle(layer, &mut site, &mut result);
        result.count(compiled, &site, layer);
        if result.tree.is_none() && !result.problems.is_empty() {
            result.count_as_measured(compiled, &mut site, layer);
        }
        match (compiled.kind.shape)(&site) {
            Ok(outputs) => result.outputs = outputs,
            Err(problem) => result.problems.push(problem),
        }
        for inner in &site.inner {
            result.problems.extend(inner.problems.iter().cloned());
            result.too_large.extend(inner.too_large.iter().cloned());
            result.missing.extend(inner.missing.iter().cloned());
            result.measured.extend(inner.measured.iter().copied());
        }
        result.args = site.args;
        result.inner = site.inner.into();
        result.freeze(layer);
        result
    }

    /// The wrapped layers, each at its own place.
    fn inner(self, how: Inner, layer: &Layer, inputs: &[Option<Shape>]) -> Vec<Evaluated> {
        let deeper = Self { depth: self.depth.saturating_add(1), ..self };
        let each = |inputs: &[Option<Shape>]| {
            layer.inner.iter().map(|inner| deeper.layer(inner, inputs)).collect()
        };
        match how {
            Inner::None => Vec::new(),
            Inner::Each => each(inputs),
            Inner::Step => each(&[one_step(inputs)]),
            Inner::Cells => {
                let mut input = one_step(inputs);
                let mut cells = Vec::with_capacity(layer.inner.len());
                for cell in &layer.inner {
                    let evaluated = deeper.layer(cell, std::slice::from_ref(&input));
                    input = evaluated.outputs.first().cloned().flatten();
                    cells.push(evaluated);
                }
                cells
            }
            Inner::Graph => deeper.graph(&layer.inner, inputs),
        }
    }

    /// The layers of a wrapped model in order; its input layers take the wrapper's inputs in turn.
    fn graph(self, layers: &[Layer], inputs: &[Option<Shape>]) -> Vec<Evaluated> {
        let mut given = inputs.iter();
        let mut done: Vec<Evaluated> = Vec::with_capacity(layers.len());
        for layer in layers {
            let fed: Vec<Option<Shape>> = layer
                .inputs
                .iter()
                .map(|edge| {
                    let edge = edge.as_ref()?;
                    let from = done.get(usize::try_from(edge.layer).ok()?)?;
                    from.outputs.get(usize::try_from(edge.output).ok()?)?.clone()
                })
                .collect();
            let mut evaluated = self.layer(layer, &fed);
            if layer.kind.as_deref() == Some("input") {
                let own = layer.stated_outputs.first().cloned().flatten();
                evaluated.outputs = vec![given.next().cloned().flatten().or(own)];
            }
            evaluated.shared = layer.shared_with.is_some();
            done.push(evaluated);
        }
        done
    }
}

/// Input shapes as the file states them, the graph's where it says nothing.
fn stated_inputs<'a>(
    stated: &[Option<Shape>],
    inferred: &'a [Option<Shape>],
) -> Cow<'a, [Option<Shape>]> {
    if stated.is_empty() {
        return Cow::Borrowed(inferred);
    }
    let count = stated.len().max(inferred.len());
    let at = |shapes: &[Option<Shape>], index: usize| shapes.get(index).cloned().flatten();
    (0..count)
        .map(|index| match (at(stated, index), at(inferred, index)) {
            (Some(stated), Some(inferred)) if stated.len() == inferred.len() => {
                Some(stated.iter().zip(inferred.iter()).map(|(a, b)| a.or(b).clone()).collect())
            }
            (stated, inferred) => stated.or(inferred),
        })
        .collect()
}

/// The first input without its axis 1.
fn one_step(inputs: &[Option<Shape>]) -> Option<Shape> {
    Some(inputs.first()?.as_ref()?.without(1))
}

/// Training leaves a frozen layer's weights alone.
pub(crate) fn frozen(category: Category) -> Category {
    if category == Category::Trainable { Category::NonTrainable } else { category }
}
