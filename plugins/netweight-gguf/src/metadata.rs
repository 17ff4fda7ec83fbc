//! The metadata of a file: entries that say something of the model are kept, vocabularies are
//! walked over.

use netweight_core::{Arg, Args, ImportError};

use crate::cursor::Cursor;
use crate::limits;

/// Metadata entries by key.
#[derive(Debug, Default)]
pub(crate) struct Metadata {
    entries: Vec<(String, Value)>,
    /// Bytes that all entries take in the file.
    length: u64,
}

/// A value, as far as it is kept.
#[derive(Debug, PartialEq)]
pub(crate) enum Value {
    /// A whole number that is not negative, or a flag.
    Size(u64),
    /// A text, unless it was long.
    Text(String),
    /// An array, by its length.
    Array(u64),
    /// Whatever else.
    Other,
}

impl Metadata {
    /// Reads so many entries.
    pub(crate) fn read(cursor: &mut Cursor, count: u64) -> Result<Self, ImportError> {
        let (mut entries, start) = (Vec::new(), cursor.at());
        for _ in 0..count {
            let key = cursor.name("a metadata key")?;
            let kind = cursor.u32()?;
            let value = value(cursor, kind, 0)?;
            if entries.len() < limits::ENTRIES && value != Value::Other {
                entries.push((key, value));
            }
        }
        Ok(Self { entries, length: cursor.at().saturating_sub(start) })
    }

    /// Numbers and texts under their keys, and the length of all entries.
    pub(crate) fn stated(&self) -> Args {
        let mut stated = Args::default();
        for (key, value) in &self.entries {
            match value {
                Value::Size(size) => {
                    if let Some(size) = Arg::size(*size) {
                        stated.set(key.clone(), size);
                    }
                }
                Value::Text(text) => stated.set(key.clone(), text.clone()),
                Value::Array(_) | Value::Other => {}
            }
        }
        if let Some(length) = Arg::size(self.length) {
            stated.set("gguf.metadata_bytes", length);
        }
        stated
    }

    fn get(&self, key: &str) -> Option<&Value> {
        self.entries.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    /// A text.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        match self.get(key)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A whole number.
    pub(crate) fn size(&self, key: &str) -> Option<u64> {
        match self.get(key)? {
            Value::Size(size) => Some(*size),
            _ => None,
        }
    }

    /// The length of an array.
    pub(crate) fn length(&self, key: &str) -> Option<u64> {
        match self.get(key)? {
            Value::Array(length) => Some(*length),
            _ => None,
        }
    }

    /// Whether there is an entry.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(known, _)| known == key)
    }
}

/// Bytes of a value type that has a fixed size.
fn fixed(kind: u32) -> Option<u64> {
    match kind {
        0 | 1 | 7 => Some(1),
        2 | 3 => Some(2),
        4..=6 => Some(4),
        10..=12 => Some(8),
        _ => None,
    }
}

const TEXT: u32 = 8;
const ARRAY: u32 = 9;

fn value(cursor: &mut Cursor, kind: u32, depth: usize) -> Result<Value, ImportError> {
    Ok(match kind {
        0 | 7 => Value::Size(u64::from(u8::from_le_bytes(cursor.take()?))),
        2 => Value::Size(u64::from(cursor.u16()?)),
        4 => Value::Size(u64::from(cursor.u32()?)),
        10 => Value::Size(cursor.u64()?),
        // Signed numbers that are sizes all the same: `split.tensors.count`.
        1 => signed(i64::from(i8::from_le_bytes(cursor.take()?))),
        3 => signed(i64::from(cursor.u16()?.cast_signed())),
        5 => signed(i64::from(cursor.u32()?.cast_signed())),
        11 => signed(cursor.u64()?.cast_signed()),
        TEXT => cursor.text(limits::TEXT)?.map_or(Value::Other, Value::Text),
        ARRAY => Value::Array(array(cursor, depth)?),
        _ => {
            let bytes = fixed(kind).ok_or_else(|| unknown(cursor, kind))?;
            cursor.skip(bytes)?;
            Value::Other
        }
    })
}

fn signed(value: i64) -> Value {
    u64::try_from(value).map_or(Value::Other, Value::Size)
}

/// Walks over an array; gives its length.
fn array(cursor: &mut Cursor, depth: usize) -> Result<u64, ImportError> {
    let (kind, length) = (cursor.u32()?, cursor.u64()?);
    if let Some(bytes) = fixed(kind) {
        cursor.skip(length.saturating_mul(bytes))?;
        return Ok(length);
    }
    match kind {
        TEXT => {
            for _ in 0..length {
                let bytes = cursor.u64()?;
                cursor.skip(bytes)?;
            }
        }
        ARRAY if depth < limits::NESTING => {
            for _ in 0..length {
                array(cursor, depth.saturating_add(1))?;
            }
        }
        ARRAY => {
            let found = format!("arrays inside one another more than {} deep", limits::NESTING);
            return Err(ImportError::limit("gguf/nesting", found).at(cursor.place()));
        }
        kind => return Err(unknown(cursor, kind)),
    }
    Ok(length)
}

fn unknown(cursor: &Cursor, kind: u32) -> ImportError {
    let found = format!("a metadata value of type {kind}; there are types 0 to 12");
    ImportError::malformed("gguf/value-type", found).at(cursor.place())
}
