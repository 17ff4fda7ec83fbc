//! A spec's tree → the layer model. What is wrong is collected with its place, so that all of
//! it is told at once; a spec with a problem gives no model.

mod advice;
mod args;
mod block;
mod expect;
mod expression;
mod graph;
mod input;
mod item;
mod layer;
mod own;
mod place;
pub(crate) mod rules;
pub(crate) mod schemes;
mod vars;

use std::collections::HashMap;
use std::rc::Rc;

use netweight_core::{Convention, ImportOptions, Model, OwnKind};
use netweight_markup::{Document, Key, Node, Problem, Problems, Value};

use crate::key;
use crate::limits;
use crate::takes::one_of;
use block::Block;
use graph::Scope;

/// Reads a spec; or all that is wrong with it.
pub(crate) fn read(document: &Document, options: &ImportOptions) -> Result<Model, Problems> {
    all_of(document, |reader| {
        reader.spec(&document.root, options);
        std::mem::take(&mut reader.model)
    })
}

/// What is read of a document; or all that is wrong with it.
fn all_of<'d, T>(
    document: &'d Document,
    read: impl FnOnce(&mut Reader<'d>) -> T,
) -> Result<T, Problems> {
    let mut reader = Reader::new(document);
    let found = read(&mut reader);
    if reader.problems.is_empty() { Ok(found) } else { Err(reader.problems) }
}

/// A spec as far as it is read.
struct Reader<'d> {
    document: &'d Document,
    problems: Problems,
    model: Model,
    blocks: HashMap<&'d str, Block<'d>>,
    /// The kinds that it defines.
    own: HashMap<&'d str, Rc<OwnKind>>,
    /// The scopes that are open, the document's first, the innermost last.
    scopes: Vec<Scope<'d>>,
    /// Groups, blocks and uses that are open.
    depth: usize,
    /// Whether a limit is passed and told, so that nothing more is read.
    stopped: bool,
    /// Layers and copies placed so far, the empty ones too.
    placed: usize,
}

impl<'d> Reader<'d> {
    fn new(document: &'d Document) -> Self {
        Self {
            document,
            problems: document.problems.clone(),
            model: Model::new("yaml"),
            blocks: HashMap::new(),
            own: HashMap::new(),
            scopes: vec![Scope { barrier: true, ..Scope::default() }],
            depth: 0,
            stopped: false,
            placed: 0,
        }
    }

    fn spec(&mut self, root: &'d Node, options: &ImportOptions) {
        let Some(entries) = root.as_map() else {
            self.problem(root.mismatch("a map with `layers`"));
            return;
        };
        self.known_keys(entries, "", key::SPEC);
        let entry = |word: &str| entries.iter().find(|(key, _)| key.text == word);
        let node = |word: &str| entry(word).map(|(_, node)| node);

        self.model.convention = self.convention(node("convention"));
        self.model.description = format!("YAML spec, {} convention", self.model.convention);
        self.model.name = node("name").and_then(|name| self.text(name, "a name"));
        let vars = node("vars").map_or(&[][..], |vars| self.map(vars, "a map of values"));
        let vars = self.vars(vars, HashMap::new());
        if let Some(scope) = self.scopes.first_mut() {
            scope.vars = vars;
        }
        self.inputs(node("input"), options);
        if let Some(kinds) = node("kinds") {
            self.kinds(kinds);
        }
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

    /// Keeps a problem.
    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
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

    /// The text under a key that has to be there, and its node; the code is that of its absence.
    fn required(
        &mut self,
        node: &'d Node,
        word: &str,
        expected: &str,
        code: &'static str,
    ) -> Option<(&'d Node, String)> {
        match node.get(word) {
            Some(found) => Some((found, self.text(found, expected)?)),
            None => {
                if node.as_map().is_some() {
                    let message = format!("no `{word}` here, expected {expected}");
                    self.problem(Problem::new(code, start(node), message));
                }
                None
            }
        }
    }

    /// The items of a list of rules; none of what is no list, which is told.
    fn listed(&mut self, node: &'d Node) -> &'d [Node] {
        match &node.value {
            Value::Seq(items) => self.few(items, limits::RULES, node),
            Value::Invalid => &[],
            _ => {
                self.problem(node.mismatch("a list of rules"));
                &[]
            }
        }
    }

    /// As many items of a node as are read; that there are more is told.
    fn few<T>(&mut self, items: &'d [T], most: usize, node: &Node) -> &'d [T] {
        if items.len() > most {
            let message = format!("{} entries, expected at most {most}", items.len());
            self.problem(Problem::new("spec/too-large", start(node), message));
        }
        items.get(..most).unwrap_or(items)
    }

    /// Tells the keys that are none of these; `of` says whose they are.
    fn known_keys(&mut self, entries: &[(Key, Node)], of: &str, keys: &'static [key::Key]) {
        for (key, _) in entries {
            if key::holds(keys, &key.text) {
                continue;
            }
            let problem = key.unknown("key", key::words(keys));
            let message = format!("{}{of}", problem.message);
            let problem = Problem { message, ..problem };
            self.problem(match problem.help {
                Some(_) => problem,
                None => {
                    let known: Vec<&str> = key::words(keys).collect();
                    problem.note(format!("known: {}", one_of(&known)))
                }
            });
        }
    }

    /// Counts one more layer or copy.
    fn place(&mut self, key: &Key) {
        self.placed += 1;
        if self.placed > limits::LAYERS {
            let message = format!("more than {} layers", limits::LAYERS);
            self.stop(Problem::new("spec/too-many-layers", key.span, message));
        }
    }

    /// Keeps a problem behind which nothing more is read.
    fn stop(&mut self, problem: Problem) {
        self.stopped = true;
        self.problem(problem);
    }
}

/// Whether a word is a key that stands beside a layer's kind, or in its place.
fn is_layer_key(word: &str) -> bool {
    key::holds(key::LAYER, word) || key::holds(key::ITEM, word)
}

/// The first byte of a node, for what is wrong with all of it.
fn start(node: &Node) -> netweight_markup::Span {
    netweight_markup::Span::new(node.span.start, node.span.start.saturating_add(1))
}
