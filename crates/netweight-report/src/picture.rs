//! What pictures of a model draw: the module tree with a figure for every module.

use std::collections::HashMap;

use crate::report::{Layer, ModelReport};
use crate::size::Size;
use crate::sizes::sizes;
use crate::tree::{Node, Tree};

/// Kinds with a colour of their own; the rest have one together.
pub(crate) const COLOURS: usize = 8;

/// A model as pictures draw it.
pub(crate) struct Picture<'a> {
    /// The whole first, every module before what is in it.
    pub(crate) parts: Vec<Part<'a>>,
    /// The figures that areas may stand for.
    pub(crate) measures: Vec<Measure>,
    /// The kinds with a colour of their own, those with most parameters first.
    pub(crate) kinds: Vec<&'a str>,
}

/// A module or a layer.
pub(crate) struct Part<'a> {
    /// Its name within the module around it.
    pub(crate) name: &'a str,
    pub(crate) path: &'a str,
    pub(crate) parent: usize,
    pub(crate) children: Vec<usize>,
    /// The layer, and its place in the model; none for a module.
    pub(crate) layer: Option<(usize, &'a Layer)>,
}

/// A figure that every layer has.
pub(crate) struct Measure {
    /// `parameters`, `stored (float32)`, `int8`.
    pub(crate) name: String,
    /// Whether it counts bytes.
    pub(crate) is_bytes: bool,
    /// The figure of every part, modules with all in them.
    pub(crate) values: Vec<u64>,
}

impl<'a> Picture<'a> {
    pub(crate) fn of(model: &'a ModelReport) -> Self {
        let layers: Vec<&Layer> = model.layers.iter().collect();
        let tree = Tree::of(&layers);
        let root = Part { name: "", path: "", parent: 0, children: Vec::new(), layer: None };
        let mut parts = vec![root];
        // A stack, so that no depth of modules is too deep.
        let mut open = vec![(0, 0)];
        while let Some((node, part)) = open.pop() {
            for (child, new) in children(&tree, node, part) {
                let index = parts.len();
                parts.push(new);
                if let Some(parent) = parts.get_mut(part) {
                    parent.children.push(index);
                }
                open.extend(child.map(|child| (child, index)));
            }
        }
        let measures = measures(model, &parts);
        Self { parts, measures, kinds: kinds(model) }
    }

    /// The colour of a layer's kind.
    pub(crate) fn colour(&self, layer: &Layer) -> usize {
        let kind = layer.kind.as_deref();
        let found = self.kinds.iter().position(|known| kind == Some(*known));
        found.unwrap_or(COLOURS)
    }
}

/// The parts in a node; with those that have more in them their nodes. A chain of modules is
/// one part.
fn children<'a>(tree: &Tree<'a>, node: usize, parent: usize) -> Vec<(Option<usize>, Part<'a>)> {
    let Some(of) = tree.node(node) else { return Vec::new() };
    let part = |name, path, layer| Part { name, path, parent, children: Vec::new(), layer };
    let mut parts: Vec<(Option<usize>, Part<'a>)> = of
        .own
        .iter()
        .map(|(index, layer)| (None, part("(itself)", layer.path.as_str(), Some((*index, *layer)))))
        .collect();
    for &child in &of.children {
        let Some(start) = tree.node(child).map(Node::start) else { continue };
        let end = tree.end_of_chain(child);
        let Some(inner) = tree.node(end) else { continue };
        let name = inner.name_from(start);
        match inner.children.is_empty() {
            true => parts.extend(inner.own.iter().map(|(index, layer)| {
                (None, part(name, layer.path.as_str(), Some((*index, *layer))))
            })),
            false => parts.push((Some(end), part(name, inner.path(), None))),
        }
    }
    parts
}

/// Parameters, then the bytes of every size.
fn measures(model: &ModelReport, parts: &[Part<'_>]) -> Vec<Measure> {
    let own = |layer: &Layer| layer.parameters.filter(|_| layer.shared_with.is_none());
    let parameters = Measure {
        name: "parameters".to_owned(),
        is_bytes: false,
        values: summed(parts, |_, layer| own(layer).unwrap_or(0)),
    };
    let bytes = |size: &Size| Measure {
        name: size.label(),
        is_bytes: true,
        values: summed(parts, |index, _| size.layer_bytes.get(index).copied().unwrap_or(0)),
    };
    let drawn = sizes(model).filter(|size| size.refused.is_none() && !size.layer_bytes.is_empty());
    std::iter::once(parameters).chain(drawn.map(bytes)).collect()
}

/// A figure of every part, from that of the layers.
fn summed(parts: &[Part<'_>], figure: impl Fn(usize, &Layer) -> u64) -> Vec<u64> {
    let of = |part: &Part<'_>| part.layer.map_or(0, |(index, layer)| figure(index, layer));
    let mut values: Vec<u64> = parts.iter().map(of).collect();
    for (index, part) in parts.iter().enumerate().skip(1).rev() {
        let value = values.get(index).copied().unwrap_or(0);
        if let Some(parent) = values.get_mut(part.parent) {
            *parent = parent.saturating_add(value);
        }
    }
    values
}

/// The kinds that get a colour of their own.
fn kinds(model: &ModelReport) -> Vec<&str> {
    let mut sums: HashMap<&str, u64> = HashMap::new();
    for layer in &model.layers {
        if let (Some(kind), Some(n @ 1..)) = (&layer.kind, layer.parameters) {
            let sum = sums.entry(kind).or_default();
            *sum = sum.saturating_add(n);
        }
    }
    let mut kinds: Vec<(&str, u64)> = sums.into_iter().collect();
    kinds.sort_by(|(a, m), (b, n)| n.cmp(m).then(a.cmp(b)));
    kinds.into_iter().map(|(kind, _)| kind).take(COLOURS).collect()
}
