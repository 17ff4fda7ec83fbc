//! The tables of the format, as far as they are read: field numbers stand here and nowhere else.

use netweight_core::{Bytes, ImportError, Source};

use crate::flatbuffer::{Flatbuffer, Table};
use crate::limits;

/// A file's model.
#[derive(Debug, Default)]
pub(crate) struct File {
    pub(crate) version: u32,
    pub(crate) description: Option<String>,
    /// Names of the operators that operators refer to by number.
    pub(crate) codes: Vec<Code>,
    pub(crate) subgraphs: Vec<Subgraph>,
    pub(crate) buffers: Vec<Buffer>,
    /// Whether the Keras in front of the converter was the third one, by TensorFlow's version.
    pub(crate) is_keras_3: bool,
}

/// An operator's code: a number of the table, or the name of a custom one.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) builtin: u32,
    pub(crate) custom: Option<String>,
}

/// A graph: the main one, another signature's, a branch or a body.
#[derive(Debug)]
pub(crate) struct Subgraph {
    pub(crate) name: Option<String>,
    pub(crate) tensors: Vec<Tensor>,
    pub(crate) inputs: Vec<i32>,
    pub(crate) outputs: Vec<i32>,
    pub(crate) operators: Vec<Operator>,
}

/// A tensor: a value between operators, or a constant where its buffer has bytes.
#[derive(Debug)]
pub(crate) struct Tensor {
    pub(crate) name: Option<String>,
    pub(crate) shape: Vec<i32>,
    /// The shape with -1 for what is open; empty where nothing is.
    pub(crate) signature: Vec<i32>,
    pub(crate) kind: u8,
    pub(crate) buffer: u32,
    pub(crate) is_variable: bool,
    /// Whether its buffer holds only the values that are not zero.
    pub(crate) is_sparse: bool,
    /// Lengths of the vectors of scales and of zero points.
    pub(crate) scales: u64,
    pub(crate) zero_points: u64,
}

/// An operator: what it reads, what it writes, and the numbers of its options.
#[derive(Debug)]
pub(crate) struct Operator {
    pub(crate) code: u32,
    pub(crate) inputs: Vec<i32>,
    pub(crate) outputs: Vec<i32>,
    /// The table of options, whose meaning the operator decides.
    pub(crate) options: Option<Table>,
}

/// The bytes of a constant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Buffer {
    pub(crate) at: u64,
    pub(crate) length: u64,
}

/// The bytes that stand behind the root offset.
pub(crate) const IDENTIFIER: &[u8; 4] = b"TFL3";

type Result<T> = std::result::Result<T, ImportError>;

/// Reads a file's structure.
pub(crate) fn read(source: &dyn Source, file: &Flatbuffer) -> Result<File> {
    let head = source.read_vec(0, 8)?;
    if head.get(4..) != Some(IDENTIFIER) {
        return Err(ImportError::malformed("tflite/identifier", "`TFL3` is not at byte 4")
            .at("byte 4")
            .help("no TensorFlow Lite file"));
    }
    let root = file.root()?;
    let mut read = File {
        version: file.u32_field(root, 0)?,
        description: file.text(root, 3)?.filter(|text| !text.is_empty()),
        ..File::default()
    };
    let list = |field| file.vector_field(root, field, 4);
    let (codes, subgraphs, buffers) = (list(1)?, list(2)?, list(4)?);
    for length in [codes.length, buffers.length] {
        at_most("operator codes or buffers", length, limits::ITEMS as u64)?;
    }
    at_most("subgraphs", subgraphs.length, limits::SUBGRAPHS)?;
    for table in file.tables(codes) {
        read.codes.push(code(file, table?)?);
    }
    let mut items = 0;
    for table in file.tables(subgraphs) {
        let subgraph = subgraph(file, table?, &mut items)?;
        read.subgraphs.push(subgraph);
    }
    for table in file.tables(buffers) {
        read.buffers.push(buffer(file, table?)?);
    }
    // What is odd about the notes of a converter makes no model unreadable.
    let version = converter(file, root, &read.buffers).unwrap_or_default();
    read.is_keras_3 = version.is_some_and(|version| version >= KERAS_3);
    if read.subgraphs.is_empty() {
        return Err(ImportError::malformed("tflite/no-graph", "the model has no graph"));
    }
    Ok(read)
}

/// TensorFlow's first version, major and minor, with Keras 3.
const KERAS_3: (u32, u32) = (2, 16);

/// The version of the TensorFlow that converted the model, as its notes have it: a file in a file.
fn converter(file: &Flatbuffer, root: Table, buffers: &[Buffer]) -> Result<Option<(u32, u32)>> {
    let notes = file.vector_field(root, 6, 4)?;
    for note in file.tables(notes) {
        let note = note?;
        if file.text(note, 0)?.as_deref() != Some("CONVERSION_METADATA") {
            continue;
        }
        let buffer = usize::try_from(file.u32_field(note, 1)?).ok();
        let Some(buffer) = buffer.and_then(|buffer| buffers.get(buffer)) else { break };
        let length = usize::try_from(buffer.length.min(limits::TEXT)).unwrap_or(0);
        let bytes = Bytes::new("metadata", file.slice(buffer.at, length)?);
        let inner = Flatbuffer::new(&bytes);
        let environment = inner.table_field(inner.root()?, 0)?;
        let version = environment.map(|table| inner.text(table, 0)).transpose()?.flatten();
        let mut parts = version.iter().flat_map(|version| version.split('.'));
        let mut number = || parts.next()?.parse().ok();
        return Ok(number().zip(number()));
    }
    Ok(None)
}

fn at_most(what: &str, length: u64, most: u64) -> Result<()> {
    if length > most {
        let found = format!("{length} {what}; at most {most} are read");
        return Err(ImportError::limit("tflite/too-many", found));
    }
    Ok(())
}

/// Old writers have the code in a byte; new ones have 127 there and the code in a number.
fn code(file: &Flatbuffer, table: Table) -> Result<Code> {
    let old = file.byte_field(table, 0)?.map_or(0, u32::from);
    let new = file.u32_field(table, 3)?;
    Ok(Code { builtin: new.max(old), custom: file.text(table, 1)? })
}

fn subgraph(file: &Flatbuffer, table: Table, items: &mut u64) -> Result<Subgraph> {
    let (tensors, operators) = (file.vector_field(table, 0, 4)?, file.vector_field(table, 3, 4)?);
    let length = tensors.length.saturating_add(operators.length);
    *items = items.saturating_add(length);
    at_most("tensors and operators", *items, 2 * limits::ITEMS as u64)?;
    Ok(Subgraph {
        name: file.text(table, 4)?.filter(|name| !name.is_empty()),
        tensors: file.tables(tensors).map(|table| tensor(file, table?)).collect::<Result<_>>()?,
        inputs: file.integers(table, 1, limits::LIST)?,
        outputs: file.integers(table, 2, limits::LIST)?,
        operators: file
            .tables(operators)
            .map(|table| operator(file, table?))
            .collect::<Result<_>>()?,
    })
}

fn tensor(file: &Flatbuffer, table: Table) -> Result<Tensor> {
    let quantization = file.table_field(table, 4)?;
    let length = |field, bytes| match quantization {
        Some(table) => file.vector_field(table, field, bytes).map(|vector| vector.length),
        None => Ok(0),
    };
    Ok(Tensor {
        name: file.text(table, 3)?.filter(|name| !name.is_empty()),
        shape: file.integers(table, 0, limits::DIMS)?,
        signature: file.integers(table, 7, limits::DIMS)?,
        kind: file.byte_field(table, 1)?.unwrap_or(0),
        buffer: file.u32_field(table, 2)?,
        is_variable: file.byte_field(table, 5)?.is_some_and(|flag| flag != 0),
        is_sparse: file.table_field(table, 6)?.is_some(),
        scales: length(2, 4)?,
        zero_points: length(3, 8)?,
    })
}

fn operator(file: &Flatbuffer, table: Table) -> Result<Operator> {
    Ok(Operator {
        code: file.u32_field(table, 0)?,
        inputs: file.integers(table, 1, limits::LIST)?,
        outputs: file.integers(table, 2, limits::LIST)?,
        options: file.table_field(table, 4)?,
    })
}

/// A buffer's bytes stand in the structure or, in files over 2 GB, behind it.
fn buffer(file: &Flatbuffer, table: Table) -> Result<Buffer> {
    let data = file.vector_field(table, 0, 1)?;
    if data.length > 0 {
        return Ok(Buffer { at: data.at, length: data.length });
    }
    let (at, length) = (file.u64_field(table, 1)?, file.u64_field(table, 2)?);
    // Writers put 1 where there is nothing, so that the field is there to be filled in.
    let inside = at > 1 && at.checked_add(length).is_some_and(|end| end <= file.len());
    Ok(if inside { Buffer { at, length } } else { Buffer { at: 0, length: 0 } })
}
