//! A report's diagnostics as numbered notes, and the marks that lead to them.

use std::collections::{BTreeMap, HashMap};

use netweight_core::{Diagnostic, Severity};

use crate::quantity::grouped;

/// Places named in a note that many places share.
const PLACES: usize = 3;

/// Marks of notes on the whole model that a line can bear.
const MARKS: usize = 3;

/// The numbered notes of one model. What is said of several places is one note.
pub(crate) struct Notes<'a> {
    notes: Vec<Note<'a>>,
    by_place: HashMap<&'a str, Vec<usize>>,
}

struct Note<'a> {
    diagnostic: &'a Diagnostic,
    places: Vec<&'a str>,
}

impl<'a> Notes<'a> {
    pub(crate) fn new(diagnostics: &'a [Diagnostic]) -> Self {
        let mut notes: Vec<Note<'a>> = Vec::new();
        let mut by_place: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut known = BTreeMap::new();
        for diagnostic in diagnostics {
            let Diagnostic { severity, code, place, message, help, excerpt } = diagnostic;
            let index =
                *known.entry((severity, code, message, help, excerpt)).or_insert_with(|| {
                    notes.push(Note { diagnostic, places: Vec::new() });
                    notes.len() - 1
                });
            if let (Some(place), Some(note)) = (place, notes.get_mut(index)) {
                note.places.push(place);
                by_place.entry(place).or_default().push(index + 1);
            }
        }
        Self { notes, by_place }
    }

    /// The mark of what is said of a place; empty where nothing is.
    pub(crate) fn mark(&self, place: &str) -> String {
        self.by_place.get(place).map_or_else(String::new, |numbers| superscripts(numbers))
    }

    /// The mark of what is said of the model as a whole.
    pub(crate) fn mark_of_whole(&self) -> String {
        let whole = |(i, note): (usize, &Note<'_>)| note.places.is_empty().then_some(i + 1);
        let numbers: Vec<usize> = self.notes.iter().enumerate().filter_map(whole).collect();
        if numbers.len() > MARKS { String::new() } else { superscripts(&numbers) }
    }

    /// The notes with their numbers. Places that bear a mark are not named again.
    pub(crate) fn texts(
        &self,
        marked: impl Fn(&str) -> bool,
    ) -> impl Iterator<Item = NoteText<'a>> {
        self.notes.iter().enumerate().map(move |(i, note)| {
            let unmarked: Vec<&str> = note.places.iter().copied().filter(|p| !marked(p)).collect();
            NoteText {
                number: i + 1,
                severity: note.diagnostic.severity,
                text: note.text(&unmarked),
                excerpt: note.diagnostic.excerpt.as_deref(),
            }
        })
    }
}

/// A note in words.
pub(crate) struct NoteText<'a> {
    pub(crate) number: usize,
    pub(crate) severity: Severity,
    pub(crate) text: String,
    pub(crate) excerpt: Option<&'a str>,
}

impl NoteText<'_> {
    /// The text behind how much it matters, unless it is only worth knowing.
    pub(crate) fn in_words(&self) -> String {
        match self.severity {
            Severity::Note => self.text.clone(),
            severity => format!("{severity}: {}", self.text),
        }
    }
}

impl Note<'_> {
    fn text(&self, places: &[&str]) -> String {
        let mut text = places.iter().take(PLACES).copied().collect::<Vec<_>>().join(", ");
        if places.len() > PLACES {
            text += &format!(" and {} more", grouped((places.len() - PLACES) as u64));
        }
        if !text.is_empty() {
            text += ": ";
        }
        text += &self.diagnostic.message;
        if let Some(help) = &self.diagnostic.help {
            text += "; ";
            text += help;
        }
        text
    }
}

fn superscripts(numbers: &[usize]) -> String {
    numbers.iter().map(|&n| superscript(n)).collect::<Vec<_>>().join(",")
}

/// `¹²` of 12.
pub(crate) fn superscript(n: usize) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digit = |c: char| c.to_digit(10).and_then(|d| DIGITS.get(d as usize)).copied();
    n.to_string().chars().filter_map(digit).collect()
}
