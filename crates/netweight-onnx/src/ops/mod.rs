//! The table of operators: which input holds which weight, and which kind of layer it makes.
//!
//! A row each, by domain and name. Operators that are in no row still count: their stored
//! tensors are parameters, and the layer says that its kind is not known.

mod activation;
mod attention;
mod conv;
mod dense;
mod embedding;
mod machine_learning;
mod merge;
mod norm;
mod pool;
mod recurrent;
mod reshape;
mod rules;
mod site;

use std::collections::HashMap;
use std::sync::LazyLock;

use netweight_core::Role;
use netweight_core::rules::OperatorRule;

pub(crate) use rules::Rows;
pub(crate) use site::{Held, Site, Sizes};

/// An operator's row.
#[derive(Debug)]
pub(crate) struct Op<'r> {
    /// Empty for the standard.
    domain: &'r str,
    name: &'r str,
    /// The kind's name in the core; empty where there is none.
    pub(crate) kind: &'r str,
    /// What stored tensors are at an input.
    inputs: &'static [(usize, Use)],
    /// What they are at inputs that are not listed.
    rest: Use,
    /// What lists in attributes are; those not listed are fixed.
    attributes: &'static [(&'static str, Use)],
    /// Arguments of the kind, from attributes and from the weights' shapes.
    sizes: Measure<'r>,
}

/// How arguments of a kind come about.
#[derive(Debug, Clone, Copy)]
enum Measure<'r> {
    /// As the table has it.
    Table(fn(&Site) -> Sizes),
    /// As a rules file says, which says what its inputs are too.
    Rule(&'r OperatorRule),
}

/// What a stored tensor is at an operator's input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// A learned weight of the layer.
    Learned(Role),
    /// A learned weight beside the layer: a fused operator does more than one layer.
    Beside(Role),
    /// A weight of an operator that is not known, if its type may be a weight's.
    Unknown,
    /// A running statistic.
    Statistic(Role),
    /// What quantized values are multiplied by.
    Scale,
    /// What is taken from quantized values.
    ZeroPoint,
    /// A shape, a bound, an index: never learned.
    Fixed,
    /// A state to start from: learned only if the model says so.
    State,
    /// An operand: learned or not, as its name, values and place suggest.
    Free,
}

impl Op<'_> {
    /// What a stored tensor is at an input.
    pub(crate) fn use_of(&self, input: usize) -> Use {
        let listed = match self.sizes {
            Measure::Table(_) => {
                let listed = self.inputs.iter().find(|(index, _)| *index == input);
                listed.map(|(_, usage)| *usage)
            }
            Measure::Rule(rule) => rules::use_of(rule, input),
        };
        listed.unwrap_or(self.rest)
    }

    /// Whether the operator holds learned weights of its own.
    pub(crate) fn is_weighted(&self) -> bool {
        match self.sizes {
            Measure::Table(_) => {
                self.inputs.iter().any(|(_, usage)| matches!(usage, Use::Learned(_)))
            }
            Measure::Rule(rule) => !rule.inputs.is_empty(),
        }
    }

    /// Arguments of the kind, at a call.
    pub(crate) fn sizes(&self, site: &Site) -> Sizes {
        match self.sizes {
            Measure::Table(sizes) => sizes(site),
            Measure::Rule(rule) => rules::sizes(rule, site),
        }
    }

    /// Whether the row is a rules file's.
    pub(crate) fn is_ruled(&self) -> bool {
        matches!(self.sizes, Measure::Rule(_))
    }

    /// Whether training leaves the weights alone, as a rules file says.
    pub(crate) fn is_frozen(&self) -> bool {
        matches!(self.sizes, Measure::Rule(rule) if rule.frozen)
    }

    /// What an attribute's list is.
    pub(crate) fn use_of_attribute(&self, name: &str) -> Use {
        let listed = self.attributes.iter().find(|(known, _)| *known == name);
        listed.map_or(Use::Fixed, |(_, usage)| *usage)
    }
}

/// Domains whose operators are listed under their own name.
pub(crate) const MICROSOFT: &str = "com.microsoft";

const FAMILIES: &[&[Op<'static>]] = &[
    conv::OPS,
    dense::OPS,
    recurrent::OPS,
    norm::OPS,
    embedding::OPS,
    attention::OPS,
    activation::OPS,
    pool::OPS,
    reshape::OPS,
    merge::OPS,
    machine_learning::OPS,
];

static TABLE: LazyLock<HashMap<(&str, &str), &Op<'static>>> = LazyLock::new(|| {
    FAMILIES.iter().copied().flatten().map(|op| ((op.domain, op.name), op)).collect()
});

/// An operator's row.
pub(crate) fn find(domain: &str, name: &str) -> Option<&'static Op<'static>> {
    let domain = match domain {
        "ai.onnx" => "",
        "com.ms.internal.nhwc" => MICROSOFT,
        other => other,
    };
    TABLE.get(&(domain, name)).copied()
}

/// A row of the standard domain.
const fn op(
    name: &'static str,
    kind: &'static str,
    inputs: &'static [(usize, Use)],
    sizes: fn(&Site) -> Sizes,
) -> Op<'static> {
    let sizes = Measure::Table(sizes);
    Op { domain: "", name, kind, inputs, rest: Use::Free, attributes: &[], sizes }
}

/// An operator without weights and arguments.
const fn plain(name: &'static str, kind: &'static str) -> Op<'static> {
    op(name, kind, &[], |_| Sizes::default())
}

impl Op<'static> {
    /// The same in another domain.
    const fn in_domain(mut self, domain: &'static str) -> Self {
        self.domain = domain;
        self
    }

    /// The same with this use of stored tensors at inputs that are not listed.
    const fn rest(mut self, rest: Use) -> Self {
        self.rest = rest;
        self
    }

    /// The same with stored tensors at these inputs.
    const fn with(mut self, inputs: &'static [(usize, Use)]) -> Self {
        self.inputs = inputs;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_has_one_row_and_a_known_kind() {
        let mut seen = std::collections::HashSet::new();
        for op in FAMILIES.iter().copied().flatten() {
            assert!(seen.insert((op.domain, op.name)), "{} stands twice", op.name);
            let known = op.kind.is_empty() || netweight_core::kind::find(op.kind).is_some();
            assert!(known, "{} is of unknown kind {}", op.name, op.kind);
        }
    }
}
