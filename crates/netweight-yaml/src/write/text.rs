//! Rows and groups → the text of a spec.

use std::collections::HashMap;
use std::fmt::Write;

use netweight_core::{Analysis, Arg, Layer, Shape};

use super::fold::{Group, Piece};
use super::head::head;
use super::scalar::{quoted, said_in, value};
use super::skeleton::{Row, Skeleton, Source};
use crate::form::{self, Holds};
use crate::vocabulary::Vocabulary;

/// The spec as text.
pub(super) fn render(analysis: &Analysis<'_>, skeleton: &Skeleton, pieces: &[Piece]) -> String {
    let mut out = head(analysis, skeleton);
    let writer = Writer { skeleton, vocabulary: analysis.model.convention.into() };
    writer.pieces(&mut out, pieces);
    let counts = analysis.totals.counts;
    let _ = match (analysis.totals.complete, counts.non_trainable) {
        (false, _) => Ok(()),
        (true, 0) => writeln!(out, "expect: {{parameters: {}}}", counts.parameters()),
        (true, fixed) => {
            writeln!(out, "expect: {{parameters: {}, non_trainable: {fixed}}}", counts.parameters())
        }
    };
    out
}

/// The spec with every row written out, and where each row starts in the text.
pub(super) fn flat(analysis: &Analysis<'_>, skeleton: &Skeleton) -> (String, Vec<usize>) {
    let mut out = head(analysis, skeleton);
    let writer = Writer { skeleton, vocabulary: analysis.model.convention.into() };
    let pieces: Vec<Piece> = (0..skeleton.rows.len()).map(Piece::Row).collect();
    let starts = writer.pieces(&mut out, &pieces);
    (out, starts)
}

struct Writer<'s> {
    skeleton: &'s Skeleton,
    vocabulary: Vocabulary,
}

/// The names that are in reach of a row.
struct Names<'n> {
    /// What rows are called here.
    rows: HashMap<usize, String>,
    /// What the inputs are called here.
    inputs: &'n [(String, Option<Shape>)],
    /// The row whose output is the input of the group that this is.
    before: Option<usize>,
    /// The row above.
    previous: Option<usize>,
}

impl Names<'_> {
    fn name(&self, source: Source) -> String {
        let (name, output) = match source {
            Source::Input(index) => {
                (self.inputs.get(index).map(|(name, _)| name.as_str()).unwrap_or("input"), 0)
            }
            Source::Row(row, output) if self.before == Some(row) => ("input", output),
            Source::Row(row, output) => match self.rows.get(&row) {
                Some(name) => (name.as_str(), output),
                None => ("previous", output),
            },
        };
        match output {
            0 => quoted(name),
            output => quoted(&format!("{name}:{output}")),
        }
    }

    /// What feeds a row, as its `from` says it.
    fn list(&self, sources: &[Source]) -> String {
        let names: Vec<String> = sources.iter().map(|source| self.name(*source)).collect();
        match names.as_slice() {
            [one] => one.clone(),
            several => format!("[{}]", several.join(", ")),
        }
    }

    /// Whether a row with these sources needs not say them.
    fn follow(&self, sources: &[Source]) -> bool {
        match (sources, self.previous, self.before) {
            ([Source::Row(row, 0)], Some(previous), _) => *row == previous,
            ([Source::Row(row, 0)], None, before) => before == Some(*row),
            ([Source::Input(0)], None, None) => self.inputs.len() == 1,
            ([], None, None) => self.inputs.is_empty(),
            _ => false,
        }
    }
}

impl Writer<'_> {
    /// Writes the pieces; returns where each starts in the text.
    fn pieces(&self, out: &mut String, pieces: &[Piece]) -> Vec<usize> {
        let mut names = Names {
            rows: HashMap::new(),
            inputs: &self.skeleton.inputs,
            before: None,
            previous: None,
        };
        let mut groups = 0;
        let mut starts = Vec::with_capacity(pieces.len());
        for piece in pieces {
            starts.push(out.len());
            match piece {
                Piece::Row(index) => {
                    let Some(row) = self.skeleton.rows.get(*index) else { continue };
                    self.row(out, row, &names, Some(&row.name), 2);
                    names.rows.insert(*index, row.name.clone());
                    names.previous = Some(*index);
                }
                Piece::Group(group) => {
                    groups += 1;
                    let name = group.name.clone().unwrap_or_else(|| format!("repeated_{groups}"));
                    self.group(out, group, &name, &names);
                    names.rows.insert(group.last_row(), name);
                    names.previous = Some(group.last_row());
                }
            }
        }
        starts
    }

    fn group(&self, out: &mut String, group: &Group, name: &str, outside: &Names<'_>) {
        let before = group.first.checked_sub(1);
        let _ = writeln!(out, "  - name: {}", quoted(name));
        let source = before.map(|row| [Source::Row(row, 0)]);
        if let Some(source) = source.filter(|source| !outside.follow(source)) {
            let _ = writeln!(out, "    from: {}", outside.name(source[0]));
        }
        let _ = writeln!(out, "    repeat: {}\n    layers:", group.copies);
        let mut names = Names { rows: HashMap::new(), inputs: &[], before, previous: None };
        for (index, tail) in group.rows().zip(&group.tails) {
            let Some(row) = self.skeleton.rows.get(index) else { continue };
            let referred = self.is_named_inside(group, index);
            let own = format!("{}_{}", row.word, index - group.first);
            let name = tail.clone().or_else(|| referred.then_some(own));
            self.row(out, row, &names, name.as_ref(), 6);
            names.rows.extend(name.map(|name| (index, name)));
            names.previous = Some(index);
        }
    }

    /// Whether a row of a group is named by others of it.
    fn is_named_inside(&self, group: &Group, index: usize) -> bool {
        group.rows().filter_map(|other| Some((other, self.skeleton.rows.get(other)?))).any(
            |(other, row)| {
                let feeds = row
                    .sources
                    .iter()
                    .any(|source| matches!(source, Source::Row(row, _) if *row == index));
                let alone = other == index + 1 && row.sources == [Source::Row(index, 0)];
                row.owner == Some(index) || feeds && !alone
            },
        )
    }

    /// One layer with what stands beside it.
    fn row(
        &self,
        out: &mut String,
        row: &Row,
        names: &Names<'_>,
        name: Option<&String>,
        indent: usize,
    ) {
        let owner = row.owner.and_then(|owner| Some((owner, self.skeleton.rows.get(owner)?)));
        let again = owner.filter(|(_, owner)| {
            owner.word == row.word
                && owner.layer.args == row.layer.args
                && owner.layer.inner == row.layer.inner
        });
        let mut beside: Vec<String> = Vec::new();
        let (head, value) = match again {
            Some((owner, _)) => ("use".to_owned(), names.rows.get(&owner).map(|name| quoted(name))),
            None => (quoted(&row.word), self.under(row, names)),
        };
        beside.extend(
            name.filter(|name| **name != counted_name(row))
                .map(|name| format!("name: {}", quoted(name))),
        );
        let merges = form::find(&row.word).is_some_and(|word| word.form.holds == Holds::Sources);
        let short = merges && again.is_none() && row.layer.args.iter().next().is_none();
        if !short && !names.follow(&row.sources) {
            beside.push(format!("from: {}", names.list(&row.sources)));
        }
        if again.is_none()
            && let Some(owner) = row.owner.and_then(|owner| names.rows.get(&owner))
        {
            beside.push(format!("tied: {}", quoted(owner)));
        }
        if row.layer.frozen {
            beside.push("trainable: false".to_owned());
        }
        let _ = match value {
            Some(value) => writeln!(out, "{:indent$}- {head}: {value}", ""),
            None if beside.is_empty() => writeln!(out, "{:indent$}- {head}", ""),
            None => writeln!(out, "{:indent$}- {head}:", ""),
        };
        for line in beside {
            let _ = writeln!(out, "{:indent$}  {line}", "");
        }
    }

    /// What stands under the word: a short form, keys, or nothing.
    fn under(&self, row: &Row, names: &Names<'_>) -> Option<String> {
        let Some(word) = form::find(&row.word) else { return own_args(&row.layer) };
        let entries = self.entries(&row.layer, &word);
        match (word.form.holds, entries.as_slice(), word.form.short.as_slice()) {
            (Holds::Sources, [], _) => Some(names.list(&row.sources)),
            (Holds::Args, [(_, arg, text)], [short]) if arg == short => Some(text.clone()),
            (_, [], _) if row.layer.inner.is_empty() => None,
            _ => Some(self.map(&row.layer, &entries)),
        }
    }

    /// The keys of a layer: word, argument, value.
    fn entries(&self, layer: &Layer, word: &form::Word) -> Vec<(&'static str, String, String)> {
        let mut entries = Vec::new();
        for (name, arg) in layer.args.iter() {
            let key = match (name, arg) {
                ("directions", Arg::Int(2)) => Some("bidirectional"),
                _ => word.form.word_for(name, self.vocabulary),
            };
            let Some(field) = key.and_then(|key| word.form.field(key)) else { continue };
            if let Some(text) = said_in(field.takes, arg, word.rank) {
                entries.push((field.word, name.to_owned(), text));
            }
        }
        entries
    }

    fn map(&self, layer: &Layer, entries: &[(&'static str, String, String)]) -> String {
        let mut parts: Vec<String> =
            entries.iter().map(|(key, _, value)| format!("{key}: {value}")).collect();
        let inner: Vec<String> = layer.inner.iter().map(|inner| self.inner(inner)).collect();
        match inner.as_slice() {
            [] => {}
            [first, second]
                if layer.kind.as_deref() == Some("bidirectional") && first == second =>
            {
                parts.insert(0, first.clone());
            }
            [one] => parts.insert(0, one.clone()),
            several => {
                let layers: Vec<String> = several.iter().map(|one| format!("{{{one}}}")).collect();
                return format!("[{}]", layers.join(", "));
            }
        }
        format!("{{{}}}", parts.join(", "))
    }

    /// A wrapped layer as a key and its value.
    fn inner(&self, layer: &Layer) -> String {
        let kind = layer.kind.as_deref().and_then(netweight_core::kind::find);
        let Some(kind) = kind else {
            let name = layer.kind.as_deref().unwrap_or("identity");
            return format!("{}: {}", quoted(name), own_args(layer).unwrap_or_default());
        };
        let name = super::word::word(kind, &layer.type_name, &layer.args);
        let Some(word) = form::find(&name) else { return format!("{name}: ") };
        let mut entries = self.entries(layer, &word);
        if layer.frozen {
            entries.push(("trainable", String::new(), "false".to_owned()));
        }
        format!("{name}: {}", self.map(layer, &entries))
    }
}

/// What the reader calls a row that has no name.
fn counted_name(row: &Row) -> String {
    let Layer { kind, args, inner, .. } = &row.layer;
    match inner.first() {
        Some(inner) if kind.as_deref() == Some("bidirectional") => {
            let kind = inner.kind.as_deref().and_then(netweight_core::kind::find);
            let word = kind.map(|kind| super::word::word(kind, &inner.type_name, &inner.args));
            format!("bi{}", word.unwrap_or_default())
        }
        _ if args.int("directions") == Some(2) => format!("bi{}", row.word),
        _ => row.word.clone(),
    }
}

fn own_args(layer: &Layer) -> Option<String> {
    let args: Vec<String> =
        layer.args.iter().map(|(name, arg)| format!("{name}: {}", value(arg))).collect();
    (!args.is_empty()).then(|| format!("{{{}}}", args.join(", ")))
}
