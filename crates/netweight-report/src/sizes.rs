//! Sizes side by side: the few lines under a report, and the table of `netweight sizes`.

use std::io::{self, Write};

use crate::layout::{Cell, Layout, Overflow, Track, paragraph};
use crate::printable::printable;
use crate::quantity::{at_least, binary_bytes, change, grouped, percent, ratio};
use crate::render::apart;
use crate::report::{ModelReport, Report};
use crate::size::{LayerBytes, Size, SizeKind};
use crate::text::Text;

/// A column of a table of sizes.
pub(crate) struct SizeColumn {
    pub(crate) track: Track,
    pub(crate) cell: fn(&ModelReport, &Size) -> String,
}

/// Beside the numbers where there is room, else below them.
const NOTE: Track = optional(0, Track::left("").overflow(Overflow::Wrap(32)));

/// The columns under a report.
pub(crate) const SUMMARY: [SizeColumn; 6] = [
    SizeColumn {
        track: Track::left("size").overflow(Overflow::Shorten(24)),
        cell: |_, size| size.label(),
    },
    SizeColumn {
        track: Track::right("bytes").min(11),
        cell: |model, size| at_least(model.totals.complete, grouped(size.weights_bytes)),
    },
    SizeColumn { track: Track::right(""), cell: |_, size| binary_bytes(size.weights_bytes) },
    SizeColumn {
        track: optional(2, Track::right("of float32").min(11)),
        cell: |_, size| size.ratio.map(ratio).unwrap_or_default(),
    },
    SizeColumn {
        track: optional(3, Track::right("change")),
        cell: |model, size| match (&model.stored, size.kind) {
            (Some(stored), SizeKind::Width | SizeKind::Scheme) => {
                change(stored.weights_bytes, size.weights_bytes).unwrap_or_default()
            }
            _ => String::new(),
        },
    },
    SizeColumn { track: NOTE, cell: |_, _| String::new() },
];

/// Schemes under which the largest layers are named; of more the table says enough.
const TOLD: usize = 3;

/// The columns of `netweight sizes`.
const SCHEMES: [SizeColumn; 7] = [
    SizeColumn {
        track: Track::left("scheme").overflow(Overflow::Shorten(24)),
        cell: |_, size| match size.kind {
            SizeKind::Stored => format!("today ({})", size.scheme),
            SizeKind::Width => format!("{} (plain width)", size.scheme),
            SizeKind::Scheme => size.scheme.clone(),
        },
    },
    SizeColumn {
        track: Track::right("weights").min(11),
        cell: |model, size| at_least(model.totals.complete, grouped(size.weights_bytes)),
    },
    SizeColumn {
        track: Track::right("file"),
        cell: |_, size| size.file_bytes.map_or("–".to_owned(), grouped),
    },
    SizeColumn {
        track: optional(3, Track { gap: 1, ..Track::left("") }),
        cell: |_, size| size.file_tolerance.map(tolerance).unwrap_or_default(),
    },
    SizeColumn {
        track: optional(2, Track::right("of today")),
        cell: |model, size| {
            let stored = model.stored.as_ref();
            stored.and_then(|s| percent(size.weights_bytes, s.weights_bytes)).unwrap_or_default()
        },
    },
    SizeColumn {
        track: optional(1, Track::right("bits per parameter")),
        cell: |_, size| size.bits_per_parameter.map_or(String::new(), |bits| format!("{bits:.1}")),
    },
    SizeColumn { track: NOTE, cell: |_, size| size.note.clone().unwrap_or_default() },
];

/// A column that is left out where nothing stands in it or the room is needed for others.
const fn optional(rank: u8, track: Track) -> Track {
    Track { rank: Some(rank), ..track }
}

/// `±2%`, `±0.3%`.
fn tolerance(share: f64) -> String {
    let decimals = usize::from(share < 0.01);
    format!("±{:.decimals$}%", share * 100.0)
}

/// A size's texts; of one that the tool refuses only its name and the reason.
pub(crate) fn texts(columns: &[SizeColumn], model: &ModelReport, size: &Size) -> Vec<String> {
    let mut texts: Vec<String> = columns.iter().map(|column| (column.cell)(model, size)).collect();
    if let (Some(reason), [_, numbers @ .., note]) = (&size.refused, texts.as_mut_slice()) {
        numbers.fill(String::new());
        *note = format!("refused: {reason}");
    }
    texts
}

/// What is stored, then every other size.
pub(crate) fn sizes(model: &ModelReport) -> impl Iterator<Item = &Size> {
    model.stored.iter().chain(&model.sizes)
}

impl Text {
    /// Writes `netweight sizes`: what is stored and every scheme, model by model.
    ///
    /// # Errors
    /// What the writer said.
    pub fn sizes(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        apart(&report.models, out, |model, out| {
            let parameters = model.totals.parameters.map_or("?".to_owned(), grouped);
            let file = model.file_bytes.map_or(String::new(), |n| binary_bytes(n) + ", ");
            let parameters = at_least(model.totals.complete, parameters);
            let about = format!("{file}{parameters} parameters");
            self.headline(out, &model.source, &about)?;
            self.size_table(&SCHEMES, model, out)?;
            self.largest(model, out)?;
            self.compared(model, out)
        })
    }

    pub(crate) fn size_table(
        &self,
        columns: &[SizeColumn],
        model: &ModelReport,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let rows: Vec<Vec<String>> = sizes(model).map(|size| texts(columns, model, size)).collect();
        let cells = |texts: &Vec<String>| texts.iter().cloned().map(Cell::new).collect::<Vec<_>>();
        let mut layout = Layout::new(columns.iter().map(|column| column.track));
        rows.iter().for_each(|row| layout.measure(&cells(row)));
        layout.fit(self.width);
        layout.titles(out, self.style.quiet)?;
        for row in &rows {
            layout.row(out, &cells(row))?;
            match row.last() {
                Some(note) if !note.is_empty() && !layout.shows(columns.len() - 1) => {
                    paragraph(out, "    ", note, self.width)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// `what stays large under ort-dyn-int8:  classifier 1,281,000 (35.0%), …`.
    fn largest(&self, model: &ModelReport, out: &mut dyn Write) -> io::Result<()> {
        let tells = |size: &&Size| !size.largest.is_empty() && size.refused.is_none();
        let telling = model.sizes.iter().filter(tells);
        for size in telling.take(TOLD) {
            let layer = |layer: &LayerBytes| {
                let share = percent(layer.bytes, size.weights_bytes).unwrap_or_default();
                format!("{} {} ({share})", layer.path, grouped(layer.bytes))
            };
            let layers = size.largest.iter().map(layer).collect::<Vec<_>>().join(", ");
            writeln!(out)?;
            let first = format!("what stays large under {}:  ", printable(&size.scheme));
            paragraph(out, &first, &layers, self.width)?;
        }
        Ok(())
    }
}
