//! Formula and tensors of a layer whose arguments are settled.

use std::borrow::Cow;

use super::{Evaluated, Expected, Missing, frozen};
use crate::formula::{Formula, Unresolved};
use crate::kind::{Compiled, Each};
use crate::model::own_name;
use crate::scope::Scope;
use crate::site::Site;
use crate::{Layer, limits};

impl Evaluated {
    /// Training leaves the weights of a frozen layer alone.
    pub(super) fn freeze(&mut self, layer: &Layer) {
        if layer.frozen {
            self.weights.iter_mut().for_each(|weight| weight.category = frozen(weight.category));
        }
    }

    /// Where stated sizes make no sense together, those of the weights stand for the ones that
    /// they contradict, so that there is a count to compare with.
    pub(super) fn count_as_measured(
        &mut self,
        compiled: &'static Compiled,
        site: &mut Site<'_>,
        layer: &Layer,
    ) {
        for name in &self.contradicted {
            if let Some(measured) = layer.measured.get(name) {
                site.args.set(*name, measured.clone());
            }
        }
        let problems = std::mem::take(&mut self.problems);
        self.weights.clear();
        self.count(compiled, site, layer);
        self.problems = problems;
    }

    /// The arithmetic, or what stands in its way; `missing` tells what a symbol is.
    pub(crate) fn expand(
        &mut self,
        formula: &Formula,
        scope: &Scope<'_>,
        missing: impl Fn(&str) -> Option<Missing>,
    ) {
        match formula.expand(scope) {
            Ok(tree) => {
                self.tree = Some(tree);
                return;
            }
            Err(Unresolved::Missing(symbols)) => {
                self.missing = symbols.iter().filter_map(|symbol| missing(symbol)).collect();
            }
            Err(problem @ Unresolved::Overflow(_)) => self.too_large.push(problem.to_string()),
            Err(problem) => self.problems.push(problem.to_string()),
        }
        self.symbols = Some(formula.symbols_only(scope));
    }

    /// Formula and weights under the settled arguments.
    pub(super) fn count(&mut self, compiled: &'static Compiled, site: &Site<'_>, layer: &Layer) {
        if compiled.formula.is_none() && compiled.kind.weights.is_empty() && layer.inner.is_empty()
        {
            return;
        }
        let scope = Scope::of(site);
        let mut rows = compiled.kind.weights.iter();
        let directions = scope.directions();
        if directions > limits::DIRECTIONS && rows.any(|row| matches!(row.each, Each::Direction)) {
            let most = limits::DIRECTIONS;
            self.problems.push(format!("{directions} directions, expected at most {most}"));
            return;
        }
        if let Some(formula) = &compiled.formula {
            self.expand(formula, &scope, |symbol| compiled.kind.arg(symbol).map(Missing::from));
        }
        for (wrapped, inner) in layer.inner.iter().zip(&site.inner) {
            if inner.shared {
                continue;
            }
            let named = |weight: &Expected| {
                let mut weight = weight.clone();
                // One alone needs no name beside its weights'.
                if site.inner.len() > 1 {
                    weight.name = format!("{} {}", own_name(&wrapped.path), weight.name).into();
                }
                weight
            };
            self.weights.extend(inner.weights.iter().map(named));
        }
        for (row, shape) in compiled.kind.weights.iter().zip(&compiled.shapes) {
            let Some(shape) = shape.as_ref().filter(|_| scope.holds(row)) else { continue };
            let mut add = |name: Cow<'static, str>, scope: &Scope| {
                let shape = shape.evaluate(scope).ok();
                self.weights.push(Expected { name, role: row.role, category: row.category, shape });
            };
            match row.each {
                Each::Once => add(row.name.into(), &scope),
                Each::Direction => scope.by_direction(row).for_each(|name| add(name, &scope)),
                Each::Link => {
                    scope.links(row).into_iter().for_each(|(name, link)| add(name.into(), &link));
                }
            }
        }
    }
}
