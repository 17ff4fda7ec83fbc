//! The report for a terminal: headline, layers, totals, sizes, notes.

use std::collections::HashSet;
use std::io::{self, Write};

use netweight_core::Severity;

use crate::column::{Column, Value};
use crate::failure::excerpt;
use crate::layout::{Cell, Layout, paragraph};
use crate::note::{Notes, superscript};
use crate::printable::{printable, width};
use crate::quantity::counted;
use crate::render::Renderer;
use crate::report::{ModelReport, Report};
use crate::row::{Row, rows};
use crate::sizes::{SUMMARY, sizes};
use crate::style::{Style, paint};
use crate::words::{Total, about, total_rows};

/// The rule line is never shorter than the text that follows it tends to be.
const RULE: usize = 76;

/// A report for people, in so many columns.
#[derive(Debug, Clone, Copy)]
pub struct Text {
    /// Columns of the terminal.
    pub width: usize,
    /// Every layer in a row of its own: none left out for having no parameters, none folded.
    pub all: bool,
    /// Colours.
    pub style: Style,
}

impl Default for Text {
    fn default() -> Self {
        Self { width: 80, all: false, style: Style::plain() }
    }
}

impl Renderer for Text {
    fn render(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        for (i, model) in report.models.iter().enumerate() {
            if i > 0 {
                writeln!(out)?;
            }
            self.model(model, out)?;
        }
        Ok(())
    }
}

impl Text {
    fn model(&self, model: &ModelReport, out: &mut dyn Write) -> io::Result<()> {
        let notes = Notes::new(&model.diagnostics);
        self.headline(out, &model.source, &about(model))?;
        self.layers(model, &notes, out)?;
        if sizes(model).next().is_some() {
            writeln!(out)?;
            self.size_table(&SUMMARY, model, out)?;
        }
        if !model.diagnostics.is_empty() {
            writeln!(out)?;
            self.notes(model, &notes, out)?;
        }
        Ok(())
    }

    fn notes(&self, model: &ModelReport, notes: &Notes<'_>, out: &mut dyn Write) -> io::Result<()> {
        let marked: HashSet<&str> = model.layers.iter().map(|layer| layer.path.as_str()).collect();
        for note in notes.texts(|place| marked.contains(place)) {
            let text = match note.severity {
                Severity::Note => note.text,
                severity => format!("{severity}: {}", note.text),
            };
            paragraph(out, &format!("{} ", superscript(note.number)), &text, self.width)?;
            if let Some(text) = note.excerpt {
                excerpt(out, text)?;
            }
        }
        Ok(())
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

    /// The layers' table and, under a rule line, the totals in its columns.
    fn layers(
        &self,
        model: &ModelReport,
        notes: &Notes<'_>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let (rows, hidden) = rows(model, notes, self.all);
        let totals = total_rows(model);
        let mut layout = Layout::new(Column::in_tables().map(|(_, track)| track));
        for row in &rows {
            layout.measure(&self.cells(model, row, notes));
        }
        for total in &totals {
            layout.measure(&sum_cells(total));
        }
        layout.fit(self.width);
        if !rows.is_empty() {
            layout.titles(out, self.style.quiet)?;
            for row in &rows {
                layout.row(out, &self.cells(model, row, notes))?;
            }
            if hidden > 0 {
                let layers = counted(hidden as u64, "layer");
                writeln!(out, "… {layers} without parameters not shown; --all shows them")?;
            }
            let rule = "─".repeat(layout.width().max(RULE).min(self.width));
            writeln!(out, "{}", paint(self.style.quiet, &rule))?;
        }
        let mut mark = notes.mark_of_whole();
        for total in &totals {
            let mut cells = sum_cells(total);
            if let Some(last) = cells.last_mut() {
                *last = Cell::new(&total.note).mark(std::mem::take(&mut mark));
            }
            layout.row(out, &cells)?;
        }
        Ok(())
    }

    fn cells(&self, model: &ModelReport, row: &Row<'_>, notes: &Notes<'_>) -> Vec<Cell> {
        let mark = row.mark(notes);
        let cell = |(column, _): (&Column, _)| {
            let value = (column.cell)(model, row.layer());
            let cell = Cell::new(value.shown());
            match value {
                _ if mark.is_empty() || column.id != row.marked_column() => cell,
                Value::Unknown => cell.style(self.style.warning).mark(mark.clone()),
                _ => cell.mark(format!(" {mark}")),
            }
        };
        Column::in_tables().map(cell).collect()
    }
}

/// A total's cells as far as they belong to the columns above them.
fn sum_cells(total: &Total) -> Vec<Cell> {
    let cell = |(column, _): (&Column, _)| match column.id {
        "path" => Cell::new(total.label),
        "parameters" => Cell::new(&total.sum),
        _ => Cell::default(),
    };
    Column::in_tables().map(cell).collect()
}
