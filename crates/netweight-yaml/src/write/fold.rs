//! Stretches of rows that repeat, found by what each row says and how far away its sources are.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use netweight_core::Args;

use super::skeleton::{Row, Skeleton, Source};

/// The longest stretch that is looked for. A transformer's layer as exporters write it has some
/// dozen rows.
const LONGEST: usize = 128;

/// Rows in order, single ones and repeated stretches.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Row(usize),
    Group(Group),
}

/// A stretch that repeats.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// What the numbers of its copies stand behind: `encoder.layers`.
    pub(super) name: Option<String>,
    /// The names of its rows behind these numbers.
    pub(super) tails: Vec<Option<String>>,
    /// The first row of the first copy.
    pub(super) first: usize,
    /// Rows of one copy.
    pub(super) length: usize,
    pub(super) copies: usize,
}

impl Group {
    /// The rows of its first copy, for which the spec speaks.
    pub(super) fn rows(&self) -> Range<usize> {
        self.first..self.first + self.length
    }

    pub(super) fn last_row(&self) -> usize {
        self.first + self.length * self.copies - 1
    }
}

/// What makes two rows alike.
#[derive(PartialEq, Eq, Hash)]
struct Alike {
    said: String,
    sources: Vec<Away>,
}

/// A source by its distance.
#[derive(PartialEq, Eq, Hash)]
enum Away {
    Input(usize),
    Rows(usize, u32),
}

pub(super) fn fold(skeleton: &Skeleton) -> Vec<Piece> {
    let rows = &skeleton.rows;
    let mut known: HashMap<Alike, usize> = HashMap::new();
    let mut alike = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        let count = known.len();
        alike.push(*known.entry(of(row, index)).or_insert(count));
    }
    let names = rows.iter().map(|row| row.name.as_str()).collect();
    let stretches = Stretches { rows, names, alike, last_use: last_uses(rows) };
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < rows.len() {
        match stretches.best(at).filter(|best| !stretches.is_better_named_later(at, *best)) {
            Some((length, copies)) => {
                pieces.push(Piece::Group(stretches.group(at, length, copies)));
                at += length * copies;
            }
            None => {
                pieces.push(Piece::Row(at));
                at += 1;
            }
        }
    }
    pieces
}

fn of(row: &Row, index: usize) -> Alike {
    let args = |args: &Args| format!("{args:?}");
    let inner: Vec<String> = row
        .layer
        .inner
        .iter()
        .map(|inner| format!("{:?}{}", inner.kind, args(&inner.args)))
        .collect();
    let said = format!(
        "{} {} {inner:?} {} {:?}",
        row.word,
        args(&row.layer.args),
        row.layer.frozen,
        row.owner.map(|owner| index - owner.min(index)),
    );
    let away = |source: &Source| match source {
        Source::Input(input) => Away::Input(*input),
        Source::Row(row, output) => Away::Rows(index - row.min(&index), *output),
    };
    Alike { said, sources: row.sources.iter().map(away).collect() }
}

/// The last row that each one feeds or lends its weights.
fn last_uses(rows: &[Row]) -> Vec<usize> {
    let mut last = vec![0; rows.len()];
    for (index, row) in rows.iter().enumerate() {
        let sources = row.sources.iter().filter_map(|source| match source {
            Source::Row(row, _) => Some(*row),
            Source::Input(_) => None,
        });
        for used in sources.chain(row.owner) {
            if let Some(last) = last.get_mut(used) {
                *last = index;
            }
        }
    }
    last
}

struct Stretches<'s> {
    rows: &'s [Row],
    names: HashSet<&'s str>,
    alike: Vec<usize>,
    last_use: Vec<usize>,
}

impl Stretches<'_> {
    /// The length and the number of copies that save most rows from here on.
    fn best(&self, at: usize) -> Option<(usize, usize)> {
        let longest = LONGEST.min((self.rows.len() - at) / 2);
        let mut best: Option<(usize, usize)> = None;
        for length in 1..=longest {
            // A longer stretch holds the row as well.
            if !self.is_inside(at + length - 1, at) {
                break;
            }
            let copies = self.closed(at, length, usize::MAX);
            let saves = |(length, copies): (usize, usize)| length * (copies - 1);
            let worth = copies > 2 || copies == 2 && length > 1;
            if worth && best.is_none_or(|best| saves((length, copies)) > saves(best)) {
                best = Some((length, copies));
            }
        }
        best
    }

    /// Whether a stretch of the same length that starts a few rows later has names with numbers,
    /// where this one has none: `layers.0.attention` rather than the row before it.
    fn is_better_named_later(&self, at: usize, (length, copies): (usize, usize)) -> bool {
        let is_named = |at, copies| self.numbered(at, length, copies).is_some();
        let feeds_itself = |at: usize| (at..at + length).all(|index| self.is_inside(index, at));
        !is_named(at, copies)
            && (at + 1..at + length).any(|later| {
                is_named(later, 2) && feeds_itself(later) && {
                    let found = self.closed(later, length, copies);
                    found + 1 >= copies && found > 1 && is_named(later, found)
                }
            })
    }

    /// How many alike copies of a stretch that feeds itself, `most` at most, are fed by the one
    /// before alone, and feed the next one alone.
    fn closed(&self, at: usize, length: usize, most: usize) -> usize {
        let used_until = |index: usize| self.last_use.get(index).copied().unwrap_or(0);
        let as_before = |index: usize| {
            let alike = self.alike.get(index);
            alike.is_some() && alike == self.alike.get(index - length)
        };
        let mut whole = 0;
        while whole < most {
            let start = at + whole * length;
            let last = start + length - 1;
            let same = whole == 0 || (start..=last).all(as_before);
            if !same || (start..last).any(|index| used_until(index) > last) {
                break;
            }
            whole += 1;
            if used_until(last) > last + length {
                break;
            }
        }
        whole.max(1)
    }

    /// Whether a row reads only its own stretch and the row right before that.
    fn is_inside(&self, index: usize, start: usize) -> bool {
        let Some(row) = self.rows.get(index) else { return false };
        let inside = |source: &Source| match source {
            Source::Input(_) => false,
            Source::Row(row, output) => *row >= start || (row + 1 == start && *output == 0),
        };
        row.sources.iter().all(inside) && row.owner.is_none_or(|owner| owner >= start)
    }

    fn group(&self, first: usize, length: usize, copies: usize) -> Group {
        let (name, tails) = match self.numbered(first, length, copies) {
            Some((name, tails)) => (Some(name), tails.into_iter().map(Some).collect()),
            None => (None, vec![None; length]),
        };
        Group { name, tails, first, length, copies }
    }

    /// `layers` and `attention`, `norm` … for rows called `layers.0.attention` and so on.
    fn numbered(
        &self,
        first: usize,
        length: usize,
        copies: usize,
    ) -> Option<(String, Vec<String>)> {
        let path = &self.rows.get(first)?.name;
        let name = path.get(..path.rfind(".0.")?)?;
        let zeroth = format!("{name}.0.");
        let tail = |index: usize| self.rows.get(first + index)?.name.strip_prefix(&zeroth);
        let tails: Option<Vec<&str>> = (0..length).map(tail).collect();
        let tails = tails?;
        let holds = (0..copies).all(|copy| {
            tails.iter().enumerate().all(|(index, tail)| {
                let row = self.rows.get(first + copy * length + index);
                row.is_some_and(|row| row.name == format!("{name}.{copy}.{tail}"))
            })
        });
        let alone = !self.names.contains(name);
        (holds && alone).then(|| (name.to_owned(), tails.into_iter().map(str::to_owned).collect()))
    }
}
