//! A file's text: decoding, and where a byte is in lines and columns.

use std::fmt;

use crate::limits::Limits;
use crate::node::Span;
use crate::problem::Problem;

/// A file's name and its text. All spans count the bytes of this text: UTF-8, without the
/// byte order mark, whatever the file's own encoding was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    name: String,
    content: String,
}

/// A place in lines and columns, both from 1, a column being one character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// `line 7, column 5`.
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

impl Text {
    /// The file's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text.
    pub fn content(&self) -> &str {
        &self.content
    }

    /// The text of a span; empty where the span is none of this text's.
    pub fn slice(&self, span: Span) -> &str {
        self.content.get(span.start..span.end).unwrap_or_default()
    }

    /// Where a byte is.
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.content.floor_char_boundary(offset);
        let before = self.content.get(..offset).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = 1 + before.bytes().filter(|byte| *byte == b'\n').count();
        let column = 1 + before.get(start..).unwrap_or_default().chars().count();
        Position { line, column }
    }

    /// The line that a byte is in, without its end.
    pub(crate) fn line_span(&self, offset: usize) -> Span {
        line_span(&self.content, offset)
    }

    /// Reads UTF-8 with or without a byte order mark, or UTF-16 with one. Where it cannot go
    /// on, the text ends in U+FFFD, so that the place can be shown.
    pub(crate) fn decode(name: &str, bytes: &[u8], limits: &Limits) -> (Self, Option<Problem>) {
        let text = |content| Self { name: name.to_owned(), content };
        if bytes.len() > limits.bytes {
            let message = format!("{} bytes; no more than {} are read", bytes.len(), limits.bytes);
            let place = Span::new(0, 0);
            return (text(String::new()), Some(Problem::new("markup/too-large", place, message)));
        }
        let (content, bad) = match bytes {
            [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest, 3),
            [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
            [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
            _ => utf8(bytes, 0),
        };
        let Some(BadByte { offset, expected }) = bad else { return (text(content), None) };
        let place =
            Span::new(content.len(), content.len() + char::REPLACEMENT_CHARACTER.len_utf8());
        let text = text(content + "\u{FFFD}");
        let line = text.position(place.start).line;
        let message = format!("byte {offset} (line {line}) is not {expected}");
        let problem = Problem::new("markup/encoding", place, message);
        (text, Some(problem.help("save the file as UTF-8")))
    }
}

/// The line that a byte is in, without its end.
pub(crate) fn line_span(content: &str, offset: usize) -> Span {
    let offset = content.floor_char_boundary(offset);
    let (before, behind) = content.split_at_checked(offset).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let length = behind.find('\n').unwrap_or(behind.len());
    let line = content.get(start..offset + length).unwrap_or_default();
    Span::new(start, start + line.trim_end_matches('\r').len())
}

/// What stopped the decoding: the offset in the file, and what should have been there.
struct BadByte {
    offset: usize,
    expected: String,
}

fn utf8(bytes: &[u8], skipped: usize) -> (String, Option<BadByte>) {
    let Some(chunk) = bytes.utf8_chunks().next() else { return (String::new(), None) };
    let content = chunk.valid().to_owned();
    let bad = chunk.invalid().first().map(|byte| BadByte {
        offset: skipped + content.len(),
        expected: format!("UTF-8: 0x{byte:02x}"),
    });
    (content, bad)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> (String, Option<BadByte>) {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut content = String::new();
    let mut offset = 2;
    for decoded in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match decoded {
            Ok(character) => {
                content.push(character);
                offset += 2 * character.len_utf16();
            }
            Err(error) => {
                let expected = format!("UTF-16: 0x{:04x}", error.unpaired_surrogate());
                return (content, Some(BadByte { offset, expected }));
            }
        }
    }
    let bad = rest
        .first()
        .map(|byte| BadByte { offset, expected: format!("UTF-16: 0x{byte:02x} stands alone") });
    (content, bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8]) -> Result<String, String> {
        match Text::decode("f", bytes, &Limits::SPEC) {
            (text, None) => Ok(text.content),
            (text, Some(problem)) => {
                Err(format!("{}: {}", text.position(problem.span.start), problem.message))
            }
        }
    }

    #[test]
    fn encodings_that_editors_write_are_read() {
        assert_eq!(decode("é: 1".as_bytes()).unwrap(), "é: 1");
        assert_eq!(decode(b"\xef\xbb\xbfa: 1").unwrap(), "a: 1");
        assert_eq!(decode(b"\xff\xfea\0:\0 \0=\xd8\x00\xde").unwrap(), "a: 😀");
        assert_eq!(decode(b"\xfe\xff\0a\0:\0 \xd8\x3d\xde\x00").unwrap(), "a: 😀");
        assert_eq!(decode(b"").unwrap(), "");
    }

    #[test]
    fn a_bad_byte_is_told_with_line_and_offset() {
        let latin1 = decode(b"a: 1\nname: caf\xe9\n").unwrap_err();
        assert_eq!(latin1, "line 2, column 10: byte 14 (line 2) is not UTF-8: 0xe9");
        let surrogate = decode(b"\xff\xfea\0\x00\xd8b\0").unwrap_err();
        assert_eq!(surrogate, "line 1, column 2: byte 4 (line 1) is not UTF-16: 0xd800");
        let odd = decode(b"\xff\xfea\0b").unwrap_err();
        assert_eq!(odd, "line 1, column 2: byte 4 (line 1) is not UTF-16: 0x62 stands alone");
    }

    #[test]
    fn positions_count_characters_and_clamp() {
        let text = Text::decode("f", "a\r\né: x".as_bytes(), &Limits::SPEC).0;
        let place = |offset| text.position(offset).to_string();
        assert_eq!(place(0), "line 1, column 1");
        assert_eq!(place(3), "line 2, column 1");
        assert_eq!(place(4), "line 2, column 1", "inside a character");
        assert_eq!(place(5), "line 2, column 2");
        assert_eq!(place(999), "line 2, column 5");
        assert_eq!(text.slice(text.line_span(0)), "a");
    }
}
