//! Kinds that a file defines for itself, by a formula and its tensors.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::evaluate::{Evaluated, Expected, Missing};
use crate::formula::{Formula, ShapeExpr};
use crate::scope::Scope;
use crate::{Arg, Args, Category, Dim, Layer, Model, Role, Shape, elements};

/// A kind of layers that only one file knows. Its name comes before the catalogue's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OwnKind {
    /// The name by which layers say it.
    pub name: String,
    /// What it does, in one line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// The symbols of the formula.
    pub args: Vec<OwnArg>,
    /// The formula, in the language of formulas.
    pub formula: String,
    /// The tensors that the formula counts.
    pub weights: Vec<OwnWeight>,
    /// The argument that the input's last dimension gives, or those that its last ones give in
    /// turn: `i`, `[t, i]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// What stands in the output in their place: `o`, `[t, 2 × o]`; [`OwnKind::UNKNOWN`] for a
    /// shape that is not known. Without it the shape stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
}

impl OwnKind {
    /// The output of a kind whose shape is not known.
    pub const UNKNOWN: &str = "?";

    /// The arguments that the input's last dimensions give, in turn.
    pub fn inputs(&self) -> impl Iterator<Item = &str> {
        let names = self.input.iter().flat_map(|names| names.trim_matches(['[', ']']).split(','));
        names.map(str::trim)
    }
}

/// An argument of an own kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OwnArg {
    /// Its symbol in the formula.
    pub symbol: String,
    /// What it is, in words.
    pub meaning: String,
    /// Its value where a layer gives none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Arg>,
}

impl OwnArg {
    /// An argument that every layer has to give.
    pub fn new(symbol: impl Into<String>, meaning: impl Into<String>) -> Self {
        Self { symbol: symbol.into(), meaning: meaning.into(), default: None }
    }
}

/// A tensor of an own kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OwnWeight {
    /// Its name.
    pub name: String,
    /// Its dimensions, in the language of formulas: `[o, i]`.
    pub shape: String,
    /// The argument without which it is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Whether training changes it.
    pub trainable: bool,
}

impl OwnWeight {
    /// A learned tensor that is always there.
    pub fn new(name: impl Into<String>, shape: impl Into<String>) -> Self {
        Self { name: name.into(), shape: shape.into(), when: None, trainable: true }
    }
}

impl Model {
    /// The kind of a layer, where the file defines it for itself.
    pub fn own_kind(&self, layer: &Layer) -> Option<&OwnKind> {
        let name = layer.kind.as_ref()?;
        self.kinds.iter().find(|kind| kind.name == *name)
    }
}

/// A model's own kinds with their texts parsed.
#[derive(Debug, Default)]
pub(crate) struct OwnKinds<'m>(HashMap<&'m str, Compiled<'m>>);

#[derive(Debug)]
pub(crate) struct Compiled<'m> {
    kind: &'m OwnKind,
    formula: Result<Formula, String>,
    shapes: Vec<Result<ShapeExpr, String>>,
    /// The arguments that the input's last dimensions give.
    inputs: Vec<&'m str>,
    output: Output,
}

#[derive(Debug)]
enum Output {
    Same,
    Unknown,
    /// The dimensions in place of those that the input's names stand for.
    Last(ShapeExpr),
}

impl Output {
    fn of(kind: &OwnKind) -> Self {
        match kind.output.as_deref() {
            None => Self::Same,
            Some(text) => {
                let list = format!("[{}]", text.trim_matches(['[', ']']));
                ShapeExpr::parse(&list).map_or(Self::Unknown, Self::Last)
            }
        }
    }
}

impl<'m> OwnKinds<'m> {
    pub(crate) fn of(model: &'m Model) -> Self {
        let compiled = |kind: &'m OwnKind| Compiled {
            kind,
            formula: Formula::parse(&kind.formula).map_err(|error| error.to_string()),
            shapes: kind
                .weights
                .iter()
                .map(|weight| ShapeExpr::parse(&weight.shape).map_err(|error| error.to_string()))
                .collect(),
            inputs: kind.inputs().collect(),
            output: Output::of(kind),
        };
        Self(model.kinds.iter().map(|kind| (kind.name.as_str(), compiled(kind))).collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Compiled<'m>> {
        self.0.get(name)
    }
}

impl Compiled<'_> {
    /// Arguments, arithmetic, tensors and output of a layer of the kind.
    pub(crate) fn evaluate(&self, layer: &Layer, input: Option<&Shape>) -> Evaluated {
        let args = self.settle(&layer.args, input);
        let scope = Scope::named(&args);
        let outputs = vec![input.and_then(|shape| self.output(shape, &scope))];
        let mut result = Evaluated { outputs, ..Evaluated::default() };
        match &self.formula {
            Ok(formula) => result.expand(formula, &scope, |symbol| Some(self.missing(symbol))),
            Err(problem) => result.problems.push(format!("formula: {problem}")),
        }
        for (weight, shape) in self.kind.weights.iter().zip(&self.shapes) {
            if weight.when.as_ref().is_some_and(|flag| !args.flag(flag)) {
                continue;
            }
            let shape = match shape {
                Ok(shape) => shape.evaluate(&scope).ok(),
                Err(problem) => {
                    result.problems.push(format!("shape of `{}`: {problem}", weight.name));
                    None
                }
            };
            let category =
                if weight.trainable { Category::Trainable } else { Category::NonTrainable };
            let (name, role) = (weight.name.clone().into(), Role::Parameter);
            result.weights.push(Expected { name, role, category, shape });
        }
        result.problems.extend(contradiction(&result));
        result.args = args;
        result
    }

    /// The dimension of the input that a symbol names.
    fn dim<'s>(&self, symbol: &str, input: &'s Shape) -> Option<&'s Dim> {
        let (_, dim) =
            self.inputs.iter().rev().zip(input.iter().rev()).find(|(name, _)| **name == symbol)?;
        Some(dim)
    }

    fn output(&self, input: &Shape, scope: &Scope<'_>) -> Option<Shape> {
        match &self.output {
            Output::Same => Some(input.clone()),
            Output::Unknown => None,
            Output::Last(dims) => {
                let kept = input.len().saturating_sub(self.inputs.len().max(1));
                let dims = dims.dims(scope, |symbol| self.dim(symbol, input).cloned());
                Some(input.iter().take(kept).cloned().chain(dims).collect())
            }
        }
    }

    fn settle(&self, stated: &Args, input: Option<&Shape>) -> Args {
        let mut args = Args::default();
        for arg in &self.kind.args {
            let from_input = || Arg::size(self.dim(&arg.symbol, input?)?.known()?);
            let value = stated.get(&arg.symbol).cloned().or_else(from_input);
            if let Some(value) = value.or_else(|| arg.default.clone()) {
                args.set(arg.symbol.clone(), value);
            }
        }
        args
    }

    fn missing(&self, symbol: &str) -> Missing {
        let arg = self.kind.args.iter().find(|arg| arg.symbol == symbol);
        let meaning = arg.map_or_else(String::new, |arg| arg.meaning.clone());
        Missing {
            symbol: symbol.to_owned().into(),
            name: symbol.to_owned().into(),
            meaning: meaning.into(),
            follows: self.inputs.contains(&symbol),
        }
    }
}

/// Formula and tensors are two statements of one count.
fn contradiction(result: &Evaluated) -> Option<String> {
    let formula = result.tree.as_ref()?.value();
    let mut shapes = result.weights.iter().map(|weight| weight.shape.as_deref());
    let held = shapes.try_fold(0u64, |sum, shape| sum.checked_add(elements(shape?)?))?;
    (held != formula)
        .then(|| format!("the formula gives {formula} parameters, the kind's weights hold {held}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Edge, analyze};

    /// A dense layer with a low-rank update of rank r beside it.
    fn lora() -> OwnKind {
        let arg = |symbol: &str, default| OwnArg {
            default,
            ..OwnArg::new(symbol, format!("the {symbol}"))
        };
        let weight = |name: &str, shape: &str, when: Option<&str>| OwnWeight {
            when: when.map(str::to_owned),
            trainable: name != "kernel",
            ..OwnWeight::new(name, shape)
        };
        OwnKind {
            name: "lora".to_owned(),
            args: vec![
                arg("i", None),
                arg("o", None),
                arg("r", Some(Arg::Int(8))),
                arg("bias", Some(Arg::Flag(true))),
            ],
            formula: "i × o + r(i + o) + o{bias}".to_owned(),
            weights: vec![
                weight("kernel", "[i, o]", None),
                weight("down", "[i, r]", None),
                weight("up", "[r, o]", None),
                weight("bias", "[o]", Some("bias")),
            ],
            input: Some("i".to_owned()),
            output: Some("o".to_owned()),
            ..OwnKind::default()
        }
    }

    fn model(kind: OwnKind, args: Args) -> Model {
        let mut model = Model { kinds: vec![kind], ..Model::new("test") };
        let input = model.push(Layer::input("input", [1u64, 10].as_slice().into()));
        let layer = Layer::new("update", "lora", "lora").with_args(args);
        model.push(layer.after(Edge::new(input, 0)));
        model
    }

    #[test]
    fn formula_tensors_and_shape_are_the_files() {
        let model = model(lora(), Args::default().with("o", 4).with("r", 2));
        let analysis = analyze(&model);
        let layer = &analysis.layers[1];
        let tree = layer.evaluated.tree.as_ref().unwrap();
        assert_eq!(tree.numbers(), "10 × 4 + 2(10 + 4) + 4");
        let counts = layer.counts.unwrap();
        assert_eq!((counts.trainable, counts.non_trainable), (28 + 4, 40));
        assert_eq!(layer.outputs[0].as_ref().unwrap().to_string(), "1×4");
        assert_eq!(analysis.diagnostics, []);
    }

    #[test]
    fn several_dimensions_have_names_and_unknown_ones_pass() {
        let kind = OwnKind {
            formula: "t × i + o".to_owned(),
            weights: Vec::new(),
            args: ["t", "i", "o"].map(|symbol| OwnArg::new(symbol, "")).to_vec(),
            input: Some("[t, i]".to_owned()),
            output: Some("[t, 2 × o]".to_owned()),
            ..lora()
        };
        let args = Args::default().with("o", 4);
        let mut model = Model { kinds: vec![kind], ..Model::new("test") };
        let input =
            |steps: Dim| -> Shape { [Dim::Unknown, steps, 10.into()].into_iter().collect() };
        for steps in [Dim::Known(7), Dim::Named("steps".into())] {
            let input = model.push(Layer::input("input", input(steps)));
            let layer = Layer::new("update", "lora", "lora").with_args(args.clone());
            model.push(layer.after(Edge::new(input, 0)));
        }
        let analysis = analyze(&model);
        let shape = |index: usize| analysis.layers[index].outputs[0].clone().unwrap().to_string();
        assert_eq!((shape(1), shape(3)), ("?×7×8".to_owned(), "?×steps×8".to_owned()));
        let tree = analysis.layers[1].evaluated.tree.as_ref().unwrap();
        assert_eq!(tree.numbers(), "7 × 10 + 4");
        assert_eq!(analysis.layers[3].counts, None, "the steps are not known");
    }

    #[test]
    fn optional_tensors_follow_their_flag() {
        let args = Args::default().with("o", 4).with("bias", false);
        let model = model(lora(), args);
        assert_eq!(analyze(&model).totals.parameters(), Some(40 + 8 * 14));
    }

    #[test]
    fn a_missing_size_leaves_the_count_unknown() {
        let model = model(lora(), Args::default());
        let analysis = analyze(&model);
        assert_eq!(analysis.layers[1].counts, None);
        let message = &analysis.diagnostics[0].message;
        assert_eq!(message, "`o` (the o) is not known, so neither is the count");
    }

    #[test]
    fn tensors_that_contradict_the_formula_are_told() {
        let mut kind = lora();
        kind.weights.pop();
        let model = model(kind, Args::default().with("o", 4).with("r", 2));
        let analysis = analyze(&model);
        assert_eq!(
            analysis.diagnostics[0].message,
            "the formula gives 72 parameters, the kind's weights hold 68"
        );
    }

    #[test]
    fn texts_that_cannot_be_read_are_told() {
        let kind = OwnKind { formula: "i ×".to_owned(), ..lora() };
        let model = model(kind, Args::default().with("o", 4));
        let analysis = analyze(&model);
        assert_eq!(analysis.layers[1].counts, None);
        assert!(analysis.diagnostics[0].message.starts_with("formula: column 4"));
    }
}
