//! Who calls whom: models as rows wired to one another.
//!
//! A model is a sequence ([`sequential`]) or a graph of calls ([`functional`]), in which
//! versions write a call differently ([`classic`], [`modern`]). A model inside a model becomes
//! a container row, its own layers the rows behind it; whoever reads its outputs is wired to
//! those of its layers that make them.

mod classic;
mod functional;
mod listed;
mod modern;
mod sequential;
mod wrapped;

use netweight_core::{Arg, Diagnostic, Edge, Layer, Shape};
use netweight_markup::{Node, Problem, Span};

use crate::limits;
use crate::reader::{Reader, Row};
use crate::version::Version;

/// A tensor of the graph, as a config refers to it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reference<'a> {
    pub(crate) layer: &'a str,
    /// Which of the layer's calls.
    pub(crate) node: i64,
    /// Which of its outputs.
    pub(crate) tensor: i64,
    /// Where the file has it.
    pub(crate) span: Span,
    /// Its shape, where the config writes that beside it.
    pub(crate) shape: Option<&'a Node>,
}

/// What a call is given: a tensor, a plain value, or several of both.
#[derive(Debug, Clone)]
pub(crate) enum Operand<'a> {
    Tensor(Reference<'a>),
    Value(&'a Node),
    List(Vec<Operand<'a>>),
}

/// The first `dim_ordering` of a file.
fn ordering(root: &Node) -> Option<&str> {
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        if let Some(found) = node.get("dim_ordering").and_then(Node::as_str) {
            return Some(found);
        }
        open.extend(node.as_seq().unwrap_or_default());
        open.extend(node.as_map().unwrap_or_default().iter().map(|(_, value)| value));
    }
    None
}

impl<'a> Operand<'a> {
    /// The tensors, in order.
    pub(crate) fn tensors(&self, out: &mut Vec<Reference<'a>>) {
        match self {
            Self::Tensor(reference) => out.push(*reference),
            Self::Value(_) => {}
            Self::List(items) => items.iter().for_each(|item| item.tensors(out)),
        }
    }
}

/// One call of a layer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Call<'a> {
    pub(crate) args: Vec<Operand<'a>>,
    pub(crate) kwargs: Vec<(&'a str, Operand<'a>)>,
}

impl<'a> Call<'a> {
    /// The operand that was passed under a name.
    pub(crate) fn named(&self, names: &[&str]) -> Option<&Operand<'a>> {
        self.kwargs.iter().find(|(known, _)| names.contains(known)).map(|(_, operand)| operand)
    }
}

/// What goes into a row: a tensor, an array of the config's own, or nothing known.
#[derive(Debug, Clone)]
pub(crate) enum Feed<'a> {
    Tensor(Reference<'a>),
    Constant(Shape),
    Nothing,
}

/// A model's ends.
#[derive(Debug, Default)]
pub(crate) struct Ends {
    /// The rows that take its inputs, in turn.
    pub(crate) entries: Vec<usize>,
    /// What comes out.
    pub(crate) outputs: Vec<Edge>,
}

/// One use of a layer: its row, or where a model's outputs come from.
#[derive(Debug, Clone)]
pub(crate) struct Use {
    pub(crate) row: usize,
    pub(crate) outputs: Option<Vec<Edge>>,
}

impl Use {
    /// One of its outputs.
    pub(crate) fn output(&self, index: usize) -> Option<Edge> {
        match &self.outputs {
            Some(outputs) => outputs.get(index).copied(),
            None => Some(Edge::new(self.row, index)),
        }
    }
}

impl<'a> Reader<'a> {
    /// Whether an entry is a model of layers that the config lists.
    pub(crate) fn is_model(&self, entry: &Node) -> bool {
        let Some(config) = entry.get("config").filter(|_| self.rule(entry).is_none()) else {
            return false;
        };
        let class = entry.get("class_name").and_then(Node::as_str);
        matches!(class, Some("Sequential" | "Functional" | "Model")) || is_graph(config)
    }

    /// The model at the top of a file.
    pub(crate) fn top(&mut self, root: &'a Node) {
        let Some(class_name) = self.class_name(root) else { return };
        let Some(config) = self.required(root, "config") else { return };
        if self.version == Version::One {
            self.ordering = ordering(root);
        }
        let listed = config.as_seq().is_some() || config.get("layers").is_some();
        let listed = listed && self.rule(root).is_none();
        if !self.is_model(root) && listed {
            let message = format!("`{class_name}` is read as the list of its layers");
            let span = root.get("class_name").unwrap_or(root).span;
            let problem = Problem::new("keras/subclass", span, message);
            self.findings.warn(problem.note("code of a class of its own is not seen"));
        }
        if self.is_model(root) || listed {
            self.model(root, "");
        } else {
            let path = Self::name(root).unwrap_or(class_name).to_owned();
            let row = self.layer(root, path);
            if row.is_listed() {
                let Layer { inner, outputs, frozen, .. } = row.layer;
                self.parts(inner, &outputs, (frozen, row.span), &[]);
            } else {
                self.listed(row);
            }
        }
    }

    /// Reads a model's layers into rows.
    pub(crate) fn model(&mut self, entry: &'a Node, prefix: &str) -> Ends {
        let Some(config) = self.required(entry, "config") else { return Ends::default() };
        self.models += 1;
        let was_frozen = self.frozen;
        // Keras reads a sequence's own flag back at the top alone, and in it those of its layers;
        // Keras 3 does so with every model.
        let cascades = self.version < Version::Three;
        let decides = self.models == 1 || (cascades && is_graph(config));
        self.frozen |= decides && config.get("trainable").and_then(Node::as_bool) == Some(false);
        let ends = match is_graph(config) || names_graph(entry) {
            true => self.functional(config, prefix),
            false => self.sequential(entry, config, prefix),
        };
        self.frozen = was_frozen;
        self.models -= 1;
        ends
    }

    /// Adds an entry's row; a model's container and all of its own rows behind it.
    pub(crate) fn place(&mut self, entry: &'a Node, name: &str, prefix: &str) -> Use {
        let path = joined(prefix, name);
        if !self.is_model(entry) {
            let row = self.layer(entry, path);
            return self.listed(row);
        }
        let class_name = self.class_name(entry).unwrap_or_default();
        let container = self.push(Row::new(
            Layer::new(path.clone(), class_name, "model"),
            None,
            entry.get("class_name").unwrap_or(entry).span,
        ));
        if self.models >= limits::NESTED_MODELS {
            let message = format!("models inside one another, more than {}", limits::NESTED_MODELS);
            let unknown = Diagnostic::warning("keras/too-deep", message).at(path);
            if let Some(row) = self.rows.get_mut(container) {
                row.layer.unknown = Some(unknown.into());
            }
            return Use { row: container, outputs: None };
        }
        let ends = self.model(entry, &path);
        if let Some(row) = self.rows.get_mut(container) {
            row.layer.outputs = ends.outputs.as_slice().into();
            row.entries = ends.entries;
        }
        Use { row: container, outputs: Some(ends.outputs) }
    }

    /// Another use of a layer: a row of the same path that shares the first one's weights.
    pub(crate) fn again(&mut self, first: &Use) -> Use {
        let Some(row) = self.rows.get(first.row) else { return first.clone() };
        let (class, span) = (row.class, row.span);
        let layer = Layer {
            shared_with: Some(first.row),
            inputs: Vec::new(),
            stated_inputs: Default::default(),
            ..row.layer.clone()
        };
        if !self.has_room(&layer, span) {
            return first.clone();
        }
        Use { row: self.push(Row::new(layer, class, span)), outputs: first.outputs.clone() }
    }

    /// Wires a row's inputs; a model's go on to the rows that take them.
    pub(crate) fn feed(&mut self, row: usize, edges: &[Option<Edge>]) {
        let Some(place) = self.rows.get_mut(row) else { return };
        place.layer.inputs = edges.to_vec();
        let entries = place.entries.clone();
        for (entry, edge) in entries.iter().zip(edges) {
            self.feed(*entry, &[*edge]);
        }
    }

    /// States an output's shape where the layer has no rule that gives one.
    pub(crate) fn describe(&mut self, edge: Edge, shape: Option<Shape>) {
        let index = usize::try_from(edge.layer).ok();
        let Some(row) = index.and_then(|index| self.rows.get_mut(index)) else { return };
        let Ok(output) = usize::try_from(edge.output) else { return };
        if row.layer.kind.as_deref() != Some("opaque") || output >= limits::RANK {
            return;
        }
        let stated = &mut row.layer.stated_outputs;
        stated.resize(stated.len().max(output.saturating_add(1)), None);
        if let Some(place) = stated.get_mut(output).filter(|place| place.is_none()) {
            *place = shape;
        }
    }

    /// States what goes into a row, a model's first layers included.
    pub(crate) fn state_input(&mut self, row: usize, shape: &Shape) {
        let Some(place) = self.rows.get_mut(row) else { return };
        if place.layer.kind.as_deref() != Some("model") {
            place.layer.stated_inputs = [Some(shape.clone())].into();
        }
        if let Some(first) = place.entries.first().copied() {
            self.state_input(first, shape);
        }
    }
}

impl Row {
    /// What a call asks of its layer: attention scores beside the output.
    pub(crate) fn asked(&mut self, call: &Call, version: Version) {
        let Some(Operand::Value(node)) = call.named(&["return_attention_scores"]) else { return };
        if node.as_bool() == Some(true) {
            self.layer.args.set("return_scores", Arg::Flag(true));
            // Keras 3 says of these scores that there are as many values as queries.
            let is_square = self.layer.kind.as_deref() == Some("multi_head_attention");
            if is_square && version >= Version::Three {
                self.layer.args.set("square_scores", Arg::Flag(true));
            }
        }
    }
}

/// Whether a config lists calls and ends.
fn is_graph(config: &Node) -> bool {
    ["layers", "input_layers", "output_layers"].iter().all(|key| config.get(key).is_some())
}

/// Whether an entry calls itself a graph, complete or not.
fn names_graph(entry: &Node) -> bool {
    let class = entry.get("class_name").and_then(Node::as_str);
    matches!(class, Some("Functional" | "Model"))
}

pub(crate) fn joined(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") }
}

/// `["layer", node, tensor]`, with or without anything behind it.
fn reference(node: &Node) -> Option<Reference<'_>> {
    let items = node.as_seq()?;
    let [layer, index, tensor, ..] = items else { return None };
    let number = |node: &Node| i64::try_from(node.as_int()?).ok();
    Some(Reference {
        layer: layer.as_str()?,
        node: number(index)?,
        tensor: number(tensor)?,
        span: node.span,
        shape: None,
    })
}
