//! The layers as CSV (RFC 4180), one row each, numbers bare, all models in one table.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::column::{Shown, Value};
use crate::note::Notes;
use crate::printable::printable;
use crate::render::Renderer;
use crate::report::Report;
use crate::sizes::sizes;
use crate::view::View;

/// A table for spreadsheets and scripts.
#[derive(Debug, Clone, Default)]
pub struct Csv {
    /// Which rows and columns; every layer has a row.
    pub view: View,
}

impl Renderer for Csv {
    fn render(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let view = self.view.clone().whole();
        let columns = view.columns(Shown::Csv);
        record(out, columns.iter().map(|column| column.id.into()))?;
        for model in &report.models {
            let notes = Notes::new(&model.diagnostics);
            for row in &view.rows(model, &notes).rows {
                record(out, columns.iter().map(|column| field((column.cell)(model, row))))?;
            }
        }
        Ok(())
    }
}

impl Csv {
    /// The sizes, one row each, instead of the layers.
    ///
    /// # Errors
    /// What is written to fails.
    pub fn sizes(report: &Report, out: &mut dyn Write) -> io::Result<()> {
        const COLUMNS: [&str; 7] = [
            "source",
            "scheme",
            "weights_bytes",
            "file_bytes",
            "file_tolerance",
            "bits_per_parameter",
            "refused",
        ];
        record(out, COLUMNS.iter().map(|column| Cow::from(*column)))?;
        for model in &report.models {
            for size in sizes(model) {
                let number = |number: Option<f64>| number.map_or(String::new(), |n| n.to_string());
                let cells = [
                    inert(&model.source),
                    inert(&size.label()),
                    size.weights_bytes.to_string(),
                    size.file_bytes.map_or(String::new(), |bytes| bytes.to_string()),
                    number(size.file_tolerance),
                    number(size.bits_per_parameter),
                    inert(size.refused.as_deref().unwrap_or_default()),
                ];
                record(out, cells.into_iter().map(Cow::from))?;
            }
        }
        Ok(())
    }
}

fn record<'a>(out: &mut dyn Write, fields: impl Iterator<Item = Cow<'a, str>>) -> io::Result<()> {
    for (i, field) in fields.enumerate() {
        let comma = if i > 0 { "," } else { "" };
        match field.contains([',', '"', '\n', '\r']) {
            true => write!(out, "{comma}\"{}\"", field.replace('"', "\"\""))?,
            false => write!(out, "{comma}{field}")?,
        }
    }
    write!(out, "\r\n")
}

fn field(value: Value<'_>) -> Cow<'_, str> {
    match value {
        Value::Nothing | Value::Unknown => "".into(),
        Value::Count(n) | Value::AtLeast(n) => n.to_string().into(),
        Value::Share(part, whole) | Value::Bar(part, whole) => {
            format!("{:.6}", part as f64 / whole as f64).into()
        }
        Value::Text(text) => inert(&text).into(),
    }
}

/// The text so that a spreadsheet takes it for text, whatever a file calls its layers: a cell
/// that would be a formula gets an apostrophe before it.
fn inert(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(printable).collect();
    let text = lines.join("\n");
    let first = text.trim_start().chars().next();
    match first {
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') => format!("'{text}"),
        _ => text,
    }
}
