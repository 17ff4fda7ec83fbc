//! What went wrong with a file, for the terminal.

use std::io::{self, Write};

use crate::printable::printable;
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
    match (&failure.excerpt, failure.place.as_deref().map(printable)) {
        (Some(text), _) => {
            writeln!(out, "{error} {message}")?;
            excerpt(out, &with_whole_path(text, &failure.source))?;
        }
        (None, Some(place)) => writeln!(out, "{error} {source}: {place}: {message}")?,
        (None, None) => writeln!(out, "{error} {source}: {message}")?,
    }
    // The excerpt may say the same right where the mark is.
    let said =
        |help: &&String| failure.excerpt.as_ref().is_some_and(|text| text.contains(help.as_str()));
    if let Some(help) = failure.help.as_ref().filter(|help| !said(help)) {
        writeln!(out, "  = {}", printable(help))?;
    }
    Ok(())
}

/// An excerpt names the file as its reader knew it; people follow it by the path they typed.
fn with_whole_path(excerpt: &str, source: &str) -> String {
    let name = source.rsplit(['/', '\\']).next().unwrap_or(source);
    excerpt.replacen(&format!("┌ {name}:"), &format!("┌ {source}:"), 1)
}

/// Writes a file's own lines, each safe to show.
pub(crate) fn excerpt(out: &mut dyn Write, text: &str) -> io::Result<()> {
    text.lines().try_for_each(|line| writeln!(out, "{}", printable(line)))
}
