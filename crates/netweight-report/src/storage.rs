//! Why a file is as big as it is: its bytes by what they hold, and what would shrink it.

use std::io::{self, Write};

use netweight_core::storage::Holding;

use crate::layout::{Align, Cell, Overflow, Track, table};
use crate::quantity::{binary_bytes, grouped, percent};
use crate::report::{ModelReport, Report};
use crate::text::Text;

impl Text {
    /// Writes what the bytes of each file hold.
    ///
    /// # Errors
    /// What the writer said.
    pub fn storage(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        for (i, model) in report.models.iter().enumerate() {
            if i > 0 {
                writeln!(out)?;
            }
            self.holdings(model, out)?;
        }
        Ok(())
    }

    fn holdings(&self, model: &ModelReport, out: &mut dyn Write) -> io::Result<()> {
        let total = model.file_bytes.unwrap_or(0);
        let about = match model.file_bytes {
            Some(bytes) => format!("{} bytes, {}", grouped(bytes), binary_bytes(bytes)),
            None => "the file holds no weights".to_owned(),
        };
        self.headline(out, &model.source, &about)?;
        let tracks = [
            Track::new("what", Align::Left).overflow(Overflow::Shorten(24)),
            Track::new("bytes", Align::Right),
            Track::new("share", Align::Right),
            Track::new("could go", Align::Right),
            Track::new("by", Align::Left).overflow(Overflow::Wrap(24)),
        ];
        let row = |holding: &Holding| {
            let savable =
                if holding.savable > 0 { grouped(holding.savable) } else { String::new() };
            [
                holding.what.clone(),
                grouped(holding.bytes),
                percent(holding.bytes, total).unwrap_or_default(),
                savable,
                holding.help.clone().unwrap_or_default(),
            ]
            .map(Cell::new)
            .to_vec()
        };
        let rows: Vec<Vec<Cell>> = model.storage.iter().map(row).collect();
        table(out, tracks, &rows, self.width, self.style.quiet)
    }
}
