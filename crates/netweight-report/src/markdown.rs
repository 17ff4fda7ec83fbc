//! The report as Markdown with GitHub's tables, for issues, model cards and reviews.

use std::io::{self, Write};

use netweight_core::Severity;

use crate::column::{Column, Value};
use crate::layout::{Align, Track};
use crate::note::Notes;
use crate::printable::printable;
use crate::quantity::counted;
use crate::render::{Renderer, apart};
use crate::report::{ModelReport, Report};
use crate::row::Row;
use crate::sizes::{SUMMARY, sizes, texts};
use crate::view::{Rows, View};
use crate::words::{Total, about, total_rows};

/// A section for every model.
#[derive(Debug, Clone, Default)]
pub struct Markdown {
    /// Which rows and columns the layers' table has.
    pub view: View,
}

impl Renderer for Markdown {
    fn render(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        apart(&report.models, out, |model, out| self.section(model, out))
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
        let Rows { rows, weightless, part } = self.view.rows(model, notes);
        let columns: Vec<(&Column, Track)> =
            self.view.table().into_iter().filter(|(column, _)| column.is_data()).collect();
        titles(out, columns.iter().map(|(_, track)| *track))?;
        for layer in &rows {
            row(out, columns.iter().map(|(column, _)| cell(column, model, layer, notes)))?;
        }
        let totals: Vec<Total> = part.into_iter().chain(total_rows(model)).collect();
        let told = |id| columns.iter().any(|(column, _)| column.id == id);
        let in_table = told("parameters") && told("by_hand");
        for total in totals.iter().filter(|_| in_table) {
            row(out, columns.iter().map(|(column, _)| total_cell(column, total)))?;
        }
        if weightless > 0 {
            let layers = counted(weightless as u64, "layer");
            writeln!(out, "\n{layers} without parameters not shown.")?;
        }
        if !in_table {
            writeln!(out)?;
            totals.iter().try_for_each(|total| {
                let remark = if total.note.is_empty() { "" } else { ", " };
                writeln!(out, "- {}: {}{remark}{}", total.label, total.sum, escaped(&total.note))
            })?;
        }
        Ok(())
    }
}

fn cell(column: &Column, model: &ModelReport, row: &Row<'_>, notes: &Notes<'_>) -> String {
    let value = (column.cell)(model, row);
    let is_unknown = value == Value::Unknown;
    let text = match column.id {
        "layer" | "path" | "by_hand" | "numbers" | "symbols" => code(value.shown().trim_start()),
        _ => escaped(&value.shown()),
    };
    let mark = row.mark(notes);
    match is_unknown {
        _ if mark.is_empty() || column.id != row.marked_column() => text,
        true => text + &mark,
        false => format!("{text} {mark}"),
    }
}

fn total_cell(column: &Column, total: &Total) -> String {
    match column.id {
        "layer" | "path" => format!("**{}**", total.label),
        "parameters" => format!("**{}**", total.sum),
        "by_hand" => escaped(&total.note),
        _ => String::new(),
    }
}

fn titles(out: &mut dyn Write, tracks: impl Iterator<Item = Track> + Clone) -> io::Result<()> {
    row(out, tracks.clone().map(|track| track.title.to_owned()))?;
    row(out, tracks.map(|track| if track.align == Align::Right { "--:" } else { ":--" }.to_owned()))
}

pub(crate) fn row(out: &mut dyn Write, cells: impl Iterator<Item = String>) -> io::Result<()> {
    write!(out, "|")?;
    for cell in cells {
        write!(out, " {cell} |")?;
    }
    writeln!(out)
}

/// The text with everything that Markdown or HTML would take for itself escaped.
pub(crate) fn escaped(text: &str) -> String {
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
pub(crate) fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let text = printable(text).replace('|', "\\|");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}
