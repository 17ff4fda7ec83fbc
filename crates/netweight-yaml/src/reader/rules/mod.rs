//! A rules file: rows for the tables of operators and of layer classes.

mod class;
mod operator;

use std::collections::HashSet;

use netweight_core::kind::{Inner, Kind};
use netweight_core::rules::{ArgRule, Given, Rules};
use netweight_markup::{Document, Key, Node, Problem, Problems, Value, quoted};

use super::{Reader, all_of, start};
use crate::form::{self, Word, sorted_words};
use crate::key;
use crate::takes::Takes;

/// The code of a key that is not there.
const MISSING: &str = "rules/missing-key";

/// Reads a rules file; or all that is wrong with it.
pub(crate) fn read(document: &Document) -> Result<Rules, Problems> {
    all_of(document, |reader| reader.rules(&document.root))
}

impl<'d> Reader<'d> {
    fn rules(&mut self, root: &'d Node) -> Rules {
        let Some(entries) = root.as_map() else {
            self.problem(root.mismatch("a map with `operators` or `classes`"));
            return Rules::default();
        };
        self.known_keys(entries, " of a rules file", key::RULES);
        let lists = ["operators", "classes"].map(|word| root.get(word));
        if lists == [None, None] {
            let message = "neither `operators` nor `classes` in this rules file";
            let problem = Problem::new(MISSING, start(root), message);
            self.problem(problem.help("write `classes:` and below it `- {class: …, kind: …}`"));
        }
        let [operators, classes] = lists;
        Rules {
            operators: self.rows(operators, key::OPERATOR, Self::operator),
            classes: self.rows(classes, key::CLASS, Self::class),
        }
    }

    /// A list of rows, each with what it is a row for.
    fn rows<R>(
        &mut self,
        node: Option<&'d Node>,
        keys: &'static [key::Key],
        read: fn(&mut Self, &'d Node) -> Option<(String, R)>,
    ) -> Vec<R> {
        let items = node.map(|node| self.listed(node)).unwrap_or_default();
        let mut rows = Vec::new();
        let mut seen = HashSet::new();
        for item in items {
            let Some(entries) = item.as_map() else {
                self.map(item, "a rule: a map");
                continue;
            };
            self.known_keys(entries, " of a rule", keys);
            let Some((subject, row)) = read(self, item) else { continue };
            if !seen.insert(subject.clone()) {
                let message = format!("{} has a rule above", quoted(&subject));
                let problem = Problem::new("rules/said-twice", start(item), message);
                self.problem(problem.help("take one of them out"));
            }
            rows.push(row);
        }
        rows
    }

    /// A kind of the catalogue that wraps no layers, and the spatial dimensions that its word says.
    fn catalogue_kind(&mut self, node: &Node) -> Option<Word> {
        let name = self.text(node, "a kind of the catalogue")?;
        let Some(word) = form::find(&name) else {
            let message = format!("{} is no kind of the catalogue", quoted(&name));
            let problem = Problem::new("rules/unknown-kind", node.span, message)
                .note("`netweight kinds` lists them");
            self.problem_nearest(problem, node, sorted_words());
            return None;
        };
        if word.form.kind.inner != Inner::None {
            let message = format!("{} wraps layers, which no rule can name", quoted(&name));
            self.problem(Problem::new("rules/wrapper", node.span, message));
            return None;
        }
        Some(word)
    }

    /// Whether training leaves the weights alone.
    fn frozen(&mut self, rule: &Node) -> bool {
        let trainable = rule.get("trainable").and_then(|node| self.arg(Takes::Flag, node, None));
        trainable == Some(netweight_core::Arg::Flag(false))
    }

    /// Arguments of a kind, by name or letter.
    fn kind_args(&mut self, rule: &'d Node, word: Word) -> Vec<ArgRule> {
        let kind = word.form.kind;
        let entries = rule.get("args").map_or(&[][..], |node| self.map(node, ARGS));
        let mut args = Vec::new();
        for (name, node) in entries {
            let Some(row) = kind.arg(&name.text) else {
                self.unknown_arg(kind, name);
                continue;
            };
            let takes = word.form.field(row.name).map_or(Takes::Any, |field| field.takes);
            if let Some(given) = self.given(node, takes) {
                args.push(arg_rule(word, row.name, given));
            }
        }
        args
    }

    fn unknown_arg(&mut self, kind: &Kind, name: &Key) {
        let names = kind.args.iter().flat_map(|row| [row.name, row.symbol]);
        let problem = name.unknown("argument", names);
        let message = format!("`{}` has no argument {}", kind.name, quoted(&name.text));
        let note = format!("`netweight kinds {}` lists them", kind.name);
        self.problem(Problem { message, ..problem }.note(note));
    }

    /// Where an argument comes from: a name, names of which the first that is there counts, or a
    /// value.
    fn given(&mut self, node: &'d Node, takes: Takes) -> Option<Given> {
        let is_text = |node: &Node| node.as_str().is_some();
        match &node.value {
            Value::Str(_) => Some(Given::Keys(vec![self.text(node, NAME)?])),
            Value::Seq(items) if items.iter().any(is_text) => {
                let names: Option<Vec<String>> =
                    items.iter().map(|item| self.text(item, NAME)).collect();
                names.map(Given::Keys)
            }
            Value::Map(entries) => {
                self.known_keys(entries, " of an argument", key::RULE_VALUE);
                let Some(value) = node.get("value") else {
                    if entries.is_empty() {
                        self.problem(node.mismatch(NAME));
                    }
                    return None;
                };
                self.arg(takes, value, None).map(Given::Value)
            }
            _ => self.arg(takes, node, None).map(Given::Value),
        }
    }
}

const ARGS: &str = "a map from arguments to names or values";
const NAME: &str = "the name of an attribute or key, or a value";

fn arg_rule(word: Word, arg: &str, given: Given) -> ArgRule {
    let takes = word.form.field(arg).map(|field| field.takes);
    let each = matches!(takes, Some(Takes::Kernel | Takes::PerAxis));
    let spread = each.then(|| word.rank.unwrap_or(super::args::RANK));
    ArgRule { arg: arg.to_owned(), given, spread }
}
