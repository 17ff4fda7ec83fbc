//! An operation being read: its operands, wherever versions write them.

use netweight_core::{Arg, Layer, Shape};
use netweight_markup::{Node, Value};

use crate::graph::{Call, Feed, Operand};
use crate::limits;

/// What a row of the table sees and fills in.
pub(super) struct Operation<'a> {
    pub(super) layer: Layer,
    pub(super) feeds: Vec<Feed<'a>>,
    config: &'a Node,
    call: Call<'a>,
    /// Whether named values are attributes of a TensorFlow node: `{"b": true}`, `{"i": "1"}`.
    pub(super) is_node: bool,
}

impl<'a> Operation<'a> {
    pub(super) fn new(layer: Layer, config: &'a Node, call: Call<'a>) -> Self {
        Self { layer, feeds: Vec::new(), config, call, is_node: false }
    }

    /// The operands that were passed by position.
    pub(super) fn operands(&self) -> &[Operand<'a>] {
        &self.call.args
    }

    /// An operand by its position or one of its names.
    pub(super) fn operand(&self, index: usize, names: &[&str]) -> Option<&Operand<'a>> {
        self.call.args.get(index).or_else(|| self.call.named(names))
    }

    /// A plain value: passed by position, under a name, or kept in the config.
    pub(super) fn value(&self, index: usize, names: &[&str]) -> Option<&'a Node> {
        let passed = self.operand(index, names).and_then(Operand::value);
        passed.or_else(|| self.named(names)).filter(|node| !node.is_null())
    }

    /// A plain value that has no position.
    pub(super) fn named(&self, names: &[&str]) -> Option<&'a Node> {
        let passed = self.call.named(names).and_then(Operand::value);
        passed
            .or_else(|| names.iter().find_map(|name| self.config.get(name)))
            .filter(|node| !node.is_null())
    }

    /// Whether the config has a key, and `null` under it.
    pub(super) fn is_open(&self, name: &str) -> bool {
        self.config.get(name).is_some_and(Node::is_null)
    }

    pub(super) fn int(&self, index: usize, names: &[&str]) -> Option<i64> {
        self.value(index, names).and_then(int)
    }

    /// Whole numbers, or one of them.
    pub(super) fn ints(&self, index: usize, names: &[&str]) -> Option<Vec<i64>> {
        ints(self.value(index, names)?)
    }

    pub(super) fn flag(&self, index: usize, names: &[&str]) -> bool {
        self.value(index, names).and_then(truth).unwrap_or(false)
    }

    pub(super) fn set(&mut self, arg: &'static str, value: impl Into<Arg>) {
        self.layer.args.set(arg, value);
    }

    pub(super) fn set_some(&mut self, arg: &'static str, value: Option<impl Into<Arg>>) {
        if let Some(value) = value {
            self.set(arg, value);
        }
    }

    /// No rule for these operands: the shape is the file's to state.
    pub(super) fn give_up(&mut self) {
        self.layer.kind = Some("opaque".into());
    }

    /// Takes the first operand as the input.
    pub(super) fn feed_first(&mut self) {
        self.feed_at(
            0,
            &["x", "inputs", "input", "input_tensor", "tensor", "a", "image", "images"],
        );
    }

    /// Takes an operand as an input: a tensor, or a constant array.
    pub(super) fn feed_at(&mut self, index: usize, names: &[&str]) {
        let feed = self.operand(index, names).map_or(Feed::Nothing, feed_of);
        self.feeds.push(feed);
    }

    /// Takes every operand as an input. Scalars stretch to any shape and are left out.
    pub(super) fn feed_all(&mut self) {
        let named = self.call.kwargs.iter().map(|(_, operand)| operand);
        let mut feeds = Vec::new();
        for operand in self.call.args.iter().chain(named) {
            collect(operand, &mut feeds);
        }
        self.feeds = feeds;
    }

    /// Takes the operands of a list as inputs.
    pub(super) fn feed_list(&mut self, index: usize, names: &[&str]) {
        let mut feeds = Vec::new();
        match self.operand(index, names) {
            Some(Operand::List(items)) => items.iter().for_each(|item| feeds.push(feed_of(item))),
            Some(one) => feeds.push(feed_of(one)),
            None => {}
        }
        self.feeds = feeds;
    }
}

fn collect<'a>(operand: &Operand<'a>, feeds: &mut Vec<Feed<'a>>) {
    match operand {
        Operand::List(items) => items.iter().for_each(|item| collect(item, feeds)),
        operand => match feed_of(operand) {
            Feed::Constant(shape) if shape.is_empty() => {}
            Feed::Nothing => {}
            feed => feeds.push(feed),
        },
    }
}

fn feed_of<'a>(operand: &Operand<'a>) -> Feed<'a> {
    match operand {
        Operand::Tensor(reference) => Feed::Tensor(*reference),
        Operand::Value(node) => array(node).map_or(Feed::Nothing, Feed::Constant),
        Operand::List(_) => Feed::Nothing,
    }
}

/// The shape of a constant: nested lists of numbers, bare or as versions wrap them.
fn array(node: &Node) -> Option<Shape> {
    let wrapped = node.get("config").and_then(|config| config.get("value"));
    let mut level = wrapped.unwrap_or(node);
    let mut sizes: Vec<u64> = Vec::new();
    while let Some(items) = level.as_seq() {
        if sizes.len() >= limits::RANK {
            return None;
        }
        sizes.push(items.len() as u64);
        level = match items.first() {
            Some(first) => first,
            None => return Some(sizes.as_slice().into()),
        };
    }
    let is_scalar = matches!(level.value, Value::Bool(_) | Value::Int(_) | Value::Float(_));
    is_scalar.then(|| sizes.as_slice().into())
}

/// A whole number: bare, or a TensorFlow attribute, which writes numbers as text.
fn int(node: &Node) -> Option<i64> {
    let node = node.get("i").unwrap_or(node);
    let text = || node.as_str()?.parse().ok();
    node.as_int().and_then(|number| i64::try_from(number).ok()).or_else(text)
}

fn ints(node: &Node) -> Option<Vec<i64>> {
    let node = node.get("list").map_or(node, |list| list.get("i").unwrap_or(list));
    let node = node.get("config").and_then(|config| config.get("value")).unwrap_or(node);
    match node.as_seq() {
        Some(items) => items.iter().map(int).collect(),
        None => int(node).map(|number| vec![number]),
    }
}

/// A flag: a truth of Python's, where 1 is true.
fn truth(node: &Node) -> Option<bool> {
    let node = node.get("b").unwrap_or(node);
    node.as_bool().or_else(|| Some(node.as_int()? != 0))
}
