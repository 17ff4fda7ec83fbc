//! The modes of the program, one function each.

use std::io::{self, Write};
use std::iter;

use netweight::core::lines;
use netweight::report::{Csv, Diff, Explanation, Json, Markdown, Pattern, Renderer, Report, Text};
use netweight::{Model, analyze, kind, spec};

use crate::args::{Cli, Command, Document, Format, Reading, ReportArgs};
use crate::gate::GateArgs;
use crate::message::{self, Outcome};
use crate::nearest::told;
use crate::read::{Read, read};
use crate::reports::report_on;
use crate::{catalogue, diff, terminal};

/// Does what the command line asks for.
pub(crate) fn run(cli: Cli) -> io::Result<Outcome> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let view = cli.report.view.view();
    let text = Text { width: terminal::width(), view, style: terminal::style(cli.color) };
    let outcome = match cli.command {
        None => {
            let ReportArgs { files, reading, schemes, format, gates, .. } = &cli.report;
            let schemes = schemes.or_default().into_iter().chain(gates.schemes()).collect();
            let (document, outcome) = report_on(files, reading, schemes);
            render(&document, *format, &text, &mut out)?;
            outcome.and(gated(gates, &document, reading))
        }
        Some(Command::Sizes { files, reading, schemes, format }) => {
            let (document, outcome) = report_on(&files, &reading, schemes.or_default());
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
        Some(Command::Diff(args)) => diff::run(&args, &text, &mut out)?,
        Some(Command::Export { file, reading }) => match read(&file, &reading) {
            Ok(read) => {
                lines::write(&read.model, &mut out)?;
                Outcome::Done
            }
            Err(failures) => {
                message::failures(&failures);
                Outcome::Unread
            }
        },
        Some(Command::Spec { file, reading }) => match read(&file, &reading) {
            Ok(read) => {
                write!(out, "{}", spec::write_spec(&analyze(&read.model)))?;
                Outcome::Done
            }
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

/// What the limits come to.
fn gated(gates: &GateArgs, report: &Report, reading: &Reading) -> Outcome {
    match gates.keep(report, reading) {
        Ok(true) => Outcome::Done,
        Ok(false) => Outcome::CheckFailed,
        Err(failures) => {
            message::failures(&failures);
            Outcome::Unread
        }
    }
}

fn render(report: &Report, format: Format, text: &Text, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => text.render(report, out),
        Format::Json => Json.render(report, out),
        Format::Csv => Csv { view: text.view.clone() }.render(report, out),
        Format::Markdown => Markdown { view: text.view.clone() }.render(report, out),
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
        names => names.iter().any(|name| Pattern::new(name).is(&layer.path)),
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
        let names: Vec<&str> = kind::all()
            .flat_map(|kind| iter::once(kind.name).chain(kind.aliases.iter().copied()))
            .collect();
        message::usage(&told("kind", name, &names));
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
        Document::Report => Report::json_schema().to_value(),
        Document::Diff => Diff::json_schema().to_value(),
        Document::Model => lines::json_schema().to_value(),
        Document::Spec => spec::json_schema(),
    };
    writeln!(out, "{schema:#}")?;
    Ok(Outcome::Done)
}
