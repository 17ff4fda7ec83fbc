//! From paths to reports: models are counted, reports that were written before are read back.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use netweight::core::duplicate::duplicates;
use netweight::core::{limits, storage};
use netweight::report::{Failure, ModelReport, Report};
use netweight::scheme::{self, Request};
use netweight::{Analysis, ImportError, Source, analyze};

use crate::args::{Compare, Files, Reading};
use crate::message::Outcome;
use crate::read::{Read, read};

/// Bytes in which a report says that it is one.
const HEAD: u64 = 64;

/// What a report is to hold beside the layers.
#[derive(Debug, Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) schemes: &'a [Request],
    /// Bytes that the best mix of widths is to fit into.
    pub(crate) fit: Option<u64>,
    pub(crate) compare: Compare,
}

/// Reports on every file; those that cannot be read are told and listed.
pub(crate) fn report_on(
    files: &Files,
    reading: &Reading,
    wanted: &Wanted<'_>,
) -> (Report, Outcome) {
    each(files, |path| models_of(path, reading, wanted))
}

fn each(
    files: &Files,
    models_of: impl Fn(&Path) -> Result<Vec<ModelReport>, Vec<Failure>>,
) -> (Report, Outcome) {
    let (mut models, mut failed) = (Vec::new(), Vec::new());
    for path in &files.paths {
        match models_of(path) {
            Ok(found) => models.extend(found),
            Err(failures) => failed.extend(failures),
        }
    }
    let report = Report::new(models, failed);
    let outcome = outcome(&report);
    (report, outcome)
}

/// Reports on what the bytes of every file hold.
pub(crate) fn storage_of(files: &Files, reading: &Reading, compare: Compare) -> (Report, Outcome) {
    each(files, |path| {
        let Read { name, model, bytes, plugin, source } = read(path, reading, true)?;
        let analysis = analyze(&model);
        let mut report = ModelReport::new(name, &analysis, &[]);
        report.plugin = plugin;
        compare.run(&analysis, source.as_ref(), &mut report);
        if model.stores_weights {
            report.file_bytes = Some(bytes);
            let copies = report.duplicates.as_deref().unwrap_or_default();
            report.storage = storage::holdings(&analysis, bytes, copies);
        }
        Ok(vec![report])
    })
}

/// The model of a file, or the models of a report.
pub(crate) fn models_of(
    path: &Path,
    reading: &Reading,
    wanted: &Wanted<'_>,
) -> Result<Vec<ModelReport>, Vec<Failure>> {
    if let Some(written) = written_before(path) {
        return written.map_err(|error| Failure::from_error(&path.display().to_string(), &error));
    }
    let operators = wanted.schemes.iter().any(|request| request.reads_graph());
    let Read { name, model, bytes, plugin, source } = read(path, reading, operators)?;
    let analysis = analyze(&model);
    let mut schemes = wanted.schemes.to_vec();
    schemes.extend(wanted.fit.and_then(|budget| scheme::mix(&analysis, budget)));
    let mut report = ModelReport::new(name, &analysis, &schemes);
    report.plugin = plugin;
    wanted.compare.run(&analysis, source.as_ref(), &mut report);
    report.file_bytes = model.stores_weights.then_some(bytes);
    Ok(vec![report])
}

impl Compare {
    /// Looks for tensors that repeat others, if that was asked for.
    fn run(self, analysis: &Analysis<'_>, source: &dyn Source, report: &mut ModelReport) {
        if self.find_duplicates {
            let (found, problems) = duplicates(analysis, source);
            report.duplicates = Some(found);
            report.diagnostics.extend(problems);
        }
    }
}

/// The models of a file that says it is a report; none of any other file.
fn written_before(path: &Path) -> Option<Result<Vec<ModelReport>, ImportError>> {
    if !path.is_file() {
        return None;
    }
    let mut file = File::open(path).ok()?;
    let mut bytes = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut bytes).ok()?;
    let head: String =
        String::from_utf8_lossy(&bytes).chars().filter(|c| !c.is_whitespace()).collect();
    if !head.starts_with(r#"{"schema":"netweight-report/"#) {
        return None;
    }
    Some(report(file, bytes).map(|report| report.models))
}

/// A report of which the head is read.
fn report(file: File, mut bytes: Vec<u8>) -> Result<Report, ImportError> {
    let length = file.metadata()?.len();
    if length > limits::REPORT {
        let what = format!("a report of {length} bytes; at most {} are read", limits::REPORT);
        return Err(ImportError::limit("report/too-large", what));
    }
    file.take(length).read_to_end(&mut bytes)?;
    Report::from_json(&bytes).map_err(|error| {
        ImportError::malformed(
            "report/unreadable",
            format!("a report that cannot be read: {error}"),
        )
        .help("write it anew: netweight --format json MODEL")
    })
}

fn outcome(report: &Report) -> Outcome {
    let missed = |model: &ModelReport| {
        model.diagnostics.iter().any(|found| found.code.starts_with("expect/"))
    };
    match report.failures.is_empty() {
        false => Outcome::Unread,
        true if report.models.iter().any(missed) => Outcome::CheckFailed,
        true => Outcome::Done,
    }
}
