//! Layer classes: as a kind of the catalogue, or by a formula over keys and dimensions.

use netweight_core::formula::{Formula, ShapeExpr};
use netweight_core::rules::{ArgRule, ClassKind, ClassRule, Given};
use netweight_core::{OwnArg, OwnKind, OwnWeight};
use netweight_markup::{Node, Problem, Value, quoted};

use super::super::vars::names_a_value;
use super::super::{Reader, is_layer_key};
use super::{ARGS, MISSING, arg_rule, start};
use crate::form;
use crate::limits;
use crate::takes::Takes;
use crate::vocabulary::Vocabulary;

/// The keys of a class that counts by its own formula.
const OWN: [&str; 6] = ["parameters", "trainable", "non_trainable", "weights", "input", "output"];

impl<'d> Reader<'d> {
    pub(super) fn class(&mut self, node: &'d Node) -> Option<(String, ClassRule)> {
        let class = self.required(node, "class", "a class' name", MISSING).map(|(_, name)| name);
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
        let mut args = self.own_args_of(rule);
        let named = rule.get("input").map(|node| self.names(node)).unwrap_or_default();
        let output = match rule.get("output") {
            Some(node) => self.own_output(node)?,
            None => Some((OwnKind::UNKNOWN.to_owned(), Vec::new())),
        };
        let (output, placed) = output.unzip();
        let mut symbols: Vec<String> = parts.iter().flat_map(|part| part.symbols.clone()).collect();
        symbols.extend(placed.into_iter().flatten());
        let mut kind = OwnKind { name: kind_name(class), output, ..OwnKind::default() };
        kind.input = (!named.is_empty()).then(|| format!("[{}]", named.join(", ")));
        let stated: Vec<String> = args.iter().map(|known| known.arg.clone()).collect();
        for symbol in symbols.iter().chain(&stated) {
            if kind.args.iter().any(|arg| arg.symbol == *symbol) {
                continue;
            }
            let is_dimension = named.contains(symbol);
            let meaning = if is_dimension {
                "a dimension of the input"
            } else {
                "a key of the layer's config"
            };
            kind.args.push(OwnArg::new(&**symbol, meaning));
            if !is_dimension && args.iter().all(|known| known.arg != *symbol) {
                let given = Given::Keys(vec![symbol.clone()]);
                args.push(ArgRule { arg: symbol.clone(), given, spread: None });
            }
        }
        self.whole(rule, parts, &mut kind);
        symbols.extend(kind.weights.iter().flat_map(symbols_of));
        self.unused_args(rule, &symbols);
        // In the place of `parameters`, `trainable` is a formula.
        let frozen = rule.get("parameters").is_some() && self.frozen(rule);
        Some((ClassKind::Own(kind), args, frozen))
    }

    /// Where the symbols of a formula come from, as the rule says.
    fn own_args_of(&mut self, rule: &'d Node) -> Vec<ArgRule> {
        let entries = rule.get("args").map_or(&[][..], |node| self.map(node, ARGS));
        let mut args = Vec::new();
        for (symbol, node) in entries {
            if !names_a_value(&symbol.text) {
                self.bad_name(symbol);
            } else if let Some(given) = self.given(node, Takes::Any) {
                args.push(ArgRule { arg: symbol.text.clone(), given, spread: None });
            }
        }
        args
    }

    /// Tells the arguments that nothing asks for.
    fn unused_args(&mut self, rule: &'d Node, used: &[String]) {
        let entries = rule.get("args").and_then(Node::as_map).unwrap_or_default();
        for (key, _) in entries.iter().filter(|(key, _)| !used.contains(&key.text)) {
            let problem = key.unknown("symbol", used.iter().map(String::as_str));
            let message = format!("{} stands in no formula of the rule", quoted(&key.text));
            self.problem(Problem { message, ..problem });
        }
    }

    /// The formulas of a class: of all its parameters, or of two parts.
    fn parts(&mut self, rule: &'d Node) -> Option<Vec<Part>> {
        let words: &[&'static str] = match (rule.get("parameters"), rule.get("non_trainable")) {
            (Some(_), Some(part)) => {
                let message = "`non_trainable` is a part, but `parameters` is all";
                let problem = Problem::new("rules/said-twice", start(part), message);
                self.problem(problem.help("write `trainable` in the place of `parameters`"));
                return None;
            }
            (Some(_), None) => &["parameters"],
            (None, _) => &["trainable", "non_trainable"],
        };
        let mut parts = Vec::new();
        for word in words {
            if let Some(node) = rule.get(word) {
                let (text, formula) = self.formula(node)?;
                let symbols = formula.symbols_used().into_iter().chain(formula.flags_used());
                let symbols = symbols.map(str::to_owned).collect();
                parts.push(Part { name: word, text, symbols });
            }
        }
        if parts.is_empty() {
            let message = "neither `kind` nor `parameters` in this rule";
            let help = "a kind of the catalogue, or a formula over the config's keys";
            let problem = Problem::new("rules/missing-key", start(rule), message);
            self.problem(problem.help(help));
            return None;
        }
        Some(parts)
    }

    /// A formula, or a number of parameters that is always the same.
    fn formula(&mut self, node: &Node) -> Option<(String, Formula)> {
        let text = match (&node.value, node.as_int()) {
            (Value::Int(_) | Value::Float(_), count) => {
                let Some(count) = count.filter(|count| (0..=limits::SIZE).contains(count)) else {
                    self.problem(node.mismatch("a formula, or a number of parameters up to 10¹²"));
                    return None;
                };
                count.to_string()
            }
            _ => self.text(node, "a formula, such as `2 × units`")?,
        };
        let formula = self.parsed(Formula::parse(&text), node)?;
        Some((text, formula))
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
                trainable: part.name != "non_trainable",
                ..OwnWeight::new(part.name, format!("[{}]", part.text))
            })),
        }
    }
}

/// The symbols that a tensor's shape and presence hang on.
fn symbols_of(weight: &OwnWeight) -> Vec<String> {
    let shape = ShapeExpr::parse(&weight.shape);
    let used = shape.iter().flat_map(ShapeExpr::symbols_used).map(str::to_owned);
    used.chain(weight.when.clone()).collect()
}

/// A formula for some of a class' parameters.
struct Part {
    name: &'static str,
    text: String,
    symbols: Vec<String>,
}

/// A class' name as that of a kind, which no kind of the catalogue has.
fn kind_name(class: &str) -> String {
    match form::find(class).is_some() || is_layer_key(class) {
        true => format!("own_{class}"),
        false => class.to_owned(),
    }
}
