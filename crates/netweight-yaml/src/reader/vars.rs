//! `vars`: values by name, in any order, each of others if it likes.

use std::collections::HashMap;

use netweight_core::Arg;
use netweight_markup::{Key, Node, Problem, Value, quoted};

use super::Reader;
use super::expression::{is_name, names};
use super::graph::{Scope, Vars};

/// Words that mean something else in arithmetic.
const RESERVED: [&str; 4] = ["inner", "prod", "sum", "pairs"];

/// Whether a value can be called that.
pub(super) fn names_a_value(text: &str) -> bool {
    is_name(text) && !RESERVED.contains(&text)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
    Circle,
}

impl<'d> Reader<'d> {
    /// The values of these entries; what is given already is not looked at. A value that is
    /// wrong is there as none, so that whoever uses it tells nothing more.
    pub(super) fn vars(&mut self, entries: &'d [(Key, Node)], given: Vars) -> Vars {
        let mut open: HashMap<&str, usize> = HashMap::new();
        for (index, (key, _)) in entries.iter().enumerate() {
            if !names_a_value(&key.text) {
                self.bad_name(key);
            } else if !given.contains_key(&key.text) {
                open.insert(&key.text, index);
            }
        }
        let order = self.order(entries, &open);
        self.scopes.push(Scope { vars: given, barrier: true, ..Scope::default() });
        for (index, in_circle) in order {
            let Some((key, node)) = entries.get(index) else { continue };
            let value = if in_circle { None } else { self.var(node) };
            if let Some(scope) = self.scopes.last_mut() {
                scope.vars.insert(key.text.clone(), value);
            }
        }
        self.scopes.pop().map(|scope| scope.vars).unwrap_or_default()
    }

    /// The entries, each behind those that it uses, and whether it is part of a circle, which
    /// is told.
    fn order(
        &mut self,
        entries: &'d [(Key, Node)],
        open: &HashMap<&str, usize>,
    ) -> Vec<(usize, bool)> {
        let uses = |index: usize| -> Vec<usize> {
            let names = entries.get(index).map(|(_, node)| names(node)).unwrap_or_default();
            names.iter().filter_map(|name| open.get(name.as_str()).copied()).collect()
        };
        let mut states = vec![State::New; entries.len()];
        let set = |states: &mut Vec<State>, index: usize, state| {
            if let Some(place) = states.get_mut(index) {
                *place = state;
            }
        };
        let mut order = Vec::with_capacity(entries.len());
        let mut starts: Vec<usize> = open.values().copied().collect();
        starts.sort_unstable();
        for start in starts {
            let mut path: Vec<(usize, Vec<usize>)> = Vec::new();
            let mut next = Some(start);
            loop {
                if let Some(index) = next.take() {
                    match states.get(index) {
                        Some(State::New) => {
                            set(&mut states, index, State::Open);
                            path.push((index, uses(index)));
                        }
                        Some(State::Open) => {
                            let from = path.iter().position(|(open, _)| *open == index);
                            let circle: Vec<usize> = path
                                .iter()
                                .skip(from.unwrap_or(0))
                                .map(|(open, _)| *open)
                                .collect();
                            self.circle(entries, &circle);
                            circle.iter().for_each(|index| set(&mut states, *index, State::Circle));
                        }
                        _ => {}
                    }
                }
                let Some((index, rest)) = path.last_mut() else { break };
                next = rest.pop();
                if next.is_none() {
                    let index = *index;
                    order.push((index, states.get(index) == Some(&State::Circle)));
                    if states.get(index) == Some(&State::Open) {
                        set(&mut states, index, State::Done);
                    }
                    path.pop();
                }
            }
        }
        order
    }

    fn circle(&mut self, entries: &'d [(Key, Node)], circle: &[usize]) {
        let keys = circle.iter().filter_map(|index| entries.get(*index).map(|(key, _)| key));
        let keys: Vec<&Key> = keys.collect();
        let Some(first) = keys.first() else { return };
        let names: Vec<&str> =
            keys.iter().chain([first]).map(|key| key.text.as_str()).take(8).collect();
        let message = format!("{} is given by itself: {}", quoted(&first.text), names.join(" → "));
        self.problem(Problem::new("spec/circular-value", first.span, message));
    }

    /// Tells a name that no value can have.
    pub(super) fn bad_name(&mut self, key: &Key) {
        let message = format!("{} cannot name a value", quoted(&key.text));
        let problem = Problem::new("spec/value-name", key.span, message);
        self.problem(match RESERVED.contains(&key.text.as_str()) {
            true => problem.help("it is a word of the arithmetic itself"),
            false => problem.help("letters, digits and `_`, a letter first"),
        });
    }

    /// One value: a number, a flag, a word or a list of numbers.
    pub(super) fn var(&mut self, node: &Node) -> Option<Arg> {
        let node = self.settled(node)?;
        let number = |node: &Node| node.as_int().and_then(|value| i64::try_from(value).ok());
        let value = match &node.value {
            Value::Bool(flag) => Some(Arg::Flag(*flag)),
            Value::Str(text) => Some(Arg::from(text.clone())),
            Value::Seq(items) => {
                let settled: Option<Vec<_>> = items.iter().map(|item| self.settled(item)).collect();
                let numbers: Option<Vec<i64>> = settled?.iter().map(|item| number(item)).collect();
                numbers.map(Arg::from)
            }
            _ => number(&node).map(Arg::Int),
        };
        if value.is_none() {
            self.problem(node.mismatch("a number, a truth value, a word or a list of numbers"));
        }
        value
    }
}
