//! What runs a script.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

/// Bytes of a script's first line.
const FIRST_LINE: u64 = 4_096;

/// The folders of a script's interpreter, where it does not lie among the system's programs:
/// `bin` and `lib` of its prefix, and nothing else beside them.
pub(super) fn interpreter(plugin: &Path) -> Vec<PathBuf> {
    let mut line = String::new();
    let Ok(file) = File::open(plugin) else { return Vec::new() };
    // A program that is no text has no interpreter.
    if BufReader::new(file.take(FIRST_LINE)).read_line(&mut line).is_err() {
        return Vec::new();
    }
    let named = line.strip_prefix("#!").and_then(|rest| rest.split_whitespace().next());
    let found = named.and_then(|path| Path::new(path).canonicalize().ok());
    let prefix = found.as_deref().and_then(Path::parent).and_then(Path::parent);
    prefix.map_or_else(Vec::new, |prefix| vec![prefix.join("bin"), prefix.join("lib")])
}
