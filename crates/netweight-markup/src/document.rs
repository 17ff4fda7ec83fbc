//! What a file was read into.

use crate::excerpt::excerpt;
use crate::node::{Node, Span, Value};
use crate::problem::{Problem, Problems};
use crate::quote::quoted;
use crate::text::Text;

/// The notation that a document was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Syntax {
    /// YAML 1.2.
    Yaml,
    /// JSON as Python writes it.
    Json,
}

/// A file that was read: its text and its tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The text that all spans count in.
    pub text: Text,
    /// Its notation.
    pub syntax: Syntax,
    /// The tree.
    pub root: Node,
    /// What was wrong without hindering the reading: duplicate keys (the last one is in the
    /// tree) and unknown aliases ([`Value::Invalid`] in the tree). A reader adds its own.
    pub problems: Problems,
}

/// A file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", first_message(.problems))]
pub struct Failure {
    /// The text, as far as it could be decoded.
    pub text: Text,
    /// What was wrong; never empty.
    pub problems: Problems,
}

fn first_message(problems: &Problems) -> &str {
    problems.iter().next().map_or("the file could not be read", |problem| &problem.message)
}

impl Document {
    /// The place of a problem with the lines around it, as plain text, ending without a
    /// newline. JSON, whose lines say little, comes with the path as well.
    pub fn excerpt(&self, problem: &Problem) -> String {
        let path = (self.syntax == Syntax::Json).then(|| self.path(problem.span));
        excerpt(&self.text, problem, path.as_deref())
    }

    /// The message and the excerpt.
    pub fn render(&self, problem: &Problem) -> String {
        format!("{}\n{}", problem.message, self.excerpt(problem))
    }

    /// The way to a place: `config.layers[3].units`; empty for the root.
    pub fn path(&self, span: Span) -> String {
        let mut path = String::new();
        let mut node = &self.root;
        while let Some(inner) = step(node, span, &mut path) {
            node = inner;
        }
        shorten(path)
    }
}

impl Failure {
    /// The place of a problem with the lines around it, as [`Document::excerpt`].
    pub fn excerpt(&self, problem: &Problem) -> String {
        excerpt(&self.text, problem, None)
    }

    /// The message and the excerpt.
    pub fn render(&self, problem: &Problem) -> String {
        format!("{}\n{}", problem.message, self.excerpt(problem))
    }
}

/// The child of `node` that holds `span`; its name goes onto the path.
fn step<'n>(node: &'n Node, span: Span, path: &mut String) -> Option<&'n Node> {
    match &node.value {
        Value::Seq(items) => {
            let (index, item) = items.iter().enumerate().find(|(_, n)| n.span.contains(span))?;
            path.push_str(&format!("[{index}]"));
            Some(item)
        }
        Value::Map(entries) => {
            let holds = |key: Span, value: Span| key.contains(span) || value.contains(span);
            let (key, value) = entries.iter().find(|(k, v)| holds(k.span, v.span))?;
            push_name(path, &key.text);
            Some(value)
        }
        _ => None,
    }
}

fn push_name(path: &mut String, name: &str) {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '/' | ':');
    if !name.is_empty() && name.chars().count() <= 40 && name.chars().all(plain) {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(name);
    } else {
        path.push_str(&format!("[{}]", quoted(name)));
    }
}

/// The end of a path says more than its beginning.
fn shorten(path: String) -> String {
    const LONGEST: usize = 100;
    match path.char_indices().rev().nth(LONGEST) {
        Some((cut, _)) => format!("…{}", path.get(cut..).unwrap_or_default()),
        None => path,
    }
}
