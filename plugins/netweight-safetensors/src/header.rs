//! The header of one file, read as a stream: tensors one by one, nothing kept of the JSON.

use std::fmt;
use std::io::{self, BufReader, Read};

use netweight_core::{Diagnostic, ImportError, Place, Source, elements};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};

use crate::element::Element;
use crate::{limits, spans};

/// Bytes before the header: its length as a little-endian number.
pub(crate) const PREFIX: u64 = 8;

/// A tensor as the header of its file states it.
#[derive(Debug)]
pub(crate) struct Tensor {
    pub(crate) name: String,
    pub(crate) element: &'static Element,
    pub(crate) shape: Vec<u64>,
    /// The product of the shape.
    pub(crate) elements: u64,
    /// Offsets into the file's data, which begins behind the header.
    pub(crate) begin: u64,
    pub(crate) end: u64,
    /// Where they begin in the checkpoint's files.
    pub(crate) place: Place,
    /// The bytes themselves, where they are few and tell another tensor's shape.
    pub(crate) detail: Option<Vec<u8>>,
}

/// What a header says.
#[derive(Debug, Default)]
pub(crate) struct Header {
    pub(crate) tensors: Vec<Tensor>,
    /// Entries of `__metadata__` that a report shows, shortened.
    pub(crate) metadata: Vec<(String, String)>,
    /// Where the data begins.
    pub(crate) data: u64,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// The metadata entries that are kept: who wrote the file, and what an adapter or a single-file
/// model is called.
const KEPT: &[&str] = &["format", "modelspec.title", "ss_output_name", "ss_network_module"];

/// Reads the header of a file and compares it with the file's length.
pub(crate) fn read(source: &dyn Source) -> Result<Header, ImportError> {
    let length = header_length(source)?;
    let part = Part { source, at: PREFIX, end: PREFIX.saturating_add(length) };
    let mut json =
        serde_json::Deserializer::from_reader(BufReader::with_capacity(limits::WINDOW, part));
    let mut header = HeaderSeed.deserialize(&mut json).map_err(not_json)?;
    json.end().map_err(not_json)?;
    header.data = PREFIX.saturating_add(length);
    last_of_a_name_wins(&mut header);
    header.diagnostics.extend(spans::check(&header, source.len()));
    Ok(header)
}

/// The header's length, which must fit into the file.
fn header_length(source: &dyn Source) -> Result<u64, ImportError> {
    let prefix = source.read_vec(0, 8)?;
    let Some(bytes) = prefix.first_chunk::<8>() else {
        let found = format!("{} bytes, too short for a header's length", source.len());
        return Err(ImportError::malformed("safetensors/too-short", found)
            .help("the download may have failed; fetch the file again"));
    };
    let length = u64::from_le_bytes(*bytes);
    let room = source.len().saturating_sub(PREFIX);
    if length > room.min(limits::HEADER) {
        let expected = match length > limits::HEADER {
            true => format!("at most {} are read", limits::HEADER),
            false => format!("the file has {room} more"),
        };
        let found = format!("a header of {length} bytes is announced, but {expected}");
        return Err(ImportError::malformed("safetensors/header-length", found)
            .at("byte 0")
            .help("either no safetensors file, or one that was cut off"));
    }
    Ok(length)
}

fn not_json(error: serde_json::Error) -> ImportError {
    if let Some(kind) = error.io_error_kind() {
        return io::Error::new(kind, error.to_string()).into();
    }
    ImportError::malformed("safetensors/header", format!("the header cannot be read: {error}"))
        .help("expected one JSON object: each tensor's name with dtype, shape and data_offsets")
}

/// As the reference library does with a name that stands twice.
fn last_of_a_name_wins(header: &mut Header) {
    let mut order: Vec<usize> = (0..header.tensors.len()).collect();
    let name = |index: usize| header.tensors.get(index).map(|tensor| &tensor.name);
    order.sort_by(|a, b| name(*a).cmp(&name(*b)).then(a.cmp(b)));
    let pairs = order.iter().zip(order.iter().skip(1));
    let mut replaced: Vec<usize> =
        pairs.filter(|(a, b)| name(**a) == name(**b)).map(|(a, _)| *a).collect();
    if let Some(first) = replaced.first().and_then(|index| name(*index)) {
        let more = match replaced.len() {
            1 => String::new(),
            count => format!(" (and {} more)", count.saturating_sub(1)),
        };
        let found = format!("`{first}` is listed twice{more}");
        header.diagnostics.push(
            Diagnostic::warning("safetensors/duplicate-tensor", found)
                .help("the last entry of a name counts, as in the reference library"),
        );
    }
    replaced.sort_unstable();
    let mut index = 0usize;
    header.tensors.retain(|_| {
        let kept = replaced.binary_search(&index).is_err();
        index = index.saturating_add(1);
        kept
    });
}

/// A stretch of a source as a reader.
struct Part<'a> {
    source: &'a dyn Source,
    at: u64,
    end: u64,
}

impl Read for Part<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let length = buffer.len().min(left);
        let count = self.source.read_at(self.at, buffer.get_mut(..length).unwrap_or_default())?;
        self.at = self.at.saturating_add(count as u64);
        Ok(count)
    }
}

struct HeaderSeed;

impl<'de> DeserializeSeed<'de> for HeaderSeed {
    type Value = Header;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Header, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for HeaderSeed {
    type Value = Header;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of tensors")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Header, A::Error> {
        let mut header = Header::default();
        while let Some(name) = map.next_key::<String>()? {
            if name == "__metadata__" {
                header.metadata = map.next_value::<Metadata>()?.0;
                continue;
            }
            if name.len() > limits::NAME {
                let found =
                    format!("a name of {} bytes; at most {} are read", name.len(), limits::NAME);
                return Err(A::Error::custom(found));
            }
            if header.tensors.len() >= limits::TENSORS {
                return Err(A::Error::custom(format!("more than {} tensors", limits::TENSORS)));
            }
            let tensor = map.next_value::<Entry>()?.tensor(name).map_err(A::Error::custom)?;
            header.tensors.push(tensor);
        }
        Ok(header)
    }
}

#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Dims,
    data_offsets: (u64, u64),
}

impl Entry {
    fn tensor(self, name: String) -> Result<Tensor, String> {
        let (begin, end) = self.data_offsets;
        let Dims(shape) = self.shape;
        let Some(elements) = elements(&shape) else {
            return Err(format!("the shape of `{name}` overflows 64 bits: {shape:?}"));
        };
        if end < begin {
            return Err(format!("`{name}` ends at {end}, before its begin at {begin}"));
        }
        let element = Element::named(&self.dtype);
        let place = Place { file: 0, offset: begin };
        Ok(Tensor { name, element, shape, elements, begin, end, place, detail: None })
    }
}

/// A shape of a bounded rank.
struct Dims(Vec<u64>);

impl<'de> Deserialize<'de> for Dims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct DimsVisitor;
        impl<'de> Visitor<'de> for DimsVisitor {
            type Value = Dims;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of sizes")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Dims, A::Error> {
                let mut dims = Vec::new();
                while let Some(dim) = seq.next_element()? {
                    if dims.len() >= limits::DIMS {
                        let why = format!("a shape of more than {} dimensions", limits::DIMS);
                        return Err(A::Error::custom(why));
                    }
                    dims.push(dim);
                }
                Ok(Dims(dims))
            }
        }
        deserializer.deserialize_seq(DimsVisitor)
    }
}

/// The kept entries of a map of texts; the others are read and dropped.
struct Metadata(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Metadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MetadataVisitor;
        impl<'de> Visitor<'de> for MetadataVisitor {
            type Value = Metadata;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Metadata, A::Error> {
                let mut kept = Vec::new();
                while let Some(key) = map.next_key::<String>()? {
                    let value: String = map.next_value()?;
                    if KEPT.contains(&key.as_str()) && kept.len() < KEPT.len() {
                        kept.push((key, value.chars().take(limits::METADATA).collect()));
                    }
                }
                Ok(Metadata(kept))
            }

            /// `null` for no metadata, as some writers have it.
            fn visit_unit<E: de::Error>(self) -> Result<Metadata, E> {
                Ok(Metadata(Vec::new()))
            }
        }
        deserializer.deserialize_any(MetadataVisitor)
    }
}

/// Whether the source begins as the format does: a length that fits, then an object.
pub(crate) fn looks_like_one(source: &dyn Source) -> bool {
    let Ok(head) = source.read_vec(0, 64) else { return false };
    let Some((length, json)) = head.split_first_chunk::<8>() else { return false };
    let fits = u64::from_le_bytes(*length) <= source.len().saturating_sub(PREFIX);
    let mut text = json.iter().filter(|byte| !byte.is_ascii_whitespace());
    fits && text.next() == Some(&b'{') && matches!(text.next(), None | Some(b'"' | b'}'))
}
