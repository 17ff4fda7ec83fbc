//! The state of the walk, and what every message's reading shares.

use std::collections::VecDeque;

use netweight_core::{Diagnostic, ImportError, Source, grouped, limits};
use prost::Message;
use smallvec::SmallVec;

use super::entry::OpsetId;
use super::fields::{Fault, Fields, Value};
use super::kept::Kept;
use super::window::{Span, Window};
use crate::file::{Graph, GraphId, Metadata};
use crate::{Name, Names};

/// Node metadata that takes kilobytes a node and says nothing of weights.
const UNREAD_METADATA: [&str; 2] = ["pkg.torch.onnx.stack_trace", "pkg.torch.onnx.fx_node"];

/// The state of the walk.
pub(super) struct Reader<'a> {
    pub(super) window: Window<'a>,
    pub(super) kept: Kept,
    /// Graphs found and not yet read, in the order of their ids.
    bodies: VecDeque<Body>,
    next_graph: usize,
    /// How many graphs are around what is being read, itself counted.
    depth: usize,
    problems: Vec<Diagnostic>,
    untold: usize,
}

/// A graph to be read: more than one part when its field was written more than once.
struct Body {
    parts: Vec<Span>,
    depth: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(source: &'a dyn Source) -> Self {
        Self {
            window: Window::new(source, limits::onnx::READ),
            kept: Kept::of(source.len()),
            bodies: VecDeque::new(),
            next_graph: 1,
            depth: 1,
            problems: Vec::new(),
            untold: 0,
        }
    }

    /// Reads the version of an operator set into a list.
    pub(super) fn opset(
        &mut self,
        list: &mut Vec<(Name, i64)>,
        span: Span,
    ) -> Result<(), ImportError> {
        if let Some(id) = self.decode::<OpsetId>(&[span], limits::onnx::NAME, "operator set")? {
            self.kept.take(size_of::<(Name, i64)>())?;
            list.push((self.kept.name(&id.domain)?, id.version));
        }
        Ok(())
    }

    /// Reads a key and its value into a list.
    pub(super) fn entry(&mut self, list: &mut Metadata, span: Span) -> Result<(), ImportError> {
        let Some((key, value)) = self.key_and_value(span)? else { return Ok(()) };
        let key = self.kept.name(self.window.bytes(key)?)?;
        if !UNREAD_METADATA.contains(&self.kept.names.text(key)) {
            self.kept.take(size_of::<(Name, Name)>())?;
            list.push((key, self.kept.name(self.window.bytes(value)?)?));
        }
        Ok(())
    }

    /// Where a key and its value stand. There are several to each node and to each tensor, most
    /// of them not asked for, so nothing of them is copied.
    pub(super) fn key_and_value(
        &mut self,
        span: Span,
    ) -> Result<Option<(Span, Span)>, ImportError> {
        const NOUN: &str = "metadata entry";
        if span.len() > limits::onnx::ENTRY {
            self.unreadable(NOUN, span, &too_long(limits::onnx::ENTRY));
            return Ok(None);
        }
        let nothing = Span { start: span.end, end: span.end };
        let (mut key, mut value) = (nothing, nothing);
        let mut fields = Fields::new(span);
        loop {
            match fields.next(&mut self.window) {
                Ok(Some((1, Value::Span(found)))) => key = found,
                Ok(Some((2, Value::Span(found)))) => value = found,
                Ok(Some(_)) => {}
                Ok(None) => return Ok(Some((key, value))),
                Err(Fault::Read(error)) => return Err(error),
                Err(fault) => {
                    self.unreadable(NOUN, span, &ImportError::from(fault).to_string());
                    return Ok(None);
                }
            }
        }
    }

    /// Decodes a small message from its parts; one that is too long or broken is a problem of
    /// the file and otherwise left out.
    pub(super) fn decode<M: Message + Default>(
        &mut self,
        parts: &[Span],
        most: u64,
        noun: &str,
    ) -> Result<Option<M>, ImportError> {
        let mut message = M::default();
        for &part in parts {
            let why = if part.len() > most {
                too_long(most)
            } else {
                match message.merge(self.window.bytes(part)?) {
                    Ok(()) => continue,
                    Err(error) => error.to_string(),
                }
            };
            self.unreadable(noun, part, &why);
            return Ok(None);
        }
        Ok((!parts.is_empty()).then_some(message))
    }

    /// Notes that a small message is left out.
    fn unreadable(&mut self, noun: &str, span: Span, why: &str) {
        let place = format!("byte {}", grouped(span.start));
        let what = format!("a {noun} could not be read and was left out: {why}");
        self.problem(Diagnostic::warning("onnx/unreadable-entry", what).at(place));
    }

    /// Reads one more element of a list; an error says which one it was.
    pub(super) fn item<T>(
        &mut self,
        list: &mut Vec<T>,
        noun: &str,
        span: Span,
        read: impl FnOnce(&mut Self, Span) -> Result<T, ImportError>,
    ) -> Result<(), ImportError> {
        self.kept.take(size_of::<T>())?;
        list.push(read(self, span).map_err(|error| numbered(error, noun, list.len()))?);
        Ok(())
    }

    /// Reads one more name of what a node takes or gives.
    pub(super) fn end(
        &mut self,
        list: &mut SmallVec<[Name; 4]>,
        noun: &str,
        span: Span,
    ) -> Result<(), ImportError> {
        self.kept.take(size_of::<Name>())?;
        list.push(self.name(span).map_err(|error| numbered(error, noun, list.len()))?);
        Ok(())
    }

    /// The name or text in a span.
    pub(super) fn name(&mut self, span: Span) -> Result<Name, ImportError> {
        if span.len() > limits::onnx::NAME {
            let (found, most) = (grouped(span.len()), grouped(limits::onnx::NAME));
            let what = format!("a name of {found} bytes; the most that is read is {most}");
            let place = format!("byte {}", grouped(span.start));
            return Err(ImportError::limit("onnx/long-name", what).at(place));
        }
        self.kept.name(self.window.bytes(span)?)
    }

    /// Notes one more part of a message that is read later.
    pub(super) fn part(&mut self, parts: &mut Vec<Span>, span: Span) -> Result<(), ImportError> {
        self.kept.take(size_of::<Span>())?;
        parts.push(span);
        Ok(())
    }

    /// Notes a graph inside of what is being read; no parts, no graph.
    pub(super) fn body(&mut self, parts: Vec<Span>) -> Result<Option<GraphId>, ImportError> {
        if parts.is_empty() {
            return Ok(None);
        }
        if self.depth >= limits::onnx::DEPTH {
            let what = format!("more than {} graphs inside one another", limits::onnx::DEPTH);
            return Err(ImportError::limit("onnx/too-deep", what));
        }
        self.kept.take(size_of::<Graph>() + size_of::<Body>())?;
        self.bodies.push_back(Body { parts, depth: self.depth + 1 });
        let id = GraphId(self.next_graph);
        self.next_graph += 1;
        Ok(Some(id))
    }

    /// Notes the main graph, whose id is the first.
    pub(super) fn main_body(&mut self, parts: Vec<Span>) {
        self.bodies.push_front(Body { parts, depth: 1 });
    }

    /// The next graph to be read, in the order of ids.
    pub(super) fn next_body(&mut self) -> Option<Vec<Span>> {
        let body = self.bodies.pop_front()?;
        self.depth = body.depth;
        Some(body.parts)
    }

    /// Notes something odd about the file.
    pub(super) fn problem(&mut self, problem: Diagnostic) {
        if self.problems.len() < limits::onnx::PROBLEMS {
            self.problems.push(problem);
        } else {
            self.untold += 1;
        }
    }

    /// The names, and everything odd that was noted.
    pub(super) fn finish(mut self) -> (Names, Vec<Diagnostic>) {
        if self.kept.repaired {
            let what =
                "some names are not UTF-8; what could not be read in them is shown as `\u{fffd}`";
            self.problems.push(Diagnostic::note("onnx/not-utf8", what));
        }
        if self.untold > 0 {
            let what = format!("{} more problems of the kinds above", self.untold);
            self.problems.push(Diagnostic::note("onnx/more-problems", what));
        }
        (self.kept.names, self.problems)
    }
}

/// The error with the element of a list that it is in.
fn numbered(mut error: ImportError, noun: &str, index: usize) -> ImportError {
    if let Some(problem) = error.problems.first_mut() {
        problem.message = format!("{noun} {index}: {}", problem.message);
    }
    error
}

fn too_long(most: u64) -> String {
    format!("longer than {} bytes", grouped(most))
}

/// More dimensions than any tensor has.
pub(super) fn too_many_dims() -> ImportError {
    let what = format!("a shape of more than {} dimensions", limits::onnx::DIMS);
    ImportError::limit("onnx/too-many-dimensions", what)
}
