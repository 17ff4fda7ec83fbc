//! Names and short texts of a file, each of them once.

use std::collections::HashMap;

use string_interner::backend::StringBackend;
use string_interner::{DefaultHashBuilder, StringInterner, Symbol};

/// A map by names and numbers of things: a file has hundreds of thousands of them, and the
/// standard's hasher takes longer than all else that is done with them.
pub(crate) type Map<K, V> = HashMap<K, V, DefaultHashBuilder>;

/// A name or short text: equal texts of one file are equal names. [`Names`] has the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Name(u32);

impl Name {
    /// Whether there is no text, which is how a file leaves a name out.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// Which of the texts, in the order in which they came.
    pub(crate) fn index(self) -> usize {
        self.to_usize()
    }

    /// A name that no file has, by number.
    pub(crate) fn made_up(number: u32) -> Self {
        Self(u32::MAX.saturating_sub(number))
    }

    /// The number of a made-up name.
    pub(crate) fn number(self) -> u32 {
        u32::MAX.saturating_sub(self.0)
    }
}

impl Symbol for Name {
    fn try_from_usize(index: usize) -> Option<Self> {
        u32::try_from(index).ok().map(Self)
    }

    fn to_usize(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// The texts of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names(StringInterner<StringBackend<Name>>);

impl Default for Names {
    fn default() -> Self {
        Self::with_room(0)
    }
}

impl Names {
    /// No texts yet, and room for so many.
    pub(crate) fn with_room(texts: usize) -> Self {
        let mut names = StringInterner::with_capacity(texts);
        names.get_or_intern_static("");
        Self(names)
    }

    /// The text of a name; nothing for a name of another file.
    #[must_use]
    pub fn text(&self, name: Name) -> &str {
        self.0.resolve(name).unwrap_or_default()
    }

    /// The name with this text, `None` when the file does not use it.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Name> {
        self.0.get(text)
    }

    /// How many texts there are, the empty one counted.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "the empty text is always there")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The name with this text, which is added if need be.
    pub(crate) fn intern(&mut self, text: &str) -> Name {
        self.0.get_or_intern(text)
    }
}
