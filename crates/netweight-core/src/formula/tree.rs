//! The arithmetic for given sizes: its value, and the steps to it.
use std::sync::Arc;

use super::error::Unresolved;
use super::render::View;
use super::syntax::{Bracket, Join, Sign};

/// A formula with its sizes filled in. It always has a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    pub(super) root: Node,
    value: u64,
}

impl Tree {
    pub(super) fn new(root: Node) -> Result<Self, Unresolved> {
        let value = root.evaluate()?;
        Ok(Self { root, value })
    }

    /// The number it comes to.
    pub fn value(&self) -> u64 {
        self.value
    }

    /// In symbols: `g × [h(h + i) + h]`.
    pub fn symbols(&self) -> String {
        self.root.render(View::Symbols)
    }

    /// In numbers: `4 × [2(2 + 3) + 2]`.
    pub fn numbers(&self) -> String {
        self.root.render(View::Numbers)
    }

    /// From the numbers to the value. Each step does every sum and product whose parts are
    /// all plain numbers by then.
    pub fn steps(&self) -> Vec<String> {
        let mut steps = vec![self.numbers()];
        let mut next = self.root.step();
        while let Some(node) = next {
            steps.push(node.render(View::Numbers));
            next = node.step();
        }
        steps
    }

    /// The symbols that show, in order of appearance, each with the values it has there: one
    /// for a size, several for a list.
    ///
    /// ```
    /// use netweight_core::formula::{Formula, Value::{Int, List}};
    /// let chain = Formula::parse("n? × (pairs(i, h))")?;
    /// let tree = chain.expand(&[("i", Int(3)), ("h", List(&[5, 2])), ("n", Int(1))])?;
    /// assert_eq!(tree.symbols(), "i × h₁ + h₁ × h₂");
    /// assert_eq!(tree.sizes_shown(), [("i", vec![3]), ("h", vec![5, 2])]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sizes_shown(&self) -> Vec<(&str, Vec<u64>)> {
        let mut symbols = Vec::new();
        self.root.symbols(&mut symbols);
        let mut sizes: Vec<(&str, Vec<u64>)> = Vec::new();
        for Symbol { name, value, .. } in symbols {
            match sizes.iter_mut().find(|(known, _)| **known == **name) {
                Some((_, values)) => values.extend(value),
                None => sizes.push((name, value.iter().copied().collect())),
            }
        }
        sizes
    }
}

/// Sums and products of numbers and symbols. The empty sum is 0, the empty product is 1:
/// what is left of optional parts that are all gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Number(u64),
    Symbol(Symbol),
    /// The middle of a long list, `…`, and what it comes to.
    Rest(Option<u64>),
    Sum(Vec<(Sign, Node)>),
    Product(Vec<(Join, Node)>),
    Bracket(Bracket, Box<Node>),
}

/// A size by its name: `h`, `h₂`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Symbol {
    pub(super) name: Arc<str>,
    /// Its place in its list, from 1, where that tells it from others.
    pub(super) index: Option<usize>,
    pub(super) value: Option<u64>,
}

impl Node {
    /// These terms added up; one alone is itself.
    pub(super) fn sum(mut terms: Vec<(Sign, Node)>) -> Node {
        if let [(Sign::Plus, _)] = terms.as_slice()
            && let Some((_, only)) = terms.pop()
        {
            return only;
        }
        Node::Sum(terms)
    }

    /// These factors multiplied; one alone is itself, sums get the brackets they need.
    pub(super) fn product(mut factors: Vec<(Join, Node)>) -> Node {
        if let Some((Join::Divided, _)) = factors.first() {
            factors.insert(0, (Join::Times, Node::Number(1)));
        }
        if let [_] = factors.as_slice()
            && let Some((_, only)) = factors.pop()
        {
            return only;
        }
        let bracketed = |(join, node)| match node {
            Node::Sum(_) => (join, node.bracketed()),
            node => (join, node),
        };
        Node::Product(factors.into_iter().map(bracketed).collect())
    }

    /// Whether nothing is left of it.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Node::Sum(terms) => terms.is_empty(),
            Node::Product(factors) => factors.is_empty(),
            _ => false,
        }
    }

    /// The value of a node that has no operation left to do.
    fn plain(&self) -> Option<u64> {
        match self {
            Node::Number(value) => Some(*value),
            Node::Symbol(symbol) => symbol.value,
            Node::Rest(value) => *value,
            Node::Sum(terms) => terms.is_empty().then_some(0),
            Node::Product(factors) => factors.is_empty().then_some(1),
            Node::Bracket(..) => None,
        }
    }

    /// The value. Every part of it must be a whole number that 64 bits hold; on the way from
    /// left to right through one sum or product it may be out of that range.
    pub(super) fn evaluate(&self) -> Result<u64, Unresolved> {
        match self {
            Node::Sum(terms) => self.add(terms),
            Node::Product(factors) => self.multiply(factors),
            Node::Bracket(_, node) => node.evaluate(),
            Node::Number(_) | Node::Symbol(_) | Node::Rest(_) => {
                self.plain().ok_or_else(|| Unresolved::Missing(vec![self.render(View::Symbols)]))
            }
        }
    }

    fn add(&self, terms: &[(Sign, Node)]) -> Result<u64, Unresolved> {
        let mut total = 0i128;
        for (sign, node) in terms {
            let value = i128::from(node.evaluate()?);
            total = match sign {
                Sign::Plus => total.checked_add(value),
                Sign::Minus => total.checked_sub(value),
            }
            .ok_or_else(|| self.overflow())?;
        }
        if total < 0 {
            return Err(Unresolved::Negative(self.render(View::Symbols)));
        }
        u64::try_from(total).map_err(|_| self.overflow())
    }

    fn multiply(&self, factors: &[(Join, Node)]) -> Result<u64, Unresolved> {
        let mut total = 1u128;
        for (position, (join, node)) in factors.iter().enumerate() {
            let value = node.evaluate()?;
            if *join != Join::Divided {
                total = total.checked_mul(value.into()).ok_or_else(|| self.overflow())?;
            } else if value != 0 && total.is_multiple_of(value.into()) {
                total /= u128::from(value);
            } else {
                let before = factors.iter().take(position).cloned().collect();
                return Err(Unresolved::Uneven {
                    numerator: total,
                    numerator_symbols: Node::Product(before).render(View::Symbols),
                    denominator: value,
                    denominator_symbols: node.render(View::Symbols),
                });
            }
        }
        u64::try_from(total).map_err(|_| self.overflow())
    }

    fn overflow(&self) -> Unresolved {
        Unresolved::Overflow(self.render(View::Symbols))
    }

    /// The same with every operation done that has only plain numbers to work on; `None` when
    /// nothing is left to do.
    fn step(&self) -> Option<Node> {
        let after = |node: &Node| node.step().unwrap_or_else(|| node.clone());
        match self {
            _ if self.plain().is_some() => None,
            Node::Sum(terms) if terms.iter().any(|(_, node)| node.plain().is_none()) => {
                Some(Node::Sum(terms.iter().map(|(sign, node)| (*sign, after(node))).collect()))
            }
            Node::Product(factors) if factors.iter().any(|(_, node)| node.plain().is_none()) => {
                Some(Node::Product(
                    factors.iter().map(|(join, node)| (*join, after(node))).collect(),
                ))
            }
            Node::Bracket(bracket, node) => Some(match after(node) {
                number @ Node::Number(_) => number,
                node => Node::Bracket(*bracket, Box::new(node)),
            }),
            _ => self.evaluate().ok().map(Node::Number),
        }
    }

    /// The same in brackets, of the kind that it does not yet hold.
    pub(super) fn bracketed(self) -> Node {
        let bracket = match (self.holds(Bracket::Round), self.holds(Bracket::Square)) {
            (true, false) => Bracket::Square,
            _ => Bracket::Round,
        };
        Node::Bracket(bracket, Box::new(self))
    }

    fn holds(&self, bracket: Bracket) -> bool {
        matches!(self, Node::Bracket(own, _) if *own == bracket)
            || self.parts().any(|node| node.holds(bracket))
    }

    /// How many nodes it is made of.
    pub(super) fn size(&self) -> usize {
        1 + self.parts().map(Node::size).sum::<usize>()
    }

    fn symbols<'n>(&'n self, found: &mut Vec<&'n Symbol>) {
        if let Node::Symbol(symbol) = self
            && !found.contains(&symbol)
        {
            found.push(symbol);
        }
        self.parts().for_each(|node| node.symbols(found));
    }

    fn parts(&self) -> Box<dyn Iterator<Item = &Node> + '_> {
        match self {
            Node::Number(_) | Node::Symbol(_) | Node::Rest(_) => Box::new(std::iter::empty()),
            Node::Sum(terms) => Box::new(terms.iter().map(|(_, node)| node)),
            Node::Product(factors) => Box::new(factors.iter().map(|(_, node)| node)),
            Node::Bracket(_, node) => Box::new(std::iter::once(node.as_ref())),
        }
    }
}
