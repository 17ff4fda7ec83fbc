//! Whether a file is a spec: a map with `layers` at its top.

use netweight_core::{Confidence, Source};

use crate::limits;

pub(crate) fn probe(source: &dyn Source, named: bool) -> Confidence {
    let by_name = if named { Confidence::Name } else { Confidence::No };
    let Ok(bytes) = source.read_vec(0, limits::PROBE) else { return by_name };
    let Some(text) = text(&bytes) else { return by_name };
    let text = text.trim_start_matches('\u{FEFF}');
    let keys = match text.trim_start().starts_with('{') {
        true => flow_keys(text),
        false => block_keys(text),
    };
    // Keras configs name a class; other files may have layers of their own.
    let foreign = ["class_name", "config", "keras_version", "services", "apiVersion"];
    match keys.iter().any(|key| foreign.contains(key)) {
        true => Confidence::No,
        false if keys.contains(&"layers") => Confidence::Certain,
        false => by_name,
    }
}

/// The bytes as text, where they are: a character may be cut at the end.
fn text(bytes: &[u8]) -> Option<&str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()
        }
        Err(_) => None,
    }
    .filter(|text| !text.contains('\0'))
}

/// The keys at the beginnings of lines.
fn block_keys(text: &str) -> Vec<&str> {
    let starts = |line: &&str| {
        let is_other = |c: char| c.is_whitespace() || matches!(c, '#' | '-' | '%');
        !line.starts_with(is_other)
    };
    let key = |line| {
        let (key, behind): (&str, &str) = str::split_once(line, ':')?;
        let is_key = behind.is_empty() || behind.starts_with(char::is_whitespace);
        is_key.then(|| key.trim_matches(['"', '\'', ' ']))
    };
    text.lines().filter(starts).filter_map(key).collect()
}

/// The keys of a map in braces, at its first level.
fn flow_keys(text: &str) -> Vec<&str> {
    let mut keys = Vec::new();
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    let mut start = 0;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '{' | '[' => {
                depth = depth.saturating_add(1);
                start = at.saturating_add(1);
            }
            '}' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 1 => start = at.saturating_add(1),
            ':' if depth == 1 => {
                keys.extend(text.get(start..at).map(|key| key.trim().trim_matches('"')));
            }
            _ => {}
        }
    }
    keys
}
