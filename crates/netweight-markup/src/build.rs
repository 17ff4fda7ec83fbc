//! From the parts of a document, in the file's order, to its tree, within the limits.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::limits::Limits;
use crate::node::{Key, Node, Span, Value};
use crate::problem::{Problem, Problems};
use crate::quote::quoted;

/// Puts a tree together without recursion.
#[derive(Debug)]
pub(crate) struct Builder<'l> {
    limits: &'l Limits,
    open: Vec<Open>,
    root: Option<Node>,
    values: usize,
    pub(crate) problems: Problems,
}

/// A list or map that is not closed yet.
#[derive(Debug)]
struct Open {
    items: Items,
    start: usize,
    tag: Option<Box<str>>,
}

#[derive(Debug)]
enum Items {
    Seq(Vec<Node>),
    Map { entries: Vec<(Key, Node)>, key: Option<Key> },
}

/// The two things that hold others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Seq,
    Map,
}

impl<'l> Builder<'l> {
    pub(crate) fn new(limits: &'l Limits) -> Self {
        let problems = Problems::new(limits.problems);
        Self { limits, open: Vec::new(), root: None, values: 0, problems }
    }

    /// Whether the next part is a map's key.
    pub(crate) fn wants_key(&self) -> bool {
        let last = self.open.last().map(|open| &open.items);
        matches!(last, Some(Items::Map { key: None, .. }))
    }

    /// The innermost open list or map and where it begins.
    pub(crate) fn innermost(&self) -> Option<(Shape, usize)> {
        self.open.last().map(|open| match open.items {
            Items::Seq(_) => (Shape::Seq, open.start),
            Items::Map { .. } => (Shape::Map, open.start),
        })
    }

    /// Where the open lists and maps begin, from inside out.
    pub(crate) fn open_starts(&self) -> impl Iterator<Item = usize> {
        self.open.iter().rev().map(|open| open.start)
    }

    pub(crate) fn depth(&self) -> usize {
        self.open.len()
    }

    pub(crate) fn open(
        &mut self,
        shape: Shape,
        start: usize,
        tag: Option<Box<str>>,
    ) -> Result<(), Problem> {
        let place = Span::new(start, start + 1);
        if self.open.len() >= self.limits.depth {
            return Err(too_deep(place, self.limits.depth));
        }
        self.count(place)?;
        let items = match shape {
            Shape::Seq => Items::Seq(Vec::new()),
            Shape::Map => Items::Map { entries: Vec::new(), key: None },
        };
        self.open.push(Open { items, start, tag });
        Ok(())
    }

    /// Closes the innermost list or map; without an `end` it ends with its last part.
    pub(crate) fn close(&mut self, end: Option<usize>) {
        let Some(Open { items, start, tag }) = self.open.pop() else { return };
        let (value, last) = match items {
            Items::Seq(items) => {
                let last = items.last().map(|item| item.span.end);
                (Value::Seq(items), last)
            }
            Items::Map { entries, .. } => {
                let last = entries.last().map(|(key, value)| value.span.end.max(key.span.end));
                (Value::Map(self.each_key_once(entries)), last)
            }
        };
        let end = end.or(last).unwrap_or(start);
        self.place(Node { value, span: Span::new(start, end), tag });
    }

    pub(crate) fn key(&mut self, new: Key) -> Result<(), Problem> {
        self.count(new.span)?;
        if let Some(Open { items: Items::Map { key, .. }, .. }) = self.open.last_mut() {
            *key = Some(new);
        }
        Ok(())
    }

    pub(crate) fn value(&mut self, node: Node) -> Result<(), Problem> {
        self.count(node.span)?;
        self.place(node);
        Ok(())
    }

    /// The tree, once all of it is there.
    pub(crate) fn finish(self) -> (Option<Node>, Problems) {
        (self.root, self.problems)
    }

    fn place(&mut self, node: Node) {
        match self.open.last_mut().map(|open| &mut open.items) {
            None => self.root = Some(node),
            Some(Items::Seq(items)) => items.push(node),
            Some(Items::Map { entries, key }) => entries.extend(key.take().map(|key| (key, node))),
        }
    }

    fn count(&mut self, place: Span) -> Result<(), Problem> {
        self.values += 1;
        if self.values <= self.limits.values {
            return Ok(());
        }
        let message = format!("more than {} keys and values", self.limits.values);
        Err(Problem::new("markup/too-many-values", place, message))
    }

    /// Tells the keys that a map has twice and keeps their last values.
    fn each_key_once(&mut self, entries: Vec<(Key, Node)>) -> Vec<(Key, Node)> {
        if !has_repeats(&entries) {
            return entries;
        }
        let mut kept: Vec<(Key, Node)> = Vec::with_capacity(entries.len());
        let mut places: HashMap<String, usize> = HashMap::new();
        for entry in entries {
            let slot = match places.entry(entry.0.text.clone()) {
                Entry::Occupied(place) => kept.get_mut(*place.get()),
                Entry::Vacant(place) => {
                    place.insert(kept.len());
                    None
                }
            };
            match slot {
                Some(first) => {
                    let message = format!("{} is given twice", quoted(&entry.0.text));
                    self.problems.push(
                        Problem::new("markup/duplicate-key", entry.0.span, message)
                            .related(first.0.span, "first given here"),
                    );
                    *first = entry;
                }
                None => kept.push(entry),
            }
        }
        kept
    }
}

/// The problem of a list or map inside too many others.
pub(crate) fn too_deep(place: Span, depth: usize) -> Problem {
    let message = format!("more than {depth} lists and maps inside each other");
    Problem::new("markup/too-deep", place, message)
}

/// Comparing all pairs is the fastest for the small maps that make up every real file.
fn has_repeats(entries: &[(Key, Node)]) -> bool {
    const SMALL: usize = 16;
    let mut names = entries.iter().map(|(key, _)| key.text.as_str());
    if entries.len() <= SMALL {
        let earlier = |index| entries.iter().take(index).map(|(key, _)| key.text.as_str());
        return names.enumerate().any(|(index, name)| earlier(index).any(|other| other == name));
    }
    let mut seen = std::collections::HashSet::with_capacity(entries.len());
    !names.all(|name| seen.insert(name))
}
