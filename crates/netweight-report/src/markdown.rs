//! The report as Markdown with GitHub's tables, for issues, model cards and reviews.

use std::io::{self, Write};

use netweight_core::Severity;

use crate::column::{Column, Value};
use crate::layout::{Align, Track};
use crate::note::Notes;
use crate::printable::printable;
use crate::quantity::counted;
use crate::render::Renderer;
use crate::report::{ModelReport, Report};
use crate::row::{Row, rows};
use crate::sizes::{SUMMARY, sizes, texts};
use crate::words::{Total, about, total_rows};

/// A section for every model.
#[derive(Debug, Clone, Copy, Default)]
pub struct Markdown {
    /// Every layer in a row of its own: none left out for having no parameters, none folded.
    pub all: bool,
}

impl Renderer for Markdown {
    fn render(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        for (i, model) in report.models.iter().enumerate() {
            if i > 0 {
                writeln!(out)?;
            }
            self.section(model, out)?;
        }
        Ok(())
    }
}

impl Markdown {
    fn section(&self, model: &ModelReport, out: &mut dyn Write) -> io::Result<()> {
        let notes = Notes::new(&model.diagnostics);
        writeln!(out, "## {}\n", escaped(&model.source))?;
        match about(model) {
            about if about.is_empty() => {}
            about => writeln!(out, "{}\n", escaped(&about))?,
        }
        self.layers(model, &notes, out)?;
        if sizes(model).next().is_some() {
            writeln!(out)?;
            titles(out, SUMMARY.iter().map(|column| column.track))?;
            let cells = |size| texts(&SUMMARY, model, size).into_iter().map(|text| escaped(&text));
            sizes(model).try_for_each(|size| row(out, cells(size)))?;
        }
        if !model.diagnostics.is_empty() {
            writeln!(out)?;
        }
        for note in notes.texts(|_| false) {
            let severity = match note.severity {
                Severity::Note => String::new(),
                severity => format!("**{severity}:** "),
            };
            writeln!(out, "{}. {severity}{}", note.number, escaped(&note.text))?;
        }
        Ok(())
    }

    fn layers(
        &self,
        model: &ModelReport,
        notes: &Notes<'_>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let (rows, hidden) = rows(model, notes, self.all);
        titles(out, Column::in_tables().map(|(_, track)| track))?;
        for layer in &rows {
            row(out, Column::in_tables().map(|(column, _)| cell(column, model, layer, notes)))?;
        }
        for total in &total_rows(model) {
            row(out, Column::in_tables().map(|(column, _)| total_cell(column, total)))?;
        }
        if hidden > 0 {
            let layers = counted(hidden as u64, "layer");
            writeln!(out, "\n{layers} without parameters not shown.")?;
        }
        Ok(())
    }
}

fn cell(column: &Column, model: &ModelReport, row: &Row<'_>, notes: &Notes<'_>) -> String {
    let value = (column.cell)(model, row.layer());
    let text = match column.id {
        "path" | "by_hand" => code(value.shown().trim_start()),
        _ => escaped(&value.shown()),
    };
    let mark = row.mark(notes);
    match value {
        _ if mark.is_empty() || column.id != row.marked_column() => text,
        Value::Unknown => text + &mark,
        _ => format!("{text} {mark}"),
    }
}

fn total_cell(column: &Column, total: &Total) -> String {
    match column.id {
        "path" => format!("**{}**", total.label),
        "parameters" => format!("**{}**", total.sum),
        "by_hand" => escaped(&total.note),
        _ => String::new(),
    }
}

fn titles(out: &mut dyn Write, tracks: impl Iterator<Item = Track> + Clone) -> io::Result<()> {
    row(out, tracks.clone().map(|track| track.title.to_owned()))?;
    row(out, tracks.map(|track| if track.align == Align::Right { "--:" } else { ":--" }.to_owned()))
}

fn row(out: &mut dyn Write, cells: impl Iterator<Item = String>) -> io::Result<()> {
    write!(out, "|")?;
    for cell in cells {
        write!(out, " {cell} |")?;
    }
    writeln!(out)
}

/// The text with everything that Markdown or HTML would take for itself escaped.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in printable(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '!')
        {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}

/// The text as it is, in a code span whose fence is longer than any in the text.
fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let text = printable(text).replace('|', "\\|");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}
