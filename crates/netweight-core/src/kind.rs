//! The catalogue of kinds: one row each, with arguments, formula, weights and shape rule.

use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::RandomState;

use crate::formula::{Formula, ShapeExpr};
use crate::site::{Outputs, Site};
use crate::{Arg, Category, Convention, Role, kinds};

/// A family of layers with one way of counting.
#[derive(Debug)]
pub struct Kind {
    /// The name in the catalogue: `conv`.
    pub name: &'static str,
    /// What Keras, PyTorch, ONNX and textbooks call it.
    pub aliases: &'static [&'static str],
    /// The name as a sentence has it: `convolution`.
    pub title: &'static str,
    /// Its sizes as a sentence has them, symbols in braces: `{h} units on {i} features`.
    pub phrase: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
    /// The arguments, those first that others derive from.
    pub args: &'static [ArgRow],
    /// How its parameters are counted; empty for a kind without any.
    pub formula: &'static str,
    /// The tensors that the formula counts.
    pub weights: &'static [WeightRow],
    /// What wrapped layers see as their inputs; `None` for a kind that wraps nothing.
    pub inner: Inner,
    /// From input shapes and arguments to output shapes.
    pub shape: fn(&Site) -> Outputs,
    /// Worked examples: arguments and the count.
    pub examples: &'static [Example],
}

impl Kind {
    /// A kind without weights that passes its input's shape on; rows start from it.
    pub const PLAIN: Self = Self {
        name: "",
        aliases: &[],
        title: "",
        phrase: "",
        summary: "",
        source: "",
        args: &[],
        formula: "",
        weights: &[],
        inner: Inner::None,
        shape: kinds::same_shape,
        examples: &[],
    };

    /// The row of an argument, by its name or its symbol.
    pub fn arg(&self, name: &str) -> Option<&'static ArgRow> {
        let named = |row: &&ArgRow| row.name == name;
        let symbol = |row: &&ArgRow| row.symbol == name;
        self.args.iter().find(named).or_else(|| self.args.iter().find(symbol))
    }

    /// Whether the kind has parameters at all.
    pub fn has_parameters(&self) -> bool {
        !self.formula.is_empty()
    }
}

/// How a wrapper feeds the layers that it wraps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Inner {
    /// It wraps none.
    None,
    /// Each gets the wrapper's inputs.
    Each,
    /// One step of the input's sequence: axis 1 is gone.
    Step,
    /// The first gets one step of the input's sequence, each later one the output of the one before.
    Cells,
    /// They are a graph with edges of their own; its input layers take the wrapper's inputs.
    Graph,
}

/// An argument of a kind.
#[derive(Debug)]
pub struct ArgRow {
    /// The textbook's letter; the name itself for flags and for arguments outside the formula.
    pub symbol: &'static str,
    /// The name in [`crate::Args`].
    pub name: &'static str,
    /// What it is, in words.
    pub meaning: &'static str,
    /// Its value where nothing gives one.
    pub default: Fallback,
    /// How it follows from input shapes and earlier arguments.
    pub from: Option<fn(&Site) -> Option<Arg>>,
}

/// What an argument is when nothing gives it a value.
#[derive(Debug)]
pub enum Fallback {
    /// Not known: the count then is not known either.
    Required,
    /// Absent: the terms that need it vanish.
    Absent,
    /// This value.
    Is(Arg),
    /// A value for each convention.
    By(fn(Convention) -> Arg),
}

impl Fallback {
    /// The value under a convention; none where there is none, or it is not known.
    pub fn value(&self, convention: Convention) -> Option<Arg> {
        match self {
            Self::Required | Self::Absent => None,
            Self::Is(value) => Some(value.clone()),
            Self::By(rule) => Some(rule(convention)),
        }
    }
}

/// A tensor of a kind.
#[derive(Debug)]
pub struct WeightRow {
    /// Its name: `recurrent_kernel`.
    pub name: &'static str,
    /// What it does.
    pub role: Role,
    /// Whether it is learned.
    pub category: Category,
    /// Its dimensions, in the language of formulas: `[o, i ÷ n?, f...]`.
    pub shape: &'static str,
    /// The flags under which it exists, joined by ` && `, `!` before one for its absence; empty for always.
    pub when: &'static str,
    /// How many of it there are.
    pub each: Each,
}

/// How often a tensor of a kind exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Each {
    /// Once.
    Once,
    /// Once for each direction of a recurrent layer.
    Direction,
    /// Once for each pair of neighbours in a chain of sizes, which its shape calls `a` and `b`.
    Link,
}

/// A worked example of a kind.
#[derive(Debug)]
pub struct Example {
    /// Arguments by symbol or name.
    pub args: &'static [(&'static str, Arg)],
    /// The arithmetic as one would write it.
    pub by_hand: &'static str,
    /// What it comes to.
    pub parameters: u64,
}

/// An argument with its default.
pub(crate) const fn arg(
    symbol: &'static str,
    name: &'static str,
    default: Fallback,
    meaning: &'static str,
) -> ArgRow {
    ArgRow { symbol, name, meaning, default, from: None }
}

/// A size without which the count is not known.
pub(crate) const fn size(
    symbol: &'static str,
    name: &'static str,
    meaning: &'static str,
) -> ArgRow {
    arg(symbol, name, Fallback::Required, meaning)
}

/// A size with a default.
pub(crate) const fn count(
    symbol: &'static str,
    name: &'static str,
    value: i64,
    meaning: &'static str,
) -> ArgRow {
    arg(symbol, name, Fallback::Is(Arg::Int(value)), meaning)
}

/// A flag with its default; its name is its symbol.
pub(crate) const fn flag(name: &'static str, default: bool, meaning: &'static str) -> ArgRow {
    arg(name, name, Fallback::Is(Arg::Flag(default)), meaning)
}

/// An argument that may be absent and that no formula multiplies by.
pub(crate) const fn option(name: &'static str, meaning: &'static str) -> ArgRow {
    arg(name, name, Fallback::Absent, meaning)
}

impl ArgRow {
    /// The same under a letter of the formula.
    pub(crate) const fn symbol(mut self, symbol: &'static str) -> Self {
        self.symbol = symbol;
        self
    }

    /// The same, following from shapes and earlier arguments where the file does not state it.
    pub(crate) const fn from(mut self, rule: fn(&Site) -> Option<Arg>) -> Self {
        self.from = Some(rule);
        self
    }
}

/// A learned tensor that always exists, once.
pub(crate) const fn weight(name: &'static str, role: Role, shape: &'static str) -> WeightRow {
    WeightRow { name, role, category: Category::Trainable, shape, when: "", each: Each::Once }
}

impl WeightRow {
    /// The same, only under a flag.
    pub(crate) const fn when(mut self, flag: &'static str) -> Self {
        self.when = flag;
        self
    }

    /// The same as a running statistic.
    pub(crate) const fn statistic(mut self) -> Self {
        self.category = Category::NonTrainable;
        self
    }

    /// The same, once for each direction or link.
    pub(crate) const fn each(mut self, each: Each) -> Self {
        self.each = each;
        self
    }
}

/// A kind with its texts parsed.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) kind: &'static Kind,
    pub(crate) formula: Option<Formula>,
    pub(crate) shapes: Vec<Option<ShapeExpr>>,
}

#[derive(Debug)]
struct Catalogue {
    kinds: Vec<Compiled>,
    by_name: HashMap<&'static str, usize, RandomState>,
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let mut catalogue = Catalogue { kinds: Vec::new(), by_name: HashMap::default() };
    for kind in kinds::FAMILIES.iter().copied().flatten() {
        for name in std::iter::once(&kind.name).chain(kind.aliases) {
            catalogue.by_name.entry(name).or_insert(catalogue.kinds.len());
        }
        // A text that does not parse is a mistake in a row; a test over all rows finds it.
        let formula = Formula::parse(kind.formula).ok().filter(|_| kind.has_parameters());
        let shapes = kind.weights.iter().map(|row| ShapeExpr::parse(row.shape).ok()).collect();
        catalogue.kinds.push(Compiled { kind, formula, shapes });
    }
    catalogue
});

/// Every kind, family by family.
pub fn all() -> impl Iterator<Item = &'static Kind> {
    kinds::FAMILIES.iter().copied().flatten()
}

/// The kind of that name or alias.
///
/// ```
/// assert_eq!(netweight_core::kind::find("linear").map(|kind| kind.name), Some("dense"));
/// ```
pub fn find(name: &str) -> Option<&'static Kind> {
    compiled(name).map(|compiled| compiled.kind)
}

pub(crate) fn compiled(name: &str) -> Option<&'static Compiled> {
    CATALOGUE.kinds.get(*CATALOGUE.by_name.get(name)?)
}
