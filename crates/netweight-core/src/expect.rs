//! What a file says that a count must come to, and whether it does.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::analysis::{Counts, LayerAnalysis};
use crate::{Diagnostic, Model, grouped};

/// What some of a model's layers must come to together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Expectation {
    /// The layer or group that it speaks of; none for the whole model.
    pub place: Option<String>,
    /// Their rows in the model.
    pub rows: Range<usize>,
    /// All parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<u64>,
    /// Those that training changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trainable: Option<u64>,
    /// Running statistics and frozen weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub non_trainable: Option<u64>,
}

/// An error for each expectation that the counts do not meet.
pub(crate) fn check(model: &Model, layers: &[LayerAnalysis]) -> Vec<Diagnostic> {
    model.expectations.iter().flat_map(|expected| unmet(expected, layers)).collect()
}

fn unmet(expected: &Expectation, layers: &[LayerAnalysis]) -> Vec<Diagnostic> {
    let rows = layers.get(expected.rows.clone()).unwrap_or_default();
    let sum = |sum: Counts, layer: &LayerAnalysis| Some(sum.and(layer.counts?));
    let counts = rows.iter().try_fold(Counts::default(), sum);
    let of = |of: fn(&Counts) -> u64| counts.as_ref().map(of);
    let compared = [
        ("parameters", expected.parameters, of(Counts::parameters)),
        ("trainable parameters", expected.trainable, of(|counts| counts.trainable)),
        ("non-trainable parameters", expected.non_trainable, of(|counts| counts.non_trainable)),
    ];
    let unmet = compared.into_iter().filter_map(|(what, expected, found)| {
        let expected = expected.filter(|expected| found != Some(*expected))?;
        Some(mismatch(what, expected, found))
    });
    unmet
        .map(|problem| match &expected.place {
            Some(place) => problem.at(place.clone()),
            None => problem,
        })
        .collect()
}

fn mismatch(what: &str, expected: u64, found: Option<u64>) -> Diagnostic {
    let Some(found) = found else {
        let message = format!("expected {} {what}, but the count is not known", grouped(expected));
        return Diagnostic::error("expect/unknown", message);
    };
    let by = grouped(found.abs_diff(expected));
    let direction = if found > expected { "more" } else { "fewer" };
    let message = format!(
        "expected {} {what}, counted {}: {by} {direction}",
        grouped(expected),
        grouped(found)
    );
    Diagnostic::error("expect/mismatch", message)
}
