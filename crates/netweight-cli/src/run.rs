//! The modes of the program, one function each.

use std::io::{self, Write};
use std::iter;

use netweight::core::lines;
use netweight::report::{Csv, Diff, Html, Json, Markdown, Netron, Renderer, Report, Svg, Text};
use netweight::{analyze, kind, spec};

use crate::args::{Cli, Command, Document, Format, Reading, ReportArgs, Schemes};
use crate::gate::GateArgs;
use crate::message::{self, Outcome};
use crate::nearest::told;
use crate::read::read;
use crate::reports::{self, Wanted, report_on};
use crate::{catalogue, diff, explain, manual, mix, plugin, terminal};

/// Does what the command line asks for.
pub(crate) fn run(mut cli: Cli) -> io::Result<Outcome> {
    let rules = cli.reading().map_or(Ok(()), Reading::read_rules);
    let schemes = cli.schemes().map_or(Ok(()), Schemes::read_files);
    if let Err(failures) = rules.and(schemes) {
        message::failures(&failures);
        return Ok(Outcome::Unread);
    }
    let mut out = io::BufWriter::new(io::stdout().lock());
    let view = cli.report.view.view();
    let text = Text { width: terminal::width(), view, style: terminal::style(cli.color) };
    let outcome = match cli.command {
        None => {
            let ReportArgs { files, reading, schemes, compare, format, gates, .. } = &cli.report;
            let sizes = gates.added_to(schemes.or_default());
            let wanted = Wanted { schemes: &sizes, fit: None, compare: *compare };
            let (document, outcome) = report_on(files, reading, &wanted);
            render(&document, *format, schemes, &text, &mut out)?;
            let outcome = outcome.and(gated(gates, &document, reading));
            // The process ends here, and the system takes all memory back at once.
            std::mem::forget(document);
            outcome
        }
        Some(Command::Sizes {
            files, reading, explain: true, compare, format, schemes, ..
        }) => {
            let (document, outcome) = reports::storage_of(&files, &reading, &compare);
            match format {
                Format::Text => text.storage(&document, &mut out)?,
                format => render(&document, format, &schemes, &text, &mut out)?,
            }
            outcome
        }
        Some(Command::Sizes { files, reading, fit: Some(budget), mix: true, .. }) => {
            mix::run(&files, &reading, budget, &mut out)?
        }
        Some(Command::Sizes { files, reading, schemes, fit, compare, format, .. }) => {
            let asked = if fit.is_some() { schemes.or_all() } else { schemes.or_default() };
            let wanted = Wanted { schemes: &asked, fit, compare };
            let (mut document, outcome) = report_on(&files, &reading, &wanted);
            if let Some(budget) = fit {
                document.models.iter_mut().for_each(|model| model.fit(budget));
            }
            match format {
                Format::Text => text.sizes(&document, &mut out)?,
                Format::Csv => {
                    Csv::sizes(&document, &mut out)?;
                    message::failures(&document.failures);
                }
                format => render(&document, format, &schemes, &text, &mut out)?,
            }
            outcome
        }
        Some(Command::Explain { file, layers, reading, schemes }) => {
            explain::run(&file, &layers, &reading, &schemes.or(Vec::new), &text, &mut out)?
        }
        Some(Command::Export { file, reading }) => match read(&file, &reading, false) {
            Ok(read) => {
                lines::write(&read.model, &mut out)?;
                Outcome::Done
            }
            Err(failures) => {
                message::failures(&failures);
                Outcome::Unread
            }
        },
        Some(Command::Spec { file, reading }) => match read(&file, &reading, false) {
            Ok(read) => {
                write!(out, "{}", spec::write_spec(&analyze(&read.model)))?;
                Outcome::Done
            }
            Err(failures) => {
                message::failures(&failures);
                Outcome::Unread
            }
        },
        Some(Command::Diff(args)) => diff::run(&args, &text, &mut out)?,
        Some(Command::Formats { plugins }) => {
            table(&text, &catalogue::formats(&plugins), &mut out)?
        }
        Some(Command::Plugin { command }) => plugin::run(&command, &text, &mut out)?,
        Some(Command::Schemes { name: None }) => table(&text, &catalogue::schemes(), &mut out)?,
        Some(Command::Schemes { name: Some(name) }) => one_scheme(&name, &text, &mut out)?,
        Some(Command::Kinds { name: None }) => table(&text, &catalogue::kinds(), &mut out)?,
        Some(Command::Kinds { name: Some(name) }) => one_kind(&name, &text, &mut out)?,
        Some(Command::Completions { shell }) => manual::completions(shell, &mut out),
        Some(Command::Man { command }) => manual::page(command.as_deref(), &mut out)?,
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

fn render(
    report: &Report,
    format: Format,
    schemes: &Schemes,
    text: &Text,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Text => text.render(report, out),
        Format::Json => Json.render(report, out),
        Format::Csv => Csv { view: text.view.clone() }.render(report, out),
        Format::Netron => Netron.render(report, out),
        Format::Html => Html.render(report, out),
        Format::Svg => Svg { measure: measure(report, schemes) }.render(report, out),
        Format::Markdown => Markdown { view: text.view.clone() }.render(report, out),
    }?;
    out.flush()?;
    message::failures(&report.failures);
    Ok(())
}

/// The size that a picture shows: the first that was asked for.
fn measure(report: &Report, schemes: &Schemes) -> Option<String> {
    let first = report.models.first()?.sizes.first()?;
    (!schemes.named.is_empty()).then(|| first.scheme.clone())
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

fn one_scheme(name: &str, text: &Text, out: &mut dyn Write) -> io::Result<Outcome> {
    let request = match crate::args::scheme(name) {
        Ok(request) => request,
        Err(problem) => {
            message::usage(&problem);
            return Ok(Outcome::Unread);
        }
    };
    let (words, options) = catalogue::scheme(request.scheme);
    writeln!(out, "{words}")?;
    if !options.rows.is_empty() {
        writeln!(out)?;
        text.catalogue(&options, out)?;
    }
    Ok(Outcome::Done)
}

fn schema(document: Document, out: &mut dyn Write) -> io::Result<Outcome> {
    let schema = match document {
        Document::Report => Report::json_schema().to_value(),
        Document::Diff => Diff::json_schema().to_value(),
        Document::Model => lines::json_schema().to_value(),
        Document::Spec => spec::json_schema(),
        Document::Rules => spec::rules_schema(),
    };
    writeln!(out, "{schema:#}")?;
    Ok(Outcome::Done)
}
