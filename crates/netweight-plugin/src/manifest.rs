//! What a plugin says of itself, readable without running it.

use netweight_core::{Confidence, ImporterInfo};
use serde::{Deserialize, Serialize};

use crate::abi::ABI;

/// What a plugin reads, and how its files are told.
///
/// ```
/// use netweight_plugin::{Manifest, core::Confidence};
///
/// let text = br#"{"abi": 1, "id": "tiny", "name": "tiny", "version": "0.1.0",
///     "extensions": ["tiny"], "magic": [{"at": 0, "text": "tiny 1"}]}"#;
/// let manifest = Manifest::parse(text)?;
/// assert_eq!(manifest.probe(b"tiny 1\nfc 3 5\n", "model"), Confidence::Certain);
/// assert_eq!(manifest.probe(b"something else", "model.tiny"), Confidence::Name);
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the interface that the plugin was made for.
    pub abi: u32,
    /// The id that `--from` takes: small letters, digits, `-` and `_`.
    pub id: String,
    /// The format's name.
    pub name: String,
    /// The plugin's version.
    pub version: String,
    /// What is read, in one line.
    #[serde(default)]
    pub summary: String,
    /// Usual file name endings, without the dot before them: `gguf`, `safetensors.index.json`.
    #[serde(default)]
    pub extensions: Vec<String>,
    /// Bytes near the beginning that tell the format.
    #[serde(default)]
    pub magic: Vec<Magic>,
}

/// Bytes that a file of the format has: at a place, or anywhere in its first 4,096 bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Magic {
    /// The offset; anywhere if there is none.
    #[serde(default)]
    pub at: Option<usize>,
    /// The bytes as text.
    #[serde(default)]
    pub text: Option<String>,
    /// The bytes as hexadecimal digits.
    #[serde(default)]
    pub hex: Option<String>,
}

impl Manifest {
    /// Reads a manifest's text.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let manifest: Self = serde_json::from_slice(text)
            .map_err(|error| format!("the manifest is not valid: {error}"))?;
        match manifest.problem() {
            Some(problem) => Err(problem),
            None => Ok(manifest),
        }
    }

    fn problem(&self) -> Option<String> {
        let fits =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
        if self.abi != ABI {
            return Some(format!(
                "made for interface version {}, this program has {ABI}",
                self.abi
            ));
        }
        if self.id.is_empty() || self.id.len() > 64 || !self.id.bytes().all(fits) {
            return Some(
                "the manifest's id is to be small letters, digits, `-` and `_`".to_owned(),
            );
        }
        let plain = |ending: &String| {
            let fits = |letter: char| letter.is_ascii_alphanumeric() || "._-+".contains(letter);
            !ending.is_empty() && !ending.starts_with('.') && ending.chars().all(fits)
        };
        if !self.extensions.iter().all(plain) {
            return Some("an extension is letters and digits, without the first dot".to_owned());
        }
        let magic =
            self.magic.iter().all(|magic| magic.bytes().is_some_and(|bytes| !bytes.is_empty()));
        (!magic).then(|| "every magic of the manifest is to have `text` or `hex`".to_owned())
    }

    /// The bytes that the format's files begin with, for each mark at the start.
    pub(crate) fn marks(&self) -> Vec<Vec<u8>> {
        let first = self.magic.iter().filter(|magic| magic.at == Some(0));
        first.filter_map(Magic::bytes).collect()
    }

    /// How sure the manifest is that a file is the plugin's, by its first bytes and its name.
    /// Four bytes or more of content are certain, as is an ending of several parts.
    pub fn probe(&self, head: &[u8], name: &str) -> Confidence {
        let marks = self.magic.iter().filter_map(|magic| magic.found_in(head)).max();
        let name = name.to_ascii_lowercase();
        let ends = |ending: &&String| {
            name.strip_suffix(&ending.to_ascii_lowercase()).is_some_and(|stem| stem.ends_with('.'))
        };
        let named = self.extensions.iter().filter(ends).max_by_key(|ending| ending.len());
        match (marks, named) {
            (Some(4..), _) => Confidence::Certain,
            (_, Some(ending)) if ending.contains('.') => Confidence::Certain,
            (Some(_), Some(_)) => Confidence::Certain,
            (Some(_), None) => Confidence::Likely,
            (None, Some(_)) => Confidence::Name,
            (None, None) => Confidence::No,
        }
    }
}

impl Magic {
    /// The bytes to look for.
    fn bytes(&self) -> Option<Vec<u8>> {
        let digit =
            |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        match (&self.text, &self.hex) {
            (Some(text), None) => Some(text.as_bytes().to_vec()),
            (None, Some(hex)) => hex
                .as_bytes()
                .chunks(2)
                .map(|pair| match pair {
                    [high, low] => Some(digit(high)? << 4 | digit(low)?),
                    _ => None,
                })
                .collect(),
            _ => None,
        }
    }

    /// How many bytes were found, if all were.
    fn found_in(&self, head: &[u8]) -> Option<usize> {
        let bytes = self.bytes()?;
        let found = match self.at {
            Some(at) => head.get(at..).is_some_and(|rest| rest.starts_with(&bytes)),
            None => head.windows(bytes.len().max(1)).any(|window| window == bytes),
        };
        found.then_some(bytes.len())
    }
}

/// Bytes that tell a format, for [`export!`](crate::export).
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    at: Option<usize>,
    bytes: &'static [u8],
}

impl Mark {
    /// Bytes at an offset.
    pub const fn at(offset: usize, bytes: &'static [u8]) -> Self {
        Self { at: Some(offset), bytes }
    }

    /// Bytes anywhere in the first 4,096.
    pub const fn anywhere(bytes: &'static [u8]) -> Self {
        Self { at: None, bytes }
    }
}

/// The length of a manifest's text, its NUL included.
pub const fn length(info: &ImporterInfo, version: &str, marks: &[Mark]) -> usize {
    Text::<0>::manifest(info, version, marks).length
}

/// A manifest's text with a NUL behind it: bytes and no pointers, so that it can be read from
/// the file as it lies there.
pub const fn text<const N: usize>(info: &ImporterInfo, version: &str, marks: &[Mark]) -> [u8; N] {
    Text::<N>::manifest(info, version, marks).bytes
}

/// A text made while compiling; of what does not fit only the length is known.
struct Text<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

#[expect(clippy::indexing_slicing, reason = "runs while compiling, where a mistake is an error")]
impl<const N: usize> Text<N> {
    const fn manifest(info: &ImporterInfo, version: &str, marks: &[Mark]) -> Self {
        let mut text = Self { bytes: [0; N], length: 0 };
        text.raw("{\"abi\":");
        text.number(ABI as usize);
        text.field(",\"id\":", info.id);
        text.field(",\"name\":", info.name);
        text.field(",\"version\":", version);
        text.field(",\"summary\":", info.summary);
        text.raw(",\"extensions\":[");
        let mut i = 0;
        while i < info.extensions.len() {
            text.field(if i == 0 { "" } else { "," }, info.extensions[i]);
            i += 1;
        }
        text.raw("],\"magic\":[");
        let mut i = 0;
        while i < marks.len() {
            text.raw(if i == 0 { "{" } else { ",{" });
            text.mark(&marks[i]);
            i += 1;
        }
        text.raw("]}\0");
        text
    }

    const fn mark(&mut self, mark: &Mark) {
        if let Some(at) = mark.at {
            self.raw("\"at\":");
            self.number(at);
            self.raw(",");
        }
        self.raw("\"hex\":\"");
        let mut i = 0;
        while i < mark.bytes.len() {
            self.hex(mark.bytes[i]);
            i += 1;
        }
        self.raw("\"}");
    }

    const fn field(&mut self, name: &str, value: &str) {
        self.raw(name);
        self.push(b'"');
        let value = value.as_bytes();
        let mut i = 0;
        while i < value.len() {
            match value[i] {
                byte @ (b'"' | b'\\' | 0..0x20) => {
                    self.raw("\\u00");
                    self.hex(byte);
                }
                byte => self.push(byte),
            }
            i += 1;
        }
        self.push(b'"');
    }

    const fn number(&mut self, number: usize) {
        if number >= 10 {
            self.number(number / 10);
        }
        self.push(b"0123456789"[number % 10]);
    }

    const fn hex(&mut self, byte: u8) {
        let digits = b"0123456789abcdef";
        self.push(digits[(byte >> 4) as usize]);
        self.push(digits[(byte & 15) as usize]);
    }

    const fn raw(&mut self, text: &str) {
        let text = text.as_bytes();
        let mut i = 0;
        while i < text.len() {
            self.push(text[i]);
            i += 1;
        }
    }

    const fn push(&mut self, byte: u8) {
        if self.length < N {
            self.bytes[self.length] = byte;
        }
        self.length += 1;
    }
}
