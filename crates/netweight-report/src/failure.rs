//! What went wrong with a file, for the terminal.

use std::io::{self, Write};

use crate::printable::{printable, width};
use crate::report::Failure;
use crate::style::{Style, paint};

/// A failure in two lines or a few: what and where, the file's own lines, what to do.
///
/// ```
/// use netweight_report::{Failure, Style, render_failure};
/// let failure = Failure {
///     source: "model.pt".into(),
///     code: "pickle".into(),
///     message: "a PyTorch archive (zip with data.pkl)".into(),
///     place: None,
///     help: Some("export it to ONNX or safetensors".into()),
///     excerpt: None,
/// };
/// assert_eq!(
///     render_failure(&failure, &Style::plain()),
///     "error: model.pt: a PyTorch archive (zip with data.pkl)\n  = export it to ONNX or safetensors\n",
/// );
/// ```
pub fn render_failure(failure: &Failure, style: &Style) -> String {
    let mut out = Vec::new();
    // Writing into memory does not fail.
    let _ = write_failure(&mut out, failure, style);
    String::from_utf8_lossy(&out).into_owned()
}

fn write_failure(out: &mut dyn Write, failure: &Failure, style: &Style) -> io::Result<()> {
    let error = paint(style.error, "error:");
    let source = printable(&failure.source);
    let message = printable(&failure.message);
    let place = failure.place.as_deref().map(printable);
    match (&failure.excerpt, place) {
        (Some(text), place) => {
            writeln!(out, "{error} {message}")?;
            let place = place.map_or(String::new(), |place| position(&place));
            writeln!(out, "{:1$}┌ {source}{place}", "", gutter(text))?;
            excerpt(out, text)?;
        }
        (None, Some(place)) => writeln!(out, "{error} {source}: {place}: {message}")?,
        (None, None) => writeln!(out, "{error} {source}: {message}")?,
    }
    // An excerpt may have it beside the place already.
    let shown = |help: &&String| failure.excerpt.as_ref().is_some_and(|text| text.contains(*help));
    if let Some(help) = failure.help.as_ref().filter(|help| !shown(help)) {
        writeln!(out, "  = {}", printable(help))?;
    }
    Ok(())
}

/// Writes a file's own lines, each safe to show.
pub(crate) fn excerpt(out: &mut dyn Write, text: &str) -> io::Result<()> {
    text.lines().try_for_each(|line| writeln!(out, "{}", printable(line)))
}

/// Cells before the bar that an excerpt puts behind its line numbers.
fn gutter(excerpt: &str) -> usize {
    excerpt.lines().next().and_then(|line| line.split_once('│')).map_or(2, |(left, _)| width(left))
}

/// `:7:5` of `line 7, column 5`, which editors and terminals can follow; else `, ` and the place.
fn position(place: &str) -> String {
    let parts = place.strip_prefix("line ").and_then(|rest| rest.split_once(", column "));
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match parts {
        Some((line, column)) if number(line) && number(column) => format!(":{line}:{column}"),
        _ => format!(", {place}"),
    }
}
