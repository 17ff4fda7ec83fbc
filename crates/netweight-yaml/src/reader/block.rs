//! `blocks`: layers written once and used by name, with values of their own.

use netweight_markup::{Key, Node, Problem, Value, quoted};

use super::graph::{Scope, Source, Vars};
use super::item::Item;
use super::{Reader, is_layer_key};
use crate::{form, key};

/// Layers written once and used by name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block<'d> {
    pub(super) vars: &'d [(Key, Node)],
    pub(super) inputs: &'d [Node],
    pub(super) layers: &'d Node,
}

impl<'d> Reader<'d> {
    /// Reads the blocks' heads; their layers are read where they are used.
    pub(super) fn blocks(&mut self, node: &'d Node) {
        for (name, block) in self.map(node, "a map of blocks") {
            if form::find(&name.text).is_some() || self.own.contains_key(name.text.as_str()) {
                let message = format!("{} is a kind of layer already", quoted(&name.text));
                let problem = Problem::new("spec/name-taken", name.span, message);
                self.problem(problem.help("give the block another name"));
            }
            let entries = self.map(block, "a map with `layers`");
            if entries.is_empty() {
                continue;
            }
            self.known_keys(entries, " of a block", key::BLOCK);
            let Some(layers) = block.get("layers") else {
                let message = format!("no `layers` in the block {}", quoted(&name.text));
                self.problem(Problem::new("spec/missing-key", name.span, message));
                continue;
            };
            let vars = block.get("vars").map_or(&[][..], |vars| self.map(vars, "a map of values"));
            for (var, _) in vars.iter().filter(|(var, _)| is_layer_key(&var.text)) {
                let message = format!("{} is a key of every layer", quoted(&var.text));
                let problem = Problem::new("spec/name-taken", var.span, message);
                self.problem(problem.help("give the value another name"));
            }
            let inputs = block.get("inputs").map_or(&[][..], |list| self.names_list(list));
            self.blocks.insert(&name.text, Block { vars, inputs, layers });
        }
    }

    fn names_list(&mut self, node: &'d Node) -> &'d [Node] {
        let names = node.as_seq().filter(|names| !names.is_empty());
        let Some(names) = names else {
            self.problem(node.mismatch("a list of names"));
            return &[];
        };
        for name in names {
            self.text(name, "a name");
        }
        names
    }

    /// The scope of a block's use: its inputs by name, its values as given.
    pub(super) fn block(
        &mut self,
        item: &Item<'d>,
        block: &Block<'d>,
        given: Option<&'d Node>,
        sources: &[Source],
    ) -> Option<Scope<'d>> {
        if !block.inputs.is_empty() && block.inputs.len() != sources.len() {
            let message = format!(
                "{} takes {} inputs, found {}",
                quoted(&item.key.text),
                block.inputs.len(),
                sources.len()
            );
            let problem = Problem::new("spec/inputs", item.key.span, message);
            let names: Vec<&str> = block.inputs.iter().filter_map(Node::as_str).collect();
            self.problem(problem.help(format!("its inputs are {}", names.join(", "))));
            return None;
        }
        let mut values = self.block_values(item, block, given);
        for (key, node) in block.vars.iter().filter(|(_, node)| node.is_null()) {
            if !values.contains_key(&key.text) {
                let message = format!("{} needs {}", quoted(&item.key.text), quoted(&key.text));
                let problem = Problem::new("spec/missing-key", item.key.span, message);
                self.problem(problem.related(node.span, "without a value here"));
                values.insert(key.text.clone(), None);
            }
        }
        let vars = self.vars(block.vars, values);
        Some(Scope {
            vars,
            barrier: true,
            inputs: named(block.inputs, sources),
            ..Scope::default()
        })
    }

    /// The values that a block's use gives: by name, or alone in the order of the block's.
    fn block_values(
        &mut self,
        item: &Item<'d>,
        block: &Block<'d>,
        given: Option<&'d Node>,
    ) -> Vars {
        let mut values = Vars::new();
        match given.map(|given| (given, &given.value)) {
            None => {}
            Some((_, Value::Map(entries))) => {
                for (key, node) in entries.iter().filter(|(key, _)| !is_layer_key(&key.text)) {
                    if block.vars.iter().any(|(var, _)| var.text == key.text) {
                        let value = self.var(node);
                        values.insert(key.text.clone(), value);
                        continue;
                    }
                    let names = block.vars.iter().map(|(var, _)| var.text.as_str());
                    let problem = key.unknown("value", names);
                    let message = format!(
                        "the block {} has no value {}",
                        quoted(&item.key.text),
                        quoted(&key.text)
                    );
                    self.problem(Problem { message, ..problem });
                }
            }
            Some((node, value)) => {
                let items = match value {
                    Value::Seq(items) if block.vars.len() > 1 => items.as_slice(),
                    _ => std::slice::from_ref(node),
                };
                if items.len() > block.vars.len() {
                    let names: Vec<&str> =
                        block.vars.iter().map(|(var, _)| var.text.as_str()).collect();
                    let message = format!(
                        "{} values for {} of the block {}",
                        items.len(),
                        names.len(),
                        quoted(&item.key.text)
                    );
                    let problem = Problem::new("spec/short-form", node.span, message);
                    self.problem(problem.help(names.join(", ")));
                }
                for ((key, _), node) in block.vars.iter().zip(items) {
                    let value = self.var(node);
                    values.insert(key.text.clone(), value);
                }
            }
        }
        values
    }
}

/// Inputs by name: those of a block that has several, else `input`.
pub(super) fn named(names: &[Node], sources: &[Source]) -> Vec<(String, Source)> {
    let names = names.iter().filter_map(Node::as_str);
    match names.clone().next() {
        Some(_) => names.map(str::to_owned).zip(sources.iter().copied()).collect(),
        None => sources.first().map(|source| ("input".to_owned(), *source)).into_iter().collect(),
    }
}
