//! The forms in which a layer of each kind is written: the table that reader, suggestions,
//! schema and documentation share. It is the catalogue of kinds in the words of [`vocabulary`].

use std::collections::HashMap;
use std::sync::LazyLock;

use netweight_core::Arg;
use netweight_core::Convention;
use netweight_core::kind::{self, ArgRow, Fallback, Inner, Kind};

use crate::key;
use crate::takes::Takes;
use crate::vocabulary::{self, IDLE, INSTEAD, RANKED, SHORT, TAKES, Vocabulary, WORDS};

/// How a layer of a kind is written.
#[derive(Debug)]
pub(crate) struct Form {
    pub(crate) kind: &'static Kind,
    /// Its keys, the catalogue's first.
    pub(crate) fields: Vec<Field>,
    /// The keys that a short form gives in turn, by the catalogue's names.
    pub(crate) short: Vec<&'static str>,
    /// What it holds beside arguments.
    pub(crate) holds: Holds,
}

/// What a form's short value is, beside arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Arguments only.
    Args,
    /// A layer, or a list of layers, that it wraps: `- time_distributed: {dense: 5}`.
    Layers,
    /// The names of the layers that it brings together: `- add: [a, b]`.
    Sources,
    /// A chain of sizes, from input to output: `- ffnn: [3, 5, 2]`.
    Chain,
}

/// A key of a form.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) word: &'static str,
    pub(crate) vocabulary: Vocabulary,
    /// The arguments that it gives; none for a key that changes nothing.
    pub(crate) args: &'static [&'static str],
    pub(crate) takes: Takes,
    pub(crate) meaning: &'static str,
}

/// A word for a kind, and the number of spatial dimensions that it says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word {
    pub(crate) form: &'static Form,
    pub(crate) rank: Option<usize>,
}

#[derive(Debug)]
struct Forms {
    forms: Vec<Form>,
    words: HashMap<String, (usize, Option<usize>)>,
}

static FORMS: LazyLock<Forms> = LazyLock::new(|| {
    let mut forms = Forms { forms: Vec::new(), words: HashMap::new() };
    for kind in kind::all().filter(|kind| instead(kind.name).is_none()) {
        let index = forms.forms.len();
        for name in std::iter::once(&kind.name).chain(kind.aliases) {
            if key::holds(key::LAYER, name) {
                continue;
            }
            forms.words.insert((*name).to_owned(), (index, rank(name)));
            if RANKED.contains(name) {
                for rank in 1..=3 {
                    forms.words.insert(format!("{name}{rank}d"), (index, Some(rank)));
                }
            }
        }
        forms.forms.push(Form::of(kind));
    }
    forms
});

/// The form that a word for a kind stands for.
pub(crate) fn find(word: &str) -> Option<Word> {
    let (index, rank) = FORMS.words.get(word)?;
    Some(Word { form: FORMS.forms.get(*index)?, rank: *rank })
}

/// Every form, family by family.
pub(crate) fn all() -> &'static [Form] {
    &FORMS.forms
}

/// Every word for a kind.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    FORMS.words.keys().map(String::as_str)
}

/// Every word for a kind, from A to Z.
pub(crate) fn sorted_words() -> Vec<&'static str> {
    let mut words: Vec<&str> = words().collect();
    words.sort_unstable();
    words
}

/// The words for a form's kind, its name first.
pub(crate) fn words_of(form: &Form) -> Vec<&'static str> {
    let same = |word: &&str| find(word).is_some_and(|word| std::ptr::eq(word.form, form));
    let mut words: Vec<&str> = words().filter(same).collect();
    words.sort_unstable_by_key(|word| (*word != form.kind.name, *word));
    words
}

/// How a spec says a kind of the catalogue that has no form.
pub(crate) fn instead(name: &str) -> Option<&'static str> {
    let name = kind::find(name).map_or(name, |kind| kind.name);
    INSTEAD.iter().find(|(known, _)| *known == name).map(|(_, help)| *help)
}

/// `conv2d_transpose` says 2.
fn rank(word: &str) -> Option<usize> {
    (1..=3).find(|rank| word.contains(&format!("{rank}d")))
}

impl Form {
    fn of(kind: &'static Kind) -> Self {
        let mut fields = Vec::new();
        for row in kind.args {
            let field = |word, vocabulary| Field {
                word,
                vocabulary,
                args: std::slice::from_ref(&row.name),
                takes: takes(kind, row),
                meaning: row.meaning,
            };
            fields.push(field(row.name, Vocabulary::Catalogue));
            if row.symbol != row.name {
                fields.push(field(row.symbol, Vocabulary::Letter));
            }
        }
        fields.extend(WORDS.iter().filter_map(|word| other_word(kind, word)));
        fields.extend(IDLE.iter().filter(|idle| idle.kinds.contains(&kind.name)).map(|idle| {
            Field {
                word: idle.word,
                vocabulary: Vocabulary::Catalogue,
                args: &[],
                takes: Takes::Scalar,
                meaning: "changes no count",
            }
        }));
        Self { kind, fields, short: short(kind), holds: holds(kind) }
    }

    /// The arguments that nothing but the spec can give.
    pub(crate) fn needed(&self) -> impl Iterator<Item = &'static ArgRow> {
        self.kind.args.iter().filter(|row| is_needed(row))
    }

    /// The key of that word.
    pub(crate) fn field(&self, word: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.word == word)
    }

    /// The word for an argument in a vocabulary, else the catalogue's.
    pub(crate) fn word_for(&self, arg: &str, vocabulary: Vocabulary) -> Option<&'static str> {
        let mut named = self.fields.iter().filter(|field| field.args == [arg]);
        let own = named.clone().find(|field| field.vocabulary == vocabulary);
        own.or_else(|| named.next()).map(|field| field.word)
    }
}

/// A word of another vocabulary as a key of a kind, where it belongs to it.
fn other_word(kind: &'static Kind, word: &'static vocabulary::Word) -> Option<Field> {
    let belongs = word.kinds.is_empty() || word.kinds.contains(&kind.name);
    let rows: Option<Vec<&ArgRow>> = word.args.iter().map(|arg| named(kind, arg)).collect();
    let first = *rows.filter(|_| belongs)?.first()?;
    Some(Field {
        word: word.word,
        vocabulary: word.vocabulary,
        args: word.args,
        takes: if word.word == "bidirectional" { Takes::Flag } else { takes(kind, first) },
        meaning: first.meaning,
    })
}

fn named(kind: &'static Kind, arg: &str) -> Option<&'static ArgRow> {
    kind.args.iter().find(|row| row.name == arg)
}

/// What an argument takes: by its own row here, else by its default in the catalogue.
fn takes(kind: &Kind, row: &ArgRow) -> Takes {
    if let Some((_, takes)) = TAKES.iter().find(|(arg, _)| *arg == row.name) {
        return *takes;
    }
    let of = |value: &Arg| match value {
        Arg::Flag(_) => Takes::Flag,
        Arg::Int(_) => Takes::Size,
        Arg::List(_) => Takes::Sizes,
        Arg::Text(_) => Takes::Text,
    };
    match &row.default {
        Fallback::Required if is_list(kind, row.symbol) => Takes::Sizes,
        Fallback::Required => Takes::Size,
        Fallback::Is(value) => of(value),
        Fallback::By(rule) => of(&rule(Convention::Textbook)),
        Fallback::Absent => Takes::Any,
    }
}

/// Whether the kind's weights spread the symbol as a list.
fn is_list(kind: &Kind, symbol: &str) -> bool {
    kind.weights.iter().any(|weight| {
        let places = weight.shape.trim_matches(['[', ']']).split(',');
        places.into_iter().any(|place| place.trim().strip_suffix("...") == Some(symbol))
    })
}

/// What the short form gives: as its own row says, else the sizes that nothing else gives.
fn short(kind: &'static Kind) -> Vec<&'static str> {
    if let Some((_, args)) = SHORT.iter().find(|(name, _)| *name == kind.name) {
        return args.to_vec();
    }
    kind.args.iter().filter(|row| is_needed(row)).map(|row| row.name).collect()
}

/// Whether nothing but the spec can give the argument.
fn is_needed(row: &ArgRow) -> bool {
    matches!(row.default, Fallback::Required) && row.from.is_none()
}

fn holds(kind: &Kind) -> Holds {
    match kind.name {
        "concat" | "merge" | "dot" => Holds::Sources,
        "ffnn" => Holds::Chain,
        _ if kind.inner != Inner::None => Holds::Layers,
        _ => Holds::Args,
    }
}
