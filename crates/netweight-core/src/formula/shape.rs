//! Shapes of weights in the same language.
use std::sync::Arc;

use super::Env;
use super::error::{FormulaError, Unresolved};
use super::expand::{Expansion, HEAD, TAIL};
use super::parse;
use super::render::View;
use super::syntax::{self, Sum};
use super::tree::Node;
use crate::{Dim, limits};

/// The shape of a weight: formulas in square brackets, `f...` for the elements of a list.
///
/// A place that is optional, and gone, is left out: `b?` where `b` is 1, `o{bias}` where there
/// is no bias.
///
/// ```
/// use netweight_core::formula::{ShapeExpr, Value::{Int, List}};
/// let kernel = ShapeExpr::parse("[o, i ÷ n?, f...]")?;
/// let sizes = [("o", Int(64)), ("i", Int(32)), ("n", Int(4)), ("f", List(&[3, 3]))];
/// assert_eq!(kernel.evaluate(&sizes)?, [64, 8, 3, 3]);
/// assert_eq!(kernel.symbols(&sizes), "[o, i ÷ n, f, f]");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShapeExpr(Vec<Item>);

/// One place in a shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    Size(Sum),
    /// All elements of a list.
    Spread(Arc<str>),
}

impl ShapeExpr {
    /// Reads a shape's text.
    ///
    /// # Errors
    /// The place of the first mistake, and what was expected there.
    pub fn parse(text: &str) -> Result<Self, FormulaError> {
        parse::shape(text).map(Self)
    }

    /// The symbols in it, each once, in order of appearance.
    pub fn symbols_used(&self) -> Vec<&str> {
        let mut found = Vec::new();
        for item in &self.0 {
            match item {
                Item::Size(sum) => sum.symbols(&mut found),
                Item::Spread(name) => syntax::add(&mut found, name),
            }
        }
        found
    }

    /// The shape for these sizes.
    ///
    /// # Errors
    /// All sizes that are missing; else what makes the arithmetic impossible.
    pub fn evaluate(&self, env: &dyn Env) -> Result<Vec<u64>, Unresolved> {
        let mut expansion = Expansion::new(env);
        let nodes = self.expand(&mut expansion);
        expansion.finish()?;
        nodes.iter().map(Node::evaluate).collect()
    }

    /// The shape as dimensions: a place that is one symbol alone as `named` has it, others for
    /// these sizes, unknown where they cannot be.
    pub(crate) fn dims(&self, env: &dyn Env, named: impl Fn(&str) -> Option<Dim>) -> Vec<Dim> {
        let dims = self.0.iter().flat_map(|item| {
            let lone = match item {
                Item::Size(sum) => sum.lone_symbol(),
                Item::Spread(_) => None,
            };
            if let Some(dim) = lone.and_then(|symbol| named(&symbol)) {
                return vec![dim];
            }
            match Self(vec![item.clone()]).evaluate(env) {
                Ok(sizes) => sizes.into_iter().map(Dim::Known).collect(),
                Err(_) => vec![Dim::Unknown],
            }
        });
        dims.collect()
    }

    /// The shape in symbols, even where sizes are missing: `[o, i ÷ n, f, f]`.
    pub fn symbols(&self, env: &dyn Env) -> String {
        let nodes = self.expand(&mut Expansion::new(env));
        let mut items: Vec<String> = nodes.iter().map(|node| node.render(View::Symbols)).collect();
        if items.len() > limits::FORMULA_TERMS {
            items.splice(HEAD..items.len() - TAIL, ["…".to_owned()]);
        }
        format!("[{}]", items.join(", "))
    }

    fn expand(&self, expansion: &mut Expansion<'_>) -> Vec<Node> {
        let mut nodes = Vec::new();
        for item in &self.0 {
            match item {
                Item::Size(sum) => {
                    nodes.extend(Some(expansion.whole(sum)).filter(|node| !node.is_empty()))
                }
                Item::Spread(name) => {
                    nodes.extend(expansion.elements(name, true).into_iter().map(Node::Symbol));
                }
            }
        }
        nodes
    }
}
