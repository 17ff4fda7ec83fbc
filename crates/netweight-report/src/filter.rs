//! Which layers a view shows: one row for each thing that layers are told apart by.

use std::fmt;

use netweight_core::{Category, DType, kind};

use crate::report::Layer;
use netweight_core::Pattern;

/// A test on layers: `attn`, `kind:conv,dense`, `category:non_trainable`, `!is:shared`.
#[derive(Debug, Clone)]
pub struct Filter {
    row: &'static Row,
    negated: bool,
    patterns: Vec<Pattern>,
}

/// What layers are told apart by.
#[derive(Debug)]
struct Row {
    key: &'static str,
    about: &'static str,
    /// The words that it takes; none where anything goes.
    words: fn() -> Vec<&'static str>,
    test: fn(&Layer, &Pattern) -> bool,
}

static ROWS: [Row; 6] = [
    Row {
        key: "name",
        about: "the path, or a part of it",
        words: Vec::new,
        test: |layer, pattern| pattern.is_in(&layer.path),
    },
    Row {
        key: "type",
        about: "the file's own word: Conv, LSTM",
        words: Vec::new,
        test: |layer, pattern| pattern.is(&layer.type_name),
    },
    Row {
        key: "kind",
        about: "a kind of the catalogue: conv, lstm",
        words: || kind::all().map(|kind| kind.name).collect(),
        test: |layer, pattern| layer.kind.as_deref().is_some_and(|kind| pattern.is(kind)),
    },
    Row {
        key: "category",
        about: "with tensors that are trainable, non_trainable, constant, quantization, unused",
        words: || Category::ALL.iter().map(|category| category.name()).collect(),
        test: |layer, pattern| {
            layer.weights.iter().any(|weight| pattern.is(weight.category.name()))
        },
    },
    Row {
        key: "dtype",
        about: "with tensors of the type: float32, int8",
        words: || DType::ALL.iter().map(|dtype| dtype.name()).collect(),
        test: |layer, pattern| layer.weights.iter().any(|weight| pattern.is(&weight.dtype)),
    },
    Row {
        key: "is",
        about: "frozen, shared, unknown, assumed, weightless",
        words: || STATES.iter().map(|(word, _)| *word).collect(),
        test: |layer, pattern| STATES.iter().any(|(word, test)| pattern.is(word) && test(layer)),
    },
];

type Test = fn(&Layer) -> bool;

static STATES: [(&str, Test); 5] = [
    ("frozen", |layer| layer.frozen),
    ("assumed", |layer| layer.assumed),
    ("shared", |layer| layer.shared_with.is_some()),
    ("unknown", |layer| layer.parameters.is_none() && layer.shared_with.is_none()),
    ("weightless", |layer| layer.parameters == Some(0) && layer.shared_with.is_none()),
];

/// A name that is none of those known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    /// What it should have been: `kind`, `column`.
    pub what: &'static str,
    /// What was written.
    pub name: String,
    /// What could have been written.
    pub known: Vec<&'static str>,
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no {} `{}`", self.what, self.name)
    }
}

impl Filter {
    /// Reads a filter: `[!][key:]pattern[,pattern …]`, the key being `name` where there is none.
    ///
    /// # Errors
    /// The key, or a word that the key knows all of, is unknown.
    pub fn parse(text: &str) -> Result<Self, UnknownName> {
        let (negated, text) = match text.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (key, patterns) = text.split_once(':').unwrap_or(("name", text));
        let keys = || ROWS.iter().map(|row| row.key);
        let row = ROWS.iter().find(|row| row.key == key).ok_or_else(|| UnknownName {
            what: "filter",
            name: key.to_owned(),
            known: keys().collect(),
        })?;
        let patterns = patterns.split(',').map(|text| pattern(row, text.trim()));
        Ok(Self { row, negated, patterns: patterns.collect::<Result<_, _>>()? })
    }

    /// What can be told apart, each with a word on it.
    pub fn keys() -> impl Iterator<Item = (&'static str, &'static str)> {
        ROWS.iter().map(|row| (row.key, row.about))
    }

    /// Whether the layer passes.
    pub(crate) fn passes(&self, layer: &Layer) -> bool {
        self.patterns.iter().any(|pattern| (self.row.test)(layer, pattern)) != self.negated
    }
}

/// A pattern that fits some word, where the words are known.
fn pattern(row: &Row, text: &str) -> Result<Pattern, UnknownName> {
    let text = match row.key {
        "kind" => kind::find(&text.to_lowercase()).map_or(text, |kind| kind.name),
        _ => text,
    };
    let pattern = Pattern::new(text);
    let words = (row.words)();
    if words.is_empty() || words.iter().any(|word| pattern.is(word)) {
        return Ok(pattern);
    }
    Err(UnknownName { what: row.key, name: text.to_owned(), known: words })
}
