//! What all renderers are.

use std::io::{self, Write};

use crate::report::Report;

/// A way to write a report. It says what the report says: no renderer counts.
pub trait Renderer {
    /// Writes the report's models; text, CSV and Markdown leave failures to whoever reports them.
    ///
    /// # Errors
    /// What the writer said.
    fn render(&self, report: &Report, out: &mut dyn Write) -> io::Result<()>;
}

/// Writes one thing after another, an empty line between them.
pub(crate) fn apart<T>(
    things: &[T],
    out: &mut dyn Write,
    write: impl Fn(&T, &mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    for (i, thing) in things.iter().enumerate() {
        if i > 0 {
            writeln!(out)?;
        }
        write(thing, out)?;
    }
    Ok(())
}
