//! A parser's complaint in the words of the mistake that people made.
//!
//! A parser knows where it could not go on, not what was meant; the lines around that place
//! mostly tell. Where they do not, the parser's own words stay.

use granit_parser::ErrorKind;

use crate::build::too_deep;
use crate::limits::Limits;
use crate::node::Span;
use crate::problem::Problem;
use crate::quote::quoted;
use crate::text::line_span;

/// The problem behind a complaint at byte `at`; `open` is where the lists and maps begin that
/// were open there, from inside out.
pub(super) fn explain(
    text: &str,
    kind: &ErrorKind,
    at: usize,
    mut open: impl Iterator<Item = usize>,
    limits: &Limits,
) -> Problem {
    let place = Place { text, at: text.floor_char_boundary(at) };
    if *kind == ErrorKind::RecursionLimitExceeded {
        return too_deep(place.here(), limits.depth);
    }
    let is_bracket = |start: &usize| matches!(text.as_bytes().get(*start), Some(b'[' | b'{'));
    let bracket = open.find(is_bracket).map(|start| Span::new(start, start + 1));
    place
        .elsewhere(kind)
        .or_else(|| place.at_place(kind))
        .or_else(|| place.in_brackets(kind, bracket?))
        .or_else(|| place.colon(kind))
        .or_else(|| place.indentation(kind))
        .unwrap_or_else(|| syntax(place.here(), format!("not valid YAML: {kind}")))
}

fn syntax(place: Span, message: impl Into<String>) -> Problem {
    Problem::new("yaml/syntax", place, message)
}

/// Where the parser could not go on.
struct Place<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Place<'t> {
    /// Complaints whose mistake is at another place than the parser's.
    fn elsewhere(&self, kind: &ErrorKind) -> Option<Problem> {
        use ErrorKind as E;
        match kind {
            E::TabNotAllowed
            | E::TabInBlockIndentation
            | E::TabInIndentation
            | E::TabInPlainScalar
            | E::TabAtBlockScalarStart => Some(
                syntax(self.indenting_tab()?, "a tab is used for indentation")
                    .help("put two spaces in place of each tab"),
            ),
            E::UnknownQuotedScalarEscape | E::InvalidQuotedScalarHexEscape => {
                let escape = self.unknown_escape()?;
                let message = format!("{} is no escape sequence", quoted(self.slice(escape)));
                let help = "write a backslash as `\\\\`, or use single quotes";
                Some(syntax(escape, message).help(help))
            }
            E::InvalidTrailingSingleQuotedScalar => self.quote_above('\''),
            E::InvalidTrailingDoubleQuotedScalar => self.quote_above('"'),
            _ => None,
        }
    }

    /// Complaints that say by themselves what is wrong at their place.
    fn at_place(&self, kind: &ErrorKind) -> Option<Problem> {
        use ErrorKind as E;
        let found = quoted(self.slice(self.here()));
        let (message, help) = match kind {
            E::UnclosedQuotedScalar => ("this quote is not closed".to_owned(), None),
            E::InvalidTrailingSingleQuotedScalar => (
                "more text behind the closing quote".to_owned(),
                Some("inside single quotes an apostrophe is written twice"),
            ),
            E::InvalidTrailingDoubleQuotedScalar => (
                "more text behind the closing quote".to_owned(),
                Some("put all of it into the quotes"),
            ),
            E::UnexpectedCharacter { character } if character.is_control() => {
                (format!("a control character U+{:04X}", u32::from(*character)), None)
            }
            E::UnexpectedCharacter { .. } | E::MissingAnchorOrAliasName => {
                (format!("text without quotes cannot begin with {found}"), Some("put it in quotes"))
            }
            E::MisplacedFlowCollectionEnd => {
                (format!("this {found} closes nothing"), Some("remove it"))
            }
            E::MismatchedFlowCollectionEnd { open, close } => {
                let right = if *open == '[' { ']' } else { '}' };
                (format!("this `{open}` is closed by `{close}`, not by `{right}`"), None)
            }
            E::UnclosedFlowCollection { open } => (format!("this `{open}` is not closed"), None),
            E::CommentNotSeparated => ("a comment needs a space before its `#`".to_owned(), None),
            E::UndeclaredTagHandle | E::MissingTagUri | E::InvalidTagTerminator => {
                ("not a tag".to_owned(), Some("put text that begins with `!` in quotes"))
            }
            E::BlockSequenceEntryNotAllowed => (
                "a list's first item stands behind its key".to_owned(),
                Some("begin it in the next line"),
            ),
            _ => return None,
        };
        let problem = syntax(self.here(), message);
        Some(match help {
            Some(help) => problem.help(help),
            None => problem,
        })
    }

    /// The quote in the line above that is not closed there, so that this line's first one
    /// closes it. A quote behind a letter is an apostrophe.
    fn quote_above(&self, quote: char) -> Option<Problem> {
        let line = self.line();
        let above = self.line_above(line)?;
        let (before, _) = self.slice(above).rsplit_once(quote)?;
        let opens = !before.ends_with(char::is_alphanumeric);
        if !opens || before.matches(quote).count() % 2 == 1 {
            return None;
        }
        let at = above.start + before.len();
        let number = 1 + self.text.get(..line.start)?.matches('\n').count();
        let message = format!("this quote is not closed before line {number}");
        Some(syntax(Span::new(at, at + 1), message))
    }

    /// Slips between brackets.
    fn in_brackets(&self, kind: &ErrorKind, bracket: Span) -> Option<Problem> {
        if !complains_in_brackets(kind) {
            return None;
        }
        let (before, behind) = self.text.split_at_checked(self.at)?;
        let earlier_line = before.get(bracket.start..)?.contains('\n');
        if earlier_line && !is_closed(self.text.get(bracket.start..)?) {
            let line = 1 + before.matches('\n').count();
            let found = quoted(self.slice(bracket));
            return Some(syntax(bracket, format!("this {found} is not closed before line {line}")));
        }
        if before.ends_with('$') && behind.starts_with('{') {
            let length = behind.find('}').map_or(1, |end| end + 1);
            let place = Span::new(self.at - 1, self.at + length);
            let better = quoted(&format!("\"{}\"", self.slice(place)));
            let message = "an expression inside `{ }` needs quotes";
            return Some(syntax(place, message).help(format!("write {better}")));
        }
        let dash = self.slice(self.line()).trim_start().starts_with("- ");
        let (message, help) = match behind.chars().next()? {
            _ if dash || *kind == ErrorKind::BlockEntryInFlowCollection => {
                ("a `-` item inside brackets", "put commas between items")
            }
            ',' => ("a comma with nothing before it", "remove it"),
            ':' => ("a second `:` in one entry", "put a comma between two entries"),
            _ => ("expected a comma, or the closing bracket", "put a comma between two items"),
        };
        let problem = syntax(self.here(), message).help(help);
        Some(if earlier_line { problem.related(bracket, "opened here") } else { problem })
    }

    /// A `key: value` line with a colon too many, too few, or without its space.
    fn colon(&self, kind: &ErrorKind) -> Option<Problem> {
        let line = self.line();
        match kind {
            ErrorKind::SimpleKeyExpected => self.no_colon(line),
            ErrorKind::MappingValueNotAllowed => {
                let before = self.slice(Span::new(line.start, self.at));
                let second = before.find(": ").map(|colon| line.start + colon + 2);
                if let Some(value) = second {
                    let value = self.slice(Span::new(value, self.content(line).end)).trim();
                    let better = quoted(&format!("\"{value}\""));
                    return Some(
                        syntax(self.here(), "a second `: ` in one line")
                            .help(format!("put it in quotes: {better}")),
                    );
                }
                let above = self.line_above(line)?;
                self.no_colon(above).or_else(|| self.under_a_value(line, above))
            }
            _ => None,
        }
    }

    /// A line that should be `key: value` and has no colon, or none with a space behind it.
    fn no_colon(&self, line: Span) -> Option<Problem> {
        let content = self.content(line);
        let words = self.slice(content);
        match words.find(':') {
            None => Some(syntax(
                content,
                format!("expected `key: value`; {} has no colon", quoted(words)),
            )),
            Some(colon) if words.get(colon + 1..)?.starts_with(|c: char| !c.is_whitespace()) => {
                let (key, value) = words.split_once(':')?;
                let colon = content.start + colon;
                Some(
                    syntax(Span::new(colon, colon + 1), "a colon needs a space after it")
                        .help(format!("write {}", quoted(&format!("{key}: {value}")))),
                )
            }
            Some(_) => None,
        }
    }

    /// A line further in than a line above that has its value already.
    fn under_a_value(&self, line: Span, above: Span) -> Option<Problem> {
        let (line, above) = (self.content(line), self.content(above));
        if self.column(line) <= self.column(above) {
            return None;
        }
        let message = "this line is further in than the line above, which has its value already";
        Some(syntax(line, message).help(format!("begin it at column {}", self.column(above))))
    }

    /// A line that fits to none above.
    fn indentation(&self, kind: &ErrorKind) -> Option<Problem> {
        if !matches!(
            kind,
            ErrorKind::ExpectedBlockMappingKey | ErrorKind::ExpectedBlockSequenceEntry
        ) {
            return None;
        }
        let line = self.line();
        let indent = |line: Span| self.slice(line).find(|c: char| c != ' ');
        let begin = line.start + indent(line)?;
        let whole = Span::new(begin, line.end);
        let words = self.slice(whole);
        let item = words.strip_prefix('-');
        if let Some(word) = item.filter(|word| word.starts_with(|c: char| c.is_alphabetic())) {
            return Some(
                syntax(Span::new(begin, begin + 1), "a dash needs a space after it")
                    .help(format!("write {}", quoted(&format!("- {word}")))),
            );
        }
        let mut above = line;
        let mut aligned = false;
        while !aligned && let Some(next) = self.line_above(above) {
            above = next;
            aligned = indent(above) == indent(line);
        }
        if !aligned {
            let above = self.line_above(line)?;
            let column = 1 + indent(above)?;
            let message = "this line's indentation matches no line above";
            return Some(
                syntax(whole, message).help(format!("the line above begins at column {column}")),
            );
        }
        match (kind, item) {
            (ErrorKind::ExpectedBlockSequenceEntry, None) => Some(
                syntax(whole, "expected another list item, which begins with a dash")
                    .help(format!("write {}", quoted(&format!("- {words}")))),
            ),
            (ErrorKind::ExpectedBlockMappingKey, Some(_)) => Some(
                syntax(whole, "a list item stands among `key: value` lines")
                    .help("begin each of them with a dash, or none"),
            ),
            _ => None,
        }
    }

    /// The first tab that indents a line, from this line on.
    fn indenting_tab(&self) -> Option<Span> {
        let mut start = self.line().start;
        for line in self.text.get(start..)?.split_inclusive('\n').take(3) {
            let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
            if let Some(tab) = line.get(..indent).and_then(|indent| indent.find('\t')) {
                return Some(Span::new(start + tab, start + indent));
            }
            start += line.len();
        }
        None
    }

    /// The first escape in the double-quoted text here that YAML does not know: a letter
    /// without meaning, or too few digits behind `x`, `u` or `U`.
    fn unknown_escape(&self) -> Option<Span> {
        const KNOWN: &str = "0abt\tnvfre \"/\\N_LP\n\r";
        let mut characters = self.text.get(self.at..)?.char_indices();
        while let Some((offset, character)) = characters.next() {
            if character != '\\' {
                continue;
            }
            let (_, letter) = characters.next()?;
            let digits = match letter {
                'x' => 2,
                'u' => 4,
                'U' => 8,
                _ => 0,
            };
            let behind = characters.clone().take(digits);
            let complete = behind.filter(|(_, c)| c.is_ascii_hexdigit()).count() == digits;
            if !complete || digits == 0 && !KNOWN.contains(letter) {
                let start = self.at + offset;
                return Some(Span::new(start, start + 1 + letter.len_utf8()));
            }
        }
        None
    }

    fn here(&self) -> Span {
        let length = self.text.get(self.at..).and_then(|rest| rest.chars().next());
        Span::new(self.at, self.at + length.map_or(0, char::len_utf8))
    }

    fn line(&self) -> Span {
        line_span(self.text, self.at)
    }

    /// The nearest line above that says something.
    fn line_above(&self, line: Span) -> Option<Span> {
        let mut line = line;
        while line.start > 0 {
            line = line_span(self.text, line.start - 1);
            let words = self.slice(line).trim_start();
            if !words.is_empty() && !words.starts_with('#') {
                return Some(line);
            }
        }
        None
    }

    /// A line without its indentation, its dashes, and its comment.
    fn content(&self, line: Span) -> Span {
        let all = self.slice(line);
        let words = all.trim_start_matches([' ', '\t', '-']);
        let start = line.end - words.len();
        let words = words.split_once(" #").map_or(words, |(words, _)| words).trim_end();
        Span::new(start, start + words.len())
    }

    fn column(&self, span: Span) -> usize {
        let line = line_span(self.text, span.start);
        1 + self.slice(Span::new(line.start, span.start)).chars().count()
    }

    fn slice(&self, span: Span) -> &'t str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }
}

/// Whether the bracket that `text` begins with is closed anywhere, quotes left aside.
fn is_closed(text: &str) -> bool {
    let mut depth = 0_usize;
    for character in text.bytes() {
        match character {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return true;
        }
    }
    false
}

fn complains_in_brackets(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::InvalidColonPlacement
            | ErrorKind::ExpectedFlowMappingSeparator
            | ErrorKind::ExpectedFlowSequenceSeparator
            | ErrorKind::BlockEntryInFlowCollection
            | ErrorKind::UnexpectedEofFlowSequence
            | ErrorKind::UnexpectedEofFlowMapping
            | ErrorKind::UnexpectedEofImplicitFlowMapping
            | ErrorKind::ExpectedNodeContent
    )
}
