//! Operators: which input is which weight of which kind.

use netweight_core::Role;
use netweight_core::kind::{Each, Kind, WeightRow};
use netweight_core::rules::{InputRule, OperatorRule, Place};
use netweight_markup::{Key, Node, Problem, Value, nearest, quoted};

use super::super::Reader;
use super::MISSING;
use crate::key;
use crate::limits;
use crate::takes::one_of;

/// What any operator may hold beside the weights of its kind.
const ASIDE: [Role; 3] = [Role::Scale, Role::ZeroPoint, Role::Constant];

impl<'d> Reader<'d> {
    pub(super) fn operator(&mut self, node: &'d Node) -> Option<(String, OperatorRule)> {
        let operator = self.required(node, "operator", "an operator's name", MISSING);
        let domain = match node.get("domain") {
            Some(Node { value: Value::Str(text), .. }) if text.is_empty() => Some(String::new()),
            Some(node) => self.text(node, "a domain"),
            None => Some(String::new()),
        };
        let word = match node.get("kind") {
            Some(node) => Some(self.catalogue_kind(node)?),
            None => None,
        };
        let kind = word.map(|word| word.form.kind);
        let inputs =
            node.get("inputs").map(|node| self.input_rules(node, kind)).unwrap_or_default();
        let args = match (word, node.get("args")) {
            (Some(word), _) => self.kind_args(node, word),
            (None, Some(args)) => {
                let message = "`args` are those of a `kind`, which this rule does not name";
                let problem = Problem::new("rules/args", super::start(args), message);
                self.problem(problem.help("add `kind: …`"));
                Vec::new()
            }
            (None, None) => Vec::new(),
        };
        let frozen = self.frozen(node);
        let ((_, operator), domain) = (operator?, domain?);
        let subject = match domain.is_empty() {
            true => operator.clone(),
            false => format!("{domain}::{operator}"),
        };
        let domain = if domain == "ai.onnx" { String::new() } else { domain };
        let kind = kind.map_or("", |kind| kind.name).to_owned();
        Some((subject, OperatorRule { domain, operator, kind, inputs, args, frozen }))
    }

    fn input_rules(&mut self, node: &'d Node, kind: Option<&'static Kind>) -> Vec<InputRule> {
        let entries = self.map(node, "a map from numbers of inputs to weights");
        let inputs = self.few(entries, limits::PARTS, node);
        inputs.iter().filter_map(|(key, node)| self.input_rule(key, node, kind)).collect()
    }

    fn input_rule(
        &mut self,
        key: &Key,
        node: &'d Node,
        kind: Option<&'static Kind>,
    ) -> Option<InputRule> {
        let Ok(index) = key.text.parse::<usize>() else {
            let message = format!("expected the number of an input, found {}", quoted(&key.text));
            let problem = Problem::new("rules/input", key.span, message);
            self.problem(problem.help("inputs are counted from 0"));
            return None;
        };
        let (word, shape) = match &node.value {
            Value::Map(entries) => {
                self.known_keys(entries, " of an input", key::OPERATOR_INPUT);
                let Some(word) = node.get("weight") else {
                    let message = format!("no `weight` in the input {index}");
                    self.problem(Problem::new("rules/missing-key", key.span, message));
                    return None;
                };
                (word, node.get("shape"))
            }
            _ => (node, None),
        };
        let text = self.text(word, "the name of a weight")?;
        let row = kind.and_then(|kind| kind.weights.iter().find(|row| row.name == text));
        let role = match (row, kind) {
            (Some(row), _) => Some(row.role),
            (None, Some(_)) => ASIDE.into_iter().find(|role| role.name() == text),
            (None, None) => Role::ALL.iter().copied().find(|role| role.name() == text),
        };
        let Some(role) = role else {
            self.unknown_weight(word, &text, kind);
            return None;
        };
        let shape = match (shape, kind) {
            (Some(shape), Some(kind)) => Some(self.places(shape, kind)?),
            (Some(shape), None) => {
                let message =
                    "a `shape` names arguments of a `kind`, which this rule does not name";
                let problem = Problem::new("rules/shape", shape.span, message);
                self.problem(problem.help("add `kind: …`"));
                None
            }
            (None, _) => row.zip(kind).and_then(|(row, kind)| usual_places(row, kind)),
        };
        let is_flag = |when: &&str| !when.is_empty() && !when.contains(['&', '!']);
        let when = row.map(|row| row.when).filter(is_flag).map(str::to_owned);
        Some(InputRule { index, role, when, shape })
    }

    fn unknown_weight(&mut self, node: &Node, text: &str, kind: Option<&'static Kind>) {
        let (mut names, of): (Vec<&str>, String) = match kind {
            Some(kind) => {
                let own = kind.weights.iter().map(|row| row.name);
                let names = own.chain(ASIDE.map(Role::name)).collect();
                (names, format!("no weight of `{}`", kind.name))
            }
            None => (Role::ALL.iter().map(|role| role.name()).collect(), "no weight's role".into()),
        };
        names.dedup();
        let message = format!("{} is {of}", quoted(text));
        let problem = Problem::new("rules/unknown-weight", node.span, message);
        self.problem(match nearest(text, names.iter().copied()) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem.note(format!("known: {}", one_of(&names))),
        });
    }

    /// A weight's dimensions as a rule has them.
    fn places(&mut self, node: &'d Node, kind: &'static Kind) -> Option<Vec<Place>> {
        let Some(items) = node.as_seq() else {
            self.problem(node.mismatch("a list of arguments, such as `[o, i]`"));
            return None;
        };
        let mut places = Vec::new();
        for item in self.few(items, limits::PARTS, node) {
            let size = || u64::try_from(item.as_int()?).ok();
            let found = match &item.value {
                Value::Str(text) => place(text, kind),
                _ => size().map(Place::Size),
            };
            let Some(found) = found else {
                let expected = format!("an argument of `{}`, a size or `_`", kind.name);
                let names = kind.args.iter().flat_map(|row| [row.symbol, row.name]);
                self.problem_nearest(item.mismatch(&expected), item, names);
                return None;
            };
            places.push(found);
        }
        if places.iter().filter(|place| matches!(place, Place::Rest(_))).count() > 1 {
            let message = "two places that take all dimensions that are left, expected at most one";
            self.problem(Problem::new("rules/shape", node.span, message));
            return None;
        }
        Some(places)
    }
}

/// One place of a shape: `o`, `i ÷ n`, `f...`, `_`.
fn place(text: &str, kind: &Kind) -> Option<Place> {
    let name = |symbol: &str| kind.arg(symbol.trim()).map(|row| row.name.to_owned());
    if text == "_" {
        return Some(Place::Any);
    }
    if let Some(list) = text.strip_suffix("...") {
        return name(list).map(Place::Rest);
    }
    match text.split_once('÷').or_else(|| text.split_once('/')) {
        Some((whole, parts)) => Some(Place::Share(name(whole)?, name(parts)?)),
        None => name(text).map(Place::Arg),
    }
}

/// A weight's dimensions as its kind has them; none where it may have more or fewer.
fn usual_places(row: &WeightRow, kind: &Kind) -> Option<Vec<Place>> {
    let places = row.shape.trim_matches(['[', ']']).split(',').map(str::trim);
    if row.each != Each::Once || row.shape.contains("...") && row.shape.contains('{') {
        return None;
    }
    places
        .map(|text| match text.split_once('÷') {
            _ if text.contains('{') => None,
            // A group that is one goes unsaid.
            Some(_) => Some(place(&text.replace('?', ""), kind).unwrap_or(Place::Any)),
            None if text.contains('?') => None,
            None => Some(place(text, kind).unwrap_or(Place::Any)),
        })
        .collect()
}
