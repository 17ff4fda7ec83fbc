//! Colours, for whoever has them; nothing is said by colour alone.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style as Ansi};

/// How the parts of a text look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Style {
    /// The file's name, the total.
    pub(crate) strong: Ansi,
    /// Titles of columns, rule lines, what stands beside the matter.
    pub(crate) quiet: Ansi,
    /// Warnings, and what is unknown.
    pub(crate) warning: Ansi,
    /// Errors.
    pub(crate) error: Ansi,
}

impl Style {
    /// No colours at all.
    pub fn plain() -> Self {
        Self::default()
    }

    /// The sixteen colours that every terminal has.
    pub fn colored() -> Self {
        Self {
            strong: Ansi::new().bold(),
            quiet: Ansi::new().dimmed(),
            warning: AnsiColor::Yellow.on_default(),
            error: AnsiColor::Red.on_default().bold(),
        }
    }
}

/// The text in a style; as it is in a plain one.
pub(crate) fn paint(style: Ansi, text: &str) -> Cow<'_, str> {
    if style.is_plain() { text.into() } else { format!("{style}{text}{style:#}").into() }
}
