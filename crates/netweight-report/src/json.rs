//! The report as one JSON document on one line.

use std::io::{self, Write};

use crate::render::Renderer;
use crate::report::Report;

/// The document itself, as [`Report::json_schema`] describes it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Json;

impl Renderer for Json {
    fn render(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, report)?;
        writeln!(out)
    }
}
