//! Stored tensors: name, shape, where the payload is, and the values of small ones.

use netweight_core::{Diagnostic, ImportError, limits};

use super::fields::{Fields, Value};
use super::node::varint_length;
use super::reader::{Reader, too_many_dims};
use super::window::Span;
use crate::Name;
use crate::file::{SparseTensor, Storage, Tensor, Values};

/// The numbers of the data types whose values are read.
mod data_type {
    pub(super) const FLOAT32: i32 = 1;
    pub(super) const INT32: i32 = 6;
    pub(super) const INT64: i32 = 7;
    pub(super) const FLOAT16: i32 = 10;
    pub(super) const FLOAT64: i32 = 11;
    pub(super) const BFLOAT16: i32 = 16;
}

/// `data_location` of a payload in another file.
const EXTERNAL: u64 = 1;
/// Bytes of the longest raw payload whose values are read.
const SMALL_RAW: u64 = (limits::onnx::INTS * size_of::<i64>()) as u64;

/// Characters shown of what should be a number.
const SHOWN: usize = 40;

/// A tensor's fields, gathered from every place where they are written.
#[derive(Default)]
pub(super) struct TensorParts {
    tensor: Tensor,
    data_location: u64,
    /// Its payload in another file, once some entry speaks of one.
    external: Option<External>,
    /// The length of `raw_data`, and its bytes when they are few.
    raw: Option<(u64, Vec<u8>)>,
    /// Where `raw_data` begins.
    raw_at: u64,
    /// The length of the typed fields, and their numbers while they are few.
    typed: Option<u64>,
    /// Where the only typed field begins whose numbers all have their type's width.
    typed_at: Option<u64>,
    ints: Vec<i64>,
    floats: Vec<f64>,
}

/// A payload in another file; numbers as they are written.
#[derive(Default)]
struct External {
    location: Name,
    offset: Vec<u8>,
    length: Vec<u8>,
}

/// A sparse tensor's fields.
#[derive(Default)]
pub(super) struct SparseParts {
    values: TensorParts,
    indices: TensorParts,
    dims: Vec<i64>,
}

impl Reader<'_> {
    pub(super) fn tensor(&mut self, span: Span) -> Result<Tensor, ImportError> {
        let mut parts = TensorParts::default();
        self.tensor_part(&mut parts, span)?;
        self.finish_tensor(parts)
    }

    pub(super) fn sparse_tensor(&mut self, span: Span) -> Result<SparseTensor, ImportError> {
        let mut parts = SparseParts::default();
        self.sparse_part(&mut parts, span)?;
        self.finish_sparse(parts)
    }

    pub(super) fn sparse_part(
        &mut self,
        parts: &mut SparseParts,
        span: Span,
    ) -> Result<(), ImportError> {
        let mut fields = Fields::new(span);
        while let Some((field, value)) = fields.next(&mut self.window)? {
            match (field, value) {
                (1, Value::Span(span)) => self.tensor_part(&mut parts.values, span)?,
                (2, Value::Span(span)) => self.tensor_part(&mut parts.indices, span)?,
                (3, value) => self.dims(&mut parts.dims, value)?,
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) fn finish_sparse(
        &mut self,
        parts: SparseParts,
    ) -> Result<SparseTensor, ImportError> {
        let values = self.finish_tensor(parts.values)?;
        let indices = self.finish_tensor(parts.indices)?;
        self.check_dims(values.name, &parts.dims);
        Ok(SparseTensor { values, indices, dims: parts.dims })
    }

    pub(super) fn tensor_part(
        &mut self,
        parts: &mut TensorParts,
        span: Span,
    ) -> Result<(), ImportError> {
        parts.tensor.length += span.len();
        let mut fields = Fields::new(span);
        while let Some((field, value)) = fields.next(&mut self.window)? {
            match (field, value) {
                (1, value) => self.dims(&mut parts.tensor.dims, value)?,
                // An enumeration is a 32-bit number, sign-extended on the wire.
                (2, Value::Int(number)) => parts.tensor.data_type = low_half(number),
                (4 | 5 | 7 | 10 | 11, value) => self.numbers(parts, field, value)?,
                (6, Value::Span(span)) => *parts.typed.get_or_insert(0) += span.len(),
                (8, Value::Span(span)) => parts.tensor.name = self.name(span)?,
                (9, Value::Span(span)) => {
                    let small = span.len() <= SMALL_RAW;
                    let bytes = if small { self.window.bytes(span)? } else { &[] };
                    parts.raw = Some((span.len(), bytes.to_vec()));
                    parts.raw_at = span.start;
                }
                (13, Value::Span(span)) => {
                    self.external_entry(parts.external.get_or_insert_default(), span)?;
                }
                (14, Value::Int(location)) => parts.data_location = location,
                _ => {}
            }
        }
        Ok(())
    }

    fn dims(&mut self, dims: &mut Vec<i64>, value: Value) -> Result<(), ImportError> {
        let mut push = |dim: u64| {
            dims.push(dim.cast_signed());
            if dims.len() > limits::onnx::DIMS { Err(too_many_dims()) } else { Ok(()) }
        };
        match value {
            Value::Int(dim) => push(dim),
            Value::Span(span) => self.varints(span, push),
            Value::Fixed32(_) | Value::Fixed64(_) => Ok(()),
        }
    }

    /// Numbers of a typed field, packed or not. Those of a small tensor are kept, all others
    /// are only measured.
    fn numbers(
        &mut self,
        parts: &mut TensorParts,
        field: u32,
        value: Value,
    ) -> Result<(), ImportError> {
        parts.typed_at = match (field, value) {
            (4 | 10, Value::Span(span)) if parts.typed.is_none() => Some(span.start),
            _ => None,
        };
        let (bytes, ints, floats) = (&mut parts.typed, &mut parts.ints, &mut parts.floats);
        let bytes = bytes.get_or_insert(0);
        match (field, value) {
            (_, Value::Span(span)) => {
                *bytes += span.len();
                match field {
                    4 if span.len() <= 4 * limits::onnx::FLOATS as u64 => {
                        let (words, _) = self.window.bytes(span)?.as_chunks();
                        floats
                            .extend(words.iter().map(|&word| f64::from(f32::from_le_bytes(word))));
                    }
                    10 if span.len() <= 8 * limits::onnx::FLOATS as u64 => {
                        let (words, _) = self.window.bytes(span)?.as_chunks();
                        floats.extend(words.iter().copied().map(f64::from_le_bytes));
                    }
                    5 | 7 | 11 if span.len() <= 10 * limits::onnx::INTS as u64 => {
                        self.varints(span, |number| {
                            ints.push(number.cast_signed());
                            Ok(())
                        })?;
                    }
                    _ => {}
                }
            }
            (5 | 7 | 11, Value::Int(number)) => {
                *bytes += varint_length(number);
                ints.push(number.cast_signed());
            }
            (4, Value::Fixed32(bits)) => {
                *bytes += 4;
                floats.push(f64::from(f32::from_bits(bits)));
            }
            (10, Value::Fixed64(bits)) => {
                *bytes += 8;
                floats.push(f64::from_bits(bits));
            }
            _ => {}
        }
        // One more than is kept tells that there are more.
        parts.ints.truncate(limits::onnx::INTS + 1);
        parts.floats.truncate(limits::onnx::FLOATS + 1);
        Ok(())
    }

    pub(super) fn finish_tensor(&mut self, parts: TensorParts) -> Result<Tensor, ImportError> {
        let values = parts.values();
        let TensorParts { mut tensor, data_location, external, raw, typed, .. } = parts;
        let (raw_at, typed_at) = (parts.raw_at, parts.typed_at);
        self.check_dims(tensor.name, &tensor.dims);
        if data_location == EXTERNAL {
            tensor.storage = self.external(tensor.name, external.unwrap_or_default());
        } else {
            (tensor.storage, tensor.position) = match (raw, typed) {
                (Some((bytes, _)), _) => (Storage::Inline { bytes }, Some(raw_at)),
                (None, Some(bytes)) => (Storage::Typed { bytes }, typed_at),
                (None, None) => (Storage::Missing, None),
            };
            if external.is_some() {
                let what = "names another file for its data but says that its data is in this one";
                self.tensor_problem(tensor.name, "onnx/data-location", what);
            }
            tensor.values = values;
        }
        let values = match &tensor.values {
            Some(Values::Ints(ints)) => size_of_val(&**ints),
            Some(Values::Floats(floats)) => size_of_val(&**floats),
            None => 0,
        };
        self.kept.take(size_of_val(&*tensor.dims) + values)?;
        Ok(tensor)
    }

    fn external_entry(&mut self, external: &mut External, span: Span) -> Result<(), ImportError> {
        let Some((key, value)) = self.key_and_value(span)? else { return Ok(()) };
        let place = match self.window.bytes(key)? {
            b"location" => {
                external.location = self.kept.name(self.window.bytes(value)?)?;
                return Ok(());
            }
            b"offset" => &mut external.offset,
            b"length" => &mut external.length,
            _ => return Ok(()),
        };
        *place = self.window.bytes(value)?.to_vec();
        Ok(())
    }

    fn external(&mut self, tensor: Name, external: External) -> Storage {
        let mut number = |key: &str, written: &[u8]| {
            let text = String::from_utf8_lossy(written);
            let number = text.parse().ok();
            if number.is_none() && !text.is_empty() {
                let begin: String = text.chars().take(SHOWN).collect();
                let what = format!("the {key} of its external data is no number: `{begin}`");
                self.tensor_problem(tensor, "onnx/external-data", what);
            }
            number
        };
        Storage::External {
            location: external.location,
            offset: number("offset", &external.offset),
            length: number("length", &external.length),
        }
    }

    fn check_dims(&mut self, tensor: Name, dims: &[i64]) {
        if crate::file::elements(dims).is_none() {
            let what = format!("dimensions {dims:?} are no size that a tensor can have");
            self.tensor_problem(tensor, "onnx/bad-dimensions", what);
        }
    }

    fn tensor_problem(&mut self, tensor: Name, code: &'static str, what: impl Into<String>) {
        let place = format!("tensor `{}`", self.kept.names.text(tensor));
        self.problem(Diagnostic::warning(code, what).at(place));
    }
}

impl TensorParts {
    /// The values, when they are as few and as many as the shape says.
    fn values(&self) -> Option<Values> {
        let elements = usize::try_from(self.tensor.elements()?).ok()?;
        if elements > limits::onnx::INTS {
            return None;
        }
        let halves = |to_float: fn(u16) -> f64| match &self.raw {
            Some((_, raw)) => words(raw, |word| to_float(u16::from_le_bytes(word))),
            // The typed field holds the bits of one value in each number.
            None => self
                .ints
                .iter()
                .filter_map(|&bits| u16::try_from(bits).ok().map(to_float))
                .collect(),
        };
        let raw = self.raw.as_ref().map(|(_, raw)| raw);
        let values = match (self.tensor.data_type, raw) {
            (data_type::INT32, Some(raw)) => {
                Values::Ints(words(raw, |word| i64::from(i32::from_le_bytes(word))))
            }
            (data_type::INT64, Some(raw)) => Values::Ints(words(raw, i64::from_le_bytes)),
            (data_type::INT32 | data_type::INT64, None) => Values::Ints(self.ints.clone()),
            (data_type::FLOAT32, Some(raw)) => {
                Values::Floats(words(raw, |word| f64::from(f32::from_le_bytes(word))))
            }
            (data_type::FLOAT64, Some(raw)) => Values::Floats(words(raw, f64::from_le_bytes)),
            (data_type::FLOAT32 | data_type::FLOAT64, None) => Values::Floats(self.floats.clone()),
            (data_type::FLOAT16, _) => Values::Floats(halves(from_float16)),
            (data_type::BFLOAT16, _) => Values::Floats(halves(from_bfloat16)),
            _ => return None,
        };
        let (found, most) = match &values {
            Values::Ints(ints) => (ints.len(), limits::onnx::INTS),
            Values::Floats(floats) => (floats.len(), limits::onnx::FLOATS),
        };
        (found == elements && found <= most).then_some(values)
    }
}

fn words<const N: usize, T>(bytes: &[u8], read: impl Fn([u8; N]) -> T) -> Vec<T> {
    bytes.as_chunks().0.iter().map(|&word| read(word)).collect()
}

/// The upper half of a 32-bit float.
pub(crate) fn from_bfloat16(bits: u16) -> f64 {
    f64::from(f32::from_bits(u32::from(bits) << 16))
}

/// A 16-bit float: one bit of sign, five of exponent, ten of fraction.
pub(crate) fn from_float16(bits: u16) -> f64 {
    let fraction = f64::from(bits & 0x3ff) / 1024.0;
    let size = match (bits >> 10) & 0x1f {
        0 => fraction * 2_f64.powi(-14),
        0x1f if fraction == 0.0 => f64::INFINITY,
        0x1f => f64::NAN,
        exponent => (1.0 + fraction) * 2_f64.powi(i32::from(exponent) - 15),
    };
    if bits >> 15 == 0 { size } else { -size }
}

/// The low 32 bits as a signed number.
fn low_half(number: u64) -> i32 {
    let [a, b, c, d, ..] = number.to_le_bytes();
    i32::from_le_bytes([a, b, c, d])
}
