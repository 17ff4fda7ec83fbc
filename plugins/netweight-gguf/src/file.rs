//! One file: its header, its metadata, its list of tensors.

use std::collections::HashSet;

use netweight_core::{DataFile, Diagnostic, ImportError, Place, Source};

use crate::cursor::Cursor;
use crate::ggml::Element;
use crate::layout;
use crate::limits;
use crate::metadata::Metadata;

/// The first bytes of every file, in either byte order.
pub(crate) const MAGIC: &[u8; 4] = b"GGUF";

/// A file's header.
#[derive(Debug)]
pub(crate) struct File {
    /// What it is called, and how long it is.
    pub(crate) own: DataFile,
    pub(crate) version: u32,
    pub(crate) is_big_endian: bool,
    pub(crate) metadata: Metadata,
    pub(crate) tensors: Vec<Tensor>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// A tensor as the list states it.
#[derive(Debug)]
pub(crate) struct Tensor {
    pub(crate) name: String,
    /// Dimensions, the slowest first: the reverse of the file's order.
    pub(crate) shape: Vec<u64>,
    /// Values, whatever the type: the product of the dimensions.
    pub(crate) elements: u64,
    pub(crate) kind: u32,
    pub(crate) element: Option<&'static Element>,
    /// Offset into the data.
    pub(crate) offset: u64,
    /// Where its values begin in the model's files.
    pub(crate) place: Place,
}

impl Tensor {
    /// Bytes in the file, where type and shape give them.
    pub(crate) fn bytes(&self) -> Option<u64> {
        let row = self.shape.last().copied().unwrap_or(1);
        self.element?.bytes(self.elements, row)
    }
}

/// Reads a file's header.
pub(crate) fn read(source: &dyn Source) -> Result<File, ImportError> {
    let mut cursor = Cursor::new(source);
    let version = version(&mut cursor)?;
    let (tensors, entries) = (cursor.u64()?, cursor.u64()?);
    if tensors > limits::TENSORS as u64 {
        let found = format!("{tensors} tensors; at most {} are read", limits::TENSORS);
        return Err(ImportError::limit("gguf/tensors", found).at("byte 8"));
    }
    let metadata = Metadata::read(&mut cursor, entries)?;
    let alignment = alignment(&metadata)?;
    let mut file = File {
        own: DataFile { name: source.name().to_owned(), length: Some(source.len()) },
        version,
        is_big_endian: cursor.is_big_endian,
        metadata,
        tensors: Vec::new(),
        diagnostics: Vec::new(),
    };
    for _ in 0..tensors {
        file.tensors.push(tensor(&mut cursor)?);
    }
    let data = cursor.at().div_ceil(alignment).saturating_mul(alignment);
    for tensor in &mut file.tensors {
        tensor.place.offset = data.saturating_add(tensor.offset);
    }
    file.diagnostics.extend(layout::check(&file.tensors, data, alignment, source.len()));
    file.diagnostics.extend(first_of_a_name_wins(&mut file.tensors));
    Ok(file)
}

/// The version, from which the byte order is seen: numbers are small in the right one.
fn version(cursor: &mut Cursor) -> Result<u32, ImportError> {
    if &cursor.take::<4>()? != MAGIC {
        return Err(ImportError::malformed("gguf/magic", "the file does not begin with `GGUF`")
            .at("byte 0")
            .help("either no GGUF file, or an older GGML one; convert the model anew"));
    }
    let version = cursor.u32()?;
    cursor.is_big_endian = version.trailing_zeros() >= 16 && version != 0;
    match if cursor.is_big_endian { version.swap_bytes() } else { version } {
        version @ (2 | 3) => Ok(version),
        other => {
            let found = format!("version {other} of the format; versions 2 and 3 are read");
            Err(ImportError::unsupported("gguf/version", found)
                .at("byte 4")
                .help("convert the model anew with a current llama.cpp"))
        }
    }
}

fn alignment(metadata: &Metadata) -> Result<u64, ImportError> {
    const KEY: &str = "general.alignment";
    match metadata.size(KEY) {
        None if metadata.has(KEY) => {
            let found = format!("`{KEY}` is no whole number");
            Err(ImportError::malformed("gguf/alignment", found))
        }
        None => Ok(32),
        Some(alignment) if alignment.is_power_of_two() => Ok(alignment),
        Some(other) => {
            let found = format!("`{KEY}` is {other}, which is no power of two");
            Err(ImportError::malformed("gguf/alignment", found))
        }
    }
}

fn tensor(cursor: &mut Cursor) -> Result<Tensor, ImportError> {
    let place = cursor.place();
    let name = cursor.name("a tensor's name")?;
    let rank = cursor.u32()?;
    if rank > limits::DIMS {
        let found = format!("`{name}` has {rank} dimensions; ggml has at most {}", limits::DIMS);
        return Err(ImportError::malformed("gguf/dimensions", found).at(place));
    }
    let mut shape = Vec::new();
    for _ in 0..rank {
        shape.push(cursor.u64()?);
    }
    shape.reverse();
    let Some(elements) = netweight_core::elements(&shape) else {
        let found = format!("the shape of `{name}` overflows 64 bits: {shape:?}");
        return Err(ImportError::malformed("gguf/shape", found).at(place));
    };
    let (kind, offset) = (cursor.u32()?, cursor.u64()?);
    let (element, place) = (Element::of(kind), Place { file: 0, offset });
    Ok(Tensor { name, shape, elements, kind, element, offset, place })
}

/// Drops tensors whose name was there before.
fn first_of_a_name_wins(tensors: &mut Vec<Tensor>) -> Option<Diagnostic> {
    let mut seen = HashSet::new();
    let twice: HashSet<usize> = tensors
        .iter()
        .enumerate()
        .filter(|(_, tensor)| !seen.insert(tensor.name.as_str()))
        .map(|(index, _)| index)
        .collect();
    let first = tensors.get(*twice.iter().min()?)?.name.clone();
    let mut index = 0usize;
    tensors.retain(|_| {
        let kept = !twice.contains(&index);
        index = index.saturating_add(1);
        kept
    });
    let more = match twice.len() {
        1 => String::new(),
        count => format!(" (and {} more)", count.saturating_sub(1)),
    };
    let found = format!("`{first}` is listed twice{more}");
    let told = Diagnostic::warning("gguf/duplicate-tensor", found);
    Some(told.help("the first entry of a name counts; llama.cpp refuses the file"))
}
