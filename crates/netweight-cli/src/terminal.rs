//! What standard output is: its width, and whether it takes colours.

use anstream::ColorChoice;
use netweight::report::Style;

use crate::args::Color;

/// Columns where there is no terminal to ask.
const COLUMNS: usize = 80;

/// The columns to fill: the terminal's, else what COLUMNS says, else 80. Through a pipe the
/// text is as wide as it needs to be for every column to show.
pub(crate) fn width() -> usize {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    terminal.or(told).filter(|columns| *columns > 0).unwrap_or(COLUMNS)
}

/// Colours, where they are wanted and can be shown.
pub(crate) fn style(color: Color) -> Style {
    let choice = match color {
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
        Color::Auto => anstream::AutoStream::choice(&std::io::stdout()),
    };
    match choice {
        ColorChoice::Never => Style::plain(),
        _ => Style::colored(),
    }
}
