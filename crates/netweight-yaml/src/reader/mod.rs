//! A spec's tree → the layer model. What is wrong is collected with its place, so that all of
//! it is told at once; a spec with a problem gives no model.

mod args;
mod expect;
mod expression;
mod graph;
mod input;
mod item;
mod layer;
mod vars;

use std::collections::HashMap;

use netweight_core::{Convention, ImportOptions, Model};
use netweight_markup::{Document, Key, Node, Problem, Problems, Value, quoted};

use crate::key;
use crate::limits;
use crate::takes::one_of;
use graph::Scope;

/// Reads a spec; or all that is wrong with it.
pub(crate) fn read(document: &Document, options: &ImportOptions) -> Result<Model, Problems> {
    let mut reader = Reader {
        document,
        problems: document.problems.clone(),
        model: Model::new("yaml"),
        blocks: HashMap::new(),
        scopes: Vec::new(),
        placed: 0,
    };
    reader.spec(&document.root, options);
    if reader.problems.is_empty() { Ok(reader.model) } else { Err(reader.problems) }
}

/// A spec as far as it is read.
struct Reader<'d> {
    document: &'d Document,
    problems: Problems,
    model: Model,
    blocks: HashMap<&'d str, Block<'d>>,
    /// The scopes that are open, the innermost last.
    scopes: Vec<Scope<'d>>,
    /// Layers and copies placed so far, the empty ones too.
    placed: usize,
}

/// Layers written once and used by name.
#[derive(Debug, Clone, Copy)]
struct Block<'d> {
    vars: &'d [(Key, Node)],
    inputs: &'d [Node],
    layers: &'d Node,
}

impl<'d> Reader<'d> {
    fn spec(&mut self, root: &'d Node, options: &ImportOptions) {
        let Some(entries) = root.as_map() else {
            self.problem(root.mismatch("a map with `layers`"));
            return;
        };
        self.known_keys(entries, "key", key::SPEC);
        let entry = |word: &str| entries.iter().find(|(key, _)| key.text == word);
        let node = |word: &str| entry(word).map(|(_, node)| node);

        self.model.convention = self.convention(node("convention"));
        self.model.description = format!("YAML spec, {} convention", self.model.convention);
        self.model.name = node("name").and_then(|name| self.text(name, "a name"));
        let vars = node("vars").map_or(&[][..], |vars| self.map(vars, "a map of values"));
        let vars = self.vars(vars, HashMap::new());
        self.scopes.push(Scope { vars, barrier: true, ..Scope::default() });
        self.inputs(node("input"), options);
        if let Some(blocks) = node("blocks") {
            self.blocks(blocks);
        }
        match node("layers") {
            Some(layers) => self.layers(layers),
            None => {
                let help = "write `layers:` and below it `- dense: 5`";
                let code = "spec/missing-key";
                let problem = Problem::new(code, start(root), "no `layers` in this spec");
                self.problem(problem.help(help));
            }
        }
        if let Some(expect) = node("expect") {
            let rows = 0..self.model.layers.len();
            self.expect(expect, None, rows);
        }
        self.scopes.pop();
    }

    fn convention(&mut self, node: Option<&Node>) -> Convention {
        let Some(node) = node else { return Convention::default() };
        let names = Convention::ALL.map(Convention::name);
        let known = |text: &str| Convention::ALL.into_iter().find(|known| known.name() == text);
        match node.as_str().and_then(known) {
            Some(convention) => convention,
            None => {
                let problem = node.mismatch(&one_of(&names));
                self.problem_nearest(problem, node, names);
                Convention::default()
            }
        }
    }

    fn blocks(&mut self, node: &'d Node) {
        for (name, block) in self.map(node, "a map of blocks") {
            if crate::form::find(&name.text).is_some() {
                let message = format!("{} is a kind of layer already", quoted(&name.text));
                let problem = Problem::new("spec/name-taken", name.span, message);
                self.problem(problem.help("give the block another name"));
                continue;
            }
            let entries = self.map(block, "a map with `layers`");
            if entries.is_empty() {
                continue;
            }
            self.known_keys(entries, "key of a block", key::BLOCK);
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

    /// Keeps a problem.
    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Keeps a problem about a text, with the nearest of the words that it could have been.
    fn problem_nearest<'n>(
        &mut self,
        problem: Problem,
        node: &Node,
        words: impl IntoIterator<Item = &'n str>,
    ) {
        let nearest = node.as_str().and_then(|text| netweight_markup::nearest(text, words));
        self.problem(match nearest {
            Some(word) => problem.help(format!("did you mean `{word}`?")),
            None => problem,
        });
    }

    /// The entries of a map; none where it is something else, which is told.
    fn map(&mut self, node: &'d Node, expected: &str) -> &'d [(Key, Node)] {
        match &node.value {
            Value::Map(entries) => entries,
            Value::Invalid => &[],
            _ => {
                self.problem(node.mismatch(expected));
                &[]
            }
        }
    }

    /// A text; none where it is something else, which is told.
    fn text(&mut self, node: &Node, expected: &str) -> Option<String> {
        match &node.value {
            Value::Str(text) if !text.is_empty() => return Some(text.clone()),
            Value::Invalid => {}
            Value::Int(_) | Value::Float(_) | Value::Bool(_) => {
                self.problem(node.mismatch(expected).help("put it in quotes"));
            }
            _ => self.problem(node.mismatch(expected)),
        }
        None
    }

    /// Tells the keys that are none of these.
    fn known_keys(&mut self, entries: &[(Key, Node)], what: &str, keys: &'static [key::Key]) {
        for (key, _) in entries {
            if !keys.iter().any(|known| known.word == key.text) {
                let problem = key.unknown(what, key::words(keys));
                self.problem(match problem.help {
                    Some(_) => problem,
                    None => problem
                        .note(format!("known: {}", one_of(&key::words(keys).collect::<Vec<_>>()))),
                });
            }
        }
    }

    /// Counts one more layer or copy; false, and told, when there are too many.
    fn place(&mut self, key: &Key) -> bool {
        self.placed += 1;
        if self.placed > limits::LAYERS {
            let message = format!("more than {} layers", limits::LAYERS);
            self.problem(Problem::new("spec/too-many-layers", key.span, message));
        }
        self.placed <= limits::LAYERS
    }
}

/// Whether a word is a key that stands beside a layer's kind, or in its place.
fn is_layer_key(word: &str) -> bool {
    key::LAYER.iter().chain(key::ITEM).any(|key| key.word == word)
}

/// The first byte of a node, for what is wrong with all of it.
fn start(node: &Node) -> netweight_markup::Span {
    netweight_markup::Span::new(node.span.start, node.span.start.saturating_add(1))
}
