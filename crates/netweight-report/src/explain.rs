//! A layer's arithmetic as one would write it on a board.

use std::io::{self, Write};

use crate::explanation::{Explanation, Part, Stored, Symbol};
use crate::layout::{Cell, Overflow, Track, paragraph};
use crate::printable::{printable, width};
use crate::quantity::grouped;
use crate::render::apart;
use crate::text::Text;
use netweight_core::Check;

/// Spaces before everything but the headline.
const INDENT: usize = 2;

impl Text {
    /// Writes the arithmetic of these layers, one after another.
    ///
    /// # Errors
    /// What the writer said.
    pub fn explain(&self, explanations: &[Explanation], out: &mut dyn Write) -> io::Result<()> {
        apart(explanations, out, |explanation, out| {
            self.headline(out, &explanation.path, &explanation.headline)?;
            let blocks = [
                self.formula(explanation)?,
                self.symbols(&explanation.symbols)?,
                self.steps(explanation)?,
                self.parts(&explanation.weights)?,
                self.paragraphs(explanation)?,
            ];
            let blocks = blocks.into_iter().filter(|block| !block.is_empty());
            out.write_all(&blocks.collect::<Vec<_>>().join(&b'\n'))
        })
    }

    fn formula(&self, explanation: &Explanation) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        if let Some(formula) = &explanation.formula {
            let first = format!("{:INDENT$}{} = ", "", printable(&explanation.quantity));
            paragraph(&mut out, &first, formula, self.width)?;
        }
        Ok(out)
    }

    /// The steps, their equals signs under that of the formula.
    fn steps(&self, explanation: &Explanation) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        let first = format!("{:1$} = ", "", INDENT + width(&printable(&explanation.quantity)));
        for step in &explanation.steps {
            paragraph(&mut out, &first, step, self.width)?;
        }
        Ok(out)
    }

    fn parts(&self, parts: &[Part]) -> io::Result<Vec<u8>> {
        let tracks = [
            Track::left(""),
            Track { gap: 6, ..Track::left("") },
            Track::right(""),
            Track::right("").min(4),
        ];
        let cells = |(i, part): (usize, &Part)| {
            let label = if i == 0 { "  weights" } else { "" };
            let elements = grouped(part.elements);
            [label.to_owned(), part.name.clone(), part.shape.clone(), elements]
                .map(Cell::new)
                .to_vec()
        };
        self.small_table(tracks, parts.iter().enumerate().map(cells).collect())
    }

    /// The letters, their equals signs and meanings under each other.
    fn symbols(&self, symbols: &[Symbol]) -> io::Result<Vec<u8>> {
        let tracks = [
            Track::left(""),
            Track { gap: 1, ..Track::left("") },
            Track { gap: 1, ..Track::left("") },
            Track::left("").overflow(Overflow::Wrap(32)),
        ];
        let cells = |symbol: &Symbol| {
            let letter = format!("    {}", symbol.symbol);
            [letter, "=".to_owned(), symbol.value.clone(), symbol.meaning.clone()]
                .map(Cell::new)
                .to_vec()
        };
        self.small_table(tracks, symbols.iter().map(cells).collect())
    }

    fn small_table(&self, tracks: [Track; 4], rows: Vec<Vec<Cell>>) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        self.table(&mut out, tracks, &rows)?;
        Ok(out)
    }

    fn paragraphs(&self, explanation: &Explanation) -> io::Result<Vec<u8>> {
        let stored = explanation.stored.as_ref().map(in_words);
        let first = " ".repeat(INDENT);
        let mut paragraphs = Vec::new();
        for text in explanation.notes.iter().cloned().chain(stored) {
            let mut out = Vec::new();
            paragraph(&mut out, &first, &text, self.width)?;
            paragraphs.push(out);
        }
        Ok(paragraphs.join(&b'\n'))
    }
}

/// `stored in the file: 56 (kernel 24, recurrent kernel 16, bias 16); agrees`.
fn in_words(stored: &Stored) -> String {
    let part = |part: &Part| format!("{} {}", part.name, grouped(part.elements));
    let parts = stored.weights.iter().map(part).collect::<Vec<_>>().join(", ");
    let verdict = match stored.check {
        Check::Agree => "; agrees",
        Check::ByConstruction => "; the sizes were read off these weights",
        Check::Differ => "; differs from the formula",
        _ => "",
    };
    format!("stored in the file: {} ({parts}){verdict}", grouped(stored.elements))
}
