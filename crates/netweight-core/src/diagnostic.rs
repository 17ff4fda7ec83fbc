//! What there is to say about a file: notes, warnings, errors, each with its place.

use std::borrow::Cow;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much a finding matters.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; the numbers hold.
    Note,
    /// Something is missing or guessed; the numbers may be incomplete.
    Warning,
    /// The file, or a part of it, could not be read.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// A finding: what, where, and what to do about it.
///
/// Wording: lower case, no final stop, names in backquotes, numbers with units, the file's
/// name left to whoever prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// A stable code, `area/what`: `onnx/missing-external-data`.
    pub code: Cow<'static, str>,
    /// The place: a layer's path, `line 7, column 5`, `byte 4,096`.
    #[serde(rename = "where")]
    pub place: Option<String>,
    /// What was found, and what was expected.
    pub message: String,
    /// What to do: the option or key that resolves it, the nearest known name.
    pub help: Option<String>,
    /// The place as `┌ name:line:column` and the source's own lines with a mark under it, as
    /// plain text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
}

impl Diagnostic {
    /// A finding without place, help or excerpt.
    pub fn new(
        severity: Severity,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity,
            code: code.into(),
            place: None,
            message: message.into(),
            help: None,
            excerpt: None,
        }
    }

    /// A note: worth knowing, the numbers hold.
    pub fn note(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, message)
    }

    /// A warning: something is missing or guessed.
    pub fn warning(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// An error: the file or a part of it could not be read.
    pub fn error(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// The same at a place.
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }

    /// The same with a word on what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Why a file gave no model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Class {
    /// The bytes are not what the format says they should be.
    Malformed,
    /// Well formed, but nothing that is read here.
    Unsupported,
    /// Larger or deeper than a limit allows.
    Limit,
    /// The system could not read it.
    Io,
}

/// A file that gave no model: its class and everything that was found wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[error("{}", first_message(.problems))]
pub struct ImportError {
    /// What kind of failure it is.
    pub class: Class,
    /// Every problem found, the most telling first; never empty.
    pub problems: Vec<Diagnostic>,
}

fn first_message(problems: &[Diagnostic]) -> &str {
    problems.first().map_or("the file could not be read", |problem| problem.message.as_str())
}

impl ImportError {
    /// A failure with one problem.
    pub fn new(class: Class, problem: Diagnostic) -> Self {
        Self { class, problems: vec![problem] }
    }

    /// The bytes are not what the format says they should be.
    pub fn malformed(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(Class::Malformed, Diagnostic::error(code, message))
    }

    /// Well formed, but nothing that is read here.
    pub fn unsupported(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(Class::Unsupported, Diagnostic::error(code, message))
    }

    /// Larger or deeper than a limit allows.
    pub fn limit(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(Class::Limit, Diagnostic::error(code, message))
    }

    /// The same, its first problem at a place.
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        if let Some(problem) = self.problems.first_mut() {
            problem.place = Some(place.into());
        }
        self
    }

    /// The same, its first problem with a word on what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        if let Some(problem) = self.problems.first_mut() {
            problem.help = Some(help.into());
        }
        self
    }
}

impl From<std::io::Error> for ImportError {
    fn from(error: std::io::Error) -> Self {
        Self::new(Class::Io, Diagnostic::error("io", error.to_string()))
    }
}
