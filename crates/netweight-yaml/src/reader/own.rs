//! `kinds`: kinds of layers that the spec defines by a formula and its tensors.

use std::rc::Rc;

use netweight_core::formula::{Formula, FormulaError, ShapeExpr};
use netweight_core::{Arg, Layer, OwnArg, OwnKind, OwnWeight};
use netweight_markup::{Key, Node, Problem, Span, Value, nearest, quoted};

use super::vars::names_a_value;
use super::{Reader, is_layer_key};
use crate::takes::Takes;
use crate::{form, key, limits};

/// A dimension that has no name.
const UNNAMED: &str = "_";

impl<'d> Reader<'d> {
    /// Reads the kinds that the spec defines.
    pub(super) fn kinds(&mut self, node: &'d Node) {
        for (name, body) in self.map(node, "a map of kinds") {
            if form::find(&name.text).is_some() || is_layer_key(&name.text) {
                let message = format!("{} is a kind of layer already", quoted(&name.text));
                let problem = Problem::new("spec/name-taken", name.span, message);
                self.problem(problem.help("give the kind another name"));
            }
            let kind = self.kind(name, body).unwrap_or_default();
            self.model.kinds.push(kind.clone());
            self.own.insert(&name.text, Rc::new(kind));
        }
    }

    fn kind(&mut self, name: &Key, body: &'d Node) -> Option<OwnKind> {
        let entries = self.map(body, "a map with `args` and `formula`");
        self.known_keys(entries, " of a kind", key::KIND);
        let Some(formula_node) = body.get("formula") else {
            if !entries.is_empty() {
                let message = format!("no `formula` in the kind {}", quoted(&name.text));
                self.problem(Problem::new("spec/missing-key", name.span, message));
            }
            return None;
        };
        let mut kind = OwnKind { name: name.text.clone(), ..OwnKind::default() };
        if let Some(summary) = body.get("summary") {
            kind.summary = self.text(summary, "one line of text")?;
        }
        if let Some(args) = body.get("args") {
            kind.args = self.own_args(args);
        }
        kind.formula = self.text(formula_node, "a formula")?;
        let formula = Formula::parse(&kind.formula);
        if let Some(formula) = self.parsed(formula, formula_node) {
            let used = formula.symbols_used().into_iter().chain(formula.flags_used());
            self.known_symbols(&kind, used, formula_node);
        }
        match body.get("weights") {
            Some(weights) => self.own_weights(weights, &mut kind),
            None => {
                kind.weights.push(OwnWeight::new("parameters", format!("[{}]", kind.formula)));
            }
        }
        if let Some(node) = body.get("input") {
            let names = self.names(node);
            let known = names.iter().map(String::as_str).filter(|name| *name != UNNAMED);
            self.known_symbols(&kind, known, node);
            kind.input = match names.as_slice() {
                [] => None,
                [one] => Some(one.clone()),
                many => Some(format!("[{}]", many.join(", "))),
            };
        }
        if let Some(node) = body.get("output") {
            let (output, used) = self.own_output(node)?.unzip();
            self.known_symbols(&kind, used.iter().flatten().map(String::as_str), node);
            kind.output = output;
        }
        Some(kind)
    }

    /// Names for the input's last dimensions: one, or a list of them, `_` for one without.
    pub(super) fn names(&mut self, node: &Node) -> Vec<String> {
        let items = node.as_seq().unwrap_or(std::slice::from_ref(node));
        let mut names = Vec::new();
        for item in items {
            match item.as_str().filter(|text| *text == UNNAMED || names_a_value(text)) {
                Some(name) => names.push(name.to_owned()),
                None if item.value == Value::Invalid => {}
                None => self.problem(item.mismatch("a name for a dimension")),
            }
        }
        names
    }

    /// What comes out, with the symbols in it: `same` for what goes in, `?` for what is not
    /// known, else the last dimensions.
    pub(super) fn own_output(&mut self, node: &Node) -> Option<Option<(String, Vec<String>)>> {
        let text = match &node.value {
            Value::Str(text) if text == "same" => return Some(None),
            Value::Str(text) if text == OwnKind::UNKNOWN => {
                return Some(Some((text.clone(), Vec::new())));
            }
            Value::Str(text) => format!("[{text}]"),
            _ => self.shape_text(node)?,
        };
        let parsed = ShapeExpr::parse(&text);
        let parsed = self.parsed(parsed, node)?;
        let used = parsed.symbols_used().into_iter().map(str::to_owned).collect();
        Some(Some((text, used)))
    }

    /// The symbols of a kind: with their meaning, or a map of meaning and default.
    fn own_args(&mut self, node: &'d Node) -> Vec<OwnArg> {
        let entries = self.map(node, "a map from symbols to their meaning");
        let mut args = Vec::new();
        for (symbol, value) in self.few(entries, limits::PARTS, node) {
            if !names_a_value(&symbol.text) || is_layer_key(&symbol.text) {
                self.bad_name(symbol);
                continue;
            }
            let mut arg = OwnArg::new(&*symbol.text, "");
            match &value.value {
                Value::Null => {}
                Value::Map(entries) => {
                    self.known_keys(entries, " of an argument", key::KIND_ARG);
                    let meaning = value.get("meaning").and_then(|node| self.text(node, "text"));
                    arg.meaning = meaning.unwrap_or_default();
                    arg.default = value.get("default").and_then(|node| self.var(node));
                }
                _ => arg.meaning = self.text(value, "its meaning in words").unwrap_or_default(),
            }
            args.push(arg);
        }
        args
    }

    pub(super) fn own_weights(&mut self, node: &'d Node, kind: &mut OwnKind) {
        let entries = self.map(node, "a map from names to shapes");
        for (name, value) in self.few(entries, limits::PARTS, node) {
            let mut weight = OwnWeight::new(&*name.text, "");
            let mut shape = value;
            if let Value::Map(entries) = &value.value {
                self.known_keys(entries, " of a weight", key::KIND_WEIGHT);
                weight.when = value.get("when").and_then(|node| self.symbol(node, kind));
                let trainable = value.get("trainable");
                let trainable = trainable.and_then(|node| self.arg(Takes::Flag, node, None));
                weight.trainable = trainable != Some(Arg::Flag(false));
                match value.get("shape") {
                    Some(node) => shape = node,
                    None => {
                        let message = format!("no `shape` in the weight {}", quoted(&name.text));
                        self.problem(Problem::new("spec/missing-key", name.span, message));
                        continue;
                    }
                }
            }
            if let Some(text) = self.shape_text(shape) {
                let parsed = ShapeExpr::parse(&text);
                if let Some(parsed) = self.parsed(parsed, shape) {
                    self.known_symbols(kind, parsed.symbols_used(), shape);
                }
                weight.shape = text;
                kind.weights.push(weight);
            }
        }
    }

    /// A list of sizes as a text of the language of formulas: `[i, 2 × o]`.
    fn shape_text(&mut self, node: &Node) -> Option<String> {
        let places = node.as_seq().map(|places| {
            let place = |place: &Node| match &place.value {
                Value::Str(text) => Some(text.clone()),
                _ => place.as_int().filter(|size| *size > 0).map(|size| size.to_string()),
            };
            places.iter().map(place).collect::<Option<Vec<String>>>()
        });
        match places.flatten() {
            Some(places) => Some(format!("[{}]", places.join(", "))),
            None => {
                self.problem(node.mismatch("a list of sizes, such as `[i, 2 × o]`"));
                None
            }
        }
    }

    pub(super) fn parsed<T>(&mut self, parsed: Result<T, FormulaError>, node: &Node) -> Option<T> {
        match parsed {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                let text = node.as_str().unwrap_or_default();
                let start =
                    self.document.text.slice(node.span).find(text).filter(|_| !text.is_empty());
                let at = start.map(|start| node.span.start + start + error.offset);
                let span = at.map_or(node.span, |at| Span::new(at, at.saturating_add(1)));
                self.problem(Problem::new("spec/formula", span, error.message));
                None
            }
        }
    }

    /// Tells the symbols that are no argument of the kind.
    fn known_symbols<'n>(
        &mut self,
        kind: &OwnKind,
        used: impl IntoIterator<Item = &'n str>,
        node: &Node,
    ) {
        for symbol in used {
            if !kind.args.iter().any(|arg| arg.symbol == symbol) {
                self.unknown_symbol(kind, symbol, node);
            }
        }
    }

    fn unknown_symbol(&mut self, kind: &OwnKind, symbol: &str, node: &Node) {
        let message = format!("{} is none of the kind's `args`", quoted(symbol));
        let problem = Problem::new("spec/unknown-value", node.span, message);
        let near = nearest(symbol, kind.args.iter().map(|arg| arg.symbol.as_str()));
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("add it: `args: {{{symbol}: …}}`"),
        };
        self.problem(problem.help(help));
    }

    fn symbol(&mut self, node: &Node, kind: &OwnKind) -> Option<String> {
        let symbol = self.text(node, "one of the kind's `args`")?;
        if kind.args.iter().any(|arg| arg.symbol == symbol) {
            return Some(symbol);
        }
        self.unknown_symbol(kind, &symbol, node);
        None
    }

    /// A layer of a kind that the spec defines.
    pub(super) fn own_layer(
        &mut self,
        key: &Key,
        kind: &OwnKind,
        value: Option<&'d Node>,
    ) -> Layer {
        let mut layer = Layer::new("", &*key.text, kind.name.clone());
        let mut given: Vec<(&OwnArg, &Node)> = Vec::new();
        match value.map(|value| (value, &value.value)) {
            None | Some((_, Value::Invalid)) => {}
            Some((_, Value::Map(entries))) => {
                for (key, node) in entries.iter().filter(|(key, _)| !is_layer_key(&key.text)) {
                    match kind.args.iter().find(|arg| arg.symbol == key.text) {
                        Some(arg) => given.push((arg, node)),
                        None => {
                            let symbols = kind.args.iter().map(|arg| arg.symbol.as_str());
                            let problem = key.unknown("key", symbols);
                            let message =
                                format!("`{}` has no key {}", kind.name, quoted(&key.text));
                            self.problem(Problem { message, ..problem });
                        }
                    }
                }
            }
            Some((node, value)) => {
                let needed: Vec<&OwnArg> =
                    kind.args.iter().filter(|arg| needed(kind, arg)).collect();
                let items = match value {
                    Value::Seq(items) if needed.len() > 1 => items.as_slice(),
                    _ => std::slice::from_ref(node),
                };
                if items.len() > needed.len() {
                    let message = format!("{} values, expected {}", items.len(), needed.len());
                    self.problem(Problem::new("spec/short-form", node.span, message));
                }
                given.extend(needed.into_iter().zip(items));
            }
        }
        for (arg, node) in &given {
            let takes = match arg.default {
                Some(Arg::Flag(_)) => Takes::Flag,
                _ => Takes::Sizes,
            };
            if let Some(value) = self.arg(takes, node, None) {
                layer.args.set(arg.symbol.clone(), value);
            }
        }
        let is_given = |arg: &OwnArg| given.iter().any(|(known, _)| known.symbol == arg.symbol);
        let missing = kind.args.iter().filter(|arg| needed(kind, arg) && !is_given(arg));
        let missing: Vec<String> =
            missing.map(|arg| format!("`{}` ({})", arg.symbol, arg.meaning)).collect();
        if !missing.is_empty() {
            let message = format!("{} needs {}", quoted(&key.text), missing.join(" and "));
            self.problem(Problem::new("spec/missing-key", key.span, message));
        }
        layer
    }
}

/// Whether nothing but a layer of the kind can give the argument.
fn needed(kind: &OwnKind, arg: &OwnArg) -> bool {
    arg.default.is_none() && !kind.inputs().any(|name| name == arg.symbol)
}
