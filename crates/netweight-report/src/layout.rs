//! Tables without boxes: columns side by side, fitted into a width.
//!
//! Rows are measured first and written afterwards, so that a table of a million rows is never
//! held in memory. Crates that draw tables keep all rows, and none of them shortens one column in
//! the middle, breaks another before an operator and leaves out a third.

use std::borrow::Cow;
use std::io::{self, Write};

use anstyle::Style as Ansi;
use smallvec::{SmallVec, smallvec};

use crate::printable::{printable, shorten, width, wrap};
use crate::style::paint;

/// Lines of one cell. Arithmetic that is longer is for `explain`, not for a table.
const LINES: usize = 4;

/// Spaces between a number and a remark on it.
const REMARK_GAP: usize = 2;

/// Bytes that most lines do with.
const USUAL: usize = 128;

/// What a column of long texts keeps where even the columns that always stay do not fit.
const TIGHT: usize = 10;

/// Which edge of a column its texts touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// What becomes of a text that is wider than its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overflow {
    /// Nothing: numbers are never cut.
    Keep,
    /// It is shortened in the middle; the column keeps so many cells.
    Shorten(usize),
    /// It goes on in the next line; the column keeps so many cells.
    Wrap(usize),
}

/// A column's place in a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Track {
    pub(crate) title: &'static str,
    pub(crate) align: Align,
    pub(crate) overflow: Overflow,
    /// Spaces before it.
    pub(crate) gap: usize,
    /// The narrowest it gets.
    pub(crate) min: usize,
    /// The lower, the sooner it is left out; `None` is never left out.
    pub(crate) rank: Option<u8>,
    /// Left out of tables this wide or narrower.
    pub(crate) beyond: usize,
}

impl Track {
    /// A column of short texts.
    pub(crate) const fn left(title: &'static str) -> Self {
        let (align, overflow) = (Align::Left, Overflow::Keep);
        Self { title, align, overflow, gap: 3, min: 0, rank: None, beyond: 0 }
    }

    /// A column of numbers.
    pub(crate) const fn right(title: &'static str) -> Self {
        Self { align: Align::Right, ..Self::left(title) }
    }

    /// The same, at least so wide.
    pub(crate) const fn min(self, min: usize) -> Self {
        Self { min, ..self }
    }

    /// The same with another way to deal with long texts.
    pub(crate) const fn overflow(self, overflow: Overflow) -> Self {
        Self { overflow, ..self }
    }
}

/// What stands in one row of one column.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell<'a> {
    text: Cow<'a, str>,
    /// A note's mark, which hangs into the gap behind the column.
    mark: String,
    style: Ansi,
}

impl<'a> Cell<'a> {
    pub(crate) fn new(text: impl Into<Cow<'a, str>>) -> Self {
        let text = match text.into() {
            Cow::Borrowed(text) => printable(text),
            Cow::Owned(text) => match printable(&text) {
                Cow::Borrowed(_) => text.into(),
                Cow::Owned(safe) => safe.into(),
            },
        };
        Self { text, ..Self::default() }
    }

    pub(crate) fn mark(self, mark: String) -> Self {
        Self { mark, ..self }
    }

    pub(crate) fn style(self, style: Ansi) -> Self {
        Self { style, ..self }
    }
}

/// A track with what measuring found.
struct Column {
    track: Track,
    width: usize,
    /// The widest mark that hangs behind it.
    mark: usize,
    /// Whether any row has something in it.
    filled: bool,
    shown: bool,
    start: usize,
    /// The width that its texts may take: the last column has all that is left of the line.
    room: usize,
}

/// A table's columns, first measured, then written.
pub(crate) struct Layout {
    columns: Vec<Column>,
    tight: bool,
}

impl Layout {
    pub(crate) fn new(tracks: impl IntoIterator<Item = Track>) -> Self {
        let column = |track: Track| {
            let width = width(track.title).max(track.min);
            Column { track, width, mark: 0, filled: false, shown: true, start: 0, room: width }
        };
        Self { columns: tracks.into_iter().map(column).collect(), tight: false }
    }

    /// Takes a row's widths into account.
    pub(crate) fn measure(&mut self, cells: &[Cell<'_>]) {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.width = column.width.max(width(&cell.text));
            column.mark = column.mark.max(width(&cell.mark));
            column.filled |= !cell.text.is_empty();
        }
    }

    /// Fits the columns into a width: leaves out what is empty, then what matters least, then
    /// gives what room is left to the columns that have long texts.
    pub(crate) fn fit(&mut self, width: usize) {
        for column in &mut self.columns {
            let optional = column.track.rank.is_some();
            column.shown = !optional || (column.filled && width > column.track.beyond);
        }
        while self.least() > width && self.leave_one_out() {}
        self.tight = self.least() > width;
        self.share_out(width);
        let (mut end, mut next) = (0, 0);
        for (i, column) in self.shown_mut().enumerate() {
            column.start = if i == 0 { 0 } else { next.max(end + column.track.gap) };
            end = column.start + column.width;
            next = end + column.mark + 1;
            column.room = column.width;
        }
        if let Some(last) = self.shown_mut().last() {
            last.room = last.width.max(width.saturating_sub(last.start));
        }
    }

    fn shown(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.shown)
    }

    fn shown_mut(&mut self) -> impl Iterator<Item = &mut Column> {
        self.columns.iter_mut().filter(|column| column.shown)
    }

    /// The width that the shown columns can do with, gaps included.
    fn least(&self) -> usize {
        let columns: usize = self.shown().map(|column| column.least(self.tight)).sum();
        columns + self.shown().skip(1).map(|column| column.track.gap).sum::<usize>()
    }

    fn leave_one_out(&mut self) -> bool {
        let least =
            self.shown_mut().filter(|c| c.track.rank.is_some()).min_by_key(|c| c.track.rank);
        least.map(|column| column.shown = false).is_some()
    }

    /// Every column gets what it can do with; what is left goes in equal parts to those that
    /// would like more, the modest ones first.
    fn share_out(&mut self, width: usize) {
        let tight = self.tight;
        let mut left = width.saturating_sub(self.least());
        let mut wishing: Vec<&mut Column> = self.shown_mut().collect();
        let wish = |column: &Column| column.width - column.least(tight);
        wishing.sort_by_key(|column| wish(column));
        let mut count = wishing.len();
        for column in wishing {
            let extra = wish(column).min(left / count);
            column.width = column.least(tight) + extra;
            left -= extra;
            count -= 1;
        }
    }

    /// Whether the column was not left out.
    pub(crate) fn shows(&self, column: usize) -> bool {
        self.columns.get(column).is_some_and(|column| column.shown)
    }

    /// The width of the whole table.
    pub(crate) fn width(&self) -> usize {
        self.shown().last().map_or(0, |column| column.start + column.width)
    }

    /// Writes the titles of the columns that have something in them.
    pub(crate) fn titles(&self, out: &mut dyn Write, style: Ansi) -> io::Result<()> {
        let title = |column: &Column| match column.filled {
            true => Cell::new(column.track.title).style(style),
            false => Cell::default(),
        };
        self.row(out, &self.columns.iter().map(title).collect::<Vec<_>>())
    }

    /// Where a remark of that width begins behind a column: under the last column, if it fits
    /// there, else as far left as it may be.
    pub(crate) fn remark_start(&self, behind: usize, remark: usize, width: usize) -> usize {
        let starts = || self.columns.iter().skip(behind + 1).filter(|c| c.shown).map(|c| c.start);
        let fits = |start: &usize| start + remark <= width;
        let edge = self.columns.get(behind).map_or(0, |c| c.start + c.width);
        starts().rfind(fits).unwrap_or(edge + REMARK_GAP)
    }

    /// Writes a row, in as many lines as its longest wrapped text takes.
    pub(crate) fn row(&self, out: &mut dyn Write, cells: &[Cell<'_>]) -> io::Result<()> {
        self.lines(cells).iter().try_for_each(|line| writeln!(out, "{}", line.text))
    }

    /// Writes a row and, from a cell behind what stands in it, a remark that wraps.
    pub(crate) fn row_with_remark(
        &self,
        out: &mut dyn Write,
        cells: &[Cell<'_>],
        start: usize,
        remark: &str,
        limit: usize,
    ) -> io::Result<()> {
        let mut lines = self.lines(cells);
        let wrapped = wrap(&printable(remark), limit.saturating_sub(start).max(TIGHT));
        lines.resize_with(lines.len().max(wrapped.len()), Line::default);
        for (line, text) in lines.iter_mut().zip(wrapped.iter().filter(|text| !text.is_empty())) {
            line.pad_to(start);
            line.put(text, Ansi::new());
        }
        lines.iter().try_for_each(|line| writeln!(out, "{}", line.text))
    }

    fn lines(&self, cells: &[Cell<'_>]) -> Vec<Line> {
        let places: Vec<Placed<'_>> = self
            .columns
            .iter()
            .zip(cells)
            .filter(|(column, cell)| column.shown && !cell.text.is_empty())
            .map(|(column, cell)| Placed { column, cell, lines: column.lines(&cell.text) })
            .collect();
        let height = places.iter().map(|place| place.lines.len()).max().unwrap_or(0);
        let line = |i: usize| {
            let mut line = Line { text: String::with_capacity(USUAL), width: 0 };
            for place in &places {
                if let Some(text) = place.lines.get(i) {
                    line.pad_to(place.column.left_edge(width(text)));
                    line.put(text, place.cell.style);
                }
                if i + 1 == place.lines.len() {
                    line.put(&place.cell.mark, Ansi::new());
                }
            }
            line
        };
        (0..height).map(line).collect()
    }
}

/// A cell in its column.
struct Placed<'a> {
    column: &'a Column,
    cell: &'a Cell<'a>,
    lines: Lines<'a>,
}

/// The lines of a cell, mostly one.
type Lines<'a> = SmallVec<[Cow<'a, str>; 1]>;

impl Column {
    /// The width it can do with.
    fn least(&self, tight: bool) -> usize {
        match self.track.overflow {
            Overflow::Keep => self.width,
            Overflow::Shorten(_) | Overflow::Wrap(_) if tight => self.width.min(TIGHT),
            Overflow::Shorten(least) | Overflow::Wrap(least) => self.width.min(least),
        }
    }

    fn lines<'a>(&self, text: &'a str) -> Lines<'a> {
        match self.track.overflow {
            Overflow::Shorten(_) => smallvec![shorten(text, self.room)],
            Overflow::Wrap(_) if width(text) > self.room => {
                let mut lines = wrap(text, self.room);
                if lines.len() > LINES {
                    lines.truncate(LINES);
                    lines.push("…".to_owned());
                }
                lines.iter().map(|line| shorten(line, self.room).into_owned().into()).collect()
            }
            Overflow::Keep | Overflow::Wrap(_) => smallvec![text.into()],
        }
    }

    fn left_edge(&self, width: usize) -> usize {
        match self.track.align {
            Align::Left => self.start,
            Align::Right => self.start + self.width.saturating_sub(width),
        }
    }
}

/// A line as it grows, from left to right.
#[derive(Default)]
struct Line {
    text: String,
    width: usize,
}

impl Line {
    /// Fills up to a cell with spaces, at least one behind what is there.
    fn pad_to(&mut self, cell: usize) {
        let spaces = cell.saturating_sub(self.width).max(usize::from(self.width > 0));
        self.text.extend(std::iter::repeat_n(' ', spaces));
        self.width += spaces;
    }

    fn put(&mut self, text: &str, style: Ansi) {
        if !text.is_empty() {
            self.text.push_str(&paint(style, text));
            self.width += width(text);
        }
    }
}

/// Writes a text in lines of at most `limit` cells, behind what stands first and indented by it.
pub(crate) fn paragraph(
    out: &mut dyn Write,
    first: &str,
    text: &str,
    limit: usize,
) -> io::Result<()> {
    let indent = width(first);
    for (i, line) in wrap(&printable(text), limit.saturating_sub(indent)).iter().enumerate() {
        match i {
            0 => writeln!(out, "{first}{line}")?,
            _ => writeln!(out, "{:indent$}{line}", "")?,
        }
    }
    Ok(())
}
