//! The modes of the program, one function each.

use std::io::{self, Write};

use netweight::report::{Csv, Explanation, Json, Markdown, ModelReport, Renderer, Report, Text};
use netweight::{Model, analyze, kind, scheme};

use crate::args::{Cli, Command, Document, Files, Format, Reading, Schemes};
use crate::message::{self, Outcome};
use crate::read::{Read, read};
use crate::{catalogue, terminal};

/// Does what the command line asks for.
pub(crate) fn run(cli: Cli) -> io::Result<Outcome> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let text =
        Text { width: terminal::width(), all: cli.report.all, style: terminal::style(cli.color) };
    let outcome = match cli.command {
        None => {
            let report = &cli.report;
            let (document, outcome) = report_on(&report.files, &report.reading, &report.schemes);
            render(&document, report.format, &text, &mut out)?;
            outcome
        }
        Some(Command::Sizes { files, reading, schemes, format }) => {
            let (document, outcome) = report_on(&files, &reading, &schemes);
            match format {
                Format::Text => text.sizes(&document, &mut out)?,
                format => render(&document, format, &text, &mut out)?,
            }
            outcome
        }
        Some(Command::Explain { file, layers, reading }) => match read(&file, &reading) {
            Ok(read) => explain(&read, &layers, &text, &mut out)?,
            Err(failures) => {
                message::failures(&failures);
                Outcome::Unread
            }
        },
        Some(Command::Formats) => table(&text, &catalogue::formats(), &mut out)?,
        Some(Command::Schemes) => table(&text, &catalogue::schemes(), &mut out)?,
        Some(Command::Kinds { name: None }) => table(&text, &catalogue::kinds(), &mut out)?,
        Some(Command::Kinds { name: Some(name) }) => one_kind(&name, &text, &mut out)?,
        Some(Command::Schema { document }) => schema(document, &mut out)?,
    };
    out.flush()?;
    Ok(outcome)
}

/// Reads and counts every file; those that cannot be read are told and listed.
fn report_on(files: &Files, reading: &Reading, schemes: &Schemes) -> (Report, Outcome) {
    let schemes =
        if schemes.named.is_empty() { scheme::by_default() } else { schemes.named.clone() };
    let operators = schemes.iter().any(|request| request.scheme.reads_graph());
    let reading = &Reading { operators, ..reading.clone() };
    let (mut models, mut failed) = (Vec::new(), Vec::new());
    for path in &files.paths {
        match read(path, reading) {
            Ok(Read { name, model, bytes }) => {
                let mut report = ModelReport::new(name, &analyze(&model), &schemes);
                report.file_bytes = model.stores_weights.then_some(bytes);
                models.push(report);
            }
            Err(failures) => failed.extend(failures),
        }
    }
    let report = Report::new(models, failed);
    let outcome = outcome(&report);
    (report, outcome)
}

fn outcome(report: &Report) -> Outcome {
    let missed =
        |model: &ModelReport| model.diagnostics.iter().any(|found| found.code == "expect/mismatch");
    match report.failures.is_empty() {
        false => Outcome::Unread,
        true if report.models.iter().any(missed) => Outcome::CheckFailed,
        true => Outcome::Done,
    }
}

fn render(report: &Report, format: Format, text: &Text, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => text.render(report, out),
        Format::Json => Json.render(report, out),
        Format::Csv => Csv.render(report, out),
        Format::Markdown => Markdown { all: text.all }.render(report, out),
    }?;
    out.flush()?;
    message::failures(&report.failures);
    Ok(())
}

/// The arithmetic of the layers that were named, or of all with parameters.
fn explain(
    read: &Read,
    wanted: &[String],
    text: &Text,
    out: &mut dyn Write,
) -> io::Result<Outcome> {
    let analysis = analyze(&read.model);
    let layers = read.model.layers.iter().zip(&analysis.layers).enumerate();
    let asked = layers.filter(|(_, (layer, found))| match wanted {
        [] => {
            found.evaluated.kind.is_some_and(|kind| kind.has_parameters())
                && layer.outputs.is_empty()
        }
        names => names.iter().any(|name| matches(name, &layer.path)),
    });
    let explanations: Vec<Explanation> =
        asked.filter_map(|(index, _)| Explanation::new(&analysis, index)).collect();
    if !explanations.is_empty() {
        text.explain(&explanations, out)?;
        return Ok(Outcome::Done);
    }
    message::usage(&nothing_to_explain(&read.model, wanted));
    Ok(if wanted.is_empty() { Outcome::Done } else { Outcome::Unread })
}

fn nothing_to_explain(model: &Model, wanted: &[String]) -> String {
    let paths = model.layers.iter().take(8).map(|layer| layer.path.as_str());
    match wanted {
        [] => "no layer of the model has parameters".to_owned(),
        names => format!(
            "no layer `{}`; the model has {} …",
            names.join("`, `"),
            paths.collect::<Vec<_>>().join(", ")
        ),
    }
}

/// Whether a path is the one named, `*` standing for anything.
fn matches(pattern: &str, path: &str) -> bool {
    let mut rest = path;
    let mut parts = pattern.split('*');
    let Some(after) = parts.next().and_then(|first| rest.strip_prefix(first)) else { return false };
    rest = after;
    let mut last = None;
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at.saturating_add(part.len())..).unwrap_or_default();
        last = Some(part);
    }
    rest.is_empty() || last.is_some_and(|last| path.ends_with(last))
}

fn table(
    text: &Text,
    table: &netweight::report::Catalogue,
    out: &mut dyn Write,
) -> io::Result<Outcome> {
    text.catalogue(table, out)?;
    Ok(Outcome::Done)
}

fn one_kind(name: &str, text: &Text, out: &mut dyn Write) -> io::Result<Outcome> {
    let Some(kind) = kind::find(name) else {
        message::usage(&format!("no kind `{name}`; `netweight kinds` lists all"));
        return Ok(Outcome::Unread);
    };
    let (words, tables) = catalogue::kind(kind);
    writeln!(out, "{words}")?;
    for table in tables.iter().filter(|table| !table.rows.is_empty()) {
        writeln!(out)?;
        text.catalogue(table, out)?;
    }
    Ok(Outcome::Done)
}

fn schema(document: Document, out: &mut dyn Write) -> io::Result<Outcome> {
    let schema = match document {
        Document::Report => Report::json_schema(),
        Document::Model => Model::json_schema(),
    };
    writeln!(out, "{:#}", schema.as_value())?;
    Ok(Outcome::Done)
}
