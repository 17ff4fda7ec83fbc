//! Two models side by side, for people: in a terminal and as Markdown.

use std::cmp::Reverse;
use std::io::{self, Write};

use crate::diff::{Aspect, Change, Diff, LayerChange, State, Status};
use crate::layout::{Cell, Overflow, Track};
use crate::markdown::{code, escaped, row};
use crate::printable::width;
use crate::quantity::{binary_bytes, change, counted, difference, grouped};
use crate::text::Text;

/// Layers that are shown without `--all`.
const LAYERS: usize = 40;

/// Cells of arithmetic before and after that fit beside each other.
const ARITHMETIC: usize = 48;

const NAME: Track = Track::left("").overflow(Overflow::Shorten(32));
const FIGURE: Track = Track::right("");

/// The totals: a name, both figures, the difference, per cent.
const TOTALS: [Track; 5] = [
    Track::left(""),
    Track { overflow: Overflow::Shorten(12), ..FIGURE },
    Track { overflow: Overflow::Shorten(12), ..FIGURE },
    FIGURE,
    Track { rank: Some(0), ..FIGURE },
];

/// The layers: a sign, a name, parameters before and after, what changed.
const ROWS: [Track; 5] = [
    Track::left(""),
    Track { gap: 1, ..NAME },
    FIGURE,
    Track { rank: Some(0), ..FIGURE },
    Track { gap: 2, ..Track::left("").overflow(Overflow::Wrap(24)) },
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
        self.table(out, TOTALS, &in_cells(rows))?;
        let (changes, more) = listed(diff, self.view.all);
        if !changes.is_empty() {
            writeln!(out)?;
            self.table(out, ROWS, &in_cells(changes.into_iter().map(cells)))?;
        }
        if more > 0 {
            writeln!(out, "… {} more; --all shows them", counted(more, "layer"))?;
        }
        writeln!(out, "\n{}", rest(diff))
    }
}

fn in_cells(rows: impl IntoIterator<Item = [String; 5]>) -> Vec<Vec<Cell<'static>>> {
    rows.into_iter().map(|row| row.map(Cell::new).to_vec()).collect()
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
        let (changes, more) = listed(diff, self.view.all);
        if !changes.is_empty() {
            writeln!(out)?;
            row(out, ["", "layer", "before", "after", "what"].map(String::from).into_iter())?;
            row(out, [":--", ":--", "--:", "--:", ":--"].map(String::from).into_iter())?;
        }
        for change in changes {
            let [sign, name, before, after, what] = cells(change);
            row(out, [sign, code(&name), before, after, escaped(&what)].into_iter())?;
        }
        if more > 0 {
            writeln!(out, "\n{} more.", counted(more, "layer"))?;
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

/// The changes to list, the largest first, then in the order of the files; and how many more there
/// are. Layers that only have other names are counted, not listed.
fn listed(diff: &Diff, all: bool) -> (Vec<&LayerChange>, u64) {
    let mut changes: Vec<&LayerChange> =
        diff.layers.iter().filter(|change| !change.is_only_renamed()).collect();
    let by = |change: &LayerChange, figure: fn(&State) -> Option<u64>| {
        let figure = |state: &Option<State>| state.as_ref().and_then(figure).unwrap_or(0);
        figure(&change.before).abs_diff(figure(&change.after))
    };
    changes.sort_by_key(|change| {
        Reverse((by(change, |state| state.parameters), by(change, |state| state.bytes)))
    });
    let more = if all { 0 } else { changes.len().saturating_sub(LAYERS) };
    changes.truncate(changes.len() - more);
    (changes, more as u64)
}

/// `−  fc  513,000      removed`.
fn cells(change: &LayerChange) -> [String; 5] {
    let sign = match change.status {
        Status::Added => "+",
        Status::Removed => "−",
        Status::Changed | Status::Renamed => "~",
    };
    let count = |state: &Option<State>| {
        state.as_ref().map_or(String::new(), |state| known(state.parameters))
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
    // Where the count differs, it says enough of what comes with it.
    let follows = |aspect: &Aspect| {
        matches!(aspect, Aspect::Bytes | Aspect::Trainable)
            && change.differs.contains(&Aspect::Parameters)
    };
    let differs = change.differs.iter().filter(|aspect| !follows(aspect));
    parts.extend(differs.filter_map(|aspect| differing(*aspect, before, after)));
    parts.join(", ")
}

/// One thing that differs; the count has columns of its own.
fn differing(aspect: Aspect, before: &State, after: &State) -> Option<String> {
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
    let bytes = |bytes: Option<u64>| bytes.map_or("?".to_owned(), binary_bytes);
    let (from, to) = match aspect {
        Aspect::Parameters => return None,
        Aspect::ByHand => return Some(arithmetic(&text(&before.by_hand), &text(&after.by_hand))),
        Aspect::SharedWith => {
            return Some(match &after.shared_with {
                Some(owner) => format!("now shared with {owner}"),
                None => "no longer shared".to_owned(),
            });
        }
        Aspect::Kind => (before.kind.clone(), after.kind.clone()),
        Aspect::Dtype => (text(&before.dtype), text(&after.dtype)),
        Aspect::Bytes => (bytes(before.bytes), bytes(after.bytes)),
        Aspect::Trainable => (known(before.trainable) + " trainable", known(after.trainable)),
    };
    Some(format!("{from} → {to}"))
}

fn known(n: Option<u64>) -> String {
    n.map_or("?".to_owned(), grouped)
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
    let renamed = diff.layers.iter().filter(|change| change.is_only_renamed()).count() as u64;
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
