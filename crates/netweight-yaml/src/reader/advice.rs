//! What is said to who wrote a word that is not known here, or left one out.

use netweight_markup::{Key, Node, Problem, Span, Value, nearest, quoted};

use super::Reader;
use super::graph::RESERVED;
use super::layer::Given;
use crate::form::{self, Form, Holds, Word};
use crate::key;
use crate::takes::one_of;
use crate::vocabulary::ADVICE;

impl Reader<'_> {
    pub(super) fn unknown_kind(&mut self, key: &Key) {
        let advice = ADVICE.iter().find(|(word, _)| *word == key.text).map(|(_, help)| *help);
        let problem = match advice.or_else(|| form::instead(&key.text)) {
            Some(help) => {
                let message = format!("{} is no layer kind", quoted(&key.text));
                Problem::new("markup/unknown-name", key.span, message).help(help)
            }
            None => {
                let words = self.head_words();
                key.unknown("layer kind", words).note("`netweight kinds` lists all")
            }
        };
        self.problem(problem);
    }

    /// Every word that a layer can begin with, sorted, so that of two that are equally near to
    /// what was written the same one wins every time.
    fn head_words(&self) -> Vec<&str> {
        let mut words: Vec<&str> = self.blocks.keys().chain(self.own.keys()).copied().collect();
        for word in form::words().chain(key::words(key::LAYER)).chain(key::words(key::ITEM)) {
            words.push(word);
        }
        words.sort_unstable();
        words
    }

    /// A key beside a kind that is none of those that stand there.
    pub(super) fn misplaced(&mut self, key: &Key, head: &(Key, Node)) {
        let belongs =
            form::find(&head.0.text).is_some_and(|word| word.form.field(&key.text).is_some());
        let problem = key.unknown("key beside a layer's kind", key::words(key::LAYER));
        self.problem(match belongs {
            true => {
                problem.help(format!("it belongs inside: `- {}: {{{}: …}}`", head.0.text, key.text))
            }
            false => problem,
        });
    }

    pub(super) fn unknown_field(&mut self, key: &Key, word: &Word, given: &Given<'_>) {
        let form = word.form;
        let words = form.fields.iter().map(|field| field.word).chain(key::words(key::LAYER));
        let inside = form::words().filter(|_| form.holds == Holds::Layers);
        let problem = key.unknown("key", words.chain(inside));
        let message = format!("`{}` has no key {}", form.kind.name, quoted(&key.text));
        let problem = Problem { message, ..problem };
        if problem.help.is_some() {
            return self.problem(problem);
        }
        let advice = ADVICE.iter().find(|(word, _)| *word == key.text);
        if let Some((_, help)) = advice {
            return self.problem(problem.help(*help));
        }
        let open = form
            .kind
            .args
            .iter()
            .filter(|row| given.places.iter().all(|(arg, ..)| *arg != row.name));
        let vocabulary = given.vocabulary(form).unwrap_or(self.model.convention.into());
        let words: Vec<&str> = open.filter_map(|row| form.word_for(row.name, vocabulary)).collect();
        self.problem(match words.is_empty() {
            true => problem.note(format!("`{}` takes no more keys", form.kind.name)),
            false => problem.note(format!("known: {}", one_of(&words))),
        });
    }

    /// Tells what only the spec can give and does not.
    pub(super) fn complete(
        &mut self,
        key: &Key,
        form: &Form,
        given: &Given<'_>,
        value: Option<&Node>,
        no_inner: bool,
    ) {
        if value.is_some_and(|value| value.value == Value::Invalid) {
            return;
        }
        if form.holds == Holds::Layers && no_inner {
            let inside = if form.kind.name == "bidirectional" { "gru" } else { "dense" };
            let message = format!("`{}` wraps a layer, and there is none", key.text);
            let problem = Problem::new("spec/missing-key", key.span, message);
            return self.problem(problem.help(format!("write `- {}: {{{inside}: 5}}`", key.text)));
        }
        let is_given = |name| given.places.iter().any(|(arg, ..)| *arg == name);
        let missing = form.needed().filter(|row| !is_given(row.name));
        let vocabulary = given.vocabulary(form).unwrap_or(self.model.convention.into());
        let missing: Vec<_> = missing
            .filter_map(|row| Some((form.word_for(row.name, vocabulary)?, row.meaning)))
            .collect();
        let needs: Vec<String> =
            missing.iter().map(|(word, meaning)| format!("`{word}` ({meaning})")).collect();
        if needs.is_empty() {
            return;
        }
        let open = |words: &[&str]| {
            let keys: Vec<String> = words.iter().map(|word| format!("{word}: …")).collect();
            keys.join(", ")
        };
        let missing: Vec<&str> = missing.iter().map(|(word, _)| *word).collect();
        let all: Vec<&str> =
            form.short.iter().filter_map(|arg| form.word_for(arg, vocabulary)).collect();
        let help = match value.map(|value| &value.value) {
            Some(Value::Map(_)) => format!("add `{}`", open(&missing)),
            None if all.len() == 1 => format!("write `- {}: 64`", key.text),
            _ => format!("write `- {}: {{{}}}`", key.text, open(&all)),
        };
        let message = format!("{} needs {}", quoted(&key.text), needs.join(" and "));
        self.problem(Problem::new("spec/missing-key", key.span, message).help(help));
    }

    /// A name that stands for no layer above.
    pub(super) fn unknown_source(&mut self, name: &str, span: Span) {
        let problem = |message: String| Problem::new("spec/unknown-source", span, message);
        let first_input =
            self.in_reach().flat_map(|scope| &scope.inputs).next().map(|(name, _)| name.as_str());
        let told = if self.in_reach().any(|scope| scope.reserved.contains(name)) {
            problem(format!("{} is not above this layer", quoted(name)))
                .help("a layer is fed by layers above it; nothing goes in a circle")
        } else if let ("input", Some(first)) = (name, first_input) {
            problem("there are several inputs here".to_owned())
                .help(format!("name one of them: `{first}`"))
        } else if name == "input" {
            problem("the spec has no `input`".to_owned())
                .help("give its shape beside `layers`: `input: 8`")
        } else if self.scopes.iter().any(|scope| scope.names.contains_key(name)) {
            problem(format!("{} stands outside of the block", quoted(name)))
                .help("let the block take it: `inputs: [x, …]`")
        } else {
            let names = self.in_reach().flat_map(|scope| {
                let inputs = scope.inputs.iter().map(|(name, _)| name);
                scope.names.keys().chain(inputs).map(String::as_str)
            });
            let mut names: Vec<&str> = names.chain(RESERVED).collect();
            names.sort_unstable();
            let told = problem(format!("no layer above is called {}", quoted(name)));
            match nearest(name, names) {
                Some(near) => told.help(format!("did you mean `{near}`?")),
                None => told,
            }
        };
        self.problem(told);
    }
}
