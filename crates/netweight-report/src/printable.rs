//! Foreign text made safe to show: names come from files, and files come from anywhere.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The text on one line, its control characters written out (`\n`, `\u{1b}`), so that it can
/// neither move a cursor, nor break a line, nor turn the direction of reading.
pub fn printable(text: &str) -> Cow<'_, str> {
    let plain = |byte: u8| matches!(byte, b' '..=b'~');
    if text.bytes().all(plain) || !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if !acts(c) {
            safe.push(c);
        } else if c.is_ascii() {
            safe.extend(c.escape_default());
        } else {
            safe.extend(c.escape_unicode());
        }
    }
    Cow::Owned(safe)
}

/// Whether a character does something rather than show something: controls, line and paragraph
/// separators, marks and overrides of direction, the byte order mark.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Cells of a terminal that the text takes.
pub(crate) fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

/// The text in at most `limit` cells, shortened in the middle: exporters' names differ at both
/// ends.
pub(crate) fn shorten(text: &str, limit: usize) -> Cow<'_, str> {
    if width(text) <= limit {
        return Cow::Borrowed(text);
    }
    let room = limit.saturating_sub(1);
    let (head, used) = fitting(text.chars(), room / 2);
    let (tail, _) = fitting(text.chars().rev(), room - used);
    let mut short: String = text.chars().take(head).collect();
    short.push('…');
    short.extend(text.chars().skip(text.chars().count() - tail));
    Cow::Owned(short)
}

/// How many of the characters fit into so many cells, and how many cells they take.
fn fitting(chars: impl Iterator<Item = char>, room: usize) -> (usize, usize) {
    let (mut count, mut used) = (0, 0);
    for width in chars.map(|c| c.width().unwrap_or(0)) {
        if used + width > room {
            break;
        }
        count += 1;
        used += width;
    }
    (count, used)
}

/// The text in lines of at most `limit` cells, broken at spaces, and in arithmetic before an
/// operator. What has no space stays whole.
pub(crate) fn wrap(text: &str, limit: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in words(text) {
        if !line.is_empty() && width(&line) + 1 + width(&word) > limit {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    lines.push(line);
    lines
}

/// The words of a text; an operator holds on to the number behind it.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut operator = false;
    for part in text.split(' ').filter(|part| !part.is_empty()) {
        match words.last_mut() {
            Some(last) if operator => {
                let _ = write!(last, " {part}");
            }
            _ => words.push(part.to_owned()),
        }
        operator = matches!(part, "×" | "+" | "−" | "/" | "=" | "·");
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_are_written_out() {
        assert_eq!(printable("a\u{1b}[31mb\nc\rd\te"), r"a\u{1b}[31mb\nc\rd\te");
        assert_eq!(printable("x\u{202e}y\u{9b}z\u{2028}"), r"x\u{202e}y\u{9b}z\u{2028}");
        assert!(matches!(printable("层 é ₂"), Cow::Borrowed(_)));
    }

    #[test]
    fn names_are_shortened_in_the_middle() {
        assert_eq!(
            shorten("decoder.block.11.layer.2.DenseReluDense.wo", 21),
            "decoder.bl…luDense.wo"
        );
        assert_eq!(shorten("conv1", 5), "conv1");
        assert_eq!(shorten("conv1", 1), "…");
        assert_eq!(shorten("卷积卷积卷积", 7), "卷…卷积");
        for limit in 1..50 {
            assert!(width(&shorten("卷积.encoder.层.attention.积", limit)) <= limit);
        }
    }

    #[test]
    fn arithmetic_breaks_before_an_operator() {
        assert_eq!(wrap("[64 × (3 × 3) × 64] + 64", 12), ["[64 × (3", "× 3) × 64]", "+ 64"]);
        assert_eq!(wrap("stays whole", 4), ["stays", "whole"]);
        assert_eq!(wrap("", 10), [""]);
    }
}
