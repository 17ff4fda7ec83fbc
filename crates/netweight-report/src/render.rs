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
