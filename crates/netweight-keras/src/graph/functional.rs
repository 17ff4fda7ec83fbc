//! A model as a graph of calls.

use std::collections::HashMap;

use netweight_core::Edge;
use netweight_markup::{Node, Problem, Value, quoted};

use super::classic::Names;
use super::{Call, Ends, Feed, Operand, Reference, Use, classic, modern, reference};
use crate::class::Class;
use crate::config;
use crate::ops;
use crate::reader::Reader;
use crate::version::Version;

/// A layer of the graph with its calls.
struct Member<'a> {
    uses: Vec<Use>,
    feeds: Vec<Vec<Feed<'a>>>,
    /// The index that versions give its first call.
    first: i64,
}

impl<'a> Reader<'a> {
    pub(super) fn functional(&mut self, config: &'a Node, prefix: &str) -> Ends {
        self.graph(config, prefix).unwrap_or_default()
    }

    fn graph(&mut self, config: &'a Node, prefix: &str) -> Option<Ends> {
        let layers = self.required_list(config, "layers")?;
        let inputs = self.required(config, "input_layers")?;
        let outputs = self.required(config, "output_layers")?;
        let names = self.names(layers);
        let mut members: Vec<Member> = Vec::with_capacity(layers.len());
        for entry in layers {
            let member = self.member(entry, prefix, &names);
            members.push(member);
        }
        for member in &members {
            for (used, feeds) in member.uses.iter().zip(&member.feeds) {
                self.wire(used.row, feeds, &members, &names);
            }
        }
        let mut ends = Ends::default();
        for reference in references(inputs) {
            if let Some(edge) = self.resolve(&reference, &members, &names) {
                ends.entries.extend(usize::try_from(edge.layer).ok());
            }
        }
        for reference in references(outputs) {
            ends.outputs.extend(self.resolve(&reference, &members, &names));
        }
        Some(ends)
    }

    fn names(&mut self, layers: &'a [Node]) -> Names<'a> {
        let mut names = HashMap::with_capacity(layers.len());
        for (index, entry) in layers.iter().enumerate() {
            let Some(name) = Self::name(entry) else { continue };
            if names.insert(name, index).is_some() {
                let span = entry.get("name").unwrap_or(entry).span;
                let message = format!("a second layer named {}", quoted(name));
                self.findings.refuse(Problem::new("keras/duplicate-layer", span, message));
            }
        }
        names
    }

    /// A layer's rows, one for each of its calls.
    fn member(&mut self, entry: &'a Node, prefix: &str, names: &Names<'a>) -> Member<'a> {
        let name = Self::name(entry).unwrap_or("layer");
        let inbound = self.required_list(entry, "inbound_nodes").unwrap_or_default();
        let version = self.version;
        let mut member = Member { uses: Vec::new(), feeds: Vec::new(), first: 0 };
        let calls = inbound.iter().map(|node| match &node.value {
            Value::Map(_) if node.get("args").is_some() => modern::call(node),
            _ => classic::call(node, names),
        });
        let mut calls: Vec<Call> = calls.collect();
        if calls.is_empty() && is_input(entry) {
            calls.push(Call::default());
        }
        if calls.is_empty() {
            self.place(entry, name, prefix);
        }
        for call in calls {
            let (used, feeds) = match member.uses.first() {
                None => self.first_use(entry, name, prefix, &call),
                Some(first) => {
                    let first = first.clone();
                    let used = self.again(&first);
                    let class = self.rows.get(used.row).and_then(|row| row.class);
                    (used, feeds(&call, class))
                }
            };
            if let Some(row) = self.rows.get_mut(used.row) {
                row.asked(&call, version);
            }
            member.uses.push(used);
            member.feeds.push(feeds);
        }
        member.first = self.first_index(&member);
        member
    }

    fn first_use(
        &mut self,
        entry: &'a Node,
        name: &str,
        prefix: &str,
        call: &Call<'a>,
    ) -> (Use, Vec<Feed<'a>>) {
        if let Some((row, feeds)) = ops::operation(self, entry, super::joined(prefix, name), call) {
            return (Use { row: self.push(row), outputs: None }, feeds);
        }
        let used = self.place(entry, name, prefix);
        let class = self.rows.get(used.row).and_then(|row| row.class);
        (used, feeds(call, class))
    }

    /// Keras 1 and 2 count a nested model's own creation as its call 0.
    fn first_index(&self, member: &Member) -> i64 {
        i64::from(
            self.is_model_use(member)
                && self.version < Version::Three
                && self.has_own_input(member),
        )
    }

    fn is_model_use(&self, member: &Member) -> bool {
        let row = member.uses.first().and_then(|used| self.rows.get(used.row));
        row.is_some_and(|row| !row.entries.is_empty())
    }

    fn has_own_input(&self, member: &Member) -> bool {
        let mut row = member.uses.first().and_then(|used| self.rows.get(used.row));
        while let Some(place) = row {
            let Some(entry) = place.entries.first() else {
                let is_input = place.layer.kind.as_deref() == Some("input");
                return is_input || !place.layer.stated_inputs.is_empty();
            };
            row = self.rows.get(*entry);
        }
        false
    }

    /// Wires a row to what its call names.
    fn wire(&mut self, row: usize, feeds: &[Feed<'a>], members: &[Member], names: &Names<'a>) {
        let mut edges = Vec::with_capacity(feeds.len());
        for (index, feed) in feeds.iter().enumerate() {
            let edge = match feed {
                Feed::Tensor(reference) => self.resolve(reference, members, names),
                Feed::Nothing => None,
                Feed::Constant(shape) => {
                    if let Some(place) = self.rows.get_mut(row) {
                        let stated = &mut place.layer.stated_inputs;
                        stated.resize(stated.len().max(index.saturating_add(1)), None);
                        if let Some(place) = stated.get_mut(index) {
                            *place = Some(shape.clone());
                        }
                    }
                    None
                }
            };
            if let (Some(edge), Feed::Tensor(reference)) = (edge, feed) {
                let stated =
                    reference.shape.and_then(|node| config::shape(node, &mut self.findings));
                let built = || self.rows.get(row)?.layer.stated_inputs.get(index)?.clone();
                let shape = stated.or_else(built);
                self.describe(edge, shape);
            }
            edges.push(edge);
        }
        self.feed(row, &edges);
    }

    fn resolve(
        &mut self,
        reference: &Reference<'a>,
        members: &[Member],
        names: &Names<'a>,
    ) -> Option<Edge> {
        let layer = quoted(reference.layer);
        let missing = |what: String| Problem::new("keras/reference", reference.span, what);
        let Some(member) = names.get(reference.layer).and_then(|index| members.get(*index)) else {
            self.findings.refuse(missing(format!("there is no layer {layer}")));
            return None;
        };
        let count = i64::try_from(member.uses.len()).unwrap_or(i64::MAX);
        let mut node = reference.node.saturating_sub(member.first);
        if reference.node < 0 {
            let problem = missing(format!("call {} of {layer}", reference.node));
            self.findings.warn(problem.help("read as Python does, from the end"));
            node = reference.node.saturating_add(count);
        } else if !(0..count).contains(&node) && reference.node < count {
            node = reference.node;
        } else if node == count && self.is_model_use(member) {
            // Keras 3 counts a model's own creation where a call is an output.
            node = node.saturating_sub(1);
        }
        let used = usize::try_from(node).ok().and_then(|node| member.uses.get(node));
        let Some(used) = used else {
            let is = if count == 1 { "is one call" } else { "are so many calls" };
            let told = format!("call {} of {layer}, of which there {is}: {count}", reference.node);
            self.findings.refuse(missing(told));
            return None;
        };
        let edge = usize::try_from(reference.tensor).ok().and_then(|index| used.output(index));
        if edge.is_none() {
            let told = format!("{layer} has no output {}", reference.tensor);
            self.findings.refuse(missing(told));
        }
        edge
    }
}

fn is_input(entry: &Node) -> bool {
    matches!(entry.get("class_name").and_then(Node::as_str), Some("InputLayer" | "Input"))
}

/// The tensors of a call in the order of the class' parameters. Masks and flags are no data.
fn feeds<'a>(call: &Call<'a>, class: Option<&'static Class>) -> Vec<Feed<'a>> {
    let parameters = class.map_or(&[][..], |class| class.call);
    let slots = call.args.len().max(parameters.len());
    let mut by_slot: Vec<Vec<Reference>> = vec![Vec::new(); slots];
    for (slot, operand) in by_slot.iter_mut().zip(&call.args) {
        operand.tensors(slot);
    }
    for (name, operand) in &call.kwargs {
        match parameters.iter().position(|known| known == name) {
            Some(index) => {
                if let Some(slot) = by_slot.get_mut(index).filter(|slot| slot.is_empty()) {
                    operand.tensors(slot);
                }
            }
            None if parameters.is_empty() && !is_side_input(name) => {
                let mut more = Vec::new();
                operand.tensors(&mut more);
                by_slot.push(more);
            }
            None => {}
        }
    }
    while by_slot.last().is_some_and(Vec::is_empty) {
        by_slot.pop();
    }
    let feed = |slot: Vec<Reference<'a>>| match slot.is_empty() {
        true => vec![Feed::Nothing],
        false => slot.into_iter().map(Feed::Tensor).collect(),
    };
    by_slot.into_iter().flat_map(feed).collect()
}

fn is_side_input(name: &str) -> bool {
    name.contains("mask") || name == "training"
}

/// `input_layers` and `output_layers`: one reference, a list of them, or a map.
fn references(node: &Node) -> Vec<Reference<'_>> {
    if let Some(one) = reference(node) {
        return vec![one];
    }
    match &node.value {
        Value::Seq(items) => items.iter().flat_map(shallow).collect(),
        Value::Map(entries) => entries.iter().flat_map(|(_, item)| shallow(item)).collect(),
        _ => Vec::new(),
    }
}

/// A reference, or those directly in a list or map.
fn shallow(node: &Node) -> Vec<Reference<'_>> {
    if let Some(one) = reference(node) {
        return vec![one];
    }
    match &node.value {
        Value::Seq(items) => items.iter().filter_map(reference).collect(),
        Value::Map(entries) => entries.iter().filter_map(|(_, item)| reference(item)).collect(),
        _ => Vec::new(),
    }
}

/// The plain value of an operand.
impl<'a> Operand<'a> {
    pub(crate) fn value(&self) -> Option<&'a Node> {
        match self {
            Self::Value(node) => Some(node),
            Self::Tensor(_) | Self::List(_) => None,
        }
    }
}
