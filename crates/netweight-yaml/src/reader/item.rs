//! One entry of a list of layers: a layer, a block, a group, or one of them once more; with
//! what stands beside it.

use std::collections::HashMap;
use std::ops::Range;

use netweight_core::Layer;
use netweight_markup::{Key, Node, Problem, Span, Value, quoted};

use super::graph::{Scope, Source};
use super::{Block, Reader, is_layer_key};
use crate::form::{self, Holds};
use crate::key;
use crate::limits;
use crate::takes::Takes;
use crate::vocabulary::ADVICE;

/// An entry of a list of layers.
#[derive(Debug, Clone)]
pub(super) struct Item<'d> {
    /// Where it says what it is.
    pub(super) key: Key,
    /// What its name is when it gives none.
    pub(super) word: String,
    pub(super) what: What<'d>,
    pub(super) name: Option<(String, Span)>,
    pub(super) from: Option<Vec<(String, Span)>>,
    pub(super) repeat: Option<usize>,
    trainable: bool,
    tied: Option<(String, Span)>,
    expect: Option<&'d Node>,
}

/// What an entry stands for.
#[derive(Debug, Clone)]
pub(super) enum What<'d> {
    Layer(Box<Layer>),
    Group(&'d Node),
    Block(Block<'d>, Option<&'d Node>),
    /// The name of a layer or group above.
    Use(String),
}

impl<'d> Reader<'d> {
    /// Reads an entry; none where there is nothing to place, which is told.
    pub(super) fn item(&mut self, node: &'d Node) -> Option<Item<'d>> {
        let bare;
        let (key, value, beside): (&Key, Option<&'d Node>, &'d [(Key, Node)]) = match &node.value {
            Value::Str(text) => {
                bare = Key { text: text.clone(), span: node.span };
                (&bare, None, &[])
            }
            Value::Map(entries) => {
                let (key, value) = self.head(node, entries)?;
                (key, Some(value), entries)
            }
            Value::Invalid => return None,
            _ => {
                let problem = node.mismatch("a layer");
                self.problem(problem.help("write its kind and size: `- dense: 5`"));
                return None;
            }
        };
        // What stands beside a kind may stand among its keys as well.
        let inside = value.and_then(Node::as_map).filter(|_| !is_layer_key(&key.text));
        let mut item = Item {
            key: key.clone(),
            word: key.text.clone(),
            what: What::Use(String::new()),
            name: None,
            from: None,
            repeat: None,
            trainable: true,
            tied: None,
            expect: None,
        };
        let layer_keys = beside.iter().chain(inside.into_iter().flatten());
        for (key, value) in layer_keys.filter(|(key, _)| key::LAYER.iter().any(|k| k.word == key.text)) {
            self.layer_key(&mut item, key, value);
        }
        item.what = self.what(key, value.filter(|value| !value.is_null()), &mut item)?;
        Some(item)
    }

    /// The entry that says what an item is, among those beside it.
    fn head(&mut self, node: &'d Node, entries: &'d [(Key, Node)]) -> Option<&'d (Key, Node)> {
        let is_head = |key: &Key| self.is_kind(&key.text) || key::ITEM.iter().any(|k| k.word == key.text);
        let others = entries.iter().filter(|(key, _)| !key::LAYER.iter().any(|k| k.word == key.text));
        let (heads, unknown): (Vec<_>, Vec<_>) = others.partition(|(key, _)| is_head(key));
        match (heads.as_slice(), unknown.as_slice()) {
            ([head], unknown) => {
                for (key, _) in unknown {
                    self.misplaced(key, head);
                }
                Some(head)
            }
            ([], [(key, _), ..]) => {
                self.unknown_kind(key);
                None
            }
            ([], []) => {
                let problem = Problem::new("spec/no-kind", super::start(node), "no kind of layer here");
                self.problem(problem.help("write it as a key: `- dense: 5`"));
                None
            }
            ([(first, _), (second, _), ..], _) => {
                let message = format!(
                    "{} and {} in one item",
                    quoted(&first.text),
                    quoted(&second.text)
                );
                let problem = Problem::new("spec/two-kinds", second.span, message);
                self.problem(problem.help("each layer has a dash of its own").related(first.span, "the other one"));
                None
            }
        }
    }

    fn is_kind(&self, word: &str) -> bool {
        form::find(word).is_some() || self.blocks.contains_key(word)
    }

    fn unknown_kind(&mut self, key: &Key) {
        let advice = ADVICE.iter().find(|(word, _)| *word == key.text).map(|(_, help)| *help);
        let problem = match advice.or_else(|| form::instead(&key.text)) {
            Some(help) => {
                let message = format!("{} is no layer kind", quoted(&key.text));
                Problem::new("markup/unknown-name", key.span, message).help(help)
            }
            None => {
                let blocks = self.blocks.keys().copied();
                let words = form::words().chain(blocks).chain(key::words(key::LAYER)).chain(key::words(key::ITEM));
                // Sorted, so that of two words equally near the same one wins every time.
                let mut words: Vec<&str> = words.collect();
                words.sort_unstable();
                key.unknown("layer kind", words).note("`netweight kinds` lists all")
            }
        };
        self.problem(problem);
    }

    /// A key beside a kind that is none of those that stand there.
    fn misplaced(&mut self, key: &Key, head: &(Key, Node)) {
        let belongs = form::find(&head.0.text).is_some_and(|word| word.form.field(&key.text).is_some());
        let problem = key.unknown("key beside a layer's kind", key::words(key::LAYER));
        self.problem(match belongs {
            true => problem.help(format!("it belongs inside: `- {}: {{{}: …}}`", head.0.text, key.text)),
            false => problem,
        });
    }

    fn layer_key(&mut self, item: &mut Item<'d>, key: &Key, value: &'d Node) {
        match key.text.as_str() {
            "name" => item.name = self.name_text(value),
            "from" => item.from = self.name_texts(value),
            "repeat" => {
                let count = self.arg(Takes::Size, value, None);
                item.repeat = count.and_then(|count| usize::try_from(count.as_int()?).ok());
            }
            "trainable" => {
                let flag = self.arg(Takes::Flag, value, None);
                item.trainable = flag.is_none_or(|flag| flag != false.into());
            }
            "tied" => item.tied = self.name_text(value),
            _ => item.expect = Some(value),
        }
    }

    pub(super) fn name_text(&mut self, node: &Node) -> Option<(String, Span)> {
        let text = self.text(node, "a name")?;
        if text.chars().count() > limits::NAME || text.chars().any(char::is_control) {
            let message = format!("expected a name of at most {} characters on one line", limits::NAME);
            self.problem(Problem::new("spec/name", node.span, message));
            return None;
        }
        Some((text, node.span))
    }

    fn name_texts(&mut self, node: &Node) -> Option<Vec<(String, Span)>> {
        match &node.value {
            Value::Seq(items) => items.iter().map(|item| self.name_text(item)).collect(),
            Value::Map(_) => {
                self.problem(node.mismatch("the name of a layer above, or a list of names"));
                None
            }
            _ => self.name_text(node).map(|name| vec![name]),
        }
    }

    /// What the head of an item stands for.
    fn what(&mut self, key: &Key, value: Option<&'d Node>, item: &mut Item<'d>) -> Option<What<'d>> {
        if let Some(word) = form::find(&key.text) {
            let value = match value {
                Some(names) if word.form.holds == Holds::Sources && names.as_map().is_none() => {
                    item.from = self.name_texts(names);
                    None
                }
                value => value,
            };
            let (layer, word) = self.layer(key, word, value)?;
            item.word = word;
            return Some(What::Layer(Box::new(layer)));
        }
        if let Some(block) = self.blocks.get(key.text.as_str()) {
            return Some(What::Block(*block, value));
        }
        match (key.text.as_str(), value) {
            ("layers", Some(layers)) => Some(What::Group(layers)),
            ("use", Some(name)) => {
                let (name, span) = self.name_text(name)?;
                if self.placed(&name).is_none() {
                    self.unknown_layer(&name, span);
                    return None;
                }
                item.word.clone_from(&name);
                Some(What::Use(name))
            }
            ("layers" | "use", None) => {
                let message = format!("nothing stands under {}", quoted(&key.text));
                self.problem(Problem::new("spec/no-kind", key.span, message));
                None
            }
            _ => {
                self.unknown_kind(key);
                None
            }
        }
    }

    /// One copy of an item; its output.
    pub(super) fn copy(&mut self, item: &Item<'d>, sources: &[Source], path: String) -> Source {
        match &item.what {
            What::Layer(layer) => {
                let mut layer = layer.as_ref().clone();
                layer.path = path;
                layer.inputs = sources.to_vec();
                Some(netweight_core::Edge::new(self.model.push(layer), 0))
            }
            What::Group(layers) => {
                let scope = Scope { inputs: named(&[], sources), ..Scope::default() };
                self.inside(item, scope, path, layers)
            }
            What::Block(block, given) => {
                let scope = self.block(item, block, *given, sources)?;
                self.inside(item, scope, path, block.layers)
            }
            What::Use(name) => {
                let placed = self.placed(name)?.clone();
                self.again(&placed, sources, path)
            }
        }
    }

    /// The layers of a group or block, in a scope of their own.
    fn inside(&mut self, item: &Item<'d>, scope: Scope<'d>, path: String, layers: &'d Node) -> Source {
        if self.scopes.len() > limits::NESTING {
            let message = format!("more than {} groups and blocks inside each other", limits::NESTING);
            let problem = Problem::new("spec/too-deep", item.key.span, message);
            self.problem(problem.help("does a block use itself?"));
            return None;
        }
        self.scopes.push(Scope { prefix: format!("{path}."), ..scope });
        self.layers(layers);
        let scope = self.scopes.pop()?;
        scope.previous.unwrap_or_else(|| scope.inputs.first().and_then(|(_, source)| *source))
    }

    /// The scope of a block's use: its inputs by name, its values as given.
    fn block(&mut self, item: &Item<'d>, block: &Block<'d>, given: Option<&'d Node>, sources: &[Source]) -> Option<Scope<'d>> {
        if !block.inputs.is_empty() && block.inputs.len() != sources.len() {
            let message = format!("{} takes {} inputs, found {}", quoted(&item.key.text), block.inputs.len(), sources.len());
            let problem = Problem::new("spec/inputs", item.key.span, message);
            let names: Vec<&str> = block.inputs.iter().filter_map(Node::as_str).collect();
            self.problem(problem.help(format!("its inputs are {}", names.join(", "))));
            return None;
        }
        let mut values = HashMap::new();
        let entries = given.map_or(&[][..], |given| self.map(given, "a map of the block's values"));
        for (key, node) in entries.iter().filter(|(key, _)| !is_layer_key(&key.text)) {
            if !block.vars.iter().any(|(var, _)| var.text == key.text) {
                let names = block.vars.iter().map(|(var, _)| var.text.as_str());
                let problem = key.unknown(&format!("value of the block {}", quoted(&item.key.text)), names);
                self.problem(problem);
                continue;
            }
            let value = self.var(node);
            values.insert(key.text.clone(), value);
        }
        for (key, node) in block.vars.iter().filter(|(_, node)| node.is_null()) {
            if !values.contains_key(&key.text) {
                let message = format!("{} needs {}", quoted(&item.key.text), quoted(&key.text));
                let problem = Problem::new("spec/missing-key", item.key.span, message);
                self.problem(problem.related(node.span, "without a value here"));
                values.insert(key.text.clone(), None);
            }
        }
        let vars = self.vars(block.vars, values);
        Some(Scope { vars, barrier: true, inputs: named(block.inputs, sources), ..Scope::default() })
    }

    /// What is placed already, once more: the same layers, their weights those of the first time.
    fn again(&mut self, placed: &super::graph::Placed<'d>, sources: &[Source], path: String) -> Source {
        let first = self.model.layers.len();
        let once = Item { repeat: None, ..placed.item.clone() };
        let output = self.copy(&once, sources, path);
        let copies = self.model.layers.len().saturating_sub(first);
        let owners: Vec<usize> = placed.rows.clone().take(copies).filter_map(|row| {
            let owner = self.model.layers.get(row)?;
            Some(owner.shared_with.unwrap_or(row))
        }).collect();
        for (layer, owner) in self.model.layers.iter_mut().skip(first).zip(owners) {
            layer.shared_with = Some(owner);
        }
        output
    }

    /// What holds for all rows of an item once they are there.
    pub(super) fn finish(&mut self, item: &Item<'d>, rows: Range<usize>, path: String) {
        if let Some((name, span)) = &item.tied {
            match self.placed(name).map(|placed| placed.rows.start) {
                Some(owner) => {
                    for layer in self.model.layers.get_mut(rows.clone()).into_iter().flatten() {
                        layer.shared_with = Some(owner);
                    }
                }
                None => self.unknown_layer(name, *span),
            }
        }
        if !item.trainable {
            for layer in self.model.layers.get_mut(rows.clone()).into_iter().flatten() {
                layer.frozen = true;
            }
        }
        if let Some(expect) = item.expect {
            self.expect(expect, Some(path), rows);
        }
    }

    fn unknown_layer(&mut self, name: &str, span: Span) {
        let message = format!("no layer above is called {}", quoted(name));
        self.problem(Problem::new("spec/unknown-source", span, message));
    }
}

/// Inputs by name: those of a block that has several, else `input`.
fn named(names: &[Node], sources: &[Source]) -> Vec<(String, Source)> {
    let names = names.iter().filter_map(Node::as_str);
    match names.clone().next() {
        Some(_) => names.map(str::to_owned).zip(sources.iter().copied()).collect(),
        None => sources.first().map(|source| ("input".to_owned(), *source)).into_iter().collect(),
    }
}
