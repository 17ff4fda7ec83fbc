//! A formula as written: sums of products, before any size is known.
use std::sync::Arc;

/// Terms that are added or taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sum(pub(super) Vec<Term>);

/// A product and what it depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) sign: Sign,
    pub(super) factors: Vec<Factor>,
    pub(super) conditions: Vec<Condition>,
}

/// One factor of a product, with the operator before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Factor {
    pub(super) join: Join,
    pub(super) operand: Operand,
    /// Goes unsaid when it is 1.
    pub(super) optional: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Operand {
    Number(u64),
    Symbol(Arc<str>),
    List(Fold, Vec<Arc<str>>),
    Inner,
    Bracket(Bracket, Sum),
}

/// `{flag}` or `{!flag}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) flag: String,
    pub(super) negated: bool,
}

/// What becomes of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fold {
    Prod,
    Sum,
    Pairs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Plus,
    Minus,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    Times,
    Divided,
    /// A bracket right behind a factor: times, without a sign.
    Adjacent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bracket {
    Round,
    Square,
}

impl Sum {
    /// Whether the author wrote an addition, which may come down to one product; `(f × f)` is
    /// one from the start, and its brackets are meant.
    pub(super) fn adds(&self) -> bool {
        match self.0.as_slice() {
            [Term { factors, .. }] => matches!(
                factors.as_slice(),
                [Factor {
                    operand: Operand::List(Fold::Sum | Fold::Pairs, _) | Operand::Inner,
                    ..
                }]
            ),
            _ => true,
        }
    }

    /// The symbol that this is, when it is nothing more.
    pub(super) fn lone_symbol(&self) -> Option<Arc<str>> {
        let [Term { factors, conditions, .. }] = self.0.as_slice() else { return None };
        match (factors.as_slice(), conditions.as_slice()) {
            ([Factor { operand: Operand::Symbol(name), optional: false, .. }], []) => {
                Some(name.clone())
            }
            _ => None,
        }
    }

    pub(super) fn symbols<'s>(&'s self, found: &mut Vec<&'s str>) {
        for operand in self.operands() {
            match operand {
                Operand::Number(_) | Operand::Inner => {}
                Operand::Symbol(name) => add(found, name),
                Operand::List(_, names) => names.iter().for_each(|name| add(found, name)),
                Operand::Bracket(_, sum) => sum.symbols(found),
            }
        }
    }

    pub(super) fn flags<'s>(&'s self, found: &mut Vec<&'s str>) {
        for term in &self.0 {
            for Factor { operand, .. } in &term.factors {
                if let Operand::Bracket(_, sum) = operand {
                    sum.flags(found);
                }
            }
            term.conditions.iter().for_each(|condition| add(found, &condition.flag));
        }
    }

    fn operands(&self) -> impl Iterator<Item = &Operand> {
        self.0.iter().flat_map(|term| &term.factors).map(|factor| &factor.operand)
    }
}

/// Adds a name unless it is there.
pub(super) fn add<'s>(found: &mut Vec<&'s str>, name: &'s str) {
    if !found.contains(&name) {
        found.push(name);
    }
}
