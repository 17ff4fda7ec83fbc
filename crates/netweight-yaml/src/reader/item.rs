//! One entry of a list of layers: a layer, a block, a group, or one of them once more; with
//! what stands beside it.

use netweight_core::{Arg, Layer};
use netweight_markup::{Key, Node, Problem, Span, Value, quoted};

use super::block::Block;
use super::{Reader, is_layer_key};
use crate::form::{self, Holds};
use crate::key;
use crate::limits;
use crate::takes::Takes;

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
    pub(super) trainable: bool,
    pub(super) tied: Option<(String, Span)>,
    pub(super) expect: Option<&'d Node>,
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
        for (key, value) in layer_keys.filter(|(key, _)| key::holds(key::LAYER, &key.text)) {
            self.layer_key(&mut item, key, value);
        }
        item.what = self.what(key, value.filter(|value| !value.is_null()), &mut item)?;
        Some(item)
    }

    /// The entry that says what an item is, among those beside it.
    fn head(&mut self, node: &'d Node, entries: &'d [(Key, Node)]) -> Option<&'d (Key, Node)> {
        let is_head = |key: &Key| self.is_kind(&key.text) || key::holds(key::ITEM, &key.text);
        let others = entries.iter().filter(|(key, _)| !key::holds(key::LAYER, &key.text));
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
                let problem =
                    Problem::new("spec/no-kind", super::start(node), "no kind of layer here");
                self.problem(problem.help("write it as a key: `- dense: 5`"));
                None
            }
            ([(first, _), (second, _), ..], _) => {
                let message =
                    format!("{} and {} in one item", quoted(&first.text), quoted(&second.text));
                let problem = Problem::new("spec/two-kinds", second.span, message);
                self.problem(
                    problem
                        .help("each layer has a dash of its own")
                        .related(first.span, "the other one"),
                );
                None
            }
        }
    }

    pub(super) fn is_kind(&self, word: &str) -> bool {
        form::find(word).is_some() || self.blocks.contains_key(word) || self.own.contains_key(word)
    }

    fn layer_key(&mut self, item: &mut Item<'d>, key: &Key, value: &'d Node) {
        match key.text.as_str() {
            "name" => item.name = self.name_text(value),
            "from" => item.from = self.name_texts(value),
            "repeat" => {
                // What no address can hold is beyond the limit of layers too, on which it is told.
                item.repeat =
                    self.size(value).map(|count| usize::try_from(count).unwrap_or(usize::MAX));
            }
            "trainable" => {
                item.trainable = self.arg(Takes::Flag, value, None) != Some(Arg::Flag(false));
            }
            "tied" => item.tied = self.name_text(value),
            _ => item.expect = Some(value),
        }
    }

    fn name_text(&mut self, node: &Node) -> Option<(String, Span)> {
        let text = self.text(node, "a name")?;
        if text.chars().count() > limits::NAME || text.chars().any(char::is_control) {
            let message =
                format!("expected a name of at most {} characters on one line", limits::NAME);
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
    fn what(
        &mut self,
        key: &Key,
        value: Option<&'d Node>,
        item: &mut Item<'d>,
    ) -> Option<What<'d>> {
        if let Some(block) = self.blocks.get(key.text.as_str()) {
            return Some(What::Block(*block, value));
        }
        if let Some(kind) = self.own.get(key.text.as_str()).cloned() {
            let layer = self.own_layer(key, &kind, value);
            return Some(What::Layer(Box::new(layer)));
        }
        if let Some(word) = form::find(&key.text) {
            let value = match value {
                Some(names) if word.form.holds == Holds::Sources && names.as_map().is_none() => {
                    item.from = self.name_texts(names);
                    None
                }
                value => value,
            };
            let (layer, word) = self.layer(key, word, value);
            item.word = word;
            return Some(What::Layer(Box::new(layer)));
        }
        match (key.text.as_str(), value) {
            ("layers", Some(layers)) => Some(What::Group(layers)),
            ("use", Some(name)) => {
                let (name, span) = self.name_text(name)?;
                if self.placed(&name).is_none() {
                    self.unknown_source(&name, span);
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
}
