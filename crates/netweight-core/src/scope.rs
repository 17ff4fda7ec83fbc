//! What the symbols of a formula stand for at one layer.

use std::borrow::Cow;

use crate::Arg;
use crate::formula::{Env, Tree, Value};
use crate::kind::{self, WeightRow};
use crate::site::Site;

/// What the symbols of a kind's formula stand for at a site.
pub(crate) struct Scope {
    values: Vec<(&'static str, Settled)>,
    inner: Option<Vec<Tree>>,
}

enum Settled {
    Int(u64),
    List(Vec<u64>),
    Flag(bool),
}

impl Scope {
    pub(crate) fn of(site: &Site<'_>) -> Self {
        let mut values = Vec::with_capacity(site.kind.args.len());
        for row in site.kind.args {
            let settled = match site.args.get(row.name) {
                Some(Arg::Int(value)) => u64::try_from(*value).ok().map(Settled::Int),
                Some(Arg::List(list)) => {
                    let sizes: Result<Vec<u64>, _> =
                        list.iter().map(|size| u64::try_from(*size)).collect();
                    sizes.ok().map(Settled::List)
                }
                Some(Arg::Flag(flag)) => Some(Settled::Flag(*flag)),
                Some(Arg::Text(_)) => Some(Settled::Flag(true)),
                // What may be absent is off when it is; what is required stays unknown.
                None => {
                    matches!(row.default, kind::Fallback::Absent).then_some(Settled::Flag(false))
                }
            };
            values.extend(settled.map(|settled| (row.symbol, settled)));
        }
        let owners = site.inner.iter().filter(|inner| !inner.shared);
        let inner = owners.map(|inner| match inner.kind {
            Some(kind) if kind.has_parameters() => inner.tree.clone().map(Some),
            Some(_) => Some(None),
            // A kind of the file's own.
            None => inner.tree.clone().map(Some),
        });
        let inner: Option<Vec<Option<Tree>>> = inner.collect();
        Self { values, inner: inner.map(|trees| trees.into_iter().flatten().collect()) }
    }

    /// Whether a weight exists under the flags.
    pub(crate) fn holds(&self, row: &WeightRow) -> bool {
        row.when.split(' ').filter(|word| !matches!(*word, "" | "&&")).all(|flag| {
            match flag.strip_prefix('!') {
                Some(flag) => !self.truthy(flag),
                None => self.truthy(flag),
            }
        })
    }

    fn truthy(&self, symbol: &str) -> bool {
        match self.value(symbol) {
            Some(Value::Int(value)) => value != 0,
            Some(Value::List(list)) => !list.is_empty(),
            Some(Value::Flag(flag)) => flag,
            None => false,
        }
    }

    pub(crate) fn directions(&self) -> u64 {
        match self.value("d") {
            Some(Value::Int(directions)) => directions,
            _ => 1,
        }
    }

    /// A weight's name, once for each direction.
    pub(crate) fn by_direction(&self, row: &WeightRow) -> impl Iterator<Item = Cow<'static, str>> {
        let count = usize::try_from(self.directions()).unwrap_or(1).max(1);
        (0..count).map(move |index| match (count, index % 2) {
            (1, _) => row.name.into(),
            (_, 0) => format!("forward {}", row.name).into(),
            _ => format!("backward {}", row.name).into(),
        })
    }

    /// The chain of sizes i, h, o taken pair by pair; nothing where one is not known.
    pub(crate) fn links(&self, row: &WeightRow) -> Vec<(String, Self)> {
        let mut chain = Vec::new();
        for symbol in ["i", "h", "o"] {
            match self.value(symbol) {
                Some(Value::Int(size)) => chain.push(size),
                Some(Value::List(sizes)) => chain.extend(sizes),
                Some(Value::Flag(false)) => {}
                Some(Value::Flag(true)) | None => return Vec::new(),
            }
        }
        let pairs = chain.iter().zip(chain.iter().skip(1)).enumerate();
        pairs
            .map(|(index, (a, b))| {
                let mut scope = Self { values: Vec::new(), inner: None };
                scope.values.extend([("a", Settled::Int(*a)), ("b", Settled::Int(*b))]);
                (format!("{} {}", row.name, index.saturating_add(1)), scope)
            })
            .collect()
    }
}

impl Env for Scope {
    fn value(&self, symbol: &str) -> Option<Value<'_>> {
        let (_, settled) = self.values.iter().find(|(known, _)| *known == symbol)?;
        Some(match settled {
            Settled::Int(value) => Value::Int(*value),
            Settled::List(list) => Value::List(list),
            Settled::Flag(flag) => Value::Flag(*flag),
        })
    }

    fn inner(&self) -> Option<&[Tree]> {
        self.inner.as_deref()
    }
}
