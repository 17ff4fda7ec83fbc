//! The skeleton read back as it would be written, and mended where it does not count the same.

use netweight_core::{
    Analysis, Arg, Args, Counts, ImportOptions, Layer, LayerAnalysis, OwnArg, OwnKind, OwnWeight,
    analyze, elements,
};
use netweight_markup::{Limits, Problems, parse_yaml};

use super::skeleton::{Skeleton, said};
use super::text;
use crate::reader;

/// How often a row can be mended: its sizes stated, then its bare number of parameters; and once
/// more where that changes what others see.
const ATTEMPTS: usize = 4;

/// States what reading back does not give by itself.
pub(super) fn settle(skeleton: &mut Skeleton, analysis: &Analysis<'_>) {
    let mut sizes_stated = vec![false; skeleton.rows.len()];
    for _ in 0..ATTEMPTS {
        let (text, starts) = text::flat(analysis, skeleton);
        let Ok(document) = parse_yaml("spec.yaml", text.as_bytes(), &Limits::SPEC) else { return };
        let wrong = match reader::read(&document, &ImportOptions::default()) {
            Ok(model) => {
                let found = analyze(&model);
                let rows = found.layers.iter().skip(skeleton.inputs.len()).zip(&skeleton.rows);
                let differ =
                    rows.enumerate().filter(|(_, (found, row))| found.counts != Some(row.counts));
                differ.map(|(index, _)| index).collect()
            }
            Err(problems) => {
                let wrong = skeleton.alike(&told(&problems, &starts));
                wrong.iter().for_each(|index| mark(&mut sizes_stated, *index));
                wrong
            }
        };
        if wrong.is_empty() {
            return;
        }
        for index in wrong {
            if sizes_stated.get(index) == Some(&false) {
                mark(&mut sizes_stated, index);
                skeleton.state_sizes(index, analysis);
            } else {
                skeleton.state_parameters(index, analysis);
            }
        }
    }
}

fn mark(marks: &mut [bool], index: usize) {
    if let Some(mark) = marks.get_mut(index) {
        *mark = true;
    }
}

/// The rows that problems are about, by where rows start in the text.
fn told(problems: &Problems, starts: &[usize]) -> Vec<usize> {
    let row = |at: usize| starts.partition_point(|start| *start <= at).checked_sub(1);
    let mut rows: Vec<usize> = problems.iter().filter_map(|told| row(told.span.start)).collect();
    rows.dedup();
    rows
}

impl Skeleton {
    /// These rows and all that say the same: a reader tells only so many problems at a time.
    fn alike(&self, told: &[usize]) -> Vec<usize> {
        let said = |layer: &Layer| (layer.kind.clone(), layer.args.clone());
        let wrong: Vec<_> =
            told.iter().filter_map(|index| Some(said(&self.rows.get(*index)?.layer))).collect();
        let rows = self.rows.iter().enumerate();
        rows.filter(|(_, row)| wrong.contains(&said(&row.layer))).map(|(index, _)| index).collect()
    }

    fn state_sizes(&mut self, index: usize, analysis: &Analysis<'_>) {
        let Some(row) = self.rows.get_mut(index) else { return };
        let Some(found) = analysis.layers.get(row.from) else { return };
        row.layer = said(&row.layer, &found.evaluated, analysis, true);
    }

    /// A parameter of the size that the row counts.
    fn state_parameters(&mut self, index: usize, analysis: &Analysis<'_>) {
        let Some(row) = self.rows.get_mut(index) else { return };
        let Counts { trainable, non_trainable } = row.counts;
        let shape = analysis.layers.get(row.from).and_then(only_shape);
        let parameter = |count: u64| Layer {
            args: Args::default().with("shape", shape.clone().unwrap_or(Arg::Int(signed(count)))),
            ..Layer::new("", "parameter", "parameter")
        };
        row.word = "parameter".to_owned();
        row.owner = None;
        match (trainable, non_trainable) {
            (0, 0) => {
                row.word = "identity".to_owned();
                row.layer = Layer::new("", "identity", "identity");
                row.sources.truncate(1);
            }
            (count, 0) => row.layer = parameter(count),
            (0, count) => row.layer = Layer { frozen: true, ..parameter(count) },
            (trainable, non_trainable) => {
                row.word = MIXED.to_owned();
                row.layer = Layer {
                    args: Args::default()
                        .with("t", signed(trainable))
                        .with("n", signed(non_trainable)),
                    ..Layer::new("", MIXED, MIXED)
                };
                if !self.kinds.iter().any(|kind| kind.name == MIXED) {
                    self.kinds.push(mixed());
                }
            }
        }
    }
}

/// A kind for what has no formula and is trained only in part.
const MIXED: &str = "mixed_parameters";

fn mixed() -> OwnKind {
    OwnKind {
        name: MIXED.to_owned(),
        summary: "parameters of which training changes some".to_owned(),
        args: vec![OwnArg::new("t", "those that it changes"), OwnArg::new("n", "the others")],
        formula: "t + n".to_owned(),
        weights: vec![
            OwnWeight::new("trainable", "[t]"),
            OwnWeight { trainable: false, ..OwnWeight::new("fixed", "[n]") },
        ],
        ..OwnKind::default()
    }
}

/// The shape of a layer's only parameter.
fn only_shape(found: &LayerAnalysis) -> Option<Arg> {
    let mut counted =
        found.tensors.iter().filter(|tensor| tensor.category.is_parameter() && !tensor.shared);
    let only = counted.next().filter(|_| counted.next().is_none())?;
    let shape = only.shape.as_ref().filter(|shape| !shape.is_empty() && !shape.contains(&0))?;
    (elements(shape) == only.elements).then(|| Arg::sizes(shape)).flatten()
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
