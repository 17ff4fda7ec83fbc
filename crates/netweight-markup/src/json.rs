//! JSON as Python reads and writes it: NaN and Infinity are numbers, of equal keys the last
//! one counts, and half a surrogate pair is no error. The tokenizer is a loop, not a recursion.

use crate::build::{Builder, Shape};
use crate::node::{Key, Node, Span, Value};
use crate::problem::Problem;
use crate::quote::quoted;

/// Reads one JSON value into the builder, or nothing if the text is blank.
pub(crate) fn read(text: &str, builder: &mut Builder<'_>) -> Result<(), Problem> {
    let mut reader = Reader { text, at: 0, builder };
    reader.skip_space();
    if reader.peek().is_none() { Ok(()) } else { reader.document() }
}

struct Reader<'t, 'b, 'l> {
    text: &'t str,
    at: usize,
    builder: &'b mut Builder<'l>,
}

impl Reader<'_, '_, '_> {
    fn document(&mut self) -> Result<(), Problem> {
        loop {
            self.value()?;
            while let Some((shape, _)) = self.builder.innermost() {
                if self.goes_on(shape)? {
                    break;
                }
            }
            if self.builder.depth() == 0 {
                return self.end();
            }
        }
    }

    /// Reads a value, up to the first of its parts if it opens a list or map with some.
    fn value(&mut self) -> Result<(), Problem> {
        loop {
            self.skip_space();
            let start = self.at;
            let (shape, closer) = match self.peek() {
                Some(b'{') => (Shape::Map, b'}'),
                Some(b'[') => (Shape::Seq, b']'),
                Some(b'"') => {
                    let value = Value::Str(self.string()?);
                    return self.builder.value(self.node(value, start));
                }
                _ => {
                    let value = self.word()?;
                    return self.builder.value(self.node(value, start));
                }
            };
            self.at += 1;
            self.builder.open(shape, start, None)?;
            self.skip_space();
            if self.peek() == Some(closer) {
                self.at += 1;
                self.builder.close(Some(self.at));
                return Ok(());
            }
            if shape == Shape::Map {
                self.key()?;
            }
        }
    }

    /// Behind a part of a list or map: whether another one follows. Closes it if not.
    fn goes_on(&mut self, shape: Shape) -> Result<bool, Problem> {
        let (closer, expected) = match shape {
            Shape::Seq => (b']', "expected `,` or `]` behind an item"),
            Shape::Map => (b'}', "expected `,` or `}` behind a value"),
        };
        self.skip_space();
        match self.peek() {
            Some(b',') => {
                let comma = Span::new(self.at, self.at + 1);
                self.at += 1;
                self.skip_space();
                if matches!(self.peek(), Some(b']' | b'}')) {
                    let message = "a comma with nothing behind it";
                    return Err(syntax(comma, message).help("remove it"));
                }
                if shape == Shape::Map {
                    self.key()?;
                }
                Ok(true)
            }
            Some(byte) if byte == closer => {
                self.at += 1;
                self.builder.close(Some(self.at));
                Ok(false)
            }
            _ => Err(self.unexpected(expected)),
        }
    }

    fn key(&mut self) -> Result<(), Problem> {
        let start = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("expected a name in double quotes"));
        }
        let text = self.string()?;
        self.builder.key(Key { text, span: Span::new(start, self.at) })?;
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(self.unexpected("expected `:` behind a name"));
        }
        self.at += 1;
        Ok(())
    }

    fn end(&mut self) -> Result<(), Problem> {
        self.skip_space();
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.unexpected("expected the end of the file")),
        }
    }

    /// A number, or one of the words that stand for a value.
    fn word(&mut self) -> Result<Value, Problem> {
        let length = self.word_length();
        let word = self.rest().get(..length).unwrap_or_default();
        let value = match word {
            "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "NaN" => Value::Float(f64::NAN),
            "Infinity" => Value::Float(f64::INFINITY),
            "-Infinity" => Value::Float(f64::NEG_INFINITY),
            "" => return Err(self.unexpected("expected a value")),
            _ => number(word).ok_or_else(|| self.not_a_value(word))?,
        };
        self.at += length;
        Ok(value)
    }

    fn word_length(&self) -> usize {
        let in_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | '_');
        let rest = self.rest();
        rest.find(|c| !in_word(c)).unwrap_or(rest.len())
    }

    fn not_a_value(&self, word: &str) -> Problem {
        let span = Span::new(self.at, self.at + word.len());
        if span.end == self.text.len() && self.builder.depth() > 0 {
            return self.file_ends("expected a value");
        }
        let problem = syntax(span, format!("expected a value, found {}", quoted(word)));
        match word {
            "True" => problem.help("write `true`"),
            "False" => problem.help("write `false`"),
            "None" => problem.help("write `null`"),
            _ if word.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                problem.help("text stands in double quotes")
            }
            _ => problem,
        }
    }

    /// A text, from its opening quote to behind its closing one.
    fn string(&mut self) -> Result<String, Problem> {
        let opening = Span::new(self.at, self.at + 1);
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = self.rest();
            let special = |byte: u8| matches!(byte, b'"' | b'\\' | 0..0x20);
            let Some(length) = rest.bytes().position(special) else {
                self.at = self.text.len();
                return Err(self.ends_early("the file ends inside a text", opening));
            };
            out.push_str(rest.get(..length).unwrap_or_default());
            self.at += length;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape(opening)?),
                _ => return Err(self.control_character(opening)),
            }
        }
    }

    fn control_character(&self, opening: Span) -> Problem {
        let place = Span::new(self.at, self.at + 1);
        match self.peek() {
            Some(b'\n' | b'\r') => syntax(place, "a text does not go on in the next line")
                .help("close it with `\"`, or write `\\n` for a new line")
                .related(opening, "it begins here"),
            byte => {
                let code = byte.unwrap_or_default();
                syntax(place, format!("a bare control character U+{code:04X} in a text"))
                    .help(format!("write `\\u{code:04x}`"))
            }
        }
    }

    /// One escape sequence, from its backslash on.
    fn escape(&mut self, opening: Span) -> Result<char, Problem> {
        let start = self.at;
        self.at += 1;
        let Some(letter) = self.rest().chars().next() else {
            return Err(self.ends_early("the file ends inside a text", opening));
        };
        self.at += letter.len_utf8();
        Ok(match letter {
            '"' | '\\' | '/' => letter,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => self.unicode_escape(start)?,
            _ => {
                let message = format!("{} is no escape sequence", quoted(&format!("\\{letter}")));
                return Err(syntax(Span::new(start, self.at), message)
                    .help("a backslash itself is written `\\\\`"));
            }
        })
    }

    /// The digits behind `\u`, and a second escape where the two make one character.
    fn unicode_escape(&mut self, start: usize) -> Result<char, Problem> {
        let Some(high) = self.four_digits() else {
            let end = self.text.floor_char_boundary(self.at + 4);
            return Err(syntax(
                Span::new(start, end),
                "expected four hexadecimal digits behind `\\u`",
            ));
        };
        if (0xD800..0xDC00).contains(&high) && self.rest().starts_with("\\u") {
            let behind_high = self.at;
            self.at += 2;
            if let Some(low @ 0xDC00..0xE000) = self.four_digits() {
                let code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = behind_high;
        }
        Ok(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn four_digits(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }

    fn unexpected(&self, expected: &str) -> Problem {
        let Some(found) = self.rest().chars().next() else { return self.file_ends(expected) };
        let length = self.word_length().max(found.len_utf8());
        let place = Span::new(self.at, self.at + length);
        let word = self.rest().get(..length).unwrap_or_default();
        let problem = if found.is_control() {
            syntax(place, format!("{expected}, found U+{:04X}", u32::from(found)))
        } else {
            syntax(place, format!("{expected}, found {}", quoted(word)))
        };
        match found {
            '\'' => problem.help("text stands in double quotes"),
            '/' | '#' => problem.help("JSON has no comments"),
            '"' if expected.starts_with("expected `,`") => problem.help("a comma is missing"),
            _ => problem,
        }
    }

    fn file_ends(&self, expected: &str) -> Problem {
        match self.builder.innermost() {
            Some((shape, start)) => {
                let bracket = if shape == Shape::Map { '{' } else { '[' };
                let message = format!("the file ends before this `{bracket}` is closed");
                self.ends_early(&message, Span::new(start, start + 1))
            }
            None => {
                syntax(Span::new(self.at, self.at), format!("{expected}, found the file's end"))
            }
        }
    }

    /// At what was begun, since the file's end shows nothing.
    fn ends_early(&self, message: &str, begun: Span) -> Problem {
        Problem::new("json/ends-early", begun, message).note("the file looks cut off")
    }

    fn node(&self, value: Value, start: usize) -> Node {
        Node { value, span: Span::new(start, self.at), tag: None }
    }

    fn skip_space(&mut self) {
        let space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.at += self.rest().as_bytes().iter().take_while(|byte| space(byte)).count();
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }
}

fn syntax(place: Span, message: impl Into<String>) -> Problem {
    Problem::new("json/syntax", place, message)
}

/// A number by JSON's grammar: `-`, digits without a leading zero, a fraction, an exponent.
fn number(word: &str) -> Option<Value> {
    let digits = word.strip_prefix('-').unwrap_or(word);
    let (whole, rest) = split_digits(digits)?;
    if whole.len() > 1 && whole.starts_with('0') {
        return None;
    }
    if rest.is_empty()
        && let Ok(number) = word.parse()
    {
        return Some(Value::Int(number));
    }
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => split_digits(fraction)?.1,
        None => rest,
    };
    let rest = match rest.strip_prefix(['e', 'E']) {
        Some(exponent) => split_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))?.1,
        None => rest,
    };
    if rest.is_empty() { word.parse().ok().map(Value::Float) } else { None }
}

/// One or more digits, and what follows them.
fn split_digits(text: &str) -> Option<(&str, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    if length == 0 { None } else { text.split_at_checked(length) }
}
