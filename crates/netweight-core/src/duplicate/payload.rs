//! Tensors' bytes in a model's files, read within a budget.

use std::collections::HashMap;
use std::io::{self, ErrorKind};

use super::Read;
use crate::{DataFile, Diagnostic, Model, Place, Source, limits};

/// Bytes that are read at once.
pub(super) const CHUNK: usize = 256 << 10;

/// A tensor's bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Payload {
    pub(super) place: Place,
    pub(super) bytes: u64,
}

impl Payload {
    /// Its bytes in order, as many as are read at once: where they begin, and how many.
    pub(super) fn pieces(self) -> impl Iterator<Item = (Place, usize)> {
        let length = move |start: u64| usize::try_from(self.bytes - start).unwrap_or(CHUNK);
        let starts = (0..self.bytes).step_by(CHUNK);
        starts.map(move |start| (self.at(start), length(start).min(CHUNK)))
    }

    /// The place of a byte of it.
    pub(super) fn at(self, offset: u64) -> Place {
        Place { offset: self.place.offset.saturating_add(offset), ..self.place }
    }
}

/// A model's files.
pub(super) struct Payloads<'s> {
    files: &'s [DataFile],
    source: &'s dyn Source,
    beside: HashMap<u32, Option<Box<dyn Source>>>,
    /// Bytes that may still be read: hostile files have tensors that lie over one another.
    left: u64,
    /// Whether that was too few.
    is_spent: bool,
    /// Tensors that could not be read, and the file of the first.
    unread: Option<(u64, u32)>,
}

impl<'s> Payloads<'s> {
    pub(super) fn new(model: &'s Model, source: &'s dyn Source) -> Self {
        let lengths = model.files.iter().skip(1).filter_map(|file| file.length);
        let all = lengths.fold(source.len(), u64::saturating_add);
        let left = all.saturating_mul(limits::DUPLICATE_PASSES);
        Self {
            files: &model.files,
            source,
            beside: HashMap::new(),
            left,
            is_spent: false,
            unread: None,
        }
    }

    /// Does something with tensors' bytes; none where they cannot be read.
    pub(super) fn read<T>(
        &mut self,
        job: impl FnOnce(&mut Read<'_>) -> io::Result<T>,
    ) -> Option<T> {
        let mut file = 0;
        let done = job(&mut |place, buffer| {
            file = place.file;
            self.bytes(place, buffer)
        });
        match &done {
            Err(error) if error.kind() == ErrorKind::QuotaExceeded => self.is_spent = true,
            Err(_) => {
                let (count, first) = self.unread.unwrap_or((0, file));
                self.unread = Some((count.saturating_add(1), first));
            }
            Ok(_) => {}
        }
        done.ok()
    }

    fn bytes(&mut self, place: Place, buffer: &mut [u8]) -> io::Result<()> {
        let left = self.left.checked_sub(buffer.len() as u64);
        let source = match place.file {
            0 => Some(self.source),
            number => self.sibling(number),
        };
        let source = source.ok_or(ErrorKind::NotFound)?;
        let read = match left {
            Some(_) => source.read_at(place.offset, buffer)?,
            None => return Err(ErrorKind::QuotaExceeded.into()),
        };
        self.left = left.unwrap_or(0);
        if read == buffer.len() { Ok(()) } else { Err(ErrorKind::UnexpectedEof.into()) }
    }

    fn sibling(&mut self, number: u32) -> Option<&dyn Source> {
        let (files, source) = (self.files, self.source);
        let opened = self.beside.entry(number).or_insert_with(|| {
            let file = files.get(usize::try_from(number).ok()?)?;
            source.sibling(&file.name).ok()
        });
        opened.as_deref()
    }

    /// A word on what could not be compared.
    pub(super) fn problems(&self) -> Vec<Diagnostic> {
        let told = self.unread.map(|(count, file)| {
            let name = usize::try_from(file).ok().and_then(|file| self.files.get(file));
            let name = name.map_or("", |file| &file.name);
            let what = format!(
                "{count} tensors could not be read and were not compared; the first should be in `{name}`"
            );
            Diagnostic::warning("duplicates/not-read", what)
                .help("put every file of the model into its folder")
        });
        let spent = self.is_spent.then(|| {
            let what = "the tensors lie over one another; some were not compared";
            Diagnostic::warning("duplicates/overlapping", what)
        });
        told.into_iter().chain(spent).collect()
    }
}
