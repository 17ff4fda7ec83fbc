//! Layer classes: as a kind of the catalogue, or by a formula over keys and dimensions.

use netweight_core::formula::Formula;
use netweight_core::rules::{ArgRule, ClassKind, ClassRule, Given};
use netweight_core::{OwnArg, OwnKind, OwnWeight};
use netweight_markup::{Node, Problem, Value};

use super::super::vars::names_a_value;
use super::super::{Reader, is_layer_key};
use super::{ARGS, arg_rule, start};
use crate::form;
use crate::takes::Takes;
use crate::vocabulary::Vocabulary;

/// The keys of a class that counts by its own formula.
const OWN: [&str; 6] = ["parameters", "trainable", "non_trainable", "weights", "input", "output"];

impl<'d> Reader<'d> {
    pub(super) fn class(&mut self, node: &'d Node) -> Option<(String, ClassRule)> {
        let class = self.required(node, "class", "a class' name");
        let rule = match node.get("kind") {
            Some(kind) => self.class_of_kind(node, kind),
            None => self.own_class(node, class.as_deref().unwrap_or_default()),
        };
        let (class, (kind, args, frozen)) = (class?, rule?);
        Some((class.clone(), ClassRule { class, kind, args, frozen }))
    }

    fn class_of_kind(
        &mut self,
        rule: &'d Node,
        kind: &'d Node,
    ) -> Option<(ClassKind, Vec<ArgRule>, bool)> {
        // `trainable` is a flag here.
        for word in OWN.into_iter().filter(|word| *word != "trainable") {
            if let Some(node) = rule.get(word) {
                let message = format!("`{word}` stands beside `kind`, which says it already");
                self.problem(Problem::new("rules/said-twice", start(node), message));
            }
        }
        let word = self.catalogue_kind(kind)?;
        let mut args = self.kind_args(rule, word);
        // The others stand under the words that specs have for them.
        for row in word.form.kind.args {
            if args.iter().all(|known| known.arg != row.name) {
                let fields = word.form.fields.iter().filter(|field| field.args == [row.name]);
                let words = fields.filter(|field| field.vocabulary != Vocabulary::Letter);
                let words = words.map(|field| field.word.to_owned()).collect();
                args.push(arg_rule(word, row.name, Given::Keys(words)));
            }
        }
        Some((ClassKind::Catalogue(word.form.kind.name.to_owned()), args, self.frozen(rule)))
    }

    fn own_class(
        &mut self,
        rule: &'d Node,
        class: &str,
    ) -> Option<(ClassKind, Vec<ArgRule>, bool)> {
        let parts = self.parts(rule)?;
        let entries = rule.get("args").map_or(&[][..], |node| self.map(node, ARGS));
        let mut kind = OwnKind { name: kind_name(class), ..OwnKind::default() };
        let mut args: Vec<ArgRule> = Vec::new();
        for (symbol, node) in entries {
            if !names_a_value(&symbol.text) {
                self.bad_name(symbol);
            } else if let Some(given) = self.given(node, Takes::Any) {
                args.push(ArgRule { arg: symbol.text.clone(), given, spread: None });
            }
        }
        let named = rule.get("input").map(|node| self.names(node)).unwrap_or_default();
        let output = match rule.get("output") {
            Some(node) => self.own_output(node)?,
            None => Some((OwnKind::UNKNOWN.to_owned(), Vec::new())),
        };
        let (output, placed) = output.unzip();
        let mut symbols: Vec<String> = parts.iter().flat_map(|part| part.symbols.clone()).collect();
        symbols.extend(placed.into_iter().flatten());
        symbols.extend(args.iter().map(|known| known.arg.clone()));
        for symbol in symbols {
            let is_dimension = named.contains(&symbol);
            if kind.args.iter().any(|arg| arg.symbol == symbol) {
                continue;
            }
            let meaning = match is_dimension {
                true => "a dimension of the input",
                false => "a key of the layer's config",
            };
            kind.args.push(OwnArg {
                symbol: symbol.clone(),
                meaning: meaning.to_owned(),
                default: None,
            });
            if !is_dimension && args.iter().all(|known| known.arg != symbol) {
                let given = Given::Keys(vec![symbol.clone()]);
                args.push(ArgRule { arg: symbol, given, spread: None });
            }
        }
        kind.input = (!named.is_empty()).then(|| format!("[{}]", named.join(", ")));
        kind.output = output;
        self.whole(rule, parts, &mut kind);
        Some((ClassKind::Own(kind), args, false))
    }

    /// The formulas of a class: of all its parameters, or of two parts.
    fn parts(&mut self, rule: &'d Node) -> Option<Vec<Part>> {
        let words = match rule.get("parameters") {
            Some(_) => vec!["parameters"],
            None => vec!["trainable", "non_trainable"],
        };
        let is_flag = |node: &&Node| node.as_bool().is_some();
        let frozen = rule.get("parameters").and(rule.get("trainable").filter(is_flag));
        let frozen = frozen.is_some_and(|node| node.as_bool() == Some(false));
        let other = ["trainable", "non_trainable"].iter().find_map(|word| rule.get(word));
        if let (["parameters"], Some(node)) =
            (words.as_slice(), other.filter(|node| !is_flag(node)))
        {
            let message = "`parameters` is all, `trainable` and `non_trainable` are parts; expected one or the other";
            self.problem(Problem::new("rules/said-twice", start(node), message));
        }
        let mut parts = Vec::new();
        for word in words {
            let Some(node) = rule.get(word) else { continue };
            let formula = self.formula(node)?;
            let text = match &node.value {
                Value::Str(text) => text.clone(),
                _ => node.to_string(),
            };
            let symbols = formula.symbols_used().into_iter().chain(formula.flags_used());
            let symbols = symbols.map(str::to_owned).collect();
            let trainable = word != "non_trainable" && !frozen;
            parts.push(Part { name: word, text, symbols, trainable });
        }
        if parts.is_empty() {
            let message = "neither `kind` nor `parameters` in this rule";
            let problem = Problem::new("rules/missing-key", start(rule), message);
            self.problem(
                problem.help("a kind of the catalogue, or a formula over the config's keys"),
            );
            return None;
        }
        Some(parts)
    }

    /// A formula, or a number of parameters that is always the same.
    fn formula(&mut self, node: &Node) -> Option<Formula> {
        let text = match node.as_int().filter(|count| *count >= 0) {
            Some(count) => count.to_string(),
            None => self.text(node, "a formula, such as `2 × units`")?,
        };
        let parsed = Formula::parse(&text);
        self.parsed(parsed, node)
    }

    /// The kind's formula and tensors.
    fn whole(&mut self, rule: &'d Node, parts: Vec<Part>, kind: &mut OwnKind) {
        let texts: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
        kind.formula = match texts.as_slice() {
            [one] => (*one).to_owned(),
            many => many.iter().map(|text| format!("[{text}]")).collect::<Vec<_>>().join(" + "),
        };
        match rule.get("weights") {
            Some(weights) => self.own_weights(weights, kind),
            None => kind.weights.extend(parts.into_iter().map(|part| OwnWeight {
                name: part.name.to_owned(),
                shape: format!("[{}]", part.text),
                when: None,
                trainable: part.trainable,
            })),
        }
    }
}

/// A formula for some of a class' parameters.
struct Part {
    name: &'static str,
    text: String,
    symbols: Vec<String>,
    trainable: bool,
}

/// A class' name as that of a kind, which no kind of the catalogue has.
fn kind_name(class: &str) -> String {
    let class = class.rsplit('>').next().unwrap_or(class);
    match form::find(class).is_some() || is_layer_key(class) {
        true => format!("own_{class}"),
        false => class.to_owned(),
    }
}
