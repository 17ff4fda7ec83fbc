//! Text of a file made fit for a message: short, and without anything that a terminal obeys.

use unicode_width::UnicodeWidthChar;

/// The most characters of a file's text that a message repeats.
const QUOTED: usize = 40;

/// Stands for what must not reach a terminal.
const REPLACEMENT: char = '\u{FFFD}';

/// The text in backquotes (in `"` if it has some itself), cut after 40 characters, control and
/// formatting characters replaced.
pub fn quoted(text: &str) -> String {
    let mark = if text.contains('`') { '"' } else { '`' };
    let mut quoted = String::from(mark);
    let mut characters = text.chars();
    quoted.extend(characters.by_ref().take(QUOTED).map(harmless));
    if characters.next().is_some() {
        quoted.push('…');
    }
    quoted.push(mark);
    quoted
}

/// The character itself, or a replacement where it would steer a terminal or stay invisible:
/// controls, escape sequences, line and paragraph separators, direction marks, tag characters.
pub(crate) fn harmless(character: char) -> char {
    match character {
        '\u{AD}'
        | '\u{61C}'
        | '\u{180E}'
        | '\u{200B}'..='\u{200F}'
        | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E0FFF}' => REPLACEMENT,
        _ if character.is_control() => REPLACEMENT,
        _ => character,
    }
}

/// The columns that a harmless character takes.
pub(crate) fn columns(character: char) -> usize {
    character.width().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_text_is_short_and_harmless() {
        assert_eq!(quoted("lstm"), "`lstm`");
        assert_eq!(quoted("`a`"), "\"`a`\"");
        assert_eq!(quoted("a\u{1b}[31m\u{202e}b"), "`a\u{FFFD}[31m\u{FFFD}b`");
        assert_eq!(quoted(&"x".repeat(41)), format!("`{}…`", "x".repeat(40)));
    }
}
