//! What is wrong with a file, each with its place.

use crate::node::Span;

/// Something wrong, where it is, and what to do about it. How much it matters is for the
/// reader of the format to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// A stable code, `area/what`: `markup/duplicate-key`.
    pub code: &'static str,
    /// What was found, and what was expected.
    pub message: String,
    /// The place.
    pub span: Span,
    /// What to do, in a few words; shown beside the place.
    pub help: Option<String>,
    /// What else is worth knowing; shown in a line of its own.
    pub note: Option<String>,
    /// A second place that belongs to it, and what is there.
    pub related: Option<Box<(Span, String)>>,
}

impl Problem {
    /// A problem at a place.
    pub fn new(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, message, span, help: None, note: None, related: None }
    }

    /// The same with a word on what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with something else worth knowing.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// The same with a second place.
    #[must_use]
    pub fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related = Some(Box::new((span, label.into())));
        self
    }
}

/// The problems of one file, up to a limit, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    list: Vec<Problem>,
    limit: usize,
    omitted: usize,
}

impl Problems {
    /// No problems yet, and room for `limit`.
    pub const fn new(limit: usize) -> Self {
        Self { list: Vec::new(), limit, omitted: 0 }
    }

    /// Keeps the problem, unless it is told already (what an alias stands for is read twice)
    /// or there is no more room.
    pub fn push(&mut self, problem: Problem) {
        if self.is_full() {
            self.omitted += 1;
        } else if !self.list.contains(&problem) {
            self.insert(problem);
        }
    }

    /// Keeps the problem, room or not.
    pub(crate) fn insert(&mut self, problem: Problem) {
        let index = self.list.partition_point(|other| other.span.start <= problem.span.start);
        self.list.insert(index, problem);
    }

    /// Whether there is no more room, so that a reader need not look for more.
    pub fn is_full(&self) -> bool {
        self.list.len() >= self.limit
    }

    /// How many more there were.
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The problems in the order of their places.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.list.iter()
    }
}

impl<'p> IntoIterator for &'p Problems {
    type Item = &'p Problem;
    type IntoIter = std::slice::Iter<'p, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
