//! Rows that a person adds: what a rules file says, as rows of the table.

use std::collections::HashMap;

use netweight_core::kind::{self, ArgRow, Fallback, Kind};
use netweight_core::rules::{Given, InputRule, OperatorRule, Place, Rules};
use netweight_core::{Arg, Role};

use super::{Measure, Op, Site, Sizes, Use, plain};

/// The rows of a rules file, before those of the table.
pub(crate) struct Rows<'r>(HashMap<(&'r str, &'r str), Op<'r>>);

impl<'r> Rows<'r> {
    pub(crate) fn of(rules: &'r Rules) -> Self {
        let rows = rules.operators.iter().rev().map(|rule| {
            let op = Op { sizes: Measure::Rule(rule), ..plain("", "") };
            let (domain, name, kind) = (&*rule.domain, &*rule.operator, &*rule.kind);
            ((domain, name), Op { domain, name, kind, ..op })
        });
        Self(rows.collect())
    }

    /// An operator's row: a rule's, else the table's.
    pub(crate) fn find(&'r self, domain: &'r str, name: &'r str) -> Option<&'r Op<'r>> {
        let standard = if domain == "ai.onnx" { "" } else { domain };
        self.0.get(&(standard, name)).or_else(|| super::find(domain, name))
    }
}

/// What a stored tensor is at an input.
pub(super) fn use_of(rule: &OperatorRule, input: usize) -> Option<Use> {
    let listed = rule.inputs.iter().find(|listed| listed.index == input)?;
    Some(match listed.role {
        Role::Scale => Use::Scale,
        Role::ZeroPoint => Use::ZeroPoint,
        Role::Constant => Use::Fixed,
        role if role.is_statistic() => Use::Statistic(role),
        role => Use::Learned(role),
    })
}

/// Arguments as the rule says, and sizes as the weights have them.
pub(super) fn sizes(rule: &OperatorRule, site: &Site) -> Sizes {
    let Some(kind) = kind::find(&rule.kind) else { return Sizes::default() };
    let mut sizes = Sizes::default();
    for given in &rule.args {
        let Some(row) = kind.arg(&given.arg) else { continue };
        let value = match &given.given {
            Given::Value(value) => Some(value.clone()),
            Given::Keys(names) => names.iter().find_map(|name| attribute(site, name)),
        };
        sizes = sizes.state(row.name, value.map(|value| as_stated(row, value)));
    }
    for row in kind.args.iter().filter(|row| is_flag(row)) {
        let open = sizes.args.get(row.name).is_none();
        if open && kind.weights.iter().any(|weight| weight.when == row.symbol) {
            let there = |input: &InputRule| {
                input.when.as_deref() == Some(row.symbol) && site.fixed(input.index).is_some()
            };
            sizes = sizes.state(row.name, Some(rule.inputs.iter().any(there)));
        }
    }
    for input in &rule.inputs {
        let (Some(places), Some(dims)) = (&input.shape, site.fixed(input.index)) else { continue };
        let Some(found) = measure(places, dims, kind, &sizes) else { return Sizes::misfit() };
        for (name, value) in found {
            if sizes.measured.get(name).is_some_and(|known| *known != value) {
                return Sizes::misfit();
            }
            sizes.measured.set(name, value);
        }
    }
    sizes
}

fn is_flag(row: &ArgRow) -> bool {
    matches!(row.default, Fallback::Is(Arg::Flag(_)))
}

/// Graphs say flags as numbers.
fn as_stated(row: &ArgRow, value: Arg) -> Arg {
    match value {
        Arg::Int(number) if is_flag(row) => Arg::Flag(number != 0),
        value => value,
    }
}

fn attribute(site: &Site, name: &str) -> Option<Arg> {
    let list = || site.ints(name).map(Arg::from);
    let word = || site.word(name).map(|word| Arg::from(word.to_owned()));
    site.int(name).map(Arg::Int).or_else(list).or_else(word)
}

/// A weight's dimensions as arguments of its kind; none where they are not as expected.
fn measure(
    places: &[Place],
    dims: &[u64],
    kind: &Kind,
    known: &Sizes,
) -> Option<Vec<(&'static str, Arg)>> {
    let name = |arg: &str| kind.arg(arg).map(|row| row.name);
    let many = places.iter().any(|place| matches!(place, Place::Rest(_)));
    let rest = (dims.len() + usize::from(many)).checked_sub(places.len())?;
    if !many && rest > 0 {
        return None;
    }
    let mut dims = dims.iter().copied();
    let mut found = Vec::new();
    for place in places {
        match place {
            Place::Rest(arg) => {
                let sizes: Vec<u64> = dims.by_ref().take(rest).collect();
                found.push((name(arg)?, Arg::sizes(&sizes)?));
            }
            Place::Arg(arg) => found.push((name(arg)?, Arg::size(dims.next()?)?)),
            Place::Share(arg, parts) => {
                let row = kind.arg(parts)?;
                let parts = known.args.size(row.name).or(match row.default {
                    Fallback::Is(Arg::Int(parts)) => u64::try_from(parts).ok(),
                    _ => None,
                })?;
                found.push((name(arg)?, Arg::size(dims.next()?.checked_mul(parts)?)?));
            }
            Place::Size(size) => _ = dims.next().filter(|dim| dim == size)?,
            Place::Any => _ = dims.next()?,
        }
    }
    Some(found)
}
