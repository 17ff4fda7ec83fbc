//! What feeds what: the names of a scope, `from`, and the layer above.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use netweight_core::{Arg, Edge};
use netweight_markup::{Node, Problem, Span, Value, quoted};

use super::Reader;
use super::item::Item;
use crate::form::{self, Holds};

/// Values by name; one that is wrong, and told, is there as none.
pub(super) type Vars = HashMap<String, Option<Arg>>;

/// The output that a name stands for; none where it is not known.
pub(super) type Source = Option<Edge>;

/// Names that stand for something in every scope.
pub(super) const RESERVED: [&str; 2] = ["input", "previous"];

/// The names of a list of layers.
#[derive(Debug, Default)]
pub(super) struct Scope<'d> {
    /// What stands before the paths of its layers: `encoder.0.`.
    pub(super) prefix: String,
    /// Whether names outside of it are out of reach: the spec itself, a block.
    pub(super) barrier: bool,
    pub(super) vars: Vars,
    pub(super) inputs: Vec<(String, Source)>,
    /// The output of the layer above.
    pub(super) previous: Option<Source>,
    pub(super) names: HashMap<String, Placed<'d>>,
    /// Names that the spec gives in this scope, further down too.
    pub(super) reserved: HashSet<String>,
    pub(super) counters: HashMap<String, usize>,
}

/// A layer or group that a name stands for.
#[derive(Debug, Clone)]
pub(super) struct Placed<'d> {
    pub(super) item: Item<'d>,
    /// Its rows in the model.
    pub(super) rows: Range<usize>,
    pub(super) output: Source,
}

impl<'d> Reader<'d> {
    /// The value of that name in reach; its inside is none where it is wrong and told already.
    pub(super) fn lookup(&self, name: &str) -> Option<&Option<Arg>> {
        self.in_reach().chain(self.scopes.first()).find_map(|scope| scope.vars.get(name))
    }

    /// The names of all values in reach.
    pub(super) fn value_names(&self) -> impl Iterator<Item = &str> {
        self.in_reach()
            .chain(self.scopes.first())
            .flat_map(|scope| scope.vars.keys().map(String::as_str))
    }

    /// The scopes whose names are in reach, the innermost first.
    pub(super) fn in_reach(&self) -> impl Iterator<Item = &Scope<'d>> {
        let mut open = true;
        self.scopes
            .iter()
            .rev()
            .take_while(move |scope| std::mem::replace(&mut open, !scope.barrier))
    }

    /// The layer or group of that name in reach.
    pub(super) fn placed(&self, name: &str) -> Option<&Placed<'d>> {
        self.in_reach().find_map(|scope| scope.names.get(name))
    }

    /// A list of layers, in the innermost scope.
    pub(super) fn layers(&mut self, node: &'d Node) {
        let items = match &node.value {
            Value::Seq(items) => items,
            Value::Invalid => return,
            _ => {
                self.problem(node.mismatch("a list of layers"));
                return;
            }
        };
        self.reserve_names(items);
        for node in items {
            if self.stopped || self.problems.is_full() {
                break;
            }
            let before = self.problems.iter().len();
            match self.item(node) {
                Some(item) => self.put(item),
                // A layer that cannot be read feeds the next one all the same.
                None if self.problems.iter().len() > before => self.keep_going(),
                None => {}
            }
        }
    }

    /// Notes the names that items give themselves, so that counted names keep clear of them.
    fn reserve_names(&mut self, items: &'d [Node]) {
        let mut reserved = HashSet::new();
        for item in items {
            let inside = item.as_map().into_iter().flatten().map(|(_, value)| value.get("name"));
            let names = std::iter::once(item.get("name")).chain(inside).flatten();
            reserved.extend(names.filter_map(Node::as_str).map(str::to_owned));
        }
        if let Some(scope) = self.scopes.last_mut() {
            scope.reserved = reserved;
        }
    }

    fn keep_going(&mut self) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.previous = Some(None);
        }
    }

    /// Places an item and its copies behind what feeds it, and binds its name.
    fn put(&mut self, item: Item<'d>) {
        let Some(sources) = self.sources(&item) else { return self.keep_going() };
        if sources.len() < 2 && merges(&item) {
            let message = format!("{} brings several inputs together", quoted(&item.key.text));
            let help = format!("name them: `- {}: [input, previous]`", item.key.text);
            self.problem(Problem::new("spec/inputs", item.key.span, message).help(help));
        }
        let name = self.name(&item);
        let prefix = self.scopes.last().map(|scope| scope.prefix.clone()).unwrap_or_default();
        let path = format!("{prefix}{name}");
        let first = self.model.layers.len();
        let output = self.copies(&item, sources, &path);
        let rows = first..self.model.layers.len();
        self.finish(&item, rows.clone(), path);
        let Some(scope) = self.scopes.last_mut() else { return };
        scope.previous = Some(output);
        scope.names.insert(name, Placed { item, rows, output });
    }

    /// The name that an item gives itself, else its word and a number.
    fn name(&mut self, item: &Item<'d>) -> String {
        let Some(scope) = self.scopes.last_mut() else { return item.word.clone() };
        let Some((name, span)) = &item.name else {
            loop {
                let counter = scope.counters.entry(item.word.clone()).or_default();
                let name = match *counter {
                    0 => item.word.clone(),
                    count => format!("{}_{count}", item.word),
                };
                *counter += 1;
                if !scope.reserved.contains(&name) {
                    return name;
                }
            }
        };
        let taken = scope.names.get(name).and_then(|placed| placed.item.name.as_ref());
        let problem = if RESERVED.contains(&name.as_str()) {
            let message = format!("{} has a meaning of its own under `from`", quoted(name));
            Some(Problem::new("spec/reserved-name", *span, message).help("give another name"))
        } else {
            taken.map(|(_, first)| {
                let message = format!("{} is given to two layers", quoted(name));
                Problem::new("spec/duplicate-name", *span, message)
                    .related(*first, "first given here")
            })
        };
        let name = name.clone();
        if let Some(problem) = problem {
            self.problem(problem);
        }
        name
    }

    /// What feeds an item: as it says, else the layer above, else the only input.
    fn sources(&mut self, item: &Item<'d>) -> Option<Vec<Source>> {
        let Some(names) = &item.from else {
            let scope = self.scopes.last()?;
            return match (&scope.previous, scope.inputs.as_slice()) {
                (Some(previous), _) => Some(vec![*previous]),
                (None, []) => Some(Vec::new()),
                (None, [(_, input)]) => Some(vec![*input]),
                (None, inputs) => {
                    let names: Vec<&str> = inputs.iter().map(|(name, _)| name.as_str()).collect();
                    let message = "several inputs, and nothing says which feeds the first layer";
                    let help = format!("add `from: {}`", names.first().unwrap_or(&"input"));
                    let problem = Problem::new("spec/ambiguous-input", item.key.span, message);
                    self.problem(problem.help(help));
                    None
                }
            };
        };
        // Every name is looked at, so that all unknown ones are told.
        let sources: Vec<_> = names.iter().map(|(name, span)| self.source(name, *span)).collect();
        sources.into_iter().collect()
    }

    /// The output that a name under `from` stands for.
    fn source(&mut self, name: &str, span: Span) -> Option<Source> {
        if name == "previous" {
            let scope = self.scopes.last()?;
            return Some(match (&scope.previous, scope.inputs.as_slice()) {
                (Some(previous), _) => *previous,
                (None, [(_, input), ..]) => *input,
                (None, []) => None,
            });
        }
        if let Some(source) = self.named(name) {
            return Some(source);
        }
        // `name:1` is another output of it.
        if let Some((name, output)) = name.rsplit_once(':')
            && let Ok(output) = output.parse::<u32>()
            && let Some(source) = self.named(name)
        {
            return Some(source.map(|edge| Edge { output, ..edge }));
        }
        self.unknown_source(name, span);
        None
    }

    /// What a name stands for: a layer, a group, an input; the innermost of them.
    fn named(&self, name: &str) -> Option<Source> {
        self.in_reach().find_map(|scope| {
            let placed = scope.names.get(name).map(|placed| placed.output);
            let input = scope.inputs.iter().find(|(input, _)| input == name);
            placed.or(input.map(|(_, source)| *source))
        })
    }
}

fn merges(item: &Item<'_>) -> bool {
    form::find(&item.key.text).is_some_and(|word| word.form.holds == Holds::Sources)
}
