//! Operators that no row is for, and rows that a person added: what there is to say about both.

use std::collections::HashSet;

use netweight_core::{Category, Diagnostic};

use crate::category::Categories;
use crate::graph::CallId;
use crate::ops::{self, Site};
use crate::plan::{Context, Plan};

/// Operators that are told; a file that has more of them repeats itself.
const TOLD: usize = 20;

/// Notes on operators without a row whose weights count by their shapes, on rows of a rules file
/// that go before the table's, and on such rows that do not fit.
pub(crate) fn findings(context: &Context, plan: &Plan, categories: &Categories) -> Vec<Diagnostic> {
    let mut told = HashSet::new();
    let mut findings = Vec::new();
    for call in context.wiring.ids().filter(|call| plan.is_layer(context, *call)) {
        if findings.len() >= TOLD {
            break;
        }
        let operator = Operator::of(context, call);
        if told.contains(&operator) {
            continue;
        }
        let found = match context.op(call) {
            None => operator.unknown(context, categories, call),
            Some(op) if op.is_ruled() => operator.misfit(context, call),
            Some(_) => None,
        };
        if let Some(found) = found {
            told.insert(operator);
            findings.push(found);
        }
    }
    findings.extend(instead(context));
    findings
}

/// An operator by its names.
#[derive(PartialEq, Eq, Hash)]
struct Operator<'f> {
    domain: &'f str,
    name: &'f str,
}

impl<'f> Operator<'f> {
    fn of(context: &Context<'f>, call: CallId) -> Self {
        let domain = context.wiring.call(call).map_or("", |c| context.wiring.text(c.node.domain));
        Self { domain, name: context.wiring.op(call) }
    }

    /// As people write it.
    fn title(&self) -> String {
        match self.domain {
            "" => self.name.to_owned(),
            domain => format!("{domain}::{}", self.name),
        }
    }

    fn unknown(
        &self,
        context: &Context,
        categories: &Categories,
        call: CallId,
    ) -> Option<Diagnostic> {
        let inputs = context.wiring.call(call).map_or(0, |call| call.inputs.len());
        let weights: Vec<String> = (0..inputs)
            .filter_map(|input| {
                let fixed = context.fixed_input(call, input)?;
                let learned = fixed.sources.iter().any(|source| {
                    categories.of_tensor(source.tensor).is_some_and(Category::is_parameter)
                });
                let is_vector = fixed.dims.as_ref().is_some_and(|dims| dims.len() < 2);
                let word = if is_vector { "bias" } else { "kernel" };
                learned.then(|| format!("{input}: {word}"))
            })
            .collect();
        if weights.is_empty() {
            return None;
        }
        let domain = match self.domain {
            "" => String::new(),
            domain => format!("domain: {domain:?}, "),
        };
        let what = format!(
            "`{}` is no operator known here; its weights count by their shapes",
            self.title()
        );
        let help = format!(
            "give it a row in a --rules file, and its kind if it has one: operators: [{{{domain}operator: {:?}, inputs: {{{}}}}}]",
            self.name,
            weights.join(", ")
        );
        Some(Diagnostic::note("onnx/unknown-operator", what).help(help))
    }

    fn misfit(&self, context: &Context, call: CallId) -> Option<Diagnostic> {
        let Context { wiring, shapes, trace, .. } = context;
        let site = Site { wiring, shapes, trace, call, held: &[] };
        let op = context.op(call).filter(|op| op.sizes(&site).misfit)?;
        let what = format!(
            "the weights of `{}` have other shapes than its rule says; they count by their shapes",
            self.title()
        );
        let help = format!(
            "say what their dimensions are: inputs: {{0: {{weight: …, shape: […]}}}}; `netweight kinds {}` has the usual ones",
            op.kind
        );
        Some(Diagnostic::warning("rules/shape", what).help(help))
    }
}

/// Rows of a rules file that stand in the place of the table's.
fn instead(context: &Context) -> Option<Diagnostic> {
    let ruled =
        context.wiring.ids().filter(|call| context.op(*call).is_some_and(ops::Op::is_ruled));
    let mut names: Vec<String> = ruled
        .map(|call| Operator::of(context, call))
        .filter(|operator| ops::find(operator.domain, operator.name).is_some())
        .map(|operator| format!("`{}`", operator.title()))
        .collect();
    names.sort_unstable();
    names.dedup();
    names.truncate(TOLD);
    let what =
        format!("the rules file's rows are taken for {}, not the built-in ones", names.join(", "));
    (!names.is_empty()).then(|| Diagnostic::note("rules/instead", what))
}
