//! Plain tables of what there is: formats, kinds, schemes.

use std::io::{self, Write};

use crate::layout::{Cell, Overflow, Track};
use crate::text::Text;

/// A table of texts; all but the first column may be long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    /// The columns' titles.
    pub titles: Vec<&'static str>,
    /// A text for every column.
    pub rows: Vec<Vec<String>>,
}

impl Text {
    /// Writes a catalogue.
    ///
    /// # Errors
    /// What the writer said.
    pub fn catalogue(&self, catalogue: &Catalogue, out: &mut dyn Write) -> io::Result<()> {
        let last = catalogue.titles.len().saturating_sub(1);
        let track = |(i, title): (usize, &&'static str)| {
            let track = Track::left(title);
            match i {
                0 => track,
                i if i == last => track.overflow(Overflow::Wrap(32)),
                _ => track.overflow(Overflow::Wrap(20)),
            }
        };
        let tracks = catalogue.titles.iter().enumerate().map(track);
        let cells = |row: &Vec<String>| row.iter().cloned().map(Cell::new).collect();
        let rows: Vec<Vec<Cell>> = catalogue.rows.iter().map(cells).collect();
        self.table(out, tracks, &rows)
    }
}
