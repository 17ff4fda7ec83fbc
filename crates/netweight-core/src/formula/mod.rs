//! The language in which every kind of layer says how its parameters are counted.
//!
//! One text gives the formula in symbols, in numbers, step by step, and its value:
//!
//! ```
//! use netweight_core::formula::{Formula, Value::{Flag, Int, List}};
//!
//! let conv = Formula::parse("[(i ÷ n?) × (prod(f)) × o] + o{bias}")?;
//! let tree = conv.expand(&[
//!     ("i", Int(1)), ("f", List(&[2, 2])), ("o", Int(3)), ("n", Int(1)), ("bias", Flag(true)),
//! ])?;
//! assert_eq!(tree.symbols(), "[i × (f × f) × o] + o");
//! assert_eq!(
//!     tree.steps(),
//!     ["[1 × (2 × 2) × 3] + 3", "[1 × 4 × 3] + 3", "12 + 3", "15"],
//! );
//! assert_eq!(tree.value(), 15);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | written | means |
//! |---|---|
//! | `h`, `in1`, `4` | a size by its symbol, a number |
//! | `a + b`, `a - b`, `a × b`, `a ÷ b` | arithmetic from left to right; division must be exact. `*` and `/` do as well |
//! | `h(h + i)`, `[…]` | brackets show as written; right behind a factor they multiply without a sign |
//! | `o{bias}`, `h{!p}` | a term that is there only with, or without, what is named |
//! | `n?` | a factor that goes unsaid when it is 1 |
//! | `prod(f)` | the elements of a list multiplied: `f × f`, `f₁ × f₂` |
//! | `sum(h, o)` | the elements of lists added: `h₁ + h₂ + o` |
//! | `pairs(i, h, o)` | each element times the next, added: `i × h₁ + h₁ × h₂ + h₂ × o` |
//! | `inner` | the formulas of the layers that this one wraps, added; equal neighbours as `2 × …` |
//!
//! Brackets that have nothing left to hold together vanish with what they held.
mod error;
mod expand;
mod parse;
mod render;
mod shape;
mod syntax;
#[cfg(test)]
mod tests;
mod tree;

pub use error::{FormulaError, Unresolved};
pub use shape::ShapeExpr;
pub use tree::Tree;

use expand::Expansion;
use render::View;

/// What a symbol stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// A size.
    Int(u64),
    /// Sizes in order: a kernel of any rank, the layers of a chain.
    List(&'a [u64]),
    /// A choice, for `{…}` alone.
    Flag(bool),
}

impl Value<'_> {
    /// Whether a term that hangs on it is there: a list that has elements, a size above zero.
    pub(crate) fn is_set(self) -> bool {
        match self {
            Self::Int(value) => value != 0,
            Self::List(values) => !values.is_empty(),
            Self::Flag(set) => set,
        }
    }
}

/// Where a formula finds what its symbols stand for.
///
/// An array of pairs is the simplest one:
///
/// ```
/// use netweight_core::formula::{Env, Value};
/// assert_eq!([("h", Value::Int(2))].value("h"), Some(Value::Int(2)));
/// ```
pub trait Env {
    /// What a symbol or flag stands for; `None` where that is not known.
    fn value(&self, symbol: &str) -> Option<Value<'_>>;

    /// The arithmetic of the layers that this one wraps; `None` where that is not known.
    fn inner(&self) -> Option<&[Tree]> {
        None
    }
}

impl<const N: usize> Env for [(&str, Value<'_>); N] {
    fn value(&self, symbol: &str) -> Option<Value<'_>> {
        self.iter().find(|(name, _)| *name == symbol).map(|(_, value)| *value)
    }
}

/// A formula as its author wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formula(syntax::Sum);

impl Formula {
    /// Reads a formula's text.
    ///
    /// # Errors
    /// The place of the first mistake, and what was expected there.
    ///
    /// ```
    /// use netweight_core::formula::Formula;
    /// let error = Formula::parse("h x (h + i)").unwrap_err();
    /// assert_eq!(error.to_string(), "column 3: found `x`, expected `+`, `-`, `×`, `÷` or the end");
    /// ```
    pub fn parse(text: &str) -> Result<Self, FormulaError> {
        parse::formula(text).map(Self)
    }

    /// The symbols of sizes in it, each once, in order of appearance.
    ///
    /// ```
    /// use netweight_core::formula::Formula;
    /// let dense = Formula::parse("i × o + o{bias}")?;
    /// assert_eq!(dense.symbols_used(), ["i", "o"]);
    /// assert_eq!(dense.flags_used(), ["bias"]);
    /// # Ok::<(), netweight_core::formula::FormulaError>(())
    /// ```
    pub fn symbols_used(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.0.symbols(&mut found);
        found
    }

    /// What its optional terms depend on, each once, in order of appearance.
    pub fn flags_used(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.0.flags(&mut found);
        found
    }

    /// The arithmetic for these sizes: lists written out, optional parts there or gone.
    ///
    /// # Errors
    /// All sizes that are missing; else what makes the arithmetic impossible.
    ///
    /// ```
    /// use netweight_core::formula::{Formula, Unresolved, Value::Int};
    /// let dense = Formula::parse("i × o + o{bias}")?;
    /// let missing = dense.expand(&[("o", Int(10))]).unwrap_err();
    /// assert_eq!(missing, Unresolved::Missing(vec!["i".into()]));
    /// # Ok::<(), netweight_core::formula::FormulaError>(())
    /// ```
    pub fn expand(&self, env: &dyn Env) -> Result<Tree, Unresolved> {
        let mut expansion = Expansion::new(env);
        let root = expansion.whole(&self.0);
        expansion.finish()?;
        Tree::new(root)
    }

    /// The formula in symbols even where sizes are missing: what is not known shows as its
    /// symbol, what is known decides which optional parts are there.
    ///
    /// ```
    /// use netweight_core::formula::{Formula, Value::Flag};
    /// let dense = Formula::parse("i × o + o{bias}")?;
    /// assert_eq!(dense.symbols_only(&[("bias", Flag(true))]), "i × o + o");
    /// # Ok::<(), netweight_core::formula::FormulaError>(())
    /// ```
    pub fn symbols_only(&self, env: &dyn Env) -> String {
        Expansion::new(env).whole(&self.0).render(View::Symbols)
    }
}
