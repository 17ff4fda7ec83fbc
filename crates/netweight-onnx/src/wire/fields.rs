//! The fields of one protobuf message, one after the other, without their contents.

use netweight_core::{ImportError, grouped, limits};

use super::window::{Span, Window};

/// Bytes of the longest key and number, or key and length: ten each.
const HEADER: usize = 20;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value {
    Int(u64),
    Fixed64(u64),
    Fixed32(u32),
    /// Anything with a length: text, bytes, a message, packed numbers.
    Span(Span),
}

/// The fields of a span of the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    rest: Span,
}

impl Fields {
    pub(crate) fn new(span: Span) -> Self {
        Self { rest: span }
    }

    /// The next field and its number; groups are skipped. After a fault it stands where the
    /// faulty field begins.
    pub(crate) fn next(&mut self, window: &mut Window<'_>) -> Result<Option<(u32, Value)>, Fault> {
        let mut groups = Vec::new();
        loop {
            if self.rest.len() == 0 {
                let cut = Fault::Cut { at: self.rest.end };
                return if groups.is_empty() { Ok(None) } else { Err(cut) };
            }
            let start = self.rest.start;
            let (field, wire) = match self.header(window)? {
                (field, Wire::Value(value)) if groups.is_empty() => {
                    return Ok(Some((field, value)));
                }
                header => header,
            };
            match wire {
                Wire::Value(_) => {}
                Wire::GroupStart if groups.len() < limits::onnx::GROUPS => groups.push(field),
                Wire::GroupEnd if groups.pop() == Some(field) => {}
                Wire::GroupStart | Wire::GroupEnd => return Err(Fault::Group { at: start, field }),
            }
        }
    }

    fn header(&mut self, window: &mut Window<'_>) -> Result<(u32, Wire), Fault> {
        let Span { start: at, end } = self.rest;
        let held = window.ahead(self.rest, HEADER)?;
        let mut bytes = held;
        let key = varint(&mut bytes, at)?;
        let field = u32::try_from(key >> 3).unwrap_or(0);
        if field == 0 || u32::try_from(key).is_err() {
            return Err(Fault::Field { at, key });
        }
        let mut skipped = 0;
        let wire = match key & 7 {
            0 => Wire::Value(Value::Int(varint(&mut bytes, at)?)),
            1 => Wire::Value(Value::Fixed64(u64::from_le_bytes(fixed(&mut bytes, at)?))),
            2 => {
                let length = varint(&mut bytes, at)?;
                let start = at + (held.len() - bytes.len()) as u64;
                if length > end - start {
                    return Err(Fault::Overrun { at, field, start, length, end });
                }
                skipped = length;
                Wire::Value(Value::Span(Span { start, end: start + length }))
            }
            3 => Wire::GroupStart,
            4 => Wire::GroupEnd,
            5 => Wire::Value(Value::Fixed32(u32::from_le_bytes(fixed(&mut bytes, at)?))),
            wire => return Err(Fault::WireType { at, field, wire }),
        };
        self.rest.start = at + (held.len() - bytes.len()) as u64 + skipped;
        Ok((field, wire))
    }
}

enum Wire {
    Value(Value),
    GroupStart,
    GroupEnd,
}

/// Takes a number of seven bits a byte; `at` is the place to name in a fault.
pub(crate) fn varint(bytes: &mut &[u8], at: u64) -> Result<u64, Fault> {
    let mut number = 0;
    for shift in (0..70).step_by(7) {
        let (&byte, rest) = bytes.split_first().ok_or(Fault::Cut { at })?;
        *bytes = rest;
        if shift == 63 && byte > 1 {
            break;
        }
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(Fault::Varint { at })
}

fn fixed<const N: usize>(bytes: &mut &[u8], at: u64) -> Result<[u8; N], Fault> {
    let (value, rest) = bytes.split_first_chunk().ok_or(Fault::Cut { at })?;
    *bytes = rest;
    Ok(*value)
}

/// What is wrong with a message; `at` is the byte where the faulty field begins.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The source could not be read.
    Read(ImportError),
    /// The message ends inside of a number.
    Cut { at: u64 },
    /// A field reaches beyond its message.
    Overrun { at: u64, field: u32, start: u64, length: u64, end: u64 },
    /// No field has this number.
    Field { at: u64, key: u64 },
    /// There is no such wire type.
    WireType { at: u64, field: u32, wire: u64 },
    /// A number of more than 64 bits.
    Varint { at: u64 },
    /// Groups too deep, or an end without a begin.
    Group { at: u64, field: u32 },
}

impl From<ImportError> for Fault {
    fn from(error: ImportError) -> Self {
        Self::Read(error)
    }
}

impl From<Fault> for ImportError {
    fn from(fault: Fault) -> Self {
        let (at, message) = match fault {
            Fault::Read(error) => return error,
            Fault::Cut { at } => (at, "a message ends in the middle of a number".to_owned()),
            Fault::Overrun { at, field, start, length, end } => {
                let (length, left) = (grouped(length), grouped(end - start));
                let what = format!("field {field} claims {length} bytes, its message has {left}");
                (at, what)
            }
            Fault::Field { at, key } => (at, format!("{key} is no key of a protobuf field")),
            Fault::WireType { at, field, wire } => {
                (at, format!("field {field} has wire type {wire}, which does not exist"))
            }
            Fault::Varint { at } => (at, "a number is longer than 64 bits".to_owned()),
            Fault::Group { at, field } => {
                (at, format!("group {field} is not nested as protobuf prescribes"))
            }
        };
        Self::malformed("onnx/malformed", message).at(format!("byte {}", grouped(at)))
    }
}
