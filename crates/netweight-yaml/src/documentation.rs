//! The language on one page, from the same tables as the reader.

use std::fmt::Write;

use netweight_core::kind::Fallback;

use crate::form::{self, Form, Holds};
use crate::key::{self, Key};
use crate::vocabulary::Vocabulary;

/// What is said in prose; the tables follow.
const PROSE: &str = include_str!("documentation.md");

/// Tables of keys, and what each is headed.
const KEYS: &[(&str, &[Key])] = &[
    ("A spec", key::SPEC),
    ("Beside a layer's kind", key::LAYER),
    ("In place of a kind", key::ITEM),
    ("A block", key::BLOCK),
    ("A kind of your own", key::KIND),
    ("Its arguments", key::KIND_ARG),
    ("Its weights", key::KIND_WEIGHT),
    ("`expect`", key::EXPECT),
];

/// The language on one page, in Markdown.
pub fn documentation() -> String {
    let mut page = PROSE.to_owned();
    page.push_str("## Keys\n");
    for (title, keys) in KEYS {
        let _ = writeln!(page, "\n### {title}\n\n| key | takes | what it is |\n|---|---|---|");
        for key in *keys {
            let _ = writeln!(page, "| `{}` | {} | {} |", key.word, key.takes, key.meaning);
        }
    }
    page.push_str("\n## Kinds\n\nThe keys beside a layer's kind may stand among these as well.\n");
    for form in form::all() {
        kind(&mut page, form);
    }
    page
}

fn kind(page: &mut String, form: &Form) {
    let kind = form.kind;
    let _ = writeln!(page, "\n### {}\n\n{}. {}", kind.title, capital(kind.summary), words(form));
    if kind.has_parameters() {
        let _ = writeln!(page, "\nParameters: `{}`", kind.formula);
    }
    if !kind.args.is_empty() {
        page.push_str("\n| name | letter | Keras | PyTorch | ONNX | takes | what it is |\n");
        page.push_str("|---|---|---|---|---|---|---|\n");
    }
    for row in kind.args {
        let by = |vocabulary| {
            let words = form
                .fields
                .iter()
                .filter(|field| field.vocabulary == vocabulary && field.args.contains(&row.name));
            words.map(|field| format!("`{}`", field.word)).collect::<Vec<_>>().join(", ")
        };
        let takes = form.field(row.name).map(|field| field.takes.words()).unwrap_or_default();
        let default = match &row.default {
            Fallback::Required if row.from.is_none() => " (needed)".to_owned(),
            Fallback::Is(value) if row.from.is_none() => format!(" ({value})"),
            Fallback::By(_) => " (by convention)".to_owned(),
            _ => String::new(),
        };
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | {} | {takes} | {}{default} |",
            row.name,
            by(Vocabulary::Letter),
            by(Vocabulary::Keras),
            by(Vocabulary::PyTorch),
            by(Vocabulary::Onnx),
            row.meaning,
        );
    }
    let idle = form.fields.iter().filter(|field| field.args.is_empty());
    let idle: Vec<String> = idle.map(|field| format!("`{}`", field.word)).collect();
    if !idle.is_empty() {
        let _ = writeln!(page, "\nRead, and without effect on the count: {}.", idle.join(", "));
    }
}

/// The words for a kind and its short form.
fn words(form: &Form) -> String {
    let words = form::words_of(form).join("`, `");
    let name = form.kind.name;
    let short = match (form.holds, form.short.as_slice()) {
        (Holds::Layers, _) => format!("`- {name}: {{dense: 5}}` names the layer inside"),
        (Holds::Sources, _) => format!("`- {name}: [a, b]` names what feeds it"),
        (Holds::Chain, _) => format!("`- {name}: [3, 5, 2]` gives all sizes from input to output"),
        (Holds::Args, []) => format!("`- {name}`"),
        (Holds::Args, [one]) => format!("`- {name}: …` gives `{one}`"),
        (Holds::Args, several) => {
            format!("`- {name}: […]` gives `{}` in turn", several.join("`, `"))
        }
    };
    format!("Words: `{words}`. {short}.")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    first.chain(letters).collect()
}
