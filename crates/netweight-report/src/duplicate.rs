//! Stored tensors that repeat others, and what they cost.

use std::collections::HashSet;
use std::io::{self, Write};

use netweight_core::Diagnostic;
use netweight_core::duplicate::Duplicate;

use crate::layout::{Cell, Overflow, Track};
use crate::note::Notes;
use crate::printable::printable;
use crate::quantity::grouped;
use crate::report::ModelReport;
use crate::text::Text;

impl Text {
    /// Writes the tensors that repeat others, and what kept some from being compared.
    pub(crate) fn compared(&self, model: &ModelReport, out: &mut dyn Write) -> io::Result<()> {
        self.duplicates(model.duplicates.as_deref(), out)?;
        let about = model.diagnostics.iter().filter(|found| found.code.starts_with("duplicates/"));
        let problems: Vec<Diagnostic> = about.cloned().collect();
        if !problems.is_empty() {
            writeln!(out)?;
            self.notes(&Notes::new(&problems), &HashSet::new(), out)?;
        }
        Ok(())
    }

    /// Writes the tensors that repeat others; nothing where they were not looked for.
    pub(crate) fn duplicates(
        &self,
        duplicates: Option<&[Duplicate]>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let Some(duplicates) = duplicates else { return Ok(()) };
        if duplicates.is_empty() {
            return writeln!(out, "\nno stored tensor repeats another");
        }
        let tracks = [
            Track::left("stored again").overflow(Overflow::Shorten(16)),
            Track::left("of").overflow(Overflow::Shorten(16)),
            Track::left("layout"),
            Track::right("bytes"),
        ];
        let row = |found: &Duplicate| {
            let cells = [
                place(&found.layer, &found.name),
                place(&found.of_layer, &found.of),
                found.layout.to_string(),
                grouped(found.bytes),
            ];
            cells.map(Cell::new).to_vec()
        };
        let mut rows: Vec<Vec<Cell>> = duplicates.iter().map(row).collect();
        let total = duplicates.iter().fold(0, |sum: u64, found| sum.saturating_add(found.bytes));
        rows.push(
            ["total".into(), String::new(), String::new(), grouped(total)].map(Cell::new).to_vec(),
        );
        writeln!(out)?;
        self.table(out, tracks, &rows)
    }
}

/// A tensor by its layer and its own name, which often begins with the layer's.
fn place(layer: &str, name: &str) -> String {
    match name.starts_with(layer) {
        true => printable(name).into_owned(),
        false => format!("{}: {}", printable(layer), printable(name)),
    }
}
