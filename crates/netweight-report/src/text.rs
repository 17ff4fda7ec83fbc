//! The report for a terminal: headline, layers, totals, sizes, notes.

use std::collections::HashSet;
use std::io::{self, Write};

use anstyle::Style as Ansi;

use crate::column::{Column, Value};
use crate::failure::excerpt;
use crate::layout::{Cell, Layout, Track, paragraph};
use crate::note::{Notes, superscript};
use crate::printable::{printable, width};
use crate::quantity::counted;
use crate::render::{Renderer, apart};
use crate::report::{ModelReport, Report};
use crate::row::Row;
use crate::sizes::{SUMMARY, sizes};
use crate::style::{Style, paint};
use crate::view::{Rows, View};
use crate::words::{TOTAL, Total, about, total_rows};

/// The rule line is never shorter than the text that follows it tends to be.
const RULE: usize = 76;

/// Rows whose cells are kept from measuring to writing; those of the rows behind are made twice,
/// so that a table of a million rows is never held in memory.
const HELD: usize = 16_384;

/// A report for people, in so many columns.
#[derive(Debug, Clone)]
pub struct Text {
    /// Columns of the terminal.
    pub width: usize,
    /// Which rows and columns the layers' table has.
    pub view: View,
    /// Colours.
    pub style: Style,
}

impl Default for Text {
    fn default() -> Self {
        Self { width: 80, view: View::default(), style: Style::plain() }
    }
}

impl Renderer for Text {
    fn render(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        apart(&report.models, out, |model, out| self.model(model, out))
    }
}

impl Text {
    fn model(&self, model: &ModelReport, out: &mut dyn Write) -> io::Result<()> {
        let notes = Notes::new(&model.diagnostics);
        self.headline(out, &model.source, &about(model))?;
        let marked = self.layers(model, &notes, out)?;
        if sizes(model).next().is_some() {
            writeln!(out)?;
            self.size_table(&SUMMARY, model, out)?;
        }
        self.duplicates(model.duplicates.as_deref(), out)?;
        if !model.diagnostics.is_empty() {
            writeln!(out)?;
            self.notes(&notes, &marked, out)?;
        }
        Ok(())
    }

    /// Writes the notes; those whose mark stands in the table do not name their places again.
    pub(crate) fn notes(
        &self,
        notes: &Notes<'_>,
        marked: &HashSet<String>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        for note in notes.texts(|place| marked.contains(&notes.mark(place))) {
            let mark = format!("{} ", superscript(note.number));
            paragraph(out, &mark, &note.in_words(), self.width)?;
            if let Some(text) = note.excerpt {
                excerpt(out, text)?;
            }
        }
        Ok(())
    }

    /// Writes a small table, titles and all.
    pub(crate) fn table(
        &self,
        out: &mut dyn Write,
        tracks: impl IntoIterator<Item = Track>,
        rows: &[Vec<Cell<'_>>],
    ) -> io::Result<()> {
        let mut layout = Layout::new(tracks);
        rows.iter().for_each(|row| layout.measure(row));
        layout.fit(self.width);
        layout.titles(out, self.style.quiet)?;
        rows.iter().try_for_each(|row| layout.row(out, row))
    }

    /// Writes a name and what it is, and an empty line.
    pub(crate) fn headline(&self, out: &mut dyn Write, name: &str, about: &str) -> io::Result<()> {
        let (name, about) = (printable(name), printable(about));
        let strong = paint(self.style.strong, &name);
        if about.is_empty() {
            writeln!(out, "{strong}\n")
        } else if width(&name) + 3 + width(&about) <= self.width {
            writeln!(out, "{strong}   {about}\n")
        } else {
            writeln!(out, "{strong}")?;
            paragraph(out, "  ", &about, self.width)?;
            writeln!(out)
        }
    }

    /// Writes the layers' table and, under a rule line, the totals in its columns. Returns the
    /// marks that stand in it.
    fn layers(
        &self,
        model: &ModelReport,
        notes: &Notes<'_>,
        out: &mut dyn Write,
    ) -> io::Result<HashSet<String>> {
        let Rows { rows, weightless, part } = self.view.rows(model, notes);
        let table = Table::new(self, model, notes);
        let totals: Vec<Total> = part.into_iter().chain(total_rows(model)).collect();
        let mut layout = Layout::new(table.columns.iter().map(|(_, track)| *track));
        let (first, rest) = rows.split_at(rows.len().min(HELD));
        let held: Vec<Vec<Cell<'_>>> = first.iter().map(|row| table.cells(row)).collect();
        held.iter().for_each(|cells| layout.measure(cells));
        rest.iter().for_each(|row| layout.measure(&table.cells(row)));
        totals.iter().for_each(|total| layout.measure(&table.sum(total)));
        layout.fit(self.width);
        if !rows.is_empty() {
            layout.titles(out, self.style.quiet)?;
            held.iter().try_for_each(|cells| layout.row(out, cells))?;
            rest.iter().try_for_each(|row| layout.row(out, &table.cells(row)))?;
            if weightless > 0 {
                let layers = counted(weightless as u64, "layer");
                writeln!(out, "… {layers} without parameters not shown; --all shows them")?;
            }
            let rule = "─".repeat(layout.width().max(RULE).min(self.width));
            writeln!(out, "{}", paint(self.style.quiet, &rule))?;
        }
        table.totals(out, &totals, &layout, self.width)?;
        let bears_mark = |row: &&Row<'_>| {
            table.columns.iter().any(|(column, _)| column.id == row.marked_column())
        };
        Ok(rows.iter().filter(bears_mark).map(|row| row.mark(notes)).collect())
    }
}

/// The layers' table of one model.
struct Table<'t> {
    columns: Vec<(&'static Column, Track)>,
    model: &'t ModelReport,
    notes: &'t Notes<'t>,
    warning: Ansi,
}

impl<'t> Table<'t> {
    fn new(text: &Text, model: &'t ModelReport, notes: &'t Notes<'t>) -> Self {
        // What a table of this width leaves out is not made.
        let has_room = |(_, track): &(_, Track)| track.rank.is_none() || text.width > track.beyond;
        let columns = text.view.table().into_iter().filter(has_room).collect();
        Self { columns, model, notes, warning: text.style.warning }
    }

    fn cells<'r>(&self, row: &'r Row<'_>) -> Vec<Cell<'r>> {
        let mark = row.mark(self.notes);
        let cell = |(column, _): &(&Column, Track)| {
            let value = (column.cell)(self.model, row);
            let is_unknown = value == Value::Unknown;
            let cell = Cell::new(value.shown());
            match is_unknown {
                _ if mark.is_empty() || column.id != row.marked_column() => cell,
                true => cell.style(self.warning).mark(mark.clone()),
                false => cell.mark(format!(" {mark}")),
            }
        };
        self.columns.iter().map(cell).collect()
    }

    /// A total's cells as far as they belong to the columns above them.
    fn sum<'a>(&self, total: &'a Total) -> Vec<Cell<'a>> {
        let cell = |(column, _): &(&Column, Track)| match column.id {
            "layer" | "path" => Cell::new(total.label),
            "parameters" => Cell::new(&*total.sum),
            _ => Cell::default(),
        };
        self.columns.iter().map(cell).collect()
    }

    /// Writes the totals, their remarks under each other.
    fn totals(
        &self,
        out: &mut dyn Write,
        totals: &[Total],
        layout: &Layout,
        limit: usize,
    ) -> io::Result<()> {
        let place = |id| self.columns.iter().position(|(column, _)| column.id == id);
        let (name, number) = (place("layer").or(place("path")), place("parameters"));
        let remarks: Vec<String> = totals
            .iter()
            .map(|total| {
                let label = if name.is_none() { total.label } else { "" };
                let sum = number.is_none().then(|| format!("{} parameters", total.sum));
                let parts = [label, sum.as_deref().unwrap_or_default(), &total.note];
                let parts = parts.into_iter().filter(|part| !part.is_empty());
                let mark =
                    if total.label == TOTAL { self.notes.mark_of_whole() } else { String::new() };
                parts.collect::<Vec<_>>().join(", ") + &mark
            })
            .collect();
        let widest = remarks.iter().map(|remark| width(remark)).max().unwrap_or(0);
        let start = match number.max(name) {
            Some(behind) => layout.remark_start(behind, widest, limit),
            None => 0,
        };
        for (total, remark) in totals.iter().zip(&remarks) {
            layout.row_with_remark(out, &self.sum(total), start, remark, limit)?;
        }
        Ok(())
    }
}
