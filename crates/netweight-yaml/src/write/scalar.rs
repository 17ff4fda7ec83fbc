//! Values as YAML writes them.

use std::fmt::Write;

use netweight_core::Arg;

use super::minimal::said;
use crate::takes::Takes;

/// A value as its key says it, `rank` being what the layer's word says.
pub(super) fn said_in(takes: Takes, arg: &Arg, rank: Option<usize>) -> Option<String> {
    let said = said(takes, arg)?;
    let full = match (takes, arg, &said) {
        // Without a number in the word, one size means two dimensions.
        (Takes::Kernel, Arg::List(list), Arg::Int(_)) => list.len() == rank.unwrap_or(2),
        (Takes::Padding | Takes::Amounts, Arg::List(list), Arg::Int(_) | Arg::List(_)) => {
            list.len() == 2 * rank.unwrap_or(2)
        }
        _ => true,
    };
    match full {
        true => Some(value(&said)),
        false if takes == Takes::Kernel => Some(value(arg)),
        false => None,
    }
}

pub(super) fn value(arg: &Arg) -> String {
    match arg {
        Arg::Flag(flag) => flag.to_string(),
        Arg::Int(number) => number.to_string(),
        Arg::List(list) => {
            let numbers: Vec<String> = list.iter().map(i64::to_string).collect();
            format!("[{}]", numbers.join(", "))
        }
        Arg::Text(text) => quoted(text),
    }
}

/// Text as YAML has it, in quotes where it would be read as something else.
pub(super) fn quoted(text: &str) -> String {
    const WORDS: [&str; 8] = ["true", "false", "null", "yes", "no", "on", "off", "y"];
    let plain = |c: char| {
        c.is_ascii_alphanumeric()
            || matches!(c, '_' | '.' | '/' | '-' | ' ' | '+' | '×' | '÷' | '(' | ')')
    };
    let starts =
        text.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_' || c == '/');
    let word = WORDS.iter().any(|word| word.eq_ignore_ascii_case(text));
    if starts && !word && !text.ends_with(' ') && text.chars().all(plain) {
        return text.to_owned();
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() || ('\u{2028}'..='\u{2029}').contains(&c) || c == '\u{FEFF}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
