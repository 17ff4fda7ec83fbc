//! Problems shown in the file's own lines, as plain text.

use std::fmt::Write;

use crate::node::Span;
use crate::problem::Problem;
use crate::quote::{columns, harmless};
use crate::text::Text;

/// Columns of a line shown before a place; a config may be one line of a megabyte.
const BEFORE: usize = 60;

/// Columns of a line shown in all.
const ALL: usize = 120;

/// A help that would end beyond this column stands in a line of its own.
const BESIDE: usize = 100;

/// Columns that a tab is shown as.
const TAB: usize = 4;

/// The place, its line with a mark and the help, the second place's line if there is one, the note.
pub(crate) fn excerpt(text: &Text, problem: &Problem, path: Option<&str>) -> String {
    let place = text.position(problem.span.start);
    let related = problem.related.as_deref();
    let last =
        related.map_or(place.line, |(span, _)| text.position(span.start).line.max(place.line));
    let gutter = last.to_string().len();

    let name: String = text.name().chars().map(harmless).collect();
    let mut out = format!("{:gutter$} ┌ {name}:{}:{}", "", place.line, place.column);
    if let Some(path) = path.filter(|path| !path.is_empty()) {
        out.push(' ');
        out.push_str(path);
    }
    let mut marks = vec![(problem.span, '^', problem.help.as_deref())];
    marks.extend(related.map(|(span, label)| (*span, '-', Some(label.as_str()))));
    marks.sort_by_key(|(span, ..)| span.start);
    for (span, mark, label) in marks {
        marked_line(&mut out, text, span, mark, label, gutter);
    }
    if let Some(note) = &problem.note {
        own_line(&mut out, note, gutter);
    }
    out
}

fn marked_line(
    out: &mut String,
    text: &Text,
    span: Span,
    mark: char,
    label: Option<&str>,
    gutter: usize,
) {
    let line = text.line_span(span.start);
    let shown = Shown::new(text, line, span);
    let marks: String = std::iter::repeat_n(mark, shown.marked.max(1)).collect();
    let number = text.position(span.start).line;
    let _ = write!(out, "\n{number:gutter$} │ {}", shown.line);
    let _ = write!(out, "\n{:gutter$} │ {:indent$}{marks}", "", "", indent = shown.before);
    let Some(label) = label else { return };
    if shown.before + marks.len() + label.chars().count() < BESIDE {
        let _ = write!(out, " {label}");
    } else {
        own_line(out, label, gutter);
    }
}

fn own_line(out: &mut String, text: &str, gutter: usize) {
    let _ = write!(out, "\n{:gutter$} = {text}", "");
}

/// The part of a line around a place.
struct Shown {
    line: String,
    /// Columns before the place.
    before: usize,
    /// Columns of the place itself.
    marked: usize,
}

impl Shown {
    fn new(text: &Text, line: Span, place: Span) -> Self {
        let content = text.content();
        let start = content.floor_char_boundary(place.start.clamp(line.start, line.end));
        let end = content.floor_char_boundary(place.end.clamp(start, line.end));
        let head = text.slice(Span::new(line.start, start));
        let middle = text.slice(Span::new(start, end));
        let tail = text.slice(Span::new(end, line.end));

        let head_start = head
            .char_indices()
            .rev()
            .scan(0, |sum, (at, c)| fits(sum, c, BEFORE).then_some(at))
            .last()
            .unwrap_or(head.len());
        let mut shown = Self { line: String::new(), before: 0, marked: 0 };
        if head_start > 0 {
            shown.line.push('…');
            shown.before = 1;
        }
        let mut room = 0;
        shown.before += shown.push(head.get(head_start..).unwrap_or_default(), &mut room);
        shown.marked = shown.push(middle, &mut room);
        shown.push(tail, &mut room);
        shown
    }

    /// Appends what fits, with an ellipsis where something did not, and returns its columns.
    fn push(&mut self, part: &str, used: &mut usize) -> usize {
        let mut width = 0;
        for character in part.chars() {
            if !fits(used, character, ALL) {
                if !self.line.ends_with('…') {
                    self.line.push('…');
                }
                break;
            }
            if character == '\t' {
                self.line.extend([' '; TAB]);
                width += TAB;
            } else {
                let character = harmless(character);
                self.line.push(character);
                width += columns(character);
            }
        }
        width
    }
}

/// Whether one more character fits into `all` columns. One without width takes a column here,
/// so that a line of combining marks has an end too.
fn fits(used: &mut usize, character: char, all: usize) -> bool {
    let width = if character == '\t' { TAB } else { columns(harmless(character)).max(1) };
    *used += width;
    *used <= all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn shown(content: &str, start: usize, end: usize) -> String {
        let (text, _) = Text::decode("f", content.as_bytes(), &Limits::SPEC);
        excerpt(&text, &Problem::new("test", Span::new(start, end), "x").help("here"), None)
    }

    #[test]
    fn marks_stand_under_wide_characters() {
        let text = "名前: 日本 x";
        let start = text.find('日').unwrap();
        let end = text.find(" x").unwrap();
        assert_eq!(shown(text, start, end), "  ┌ f:1:5\n1 │ 名前: 日本 x\n  │       ^^^^ here");
    }

    #[test]
    fn one_line_files_are_cut_around_the_place() {
        let text = "a".repeat(500_000);
        let excerpt = shown(&text, 250_000, 250_003);
        let lines: Vec<&str> = excerpt.lines().collect();
        assert_eq!(lines[1], format!("1 │ …{}…", "a".repeat(120)));
        assert_eq!(lines[2], format!("  │ {}^^^ here", " ".repeat(61)));
        let combining = shown(&"\u{301}".repeat(5_000), 5_000, 5_002);
        assert!(combining.chars().count() < 300, "characters without width are cut too");
    }

    #[test]
    fn places_outside_the_text_or_inside_a_character_are_moved_into_it() {
        assert_eq!(shown("é", 1, 1), "  ┌ f:1:1\n1 │ é\n  │ ^ here");
        assert_eq!(shown("ab\n", 900, 905), "  ┌ f:2:1\n2 │ \n  │ ^ here");
        assert_eq!(shown("ab\ncd", 1, 5), "  ┌ f:1:2\n1 │ ab\n  │  ^ here", "up to the line's end");
    }

    #[test]
    fn nothing_that_steers_a_terminal_comes_through() {
        let excerpt = shown("a\u{1b}[31m\tb\u{202e}c\u{9b}d\r", 4, 5);
        assert_eq!(excerpt.lines().nth(1), Some("1 │ a\u{fffd}[31m    b\u{fffd}c\u{fffd}d"));
    }

    #[test]
    fn a_long_help_has_its_own_line() {
        let (text, _) = Text::decode("f", b"abc", &Limits::SPEC);
        let problem = Problem::new("test", Span::new(0, 1), "x").help("h".repeat(99)).note("n");
        let expected = format!("  ┌ f:1:1\n1 │ abc\n  │ ^\n  = {}\n  = n", "h".repeat(99));
        assert_eq!(excerpt(&text, &problem, None), expected);
    }
}
