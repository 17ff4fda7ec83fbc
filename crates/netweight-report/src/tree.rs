//! The module tree that layers' paths spell, with sums.

use std::collections::HashMap;

use crate::fold::{TIMES, number, times};
use crate::note::Notes;
use crate::quantity::counted;
use crate::report::{Layer, ModelReport};
use crate::row::Row;
use crate::sum::Sum;
use crate::view::View;

/// Levels of a path that become levels of the tree; what is deeper stays in one name.
const LEVELS: usize = 32;

/// Layers by module, modules in the order of their first layers.
pub(crate) struct Tree<'a> {
    /// The root first, every module before what is in it.
    pub(crate) nodes: Vec<Node<'a>>,
}

type Own<'a> = (usize, &'a Layer);

/// A module, or a layer, or a layer with others in it.
pub(crate) struct Node<'a> {
    /// The path of the first layer in it, and where in it the node's own segment lies.
    path: &'a str,
    start: usize,
    end: usize,
    /// The layers of this very path, each with its place in the model.
    pub(crate) own: Vec<Own<'a>>,
    pub(crate) children: Vec<usize>,
    /// What it and all in it hold.
    pub(crate) sum: Sum,
}

impl<'a> Node<'a> {
    fn new(path: &'a str, start: usize, end: usize) -> Self {
        Self { path, start, end, own: Vec::new(), children: Vec::new(), sum: Sum::EMPTY }
    }

    /// Its name within the module around it.
    fn name(&self) -> &'a str {
        self.path.get(self.start..self.end).unwrap_or_default()
    }

    /// Its whole path.
    pub(crate) fn path(&self) -> &'a str {
        self.path.get(..self.end).unwrap_or_default()
    }

    /// The part of its path behind a place: of a chain of modules the names of all.
    pub(crate) fn name_from(&self, start: usize) -> &'a str {
        self.path.get(start..self.end).unwrap_or_default()
    }

    /// Where in its path its name begins.
    pub(crate) fn start(&self) -> usize {
        self.start
    }

    fn number(&self) -> Option<u64> {
        number(self.name())
    }
}

impl<'a> Tree<'a> {
    pub(crate) fn of(layers: &[&'a Layer]) -> Self {
        let mut nodes = vec![Node::new("", 0, 0)];
        let mut places: HashMap<(usize, &str), usize> = HashMap::new();
        for (index, layer) in layers.iter().enumerate() {
            let mut at = 0;
            for (start, end) in segments(&layer.path) {
                let name = layer.path.get(start..end).unwrap_or_default();
                at = *places.entry((at, name)).or_insert_with(|| {
                    nodes.push(Node::new(&layer.path, start, end));
                    let new = nodes.len() - 1;
                    if let Some(parent) = nodes.get_mut(at) {
                        parent.children.push(new);
                    }
                    new
                });
            }
            if let Some(node) = nodes.get_mut(at) {
                node.own.push((index, layer));
            }
        }
        let mut tree = Self { nodes };
        tree.sum_up();
        tree
    }

    /// Sums from the leaves to the root: what is in a module stands behind it.
    fn sum_up(&mut self) {
        for index in (0..self.nodes.len()).rev() {
            let Some(node) = self.nodes.get(index) else { continue };
            let own = node.own.iter().map(|(_, layer)| Sum::of(layer));
            let children = node.children.iter().filter_map(|child| self.nodes.get(*child));
            let sum = own.chain(children.map(|child| child.sum)).collect();
            if let Some(node) = self.nodes.get_mut(index) {
                node.sum = sum;
            }
        }
    }

    pub(crate) fn node(&self, index: usize) -> Option<&Node<'a>> {
        self.nodes.get(index)
    }

    /// The module at the end of a chain in which each has but one other in it.
    pub(crate) fn end_of_chain(&self, index: usize) -> usize {
        let mut end = index;
        while let Some(Node { own, children, .. }) = self.node(end)
            && let ([], [only]) = (own.as_slice(), children.as_slice())
        {
            end = *only;
        }
        end
    }

    /// The tree as rows.
    pub(crate) fn rows(&self, model: &ModelReport, notes: &Notes<'_>, view: &View) -> Vec<Row<'a>> {
        let shapes = if view.all { Vec::new() } else { self.shapes(notes) };
        let mut drawing = Drawing { tree: self, model, view, shapes, rows: Vec::new() };
        drawing.branches(0, "", 1);
        drawing.rows
    }

    /// For every node a number that those have in common that hold the same under other names.
    fn shapes(&self, notes: &Notes<'_>) -> Vec<usize> {
        /// What a node's own layers say, and the names and shapes of its children.
        type Content<'a> = (Vec<String>, Vec<(&'a str, usize)>);
        let mut known: HashMap<Content<'_>, usize> = HashMap::new();
        let mut shapes = vec![0; self.nodes.len()];
        for (index, node) in self.nodes.iter().enumerate().rev() {
            let shape = |child: &usize| shapes.get(*child).copied().unwrap_or_default();
            let name = |child: &usize| self.node(*child).map_or("", Node::name);
            let own = node.own.iter().map(|(_, layer)| said(layer, notes)).collect();
            let children = node.children.iter().map(|child| (name(child), shape(child))).collect();
            let next = known.len();
            let found = *known.entry((own, children)).or_insert(next);
            if let Some(shape) = shapes.get_mut(index) {
                *shape = found;
            }
        }
        shapes
    }
}

/// All that a layer says but for its path.
fn said(layer: &Layer, notes: &Notes<'_>) -> String {
    let Layer { type_name, output_shape, parameters, shared_with, frozen, assumed, .. } = layer;
    let numbers = layer.formula.as_ref().map(|formula| &formula.numbers);
    let mark = notes.mark(&layer.path);
    format!(
        "{type_name:?} {output_shape:?} {parameters:?} {shared_with:?} {frozen} {assumed} {numbers:?} {mark}"
    )
}

/// Where the segments of a path lie, those beyond the last level together.
fn segments(path: &str) -> Vec<(usize, usize)> {
    let mut start = 0;
    let mut segments = Vec::new();
    for segment in path.split(['.', '/']) {
        let end = start + segment.len();
        if !segment.is_empty() {
            segments.push((start, end));
        }
        start = end + 1;
    }
    match (segments.get(LEVELS - 1), segments.is_empty()) {
        (Some(&(start, _)), _) => {
            segments.truncate(LEVELS - 1);
            segments.push((start, path.len()));
        }
        (None, true) => segments.push((0, path.len())),
        (None, false) => {}
    }
    segments
}

/// A tree on its way into rows.
struct Drawing<'t, 'a> {
    tree: &'t Tree<'a>,
    model: &'t ModelReport,
    view: &'t View,
    /// Empty where nothing is to be folded.
    shapes: Vec<usize>,
    rows: Vec<Row<'a>>,
}

/// A row, and the module whose contents stand below it.
struct Branch<'a> {
    row: Row<'a>,
    below: Option<usize>,
}

impl<'a> Drawing<'_, 'a> {
    /// Draws what is in a module, `before` standing in front of every row.
    fn branches(&mut self, module: usize, before: &str, depth: usize) {
        let mut branches = self.contents(module);
        branches.sort_by(|a, b| self.view.order(self.model, &a.row, &b.row));
        let open = self.view.depth.is_none_or(|limit| depth < limit);
        let last = branches.len().saturating_sub(1);
        for (i, Branch { mut row, below }) in branches.into_iter().enumerate() {
            let (here, further) = match depth {
                1 => ("", ""),
                _ if i == last => ("└─ ", "   "),
                _ => ("├─ ", "│  "),
            };
            row.label = format!("{before}{here}{}", row.label).into();
            if below.is_some() && !open && row.note.is_empty() {
                row.note = format!("({})", counted(row.sum.layers, "layer"));
            }
            self.rows.push(row);
            if let Some(below) = below.filter(|_| open) {
                self.branches(below, &format!("{before}{further}"), depth + 1);
            }
        }
    }

    /// What is in a module: layers of its own path, then modules and layers, equal ones together.
    fn contents(&self, module: usize) -> Vec<Branch<'a>> {
        let Some(node) = self.tree.node(module) else { return Vec::new() };
        let mut branches = Vec::new();
        if carried(node).is_none() {
            branches.extend(
                node.own.iter().map(|(_, layer)| Branch {
                    row: Row::labelled(layer, "(itself)"),
                    below: None,
                }),
            );
        }
        let mut rest = node.children.as_slice();
        while let Some(&first) = rest.first() {
            let run = self.run(rest);
            match run >= TIMES {
                true => branches.extend(self.folded(rest.get(..run).unwrap_or_default())),
                false => self.child(first, &mut branches),
            }
            rest = rest.get(if run >= TIMES { run } else { 1 }..).unwrap_or_default();
        }
        branches
    }

    /// How many of these nodes, from the first, are numbered on and hold the same.
    fn run(&self, nodes: &[usize]) -> usize {
        let number = |index: &usize| self.tree.node(*index).and_then(Node::number);
        let shape = |index: &usize| self.shapes.get(*index);
        let Some((start, first)) = nodes.first().and_then(|n| Some((number(n)?, shape(n)?))) else {
            return 0;
        };
        let alike = |(index, expected): (&usize, u64)| {
            number(index) == Some(expected) && shape(index) == Some(first)
        };
        nodes.iter().zip(start..).take_while(|pair| alike(*pair)).count()
    }

    /// Equal modules as one.
    fn folded(&self, nodes: &[usize]) -> Option<Branch<'a>> {
        let (first, last) = (self.tree.node(*nodes.first()?)?, self.tree.node(*nodes.last()?)?);
        let sums = nodes.iter().filter_map(|node| self.tree.node(*node)).map(|node| node.sum);
        let path = format!("{} … {}", first.path(), last.name());
        let mut row = Row::together(path, sums.collect(), times(nodes.len(), first.sum));
        row.label = format!("{} … {}", first.name(), last.name()).into();
        Some(Branch { row, below: nodes.first().copied() })
    }

    /// A module with its sum, or a layer; of a chain of modules only the last.
    fn child(&self, index: usize, branches: &mut Vec<Branch<'a>>) {
        let Some(start) = self.tree.node(index).map(Node::start) else { return };
        let end = self.tree.end_of_chain(index);
        let Some(node) = self.tree.node(end) else { return };
        let label = node.name_from(start);
        if node.children.is_empty() {
            let row = |(_, layer): &Own<'a>| Row::labelled(layer, label);
            branches.extend(node.own.iter().map(|own| Branch { row: row(own), below: None }));
            return;
        }
        let mut row = match carried(node) {
            Some(layer) => Row::labelled(layer, label),
            None => Row::together(node.path().to_owned(), node.sum, String::new()),
        };
        row.label = label.into();
        row.sum = node.sum;
        branches.push(Branch { row, below: Some(end) });
    }
}

/// The layer that a module's row speaks for: a container without weights of its own.
fn carried<'a>(node: &Node<'a>) -> Option<&'a Layer> {
    match node.own.as_slice() {
        [(_, only)] if !node.children.is_empty() && only.parameters == Some(0) => Some(only),
        _ => None,
    }
}
