//! Sources that count what is read of them, with room for payloads that nobody wrote.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use netweight_core::Source;

/// Bytes before a hole of zeros of any size.
pub(crate) struct Holed {
    head: Vec<u8>,
    hole: u64,
    read: AtomicU64,
}

impl Holed {
    pub(crate) fn new(head: Vec<u8>, hole: u64) -> Self {
        Self { head, hole, read: AtomicU64::new(0) }
    }

    /// How many bytes were read.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }
}

impl Source for Holed {
    fn name(&self) -> &str {
        "holed.onnx"
    }

    fn len(&self) -> u64 {
        self.head.len() as u64 + self.hole
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let count = (self.len().saturating_sub(offset) as usize).min(buffer.len());
        buffer[..count].fill(0);
        let head = self.head.get(offset as usize..).unwrap_or_default();
        let written = head.len().min(count);
        buffer[..written].copy_from_slice(&head[..written]);
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }

    fn sibling(&self, name: &str) -> io::Result<Box<dyn Source>> {
        Err(io::Error::new(io::ErrorKind::NotFound, name))
    }
}
