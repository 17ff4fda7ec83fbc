//! YAML and JSON read into one tree with positions, and problems told with their place.
//!
//! [`parse_yaml`] and [`parse_json`] turn a file's bytes into a [`Document`]: its [`Text`], a
//! tree of [`Node`]s that know their [`Span`]s, and the [`Problems`] that did not hinder the
//! reading. A reader of a format walks the tree, adds its own problems (so that all of a file
//! are told at once), and shows each with the file's own lines. Whatever the bytes are, there
//! is an answer within the [`Limits`].
//!
//! ```
//! use netweight_markup::{Limits, parse_yaml};
//!
//! let spec = b"name: tagger\nlayers:\n  - lsmt: 50\n";
//! let document = parse_yaml("spec.yaml", spec, &Limits::SPEC)?;
//! let layer = document.root.get("layers").and_then(|layers| layers.as_seq()?.first());
//! let (kind, size) = &layer.and_then(|layer| layer.as_map()).unwrap()[0];
//! assert_eq!(size.as_int(), Some(50));
//!
//! let problem = kind.unknown("layer kind", ["dense", "gru", "lstm"]);
//! assert_eq!(document.text.position(problem.span.start).to_string(), "line 3, column 5");
//! assert_eq!(document.path(problem.span), "layers[0].lsmt");
//! assert_eq!(document.render(&problem), "\
//! unknown layer kind `lsmt`
//!   ┌ spec.yaml:3:5
//! 3 │   - lsmt: 50
//!   │     ^^^^ did you mean `lstm`?");
//! # Ok::<(), netweight_markup::Failure>(())
//! ```

mod build;
mod document;
mod excerpt;
mod json;
pub mod limits;
mod nearest;
mod node;
mod problem;
mod quote;
mod text;
mod yaml;

pub use document::{Document, Failure, Syntax};
pub use limits::Limits;
pub use nearest::nearest;
pub use node::{Key, Node, Span, Value};
pub use problem::{Problem, Problems};
pub use quote::quoted;
pub use text::{Position, Text};

use build::Builder;

/// Reads a YAML file: YAML 1.2 with its core schema, one document, no merge keys.
///
/// A whole number that begins with `0` is text, since it means 8 to some readers and 10 to
/// others.
///
/// # Errors
/// Not YAML, not text, or beyond a limit; a problem with its place for each.
pub fn parse_yaml(name: &str, bytes: &[u8], limits: &Limits) -> Result<Document, Failure> {
    parse(name, bytes, limits, Syntax::Yaml)
}

/// Reads a JSON file as Python does: NaN and Infinity are numbers, of equal keys the last one
/// counts (and a problem tells it), half a surrogate pair reads as U+FFFD.
///
/// # Errors
/// Not JSON, not text, or beyond a limit; a problem with its place for each.
pub fn parse_json(name: &str, bytes: &[u8], limits: &Limits) -> Result<Document, Failure> {
    parse(name, bytes, limits, Syntax::Json)
}

fn parse(name: &str, bytes: &[u8], limits: &Limits, syntax: Syntax) -> Result<Document, Failure> {
    let mut builder = Builder::new(limits);
    let (text, unreadable) = Text::decode(name, bytes, limits);
    let result = match (unreadable, syntax) {
        (Some(problem), _) => Err(problem),
        (None, Syntax::Yaml) => yaml::read(text.content(), &mut builder, limits),
        (None, Syntax::Json) => json::read(text.content(), &mut builder),
    };
    let (root, mut problems) = builder.finish();
    let problem = match (result, root) {
        (Ok(()), Some(root)) => return Ok(Document { text, syntax, root, problems }),
        (Ok(()), None) => empty(&text),
        (Err(problem), _) => problem,
    };
    problems.insert(problem);
    Err(Failure { text, problems })
}

fn empty(text: &Text) -> Problem {
    let found =
        if text.content().is_empty() { "the file is empty" } else { "the file holds nothing" };
    Problem::new("markup/empty", Span::new(0, 0), found)
}
