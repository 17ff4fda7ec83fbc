//! Syntax and sizes → arithmetic: lists written out, optional parts there or gone.
use std::sync::Arc;

use super::error::Unresolved;
use super::render::View;
use super::syntax::{Bracket, Condition, Factor, Fold, Join, Operand, Sign, Sum};
use super::tree::{Node, Symbol, Tree};
use super::{Env, Value};
use crate::limits;

/// What a long list still shows of its start, and of its end.
pub(super) const HEAD: usize = 3;
pub(super) const TAIL: usize = 2;

/// One expansion, and what it found wrong on the way. It goes on past what is missing, so
/// that all of that can be told at once and the symbols can still be shown.
pub(super) struct Expansion<'e> {
    env: &'e dyn Env,
    missing: Vec<String>,
    problem: Option<Unresolved>,
}

impl<'e> Expansion<'e> {
    pub(super) fn new(env: &'e dyn Env) -> Self {
        Self { env, missing: Vec::new(), problem: None }
    }

    /// Whether everything was there.
    pub(super) fn finish(self) -> Result<(), Unresolved> {
        if !self.missing.is_empty() {
            return Err(Unresolved::Missing(self.missing));
        }
        self.problem.map_or(Ok(()), Err)
    }

    /// A formula that stands alone: brackets around all of it say nothing.
    pub(super) fn whole(&mut self, sum: &Sum) -> Node {
        let mut node = self.sum(sum);
        while let Node::Bracket(_, inside) = node {
            node = *inside;
        }
        node
    }

    fn sum(&mut self, sum: &Sum) -> Node {
        // Most are one symbol: nothing to add up.
        if let [only] = &*sum.0
            && only.sign == Sign::Plus
            && only.conditions.is_empty()
        {
            return self.product(&only.factors);
        }
        let mut terms = Vec::with_capacity(sum.0.len());
        for term in &sum.0 {
            if !term.conditions.iter().all(|condition| self.holds(condition)) {
                continue;
            }
            match self.product(&term.factors) {
                Node::Sum(inside) => {
                    let flip = |sign| if sign == term.sign { Sign::Plus } else { Sign::Minus };
                    terms.extend(inside.into_iter().map(|(sign, node)| (flip(sign), node)));
                }
                node => terms.push((term.sign, node)),
            }
        }
        Node::sum(terms)
    }

    fn product(&mut self, written: &[Factor]) -> Node {
        if let [Factor { operand, optional: false, join: Join::Times | Join::Adjacent }] = written {
            return self.operand(operand);
        }
        let mut factors = Vec::with_capacity(written.len());
        for factor in written {
            let node = self.operand(&factor.operand);
            if factor.optional && node.evaluate() == Ok(1) {
                continue;
            }
            match (factor.join, node) {
                (_, Node::Product(inside)) if inside.is_empty() => {}
                (Join::Divided, node @ Node::Product(_)) => {
                    factors.push((Join::Divided, node.bracketed()));
                }
                (_, Node::Product(inside)) => factors.extend(spliced(inside)),
                (Join::Times | Join::Adjacent, Node::Sum(inside)) if inside.is_empty() => {
                    return Node::Sum(inside);
                }
                (join, node) => factors.push((join, node)),
            }
        }
        Node::product(factors)
    }

    fn operand(&mut self, operand: &Operand) -> Node {
        match operand {
            Operand::Number(value) => Node::Number(*value),
            Operand::Symbol(name) => {
                let value = self.size(name);
                Node::Symbol(Symbol { name: name.clone(), index: None, value })
            }
            Operand::List(fold, names) => self.list(*fold, names),
            Operand::Inner => self.inner(),
            Operand::Bracket(bracket, sum) => self.bracket(*bracket, sum),
        }
    }

    fn bracket(&mut self, bracket: Bracket, sum: &Sum) -> Node {
        match self.sum(sum) {
            Node::Product(factors) if factors.is_empty() || sum.adds() => Node::Product(factors),
            Node::Sum(terms) if terms.is_empty() => Node::Sum(terms),
            node @ (Node::Sum(_) | Node::Product(_)) => Node::Bracket(bracket, Box::new(node)),
            node => node,
        }
    }

    fn list(&mut self, fold: Fold, names: &[Arc<str>]) -> Node {
        let mut elements = Vec::new();
        for name in names {
            elements.extend(self.elements(name, fold == Fold::Prod));
        }
        let element = |k: usize| elements.get(k).cloned().map(Node::Symbol);
        let pair = |k: usize| Some(Node::product(all(Join::Times, [element(k)?, element(k + 1)?])));
        let count = elements.len();
        match fold {
            Fold::Prod => {
                Node::product(all(Join::Times, self.shown(count, element, u64::checked_mul)))
            }
            Fold::Sum => Node::sum(all(Sign::Plus, self.shown(count, element, u64::checked_add))),
            Fold::Pairs => {
                let count = count.saturating_sub(1);
                Node::sum(all(Sign::Plus, self.shown(count, pair, u64::checked_add)))
            }
        }
    }

    /// The elements that a name stands for. They are numbered when there are several, unless
    /// `alike` elements may share the bare name.
    pub(super) fn elements(&mut self, name: &Arc<str>, alike: bool) -> Vec<Symbol> {
        let symbol = |index, value| Symbol { name: name.clone(), index, value };
        match self.env.value(name) {
            Some(Value::List([first, rest @ ..])) => {
                let bare = rest.is_empty() || alike && rest.iter().all(|other| other == first);
                let numbered =
                    |(k, value): (usize, &u64)| symbol((!bare).then_some(k + 1), Some(*value));
                std::iter::once(first).chain(rest).enumerate().map(numbered).collect()
            }
            Some(Value::List([])) => Vec::new(),
            _ => vec![symbol(None, self.size(name))],
        }
    }

    /// `count` parts of a list, or both ends of it and what lies between as one.
    fn shown(
        &mut self,
        count: usize,
        part: impl Fn(usize) -> Option<Node>,
        combine: fn(u64, u64) -> Option<u64>,
    ) -> Vec<Node> {
        if count <= limits::FORMULA_TERMS {
            return (0..count).filter_map(part).collect();
        }
        let symbols = |k| part(k).map(|node| node.render(View::Symbols)).unwrap_or_default();
        let overflow = || Unresolved::Overflow(format!("{} … {}", symbols(0), symbols(count - 1)));
        let middle = (HEAD..count - TAIL).filter_map(&part).map(|node| node.evaluate());
        let rest = middle
            .reduce(|total, value| combine(total?, value?).ok_or_else(overflow))
            .and_then(|value| value.map_err(|error| self.note(error)).ok());
        let head = (0..HEAD).filter_map(&part);
        let tail = (count - TAIL..count).filter_map(&part);
        head.chain([Node::Rest(rest)]).chain(tail).collect()
    }

    fn inner(&mut self) -> Node {
        let Some(trees) = self.env.inner() else {
            self.miss("inner");
            return Node::Symbol(Symbol { name: "inner".into(), index: None, value: None });
        };
        let mut groups: Vec<(u64, &Tree)> = Vec::new();
        for tree in trees.iter().filter(|tree| tree.value() > 0) {
            match groups.last_mut() {
                Some((count, last)) if *last == tree => *count += 1,
                _ => groups.push((1, tree)),
            }
        }
        let group = |k: usize| {
            let (count, tree) = groups.get(k)?;
            let large = tree.root.size() > limits::FORMULA_NODES;
            let node = if large { Node::Number(tree.value()) } else { tree.root.clone() };
            Some(match node {
                node if *count > 1 => times(*count, node),
                node @ Node::Sum(_) if groups.len() > 1 => node.bracketed(),
                node => node,
            })
        };
        Node::sum(all(Sign::Plus, self.shown(groups.len(), group, u64::checked_add)))
    }

    fn holds(&self, condition: &Condition) -> bool {
        self.env.value(&condition.flag).is_some_and(Value::is_set) != condition.negated
    }

    fn size(&mut self, name: &str) -> Option<u64> {
        let found = match self.env.value(name) {
            Some(Value::Int(value) | Value::List(&[value])) => return Some(value),
            Some(Value::Flag(_)) => "a flag".to_owned(),
            Some(Value::List(values)) => format!("a list of {}", values.len()),
            None => {
                self.miss(name);
                return None;
            }
        };
        self.note(Unresolved::NotASize { symbol: name.to_owned(), found });
        None
    }

    fn miss(&mut self, name: &str) {
        if !self.missing.iter().any(|known| known == name) {
            self.missing.push(name.to_owned());
        }
    }

    fn note(&mut self, problem: Unresolved) {
        self.problem.get_or_insert(problem);
    }
}

/// The factors of a product that becomes part of another one.
fn spliced(factors: Vec<(Join, Node)>) -> impl Iterator<Item = (Join, Node)> {
    factors
        .into_iter()
        .enumerate()
        .map(|(position, (join, node))| (if position == 0 { Join::Times } else { join }, node))
}

/// `2 × …`
fn times(count: u64, node: Node) -> Node {
    let mut factors = vec![(Join::Times, Node::Number(count))];
    match node {
        Node::Product(inside) => factors.extend(spliced(inside)),
        node => factors.push((Join::Times, node)),
    }
    Node::product(factors)
}

/// All nodes under one operator.
fn all<T: Copy>(operator: T, nodes: impl IntoIterator<Item = Node>) -> Vec<(T, Node)> {
    nodes.into_iter().map(|node| (operator, node)).collect()
}
