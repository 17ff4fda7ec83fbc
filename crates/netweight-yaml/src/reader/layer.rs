//! A kind's word and what stands under it → a layer.

use netweight_core::{Arg, Args, Layer};
use netweight_markup::{Key, Node, Problem, Span, Value, quoted};

use super::{Reader, is_layer_key};
use crate::form::{self, Field, Form, Holds, Word};
use crate::limits;
use crate::takes::Takes;
use crate::vocabulary::Vocabulary;

/// The arguments of one layer while they are read, and where each was given.
pub(super) struct Given<'a> {
    args: Args,
    pub(super) places: Vec<(&'static str, &'a str, Span)>,
}

impl<'d> Reader<'d> {
    /// A layer without place and inputs, and the word that it is called by.
    pub(super) fn layer(
        &mut self,
        key: &Key,
        word: Word,
        value: Option<&'d Node>,
    ) -> (Layer, String) {
        self.layer_at(key, word, value, 0)
    }

    fn layer_at(
        &mut self,
        key: &Key,
        word: Word,
        value: Option<&'d Node>,
        depth: usize,
    ) -> (Layer, String) {
        let form = word.form;
        let mut layer = Layer::new("", key.text.clone(), form.kind.name);
        let mut given = Given { args: Args::default(), places: Vec::new() };
        let before = self.problems.iter().len();
        let mut inner = Vec::new();
        match value.map(|value| (value, &value.value)) {
            None | Some((_, Value::Invalid)) => {}
            Some((_, Value::Map(entries))) => {
                for (key, node) in entries.iter().filter(|(key, _)| !is_layer_key(&key.text)) {
                    match form.field(&key.text) {
                        Some(field) => self.field(&mut given, key, field, node, word.rank),
                        None if form.holds == Holds::Layers && self.is_kind(&key.text) => {
                            inner.extend(self.inner(key, Some(node), depth));
                        }
                        None => self.unknown_field(key, &word, &given),
                    }
                }
            }
            Some((node, Value::Seq(items))) if form.holds == Holds::Layers => {
                for item in items {
                    inner.extend(self.inner_item(item, depth));
                }
                if items.is_empty() {
                    self.problem(node.mismatch("layers"));
                }
            }
            Some((node, Value::Str(text))) if form.holds == Holds::Layers => {
                let key = Key { text: text.clone(), span: node.span };
                inner.extend(self.inner(&key, None, depth));
            }
            Some((node, _)) => self.short(&mut given, key, &word, node),
        }
        if self.problems.iter().len() == before {
            self.complete(key, form, &given, value, inner.is_empty());
        }
        layer.args = given.args;
        layer.inner = inner.into();
        named(layer, key)
    }

    /// A layer that another one wraps.
    fn inner(&mut self, key: &Key, value: Option<&'d Node>, depth: usize) -> Option<Layer> {
        if depth >= limits::NESTING {
            let message = format!("more than {} layers around each other", limits::NESTING);
            self.problem(Problem::new("spec/too-deep", key.span, message));
            return None;
        }
        let value = value.filter(|value| !value.is_null());
        if let Some(kind) = self.own.get(key.text.as_str()).cloned() {
            let layer = self.own_layer(key, &kind, value);
            return Some(Layer { path: key.text.clone(), ..layer });
        }
        let Some(word) = form::find(&key.text) else {
            let problem = key.unknown("layer kind", form::words());
            self.problem(problem);
            return None;
        };
        let (mut layer, _) = self.layer_at(key, word, value, depth.saturating_add(1));
        layer.path.clone_from(&key.text);
        self.inner_keys(&mut layer, value);
        Some(layer)
    }

    /// What stands beside a layer's arguments concerns the wrapper, but for two keys.
    fn inner_keys(&mut self, layer: &mut Layer, value: Option<&'d Node>) {
        let entries = value.and_then(Node::as_map).unwrap_or_default();
        for (key, node) in entries.iter().filter(|(key, _)| is_layer_key(&key.text)) {
            match key.text.as_str() {
                "name" => {}
                "trainable" => {
                    layer.frozen = self.arg(Takes::Flag, node, None) == Some(Arg::Flag(false));
                }
                _ => {
                    let message = format!("{} inside of a wrapper", quoted(&key.text));
                    let problem = Problem::new("spec/misplaced-key", key.span, message);
                    self.problem(problem.help("it belongs beside the wrapper"));
                }
            }
        }
    }

    fn inner_item(&mut self, node: &'d Node, depth: usize) -> Option<Layer> {
        match &node.value {
            Value::Str(text) => {
                self.inner(&Key { text: text.clone(), span: node.span }, None, depth)
            }
            Value::Map(entries) => match entries.as_slice() {
                [(key, value)] => self.inner(key, Some(value), depth),
                _ => {
                    self.problem(node.mismatch("one kind of layer"));
                    None
                }
            },
            _ => {
                self.problem(node.mismatch("a layer"));
                None
            }
        }
    }

    fn field<'a>(
        &mut self,
        given: &mut Given<'a>,
        key: &'a Key,
        field: &Field,
        node: &Node,
        rank: Option<usize>,
    ) {
        for arg in field.args {
            if let Some((_, other, span)) = given.places.iter().find(|(known, ..)| known == arg) {
                let message = format!("{} and {} say the same", quoted(other), quoted(&key.text));
                let problem = Problem::new("spec/said-twice", key.span, message);
                self.problem(problem.related(*span, "said here already"));
                return;
            }
            given.places.push((arg, &key.text, key.span));
        }
        let Some(value) = self.arg(field.takes, node, rank) else { return };
        // A flag for a number of directions.
        let value = match (&value, field.args) {
            (Arg::Flag(both), ["directions"]) => Arg::Int(if *both { 2 } else { 1 }),
            _ => value,
        };
        for arg in field.args {
            given.args.set(*arg, value.clone());
        }
    }

    /// A value alone: it is for the form's first key; a list is for its keys in turn.
    fn short(&mut self, given: &mut Given<'_>, key: &Key, word: &Word, node: &Node) {
        let Word { form, rank } = *word;
        if form.holds == Holds::Chain {
            return self.chain(given, node);
        }
        let keys: Vec<&Field> = form.short.iter().filter_map(|word| form.field(word)).collect();
        match (keys.as_slice(), node.as_seq()) {
            ([], _) => {
                let message = format!("{} takes no size", quoted(&key.text));
                let problem = Problem::new("spec/no-short-form", node.span, message);
                self.problem(problem.help(format!("write `- {}`", key.text)));
            }
            ([field], _) | ([field, ..], None) => {
                let value = self.arg(field.takes, node, rank);
                given.take(field, value, node.span);
            }
            (keys, Some(items)) => {
                if items.len() > keys.len() {
                    let names: Vec<&str> = keys.iter().map(|field| field.word).collect();
                    let message = format!("{} values, expected {}", items.len(), keys.len());
                    let problem = Problem::new("spec/short-form", node.span, message);
                    self.problem(problem.help(names.join(", ")));
                }
                for (field, item) in keys.iter().zip(items) {
                    let value = self.arg(field.takes, item, rank);
                    given.take(field, value, item.span);
                }
            }
        }
    }

    /// The sizes of a feed-forward network, from its inputs to its outputs.
    fn chain(&mut self, given: &mut Given<'_>, node: &Node) {
        let names = ["input_size", "hidden_sizes", "output_size"];
        given.places.extend(names.map(|name| (name, "", node.span)));
        let Some(sizes) = self.arg(Takes::Sizes, node, None) else { return };
        let Arg::List(sizes) = &sizes else {
            return self.problem(node.mismatch("a list of sizes, from the inputs to the outputs"));
        };
        let [first, hidden @ .., last] = sizes.as_ref() else {
            return self.problem(node.mismatch("at least two sizes, inputs and outputs"));
        };
        given.args.set("input_size", *first);
        given.args.set("hidden_sizes", hidden.to_vec());
        given.args.set("output_size", *last);
    }
}

impl Given<'_> {
    /// Whose words the layer is written in, as far as its keys tell.
    pub(super) fn vocabulary(&self, form: &Form) -> Option<Vocabulary> {
        let fields = self.places.iter().filter_map(|(_, word, _)| form.field(word));
        fields.map(|field| field.vocabulary).find(|vocabulary| *vocabulary != Vocabulary::Catalogue)
    }

    fn take(&mut self, field: &Field, value: Option<Arg>, span: Span) {
        for arg in field.args {
            self.places.push((arg, "", span));
            if let Some(value) = &value {
                self.args.set(*arg, value.clone());
            }
        }
    }
}

/// The layer and the word that it is called by. Two directions of a recurrent layer are said
/// by the layer itself, so that the arithmetic shows them: `2 × 3 × [5(5 + 8) + 5]`.
fn named(mut layer: Layer, key: &Key) -> (Layer, String) {
    if layer.kind.as_deref() == Some("bidirectional") && layer.inner.len() == 1 {
        let mut inside = layer.inner.remove(0);
        inside.path.clear();
        let word = format!("bi{}", inside.type_name);
        if has_directions(&inside) {
            inside.args.set("directions", 2);
            for (name, value) in layer.args.iter() {
                inside.args.set(name.to_owned(), value.clone());
            }
            return (inside, word);
        }
        layer.inner = [inside.clone(), inside].into();
        return (layer, word);
    }
    let word = match layer.args.int("directions") {
        Some(2) => format!("bi{}", key.text),
        _ => key.text.clone(),
    };
    (layer, word)
}

fn has_directions(layer: &Layer) -> bool {
    let kind = layer.kind.as_deref().and_then(netweight_core::kind::find);
    kind.is_some_and(|kind| kind.arg("directions").is_some())
}
