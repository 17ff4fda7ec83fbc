//! The modes of the program, one function each.

use std::io::{self, Write};
use std::iter;
use std::path::Path;

use netweight::core::lines;
use netweight::report::{Catalogue, Diff, Report, Text};
use netweight::{Model, analyze, kind, spec};

use crate::args::{Cli, Command, Document, Reading, ReportArgs, Schemes};
use crate::gate::GateArgs;
use crate::message::{self, Outcome};
use crate::nearest::told;
use crate::read::read;
use crate::render::render;
use crate::reports::{Wanted, report_on};
use crate::{catalogue, diff, explain, manual, plugin, sizes, terminal};

/// Does what the command line asks for.
pub(crate) fn run(mut cli: Cli) -> io::Result<Outcome> {
    let rules = cli.reading().map_or(Ok(()), Reading::read_rules);
    let schemes = cli.schemes().map_or(Ok(()), Schemes::read_files);
    if let Err(failures) = rules.and(schemes) {
        return Ok(message::unread(&failures));
    }
    let mut out = io::BufWriter::new(io::stdout().lock());
    let view = cli.report.view.view();
    let text = Text { width: terminal::width(), view, style: terminal::style(cli.color) };
    let outcome = match cli.command {
        None => report(&cli.report, &text, &mut out)?,
        Some(Command::Sizes(args)) => sizes::run(&args, &text, &mut out)?,
        Some(Command::Explain { file, layers, reading, schemes }) => {
            explain::run(&file, &layers, &reading, &schemes.or(Vec::new), &text, &mut out)?
        }
        Some(Command::Export { file, reading }) => {
            of_model(&file, &reading, |model| lines::write(model, &mut out))?
        }
        Some(Command::Spec { file, reading }) => {
            of_model(&file, &reading, |model| write!(out, "{}", spec::write_spec(&analyze(model))))?
        }
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

/// The main job.
fn report(args: &ReportArgs, text: &Text, out: &mut dyn Write) -> io::Result<Outcome> {
    let ReportArgs { files, reading, schemes, compare, format, gates, .. } = args;
    let asked = gates.added_to(schemes.or_default());
    let wanted = Wanted { schemes: &asked, fit: None, compare: *compare };
    let (document, outcome) = report_on(files, reading, &wanted);
    render(&document, *format, schemes, text, out)?;
    let outcome = outcome.and(gated(gates, &document, reading));
    // The process ends here, and the system takes all memory back at once.
    std::mem::forget(document);
    Ok(outcome)
}

/// Writes what becomes of a file's model.
fn of_model(
    file: &Path,
    reading: &Reading,
    write: impl FnOnce(&Model) -> io::Result<()>,
) -> io::Result<Outcome> {
    match read(file, reading, false) {
        Ok(read) => write(&read.model).map(|()| Outcome::Done),
        Err(failures) => Ok(message::unread(&failures)),
    }
}

/// What the limits come to.
fn gated(gates: &GateArgs, report: &Report, reading: &Reading) -> Outcome {
    match gates.keep(report, reading) {
        Ok(true) => Outcome::Done,
        Ok(false) => Outcome::CheckFailed,
        Err(failures) => message::unread(&failures),
    }
}

fn table(text: &Text, table: &Catalogue, out: &mut dyn Write) -> io::Result<Outcome> {
    text.catalogue(table, out)?;
    Ok(Outcome::Done)
}

fn one_kind(name: &str, text: &Text, out: &mut dyn Write) -> io::Result<Outcome> {
    let Some(kind) = kind::find(name) else {
        let names: Vec<&str> = kind::all()
            .flat_map(|kind| iter::once(kind.name).chain(kind.aliases.iter().copied()))
            .collect();
        return Ok(message::usage(&told("kind", name, &names)));
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
        Err(problem) => return Ok(message::usage(&problem)),
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
