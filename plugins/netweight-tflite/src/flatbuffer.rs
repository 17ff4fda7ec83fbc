//! Flatbuffers read by hand: every place is checked against the file before it is read, and
//! only what is asked for is read at all.
//!
//! The `flatbuffers` crate verifies a buffer only with code generated from its schema, and only
//! when all of it, weights included, lies in memory.

use std::cell::RefCell;

use netweight_core::{ImportError, Source};

use crate::limits;

/// A file as a flatbuffer.
pub(crate) struct Flatbuffer<'a> {
    source: &'a dyn Source,
    pages: RefCell<Pages>,
}

/// The pages read last, each in the slot of its number.
struct Pages {
    slots: Vec<Option<(u64, Vec<u8>)>>,
    read: u64,
}

/// A table: where its fields are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table {
    at: u64,
    vtable: u64,
    /// Bytes of the vtable.
    length: u64,
}

/// A vector: where its elements are, and how many.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Vector {
    pub(crate) at: u64,
    pub(crate) length: u64,
}

type Result<T> = std::result::Result<T, ImportError>;

impl<'a> Flatbuffer<'a> {
    pub(crate) fn new(source: &'a dyn Source) -> Self {
        let slots = (0..limits::PAGES).map(|_| None).collect();
        Self { source, pages: RefCell::new(Pages { slots, read: 0 }) }
    }

    /// The file's length.
    pub(crate) fn len(&self) -> u64 {
        self.source.len()
    }

    /// The table that the whole file is.
    pub(crate) fn root(&self) -> Result<Table> {
        self.table(self.follow(0)?)
    }

    /// A table at a place.
    pub(crate) fn table(&self, at: u64) -> Result<Table> {
        let back = i64::from(self.u32(at)?.cast_signed());
        let vtable = at.checked_add_signed(back.wrapping_neg()).ok_or_else(|| outside(at))?;
        let length = u64::from(self.u16(vtable)?);
        if length < 4 || vtable.saturating_add(length) > self.len() {
            return Err(malformed("a table without a valid list of fields", at));
        }
        Ok(Table { at, vtable, length })
    }

    /// Where a field of a table is; none where the table leaves it out.
    fn field(&self, table: Table, field: u64) -> Result<Option<u64>> {
        let entry = 4 + field * 2;
        if entry + 2 > table.length {
            return Ok(None);
        }
        let offset = u64::from(self.u16(table.vtable.saturating_add(entry))?);
        Ok((offset != 0).then(|| table.at.saturating_add(offset)))
    }

    /// A byte-sized field.
    pub(crate) fn byte_field(&self, table: Table, field: u64) -> Result<Option<u8>> {
        let place = self.field(table, field)?;
        place.map(|at| self.bytes::<1>(at).map(|[byte]| byte)).transpose()
    }

    /// A field of 32 bits; absent ones are zero.
    pub(crate) fn u32_field(&self, table: Table, field: u64) -> Result<u32> {
        self.field(table, field)?.map_or(Ok(0), |at| self.u32(at))
    }

    /// A field of 64 bits; absent ones are zero.
    pub(crate) fn u64_field(&self, table: Table, field: u64) -> Result<u64> {
        self.field(table, field)?.map_or(Ok(0), |at| self.bytes(at).map(u64::from_le_bytes))
    }

    /// A field that is a table.
    pub(crate) fn table_field(&self, table: Table, field: u64) -> Result<Option<Table>> {
        let place = self.field(table, field)?;
        place.map(|at| self.table(self.follow(at)?)).transpose()
    }

    /// A field that is a vector of elements of so many bytes, all inside the file.
    pub(crate) fn vector_field(&self, table: Table, field: u64, bytes: u64) -> Result<Vector> {
        let Some(place) = self.field(table, field)? else { return Ok(Vector::default()) };
        let start = self.follow(place)?;
        let length = u64::from(self.u32(start)?);
        let at = start.saturating_add(4);
        let end = at.saturating_add(length.saturating_mul(bytes));
        if end > self.len() {
            let found =
                format!("a list of {length} entries of {bytes} bytes leads out of the file");
            return Err(malformed(&found, start));
        }
        Ok(Vector { at, length })
    }

    /// The tables of a vector of them.
    pub(crate) fn tables(&self, vector: Vector) -> impl Iterator<Item = Result<Table>> {
        (0..vector.length).map(move |index| {
            self.table(self.follow(vector.at.saturating_add(index.saturating_mul(4)))?)
        })
    }

    /// A vector of 32-bit numbers; of no more than so many.
    pub(crate) fn integers(&self, table: Table, field: u64, most: u64) -> Result<Vec<i32>> {
        let vector = self.vector_field(table, field, 4)?;
        if vector.length > most {
            let found = format!("a list of {} numbers; at most {most} are read", vector.length);
            return Err(ImportError::limit("tflite/list", found).at(place(vector.at)));
        }
        let bytes = self.counted_slice(vector.at, vector.length.saturating_mul(4))?;
        let (numbers, _) = bytes.as_chunks::<4>();
        Ok(numbers.iter().map(|number| i32::from_le_bytes(*number)).collect())
    }

    /// A field that is a text, cut at a limit.
    pub(crate) fn text(&self, table: Table, field: u64) -> Result<Option<String>> {
        if self.field(table, field)?.is_none() {
            return Ok(None);
        }
        let Vector { at, length } = self.vector_field(table, field, 1)?;
        let bytes = self.counted_slice(at, length.min(limits::TEXT))?;
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// So many bytes at a place, all of them noted as looked at.
    fn counted_slice(&self, at: u64, length: u64) -> Result<Vec<u8>> {
        self.charge(length)?;
        self.slice(at, usize::try_from(length).unwrap_or(0))
    }

    /// So many bytes at a place.
    pub(crate) fn slice(&self, at: u64, length: usize) -> Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(length);
        let mut at = at;
        while bytes.len() < length {
            let missing = length.saturating_sub(bytes.len());
            let taken = self.within(at, |rest| {
                bytes.extend(rest.iter().take(missing));
                rest.len().min(missing) as u64
            })?;
            at = at.saturating_add(taken);
        }
        Ok(bytes)
    }

    /// Where an offset at a place leads.
    fn follow(&self, at: u64) -> Result<u64> {
        let offset = u64::from(self.u32(at)?);
        let target = at.saturating_add(offset);
        if offset == 0 || target.saturating_add(4) > self.len() {
            return Err(outside(at));
        }
        Ok(target)
    }

    fn u16(&self, at: u64) -> Result<u16> {
        self.bytes(at).map(u16::from_le_bytes)
    }

    fn u32(&self, at: u64) -> Result<u32> {
        self.bytes(at).map(u32::from_le_bytes)
    }

    fn bytes<const N: usize>(&self, at: u64) -> Result<[u8; N]> {
        if let Some(bytes) = self.within(at, |rest| rest.first_chunk::<N>().copied())? {
            return Ok(bytes);
        }
        // Over the end of a page.
        let bytes = self.slice(at, N)?;
        bytes.first_chunk::<N>().copied().ok_or_else(|| outside(at))
    }

    /// Notes bytes that are looked at, whether or not they were read before.
    fn charge(&self, bytes: u64) -> Result<()> {
        let mut pages = self.pages.borrow_mut();
        pages.read = pages.read.saturating_add(bytes);
        if pages.read > limits::READ {
            let found = format!("the structure takes more than {} bytes to read", limits::READ);
            return Err(ImportError::limit("tflite/too-large", found));
        }
        Ok(())
    }

    /// The bytes from a place to the end of its page, which are at least one.
    fn within<T>(&self, at: u64, look: impl FnOnce(&[u8]) -> T) -> Result<T> {
        let (number, offset) = (at / limits::PAGE, at % limits::PAGE);
        self.charge(4)?;
        let mut pages = self.pages.borrow_mut();
        let slot = usize::try_from(number % limits::PAGES as u64).unwrap_or(0);
        let held = pages.slots.get(slot).and_then(Option::as_ref);
        if held.is_none_or(|(held, _)| *held != number) {
            let start = number.saturating_mul(limits::PAGE);
            let length = usize::try_from(limits::PAGE).unwrap_or(0);
            let bytes = self.source.read_vec(start, length)?;
            pages.read = pages.read.saturating_add(limits::PAGE);
            if let Some(place) = pages.slots.get_mut(slot) {
                *place = Some((number, bytes));
            }
        }
        let held = pages.slots.get(slot).and_then(Option::as_ref);
        let rest = held
            .and_then(|(_, bytes)| bytes.get(usize::try_from(offset).unwrap_or(usize::MAX)..))
            .filter(|rest| !rest.is_empty());
        rest.map(look).ok_or_else(|| outside(at))
    }
}

fn place(at: u64) -> String {
    format!("byte {at}")
}

fn outside(at: u64) -> ImportError {
    malformed("an offset leads out of the file", at)
}

fn malformed(found: &str, at: u64) -> ImportError {
    ImportError::malformed("tflite/structure", found)
        .at(place(at))
        .help("the file is damaged or cut off; fetch or convert it again")
}
