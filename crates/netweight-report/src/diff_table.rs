//! Two models side by side, for people: in a terminal and as Markdown.

use std::cmp::Reverse;
use std::io::{self, Write};

use crate::diff::{Aspect, Change, Diff, LayerChange, State, Status};
use crate::layout::{Align, Cell, Layout, Overflow, Track};
use crate::markdown::{code, escaped, row};
use crate::printable::width;
use crate::quantity::{binary_bytes, change, counted, difference, grouped};
use crate::text::Text;

/// Layers that are shown without `--all`.
const LAYERS: usize = 40;

/// Cells of arithmetic before and after that fit beside each other.
const ARITHMETIC: usize = 48;

const NAME: Track = Track::new("", Align::Left).overflow(Overflow::Shorten(32));
const FIGURE: Track = Track::new("", Align::Right);

/// The totals: a name, both figures, the difference, per cent.
const TOTALS: [Track; 5] = [
    Track::new("", Align::Left),
    Track { overflow: Overflow::Shorten(12), ..FIGURE },
    Track { overflow: Overflow::Shorten(12), ..FIGURE },
    FIGURE,
    Track { rank: Some(0), ..FIGURE },
];

/// The layers: a sign, a name, parameters before and after, what changed.
const ROWS: [Track; 5] = [
    Track::new("", Align::Left),
    Track { gap: 1, ..NAME },
    FIGURE,
    Track { rank: Some(0), ..FIGURE },
    Track { gap: 2, ..Track::new("", Align::Left).overflow(Overflow::Wrap(24)) },
];

impl Text {
    /// Writes what changed between two models, the largest changes first.
    ///
    /// # Errors
    /// What the writer said.
    pub fn diff(&self, diff: &Diff, out: &mut dyn Write) -> io::Result<()> {
        let totals = totals(diff);
        let [before, after] = names(diff);
        let mut rows = vec![["", before, after, "change", ""].map(String::from)];
        rows.extend(totals.iter().map(|total| figures(total)));
        self.rows(out, &TOTALS, &rows)?;
        let changes = listed(diff);
        let shown = if self.view.all { changes.len() } else { LAYERS.min(changes.len()) };
        if shown > 0 {
            writeln!(out)?;
            let rows: Vec<[String; 5]> =
                changes.iter().take(shown).map(|change| cells(change)).collect();
            self.rows(out, &ROWS, &rows)?;
        }
        if shown < changes.len() {
            let more = counted((changes.len() - shown) as u64, "layer");
            writeln!(out, "… {more} more; --all shows them")?;
        }
        writeln!(out, "\n{}", rest(diff))
    }

    fn rows(
        &self,
        out: &mut dyn Write,
        tracks: &[Track; 5],
        rows: &[[String; 5]],
    ) -> io::Result<()> {
        let cells = |row: &[String; 5]| row.clone().map(Cell::new).to_vec();
        let mut layout = Layout::new(tracks.iter().copied());
        rows.iter().for_each(|row| layout.measure(&cells(row)));
        layout.fit(self.width);
        rows.iter().try_for_each(|row| layout.row(out, &cells(row)))
    }
}

impl crate::markdown::Markdown {
    /// Writes what changed between two models, the largest changes first.
    ///
    /// # Errors
    /// What the writer said.
    pub fn diff(&self, diff: &Diff, out: &mut dyn Write) -> io::Result<()> {
        let [before, after] = names(diff);
        let titles = ["", before, after, "change", ""].map(escaped);
        row(out, titles.into_iter())?;
        row(out, [":--", "--:", "--:", "--:", "--:"].map(String::from).into_iter())?;
        for total in totals(diff) {
            row(out, figures(total).iter().map(|cell| escaped(cell)))?;
        }
        let changes = listed(diff);
        let shown = if self.view.all { changes.len() } else { LAYERS.min(changes.len()) };
        if shown > 0 {
            writeln!(out)?;
            row(out, ["", "layer", "before", "after", "what"].map(String::from).into_iter())?;
            row(out, [":--", ":--", "--:", "--:", ":--"].map(String::from).into_iter())?;
        }
        for change in changes.iter().take(shown) {
            let [sign, name, before, after, what] = cells(change);
            row(out, [sign, code(&name), before, after, escaped(&what)].into_iter())?;
        }
        if shown < changes.len() {
            writeln!(out, "\n{} more.", counted((changes.len() - shown) as u64, "layer"))?;
        }
        writeln!(out, "\n{}", rest(diff))
    }
}

/// The totals worth a line: the count always, others where there is something.
fn totals(diff: &Diff) -> Vec<&Change> {
    let told = |total: &&Change| match total.name.as_str() {
        "parameters" => true,
        "trainable" | "non_trainable" => total.before != total.after,
        _ => total.before.or(total.after).is_some(),
    };
    diff.totals.iter().filter(told).collect()
}

/// `parameters  11,689,512  11,176,512  −513,000  −4.4%`.
fn figures(total: &Change) -> [String; 5] {
    let figure = |n: Option<u64>| n.map_or("–".to_owned(), grouped);
    let name = match total.name.as_str() {
        "layers_with_parameters" => "layers",
        "non_trainable" => "non-trainable",
        "stored_bytes" => "stored bytes",
        name => name,
    };
    let (by, percent) = match (total.before, total.after) {
        (Some(before), Some(after)) if before != after => {
            (difference(before, after), change(before, after).unwrap_or_default())
        }
        (Some(_), Some(_)) => ("none".to_owned(), String::new()),
        _ => (String::new(), String::new()),
    };
    [name.to_owned(), figure(total.before), figure(total.after), by, percent]
}

/// The changes to list: the largest first, then in the order of the files. Layers that only
/// have other names are counted, not listed.
fn listed(diff: &Diff) -> Vec<&LayerChange> {
    let mut changes: Vec<&LayerChange> = diff
        .layers
        .iter()
        .filter(|change| change.status != Status::Renamed || !change.differs.is_empty())
        .collect();
    let by = |change: &LayerChange, figure: fn(&State) -> Option<u64>| {
        let figure = |state: &Option<State>| state.as_ref().and_then(figure).unwrap_or(0);
        figure(&change.before).abs_diff(figure(&change.after))
    };
    changes.sort_by_key(|change| {
        Reverse((by(change, |state| state.parameters), by(change, |state| state.bytes)))
    });
    changes
}

/// `−  fc  513,000      removed`.
fn cells(change: &LayerChange) -> [String; 5] {
    let sign = match change.status {
        Status::Added => "+",
        Status::Removed => "−",
        Status::Changed | Status::Renamed => "~",
    };
    let count = |state: &Option<State>| match state {
        Some(state) => state.parameters.map_or("?".to_owned(), grouped),
        None => String::new(),
    };
    let state = change.after.as_ref().or(change.before.as_ref());
    let (mut before, after) = (count(&change.before), count(&change.after));
    if before == after {
        before = String::new();
    }
    let name = state.map_or("", |state| &state.path);
    [sign.to_owned(), name.to_owned(), before, after, what(change)]
}

/// `removed`; `float32 → int8, 36,928 → 9,424 bytes`.
fn what(change: &LayerChange) -> String {
    let (before, after) = match (&change.before, &change.after) {
        (Some(before), Some(after)) => (before, after),
        (None, Some(state)) => return in_words("added", state),
        (Some(state), None) => return in_words("removed", state),
        (None, None) => return String::new(),
    };
    let mut parts = Vec::new();
    if change.status == Status::Renamed {
        parts.push(format!("was {}", before.path));
    }
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
    let bytes = |bytes: Option<u64>| bytes.map_or("?".to_owned(), binary_bytes);
    for aspect in &change.differs {
        let (from, to) = match aspect {
            Aspect::Kind => (before.kind.clone(), after.kind.clone()),
            Aspect::ByHand => {
                parts.push(arithmetic(&text(&before.by_hand), &text(&after.by_hand)));
                continue;
            }
            Aspect::Dtype => (text(&before.dtype), text(&after.dtype)),
            Aspect::Bytes if change.differs.contains(&Aspect::Parameters) => continue,
            Aspect::Bytes => (bytes(before.bytes), bytes(after.bytes)),
            Aspect::SharedWith => {
                parts.push(match &after.shared_with {
                    Some(owner) => format!("now shared with {owner}"),
                    None => "no longer shared".to_owned(),
                });
                continue;
            }
            Aspect::Trainable if change.differs.contains(&Aspect::Parameters) => continue,
            Aspect::Trainable => {
                let count = |n: Option<u64>| n.map_or("?".to_owned(), grouped);
                let trainable = (count(before.trainable), count(after.trainable));
                (trainable.0 + " trainable", trainable.1)
            }
            Aspect::Parameters => continue,
        };
        parts.push(format!("{from} → {to}"));
    }
    parts.join(", ")
}

/// `512 × 1000 + 1000 → 512 × 10 + 10`; of what would fill lines only the new.
fn arithmetic(before: &str, after: &str) -> String {
    match width(before) + width(after) > ARITHMETIC {
        true => format!("now {after}"),
        false => format!("{before} → {after}"),
    }
}

/// The file names, without the folder that both lie in.
fn names(diff: &Diff) -> [&str; 2] {
    let (before, after) = (diff.before.as_str(), diff.after.as_str());
    let folder = before
        .match_indices('/')
        .map(|(slash, _)| slash + 1)
        .take_while(|end| after.get(..*end) == before.get(..*end))
        .last()
        .filter(|_| before != after);
    let name = |path| folder.and_then(|end| str::get(path, end..)).unwrap_or(path);
    [name(before), name(after)]
}

/// `added, 512 × 1000 + 1000`.
fn in_words(word: &str, state: &State) -> String {
    match (&state.by_hand, &state.shared_with) {
        (_, Some(owner)) => format!("{word}, shared with {owner}"),
        (Some(numbers), None) => format!("{word}, {numbers}"),
        (None, None) => word.to_owned(),
    }
}

/// `61 layers are the same, 3 of them under other names`.
fn rest(diff: &Diff) -> String {
    let renamed = diff
        .layers
        .iter()
        .filter(|change| change.status == Status::Renamed && change.differs.is_empty())
        .count() as u64;
    let same = diff.unchanged.saturating_add(renamed);
    let mut words = match same {
        0 => "no layer with parameters is the same".to_owned(),
        1 => "1 layer with parameters is the same".to_owned(),
        same => format!("{} with parameters are the same", counted(same, "layer")),
    };
    if renamed > 0 {
        words += &format!(", {} of them under another path", grouped(renamed));
    }
    words
}
