//! A piece of the source in memory that moves along with the reader.

use std::io;

use netweight_core::{ImportError, Source, limits};

/// Read after a jump: what is said of tensors lies between payloads like islands, and what lies behind it
/// is read for nothing.
const SMALLEST: usize = 1 << 10;
/// Read at most at once, reached by doubling while the reader goes straight on.
const LARGEST: usize = 256 << 10;

/// A stretch of the file, `start` up to but without `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u64,
    pub(crate) end: u64,
}

impl Span {
    /// Its length in bytes.
    pub(crate) fn len(self) -> u64 {
        self.end.saturating_sub(self.start)
    }
}

/// The window. Payloads that are never asked for are never read.
pub(crate) struct Window<'a> {
    source: &'a dyn Source,
    length: u64,
    start: u64,
    bytes: Vec<u8>,
    next: usize,
    may_read: u64,
}

impl<'a> Window<'a> {
    /// A window that has read nothing yet and will read so many bytes at most.
    pub(crate) fn new(source: &'a dyn Source, may_read: u64) -> Self {
        let length = source.len();
        Self { source, length, start: 0, bytes: Vec::new(), next: SMALLEST, may_read }
    }

    /// The whole source.
    pub(crate) fn whole(&self) -> Span {
        Span { start: 0, end: self.length }
    }

    /// The bytes of a span, which the caller has found to be short.
    pub(crate) fn bytes(&mut self, span: Span) -> Result<&[u8], ImportError> {
        self.ahead(span, usize::MAX)
    }

    /// What is in memory from the span's start on, at least `length` bytes or the whole span.
    pub(crate) fn ahead(&mut self, span: Span, length: usize) -> Result<&[u8], ImportError> {
        let left = usize::try_from(span.len()).unwrap_or(usize::MAX);
        let from = self.hold(span.start, length.min(left))?;
        let held = self.bytes.get(from..).unwrap_or_default();
        Ok(held.get(..left).unwrap_or(held))
    }

    /// Sees to it that so many bytes from `at` on are in memory; says where in the window.
    fn hold(&mut self, at: u64, length: usize) -> Result<usize, ImportError> {
        let from = at.checked_sub(self.start).and_then(|from| usize::try_from(from).ok());
        match from.filter(|from| *from <= self.bytes.len()) {
            Some(from) if self.bytes.len() - from >= length => Ok(from),
            from => self.fill(at, length, from.is_some()).map(|()| 0),
        }
    }

    /// Moves the window to `at`.
    #[cold]
    fn fill(&mut self, at: u64, length: usize, straight_on: bool) -> Result<(), ImportError> {
        self.next = if straight_on { (self.next * 2).min(LARGEST) } else { SMALLEST };
        let left = usize::try_from(self.length.saturating_sub(at)).unwrap_or(usize::MAX);
        let size = self.next.max(length).min(left);
        self.may_read = self.may_read.checked_sub(size as u64).ok_or_else(too_much)?;
        self.start = at;
        self.bytes.resize(size, 0);
        if self.source.read_at(at, &mut self.bytes)? < size {
            let why = format!("{} got shorter while it was read", self.source.name());
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, why).into());
        }
        Ok(())
    }
}

fn too_much() -> ImportError {
    let most = limits::onnx::READ >> 20;
    ImportError::limit("onnx/too-large", format!("more than {most} MiB besides the payloads"))
}
