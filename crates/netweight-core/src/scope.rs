//! What the symbols of a formula stand for at one layer.

use std::borrow::Cow;

use crate::formula::{Env, Tree, Value};
use crate::kind::{self, WeightRow};
use crate::site::Site;
use crate::{Arg, Args};

/// What the symbols of a kind's formula stand for at a layer.
pub(crate) struct Scope<'s> {
    values: Vec<(&'s str, Settled)>,
    inner: Option<Vec<Tree>>,
}

enum Settled {
    Int(u64),
    List(Vec<u64>),
    Flag(bool),
}

impl Settled {
    /// What an argument is to a formula; none where a size is below zero.
    fn of(arg: &Arg) -> Option<Self> {
        let size = |value: &i64| u64::try_from(*value).ok();
        match arg {
            Arg::Int(value) => size(value).map(Self::Int),
            Arg::List(list) => list.iter().map(size).collect::<Option<_>>().map(Self::List),
            Arg::Flag(flag) => Some(Self::Flag(*flag)),
            Arg::Text(_) => Some(Self::Flag(true)),
        }
    }
}

impl<'s> Scope<'s> {
    /// Arguments under their own names.
    pub(crate) fn named(args: &'s Args) -> Self {
        let values = args.iter().filter_map(|(name, arg)| Some((name, Settled::of(arg)?)));
        Self { values: values.collect(), inner: None }
    }

    /// The arguments of a kind of the catalogue under the formula's letters.
    pub(crate) fn of(site: &Site<'_>) -> Self {
        let mut values = Vec::with_capacity(site.kind.args.len());
        for row in site.kind.args {
            let settled = match site.args.get(row.name) {
                Some(arg) => Settled::of(arg),
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
            let is_set = |flag: &str| self.value(flag).is_some_and(Value::is_set);
            flag.strip_prefix('!').map_or_else(|| is_set(flag), |flag| !is_set(flag))
        })
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

impl Env for Scope<'_> {
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
