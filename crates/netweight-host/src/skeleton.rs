//! New plugins: the examples of this repository under another name.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use netweight_plugin::HEADER;

use crate::mode;

/// The name of the examples, which the new one replaces.
const NAME: &str = "tiny";

/// A language that plugins are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Language {
    /// A crate with one importer.
    Rust,
    /// One file and the header.
    C,
    /// A script and its manifest.
    Python,
}

/// A file of a skeleton.
struct File {
    path: &'static str,
    text: &'static str,
    mode: u32,
}

const fn text(path: &'static str, text: &'static str) -> File {
    File { path, text, mode: 0o644 }
}

const EXAMPLE: File = text("example.tiny", include_str!("../skeleton/c/example.tiny"));

static RUST: &[File] = &[
    text("Cargo.toml", include_str!("../skeleton/rust/Cargo.toml.in")),
    text("src/lib.rs", include_str!("../skeleton/rust/src/lib.rs")),
    EXAMPLE,
];

static C: &[File] = &[
    text("tiny.c", include_str!("../skeleton/c/tiny.c")),
    text("Makefile", include_str!("../skeleton/c/Makefile")),
    text("netweight_plugin.h", HEADER),
    EXAMPLE,
];

static PYTHON: &[File] = &[
    File { path: "tiny.py", text: include_str!("../skeleton/python/tiny.py"), mode: 0o755 },
    text("tiny.py.json", include_str!("../skeleton/python/tiny.py.json")),
    EXAMPLE,
];

/// Writes a plugin that passes its check into a new folder below `within`; gives its files.
///
/// # Errors
/// The name is not fit, or the folder is there already.
pub fn new_plugin(name: &str, language: Language, within: &Path) -> io::Result<Vec<PathBuf>> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !name.starts_with(|first: char| first.is_ascii_lowercase()) || !name.bytes().all(fits) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!(
                "`{name}` is no name for a plugin: a small letter, then small letters, digits and `_`"
            ),
        ));
    }
    let files = match language {
        Language::Rust => RUST,
        Language::C => C,
        Language::Python => PYTHON,
    };
    let folder = within.join(format!("netweight-{name}"));
    fs::create_dir(&folder)?;
    files.iter().map(|file| file.write(name, &folder)).collect()
}

impl File {
    fn write(&self, name: &str, folder: &Path) -> io::Result<PathBuf> {
        let path = folder.join(self.path.replace(NAME, name));
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut file = mode::new_file(&path, self.mode)?;
        file.write_all(renamed(self.text, name).as_bytes())?;
        Ok(path)
    }
}

/// The text under a new name; type names begin with a capital.
fn renamed(text: &str, name: &str) -> String {
    let mut letters = name.chars();
    let capital = letters.next().map(|first| first.to_ascii_uppercase()).into_iter();
    let type_name: String = capital.chain(letters).collect();
    text.replace(NAME, name).replace("Tiny", &type_name)
}
