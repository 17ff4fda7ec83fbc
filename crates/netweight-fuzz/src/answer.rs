//! What must hold of any answer to any bytes.

use std::sync::LazyLock;

use netweight::core::{Rules, lines};
use netweight::report::render_failure;
use netweight::report::{Explanation, Failure, Json, ModelReport, Renderer, Report, Style, Text};
use netweight::scheme::{self, Request};
use netweight::{
    Analysis, Bytes, ImportError, ImportOptions, Importer, Model, Source, analyze, importers,
    select, spec,
};

use crate::Folder;

/// Layers of a model whose arithmetic is written out.
const EXPLAINED: usize = 50;

/// Layers of a model that is put under every scheme; larger ones under those that reports show.
const SIZED: usize = 1_000;

/// What scheme files are tried on: tensors of several kinds and roles.
const MODEL: &str =
    "input: 64\nlayers: [dense: 64, layer_norm, {dense: {units: 8, bias: false}}]\n";

/// Every scheme that there is.
static SCHEMES: LazyLock<Vec<Request>> =
    LazyLock::new(|| scheme::all().map(Request::plain).collect());

/// Reads a source by an importer, all the way to what is printed of it.
///
/// # Panics
/// The answer is not whole: that is what tests and fuzzers look for.
pub fn read(importer: &dyn Importer, source: &dyn Source) {
    read_under(Rules::default(), importer, source);
}

/// Reads a rules file, then the models beside it under these rules.
///
/// # Panics
/// The answer is not whole.
pub fn read_rules(file: &Folder) {
    match spec::read_rules(file) {
        Ok(rules) => {
            for model in file.others() {
                if let Ok(importer) = select(importers(), &model, None) {
                    read_under(rules.clone(), importer, &model);
                }
            }
        }
        Err(error) => told(file.name(), &error),
    }
}

/// Reads a scheme file, and what a model takes under its schemes.
///
/// # Panics
/// The answer is not whole.
pub fn read_schemes(file: &Folder) {
    match spec::read_schemes(file) {
        Ok(schemes) => {
            for scheme in &schemes {
                let written = Bytes::new("schemes.yaml", spec::write_scheme(scheme));
                let back = spec::read_schemes(&written);
                let back = back.unwrap_or_else(|error| panic!("a scheme written: {error}"));
                assert!(back == [scheme.clone()], "a scheme read back is another one");
            }
            let model = spec::YamlImporter
                .import(&Bytes::new("model.yaml", MODEL), &ImportOptions::default());
            let model = model.unwrap_or_else(|error| panic!("the model: {error}"));
            reported(&analyze(&model), &schemes);
        }
        Err(error) => told(file.name(), &error),
    }
}

fn read_under(rules: Rules, importer: &dyn Importer, source: &dyn Source) {
    importer.probe(source);
    let options = ImportOptions { operators: true, rules, ..ImportOptions::default() };
    match importer.import(source, &options) {
        Ok(model) => whole(&model),
        Err(error) => told(source.name(), &error),
    }
}

/// Reads a source by the built-in importer that knows its content; that there is none must be said.
///
/// # Panics
/// The answer is not whole.
pub fn read_any(source: &dyn Source) {
    match select(importers(), source, None) {
        Ok(importer) => read(importer, source),
        Err(error) => told(source.name(), &error),
    }
}

/// A failure says what is wrong, and can be printed.
fn told(name: &str, error: &ImportError) {
    assert!(!error.problems.is_empty(), "an error without a problem");
    for failure in Failure::from_error(name, error) {
        assert!(!failure.message.is_empty(), "a problem without a message");
        render_failure(&failure, &Style::plain());
    }
}

/// Counts, prints and writes a model in every way.
///
/// # Panics
/// The answer is not whole.
pub fn whole(model: &Model) {
    let analysis = analyze(model);
    assert_eq!(analysis.layers.len(), model.layers.len(), "layers got lost");
    sent_and_received(model);
    spec::write_spec(&analysis);
    for index in 0..model.layers.len().min(EXPLAINED) {
        Explanation::new(&analysis, index);
    }
    let all = model.layers.len() <= SIZED;
    reported(&analysis, &if all { SCHEMES.clone() } else { scheme::by_default() });
}

/// Prints and writes a report in every way.
fn reported(analysis: &Analysis<'_>, schemes: &[Request]) {
    let report = Report::new(vec![ModelReport::new("model", analysis, schemes)], vec![]);
    summed_up(&report);
    let json = written(&Json, &report);
    let back = Report::from_json(&json).unwrap_or_else(|error| panic!("the report: {error}"));
    assert!(json == written(&Json, &back), "a report read back says something else");
    written(&Text::default(), &report);
}

/// The model as lines, read back, gives the same lines.
fn sent_and_received(model: &Model) {
    let mut sent = Vec::new();
    lines::write(model, &mut sent).unwrap_or_else(|error| panic!("the model: {error}"));
    let read = lines::read(&mut sent.as_slice());
    let received = read.unwrap_or_else(|error| panic!("the model's lines: {error}"));
    let mut again = Vec::new();
    lines::write(&received, &mut again).unwrap_or_else(|error| panic!("the model: {error}"));
    assert!(sent == again, "a model's lines read back say something else");
}

/// The rows add up to the totals.
fn summed_up(report: &Report) {
    for model in &report.models {
        let sum = |part: fn(&netweight::report::Layer) -> Option<u64>| {
            model.layers.iter().filter_map(part).fold(0u64, u64::saturating_add)
        };
        let totals = &model.totals;
        assert_eq!(sum(|layer| layer.trainable), totals.trainable, "trainable");
        assert_eq!(sum(|layer| layer.non_trainable), totals.non_trainable, "non-trainable");
    }
}

fn written(renderer: &dyn Renderer, report: &Report) -> Vec<u8> {
    let mut out = Vec::new();
    renderer.render(report, &mut out).unwrap_or_else(|error| panic!("printing: {error}"));
    out
}
