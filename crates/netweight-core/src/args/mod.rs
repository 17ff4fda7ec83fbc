//! The arguments of a layer: sizes, flags and words under the names of its kind.

mod read;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;
use thin_vec::ThinVec;

/// The value of one argument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Arg {
    /// A flag: bias, causal.
    Flag(bool),
    /// A size, a count, an axis.
    Int(i64),
    /// Sizes: a kernel's, a chain of layers'.
    List(Cow<'static, [i64]>),
    /// A word: `same`, `channels_first`.
    Text(Cow<'static, str>),
}

impl From<bool> for Arg {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<i64> for Arg {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<Vec<i64>> for Arg {
    fn from(list: Vec<i64>) -> Self {
        Self::List(Cow::Owned(list))
    }
}

impl From<&'static str> for Arg {
    fn from(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl fmt::Display for Arg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => flag.fmt(f),
            Self::Int(value) => value.fmt(f),
            Self::List(list) => f.debug_list().entries(list.iter()).finish(),
            Self::Text(text) => text.fmt(f),
        }
    }
}

impl Arg {
    /// A size as an argument; none where it is beyond what an argument holds.
    pub fn size(size: u64) -> Option<Self> {
        i64::try_from(size).ok().map(Self::Int)
    }

    /// Sizes as an argument; none where one is beyond what an argument holds.
    pub fn sizes(sizes: &[u64]) -> Option<Self> {
        let sizes: Option<Vec<i64>> = sizes.iter().map(|size| i64::try_from(*size).ok()).collect();
        sizes.map(Self::from)
    }
}

/// Arguments by name, in the order in which they were given: few, so a list and not a map.
/// In JSON an object.
#[derive(Debug, Clone, Default, PartialEq, JsonSchema)]
#[schemars(transparent)]
pub struct Args(#[schemars(with = "BTreeMap<String, Arg>")] ThinVec<(Cow<'static, str>, Arg)>);

impl Args {
    /// The argument of that name.
    pub fn get(&self, name: &str) -> Option<&Arg> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, arg)| arg)
    }

    /// Gives an argument its value, in place of an earlier one.
    pub fn set(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Arg>) {
        let (name, value) = (name.into(), value.into());
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name, value)),
        }
    }

    /// The same with an argument more.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Arg>) -> Self {
        self.set(name, value);
        self
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Arg)> {
        self.0.iter().map(|(name, arg)| (name.as_ref(), arg))
    }

    /// A whole number; flags count as 0 and 1.
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.get(name)? {
            Arg::Int(value) => Some(*value),
            Arg::Flag(flag) => Some(i64::from(*flag)),
            Arg::List(_) | Arg::Text(_) => None,
        }
    }

    /// A size: a whole number that is not negative.
    pub fn size(&self, name: &str) -> Option<u64> {
        self.int(name).and_then(|value| u64::try_from(value).ok())
    }

    /// A list; one number stands for a list of one.
    pub fn list(&self, name: &str) -> Option<&[i64]> {
        match self.get(name)? {
            Arg::List(list) => Some(list),
            Arg::Int(value) => Some(std::slice::from_ref(value)),
            Arg::Flag(_) | Arg::Text(_) => None,
        }
    }

    /// Whether a flag is given and on.
    pub fn flag(&self, name: &str) -> bool {
        match self.get(name) {
            Some(Arg::Flag(flag)) => *flag,
            Some(Arg::Int(value)) => *value != 0,
            Some(Arg::List(list)) => !list.is_empty(),
            Some(Arg::Text(_)) => true,
            None => false,
        }
    }

    /// A word.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Arg::Text(text) => Some(text),
            _ => None,
        }
    }
}
