//! Why a file is as big as it is: its bytes by what they hold, and what would shrink it.

use std::io::{self, Write};

use netweight_core::storage::{FileBytes, Holding};

use crate::layout::{Cell, Overflow, Track};
use crate::quantity::{binary_bytes, grouped, percent};
use crate::render::apart;
use crate::report::{ModelReport, Report};
use crate::text::Text;

impl Text {
    /// Writes what the bytes of each file hold.
    ///
    /// # Errors
    /// What the writer said.
    pub fn storage(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        apart(&report.models, out, |model, out| {
            self.holdings(model, out)?;
            self.compared(model, out)
        })
    }

    fn holdings(&self, model: &ModelReport, out: &mut dyn Write) -> io::Result<()> {
        let Some(length) = model.file_bytes else {
            return self.headline(out, &model.source, "the file holds no weights");
        };
        self.headline(out, &model.source, &in_words(length))?;
        let Some((own, beside)) = model.files.split_first() else {
            return self.held(length, None, &model.storage, out);
        };
        self.categories(own, out)?;
        self.held(own.total(), None, &model.storage, out)?;
        for file in beside {
            writeln!(out)?;
            let about = file.length.map_or("not there".to_owned(), in_words);
            self.headline(out, &file.name, &about)?;
            self.categories(file, out)?;
            self.held(file.total(), Some(&file.name), &model.storage, out)?;
        }
        Ok(())
    }

    /// What the bytes of a file belong to.
    fn categories(&self, file: &FileBytes, out: &mut dyn Write) -> io::Result<()> {
        let tracks = [Track::left("category"), Track::right("bytes"), Track::right("share")];
        let total = file.total();
        let row = |name: &str, bytes: u64| {
            let share = percent(bytes, total).unwrap_or_default();
            [name.to_owned(), grouped(bytes), share].map(Cell::new).to_vec()
        };
        let parts = file.parts();
        let some = parts.iter().filter(|(_, bytes)| *bytes > 0);
        let mut rows: Vec<_> = some.map(|(part, bytes)| row(part.name(), *bytes)).collect();
        rows.push(row("total", total));
        self.table(out, tracks, &rows)?;
        writeln!(out)
    }

    /// What a file's bytes hold, and what could go.
    fn held(
        &self,
        total: u64,
        file: Option<&str>,
        storage: &[Holding],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let tracks = [
            Track::left("what").overflow(Overflow::Shorten(24)),
            Track::right("bytes"),
            Track::right("share"),
            Track::right("could go"),
            Track::left("by").overflow(Overflow::Wrap(24)),
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
        let own = storage.iter().filter(|holding| holding.file.as_deref() == file);
        let rows: Vec<Vec<Cell>> = own.map(row).collect();
        self.table(out, tracks, &rows)
    }
}

fn in_words(bytes: u64) -> String {
    format!("{} bytes, {}", grouped(bytes), binary_bytes(bytes))
}
