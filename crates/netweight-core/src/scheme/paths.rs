//! Layers by path.

use std::collections::HashSet;

use crate::Pattern;

/// Paths, and patterns with `*` for anything, case aside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paths {
    texts: Vec<String>,
    /// Those without a `*`, found at once: a mix may name every layer of a large model.
    exact: HashSet<String>,
    patterns: Vec<Pattern>,
}

impl Paths {
    /// Reads paths and patterns.
    pub fn new<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        let texts: Vec<String> = texts.into_iter().map(Into::into).collect();
        let (patterns, exact): (Vec<&String>, Vec<&String>) =
            texts.iter().partition(|text| text.contains('*'));
        Self {
            exact: exact.iter().map(|text| text.to_lowercase()).collect(),
            patterns: patterns.iter().map(|text| Pattern::new(text)).collect(),
            texts,
        }
    }

    /// As they were written.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    pub(super) fn hold(&self, path: &str) -> bool {
        (!self.exact.is_empty() && self.exact.contains(&path.to_lowercase()))
            || self.patterns.iter().any(|pattern| pattern.is(path))
    }
}
