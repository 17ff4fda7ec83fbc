//! Classes that a rules file knows: rows before those of the table.

use netweight_core::rules::{ArgRule, ClassKind, ClassRule, Given};
use netweight_core::{Arg, Diagnostic};
use netweight_markup::{Node, Problem, Value, quoted};

use crate::class;
use crate::layer::Draft;
use crate::reader::Reader;

impl<'a> Reader<'a> {
    /// The rule for an entry's class, by the names that Keras has for it.
    pub(crate) fn rule(&self, entry: &Node) -> Option<&'a ClassRule> {
        let names = ["class_name", "registered_name"].map(|key| entry.get(key)?.as_str());
        self.options.rules.class(names.into_iter().flatten())
    }

    /// A word on the built-in classes that rules stand in for.
    pub(crate) fn instead(&self) -> Option<Diagnostic> {
        let names: Vec<String> = self.instead.iter().map(|name| quoted(name)).collect();
        let what = format!(
            "the rules file's rows are taken for {}, not the built-in ones",
            names.join(", ")
        );
        (!names.is_empty()).then(|| Diagnostic::note("rules/instead", what))
    }
}

impl Draft<'_, '_> {
    /// Fills the layer in as a rule says.
    pub(crate) fn follow(&mut self, rule: &ClassRule) {
        if class::find(&self.layer.type_name).is_some() {
            self.reader.instead.insert(self.layer.type_name.to_string());
        }
        self.layer.frozen |= rule.frozen;
        let own = match &rule.kind {
            ClassKind::Catalogue(name) => {
                self.layer.kind = Some(name.clone().into());
                false
            }
            ClassKind::Own(kind) => {
                self.layer.kind = Some(kind.name.clone().into());
                if self.reader.kinds.iter().all(|known| known.name != kind.name) {
                    self.reader.kinds.push(kind.clone());
                }
                true
            }
        };
        for arg in &rule.args {
            if let Some(value) = self.ruled(arg, own) {
                self.layer.args.set(arg.arg.clone(), value);
            }
        }
    }

    fn ruled(&mut self, arg: &ArgRule, own: bool) -> Option<Arg> {
        let keys = match &arg.given {
            Given::Value(value) => return Some(value.clone()),
            Given::Keys(keys) => keys,
        };
        let node = keys.iter().find_map(|key| at(self.config, key))?;
        match value(node) {
            Some(Arg::Int(size)) => Some(match arg.spread {
                Some(rank) => Arg::from(vec![size; rank]),
                None => Arg::Int(size),
            }),
            Some(value) => Some(value),
            // What a formula asks for is not there, what a kind asks for is left out.
            None if node.is_null() => own.then_some(Arg::Flag(false)),
            None => {
                let message = format!(
                    "the rule for {} takes a number, a truth value, text or whole numbers here, found {node}",
                    quoted(&self.layer.type_name)
                );
                self.reader.findings.warn(Problem::new("rules/value", node.span, message));
                None
            }
        }
    }
}

/// The value under a key, or under `a.b` the one in the map `a`.
fn at<'n>(config: &'n Node, key: &str) -> Option<&'n Node> {
    config.get(key).or_else(|| key.split('.').try_fold(config, |node, part| node.get(part)))
}

fn value(node: &Node) -> Option<Arg> {
    let number = |node: &Node| i64::try_from(node.as_int()?).ok();
    match &node.value {
        Value::Bool(flag) => Some(Arg::Flag(*flag)),
        Value::Str(text) => Some(Arg::from(text.clone())),
        Value::Seq(items) => items.iter().map(number).collect::<Option<Vec<i64>>>().map(Arg::from),
        _ => number(node).map(Arg::Int),
    }
}
