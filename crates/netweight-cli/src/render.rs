//! A report in the format that was asked for.

use std::io::{self, Write};

use netweight::report::{Csv, Html, Json, Markdown, Netron, Renderer, Report, Svg, Text};

use crate::args::{Format, Schemes};
use crate::message;

/// Writes a report, and tells what went wrong with the files that it lacks.
pub(crate) fn render(
    report: &Report,
    format: Format,
    schemes: &Schemes,
    text: &Text,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Text => text.render(report, out),
        Format::Json => Json.render(report, out),
        Format::Csv => Csv { view: text.view.clone() }.render(report, out),
        Format::Netron => Netron.render(report, out),
        Format::Html => Html.render(report, out),
        Format::Svg => Svg { measure: measure(report, schemes) }.render(report, out),
        Format::Markdown => Markdown { view: text.view.clone() }.render(report, out),
    }?;
    out.flush()?;
    message::failures(&report.failures);
    Ok(())
}

/// The size that a picture shows: the first that was asked for.
fn measure(report: &Report, schemes: &Schemes) -> Option<String> {
    let first = report.models.first()?.sizes.first()?;
    (!schemes.named.is_empty()).then(|| first.scheme.clone())
}
