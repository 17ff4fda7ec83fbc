//! Where bytes come from: a name, a length, and reads at a position.

use std::io;
use std::path::Path;
use std::sync::Arc;

/// A model file as importers see it: positioned reads, never a memory map, so that a file
/// that shrinks while it is read is an error and not a signal.
///
/// ```
/// use netweight_core::{Bytes, Source};
/// let source = Bytes::new("spec.yaml", b"name: mlp".to_vec());
/// assert_eq!(source.len(), 9);
/// assert_eq!(source.read_vec(6, 100)?, b"mlp");
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait Source: Send + Sync {
    /// The file's name, for messages and for telling formats apart.
    fn name(&self) -> &str;

    /// The length in bytes.
    fn len(&self) -> u64;

    /// Reads at `offset` into `buffer`; returns how many bytes were read, which is less than
    /// asked for only at the end of the source.
    ///
    /// # Errors
    /// What the system said.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// Opens a file beside this one, by the name that the model file gives (external data,
    /// shards). A name never leads outside the source's folder.
    ///
    /// # Errors
    /// `NotFound` where there is none, `PermissionDenied` where the name leads outside.
    fn sibling(&self, name: &str) -> io::Result<Box<dyn Source>>;

    /// Another handle on the same bytes, for a reader that has to keep one. By default a copy of
    /// them in memory.
    ///
    /// # Errors
    /// What the system said.
    fn another(&self) -> io::Result<Box<dyn Source>> {
        let bytes = self.read_vec(0, usize::MAX)?;
        Ok(Box::new(Bytes::new(self.name(), bytes)))
    }

    /// The file on disk that this is, where it is one, for readers in another process.
    fn path(&self) -> Option<&Path> {
        None
    }

    /// Whether the source has no bytes at all.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Up to `length` bytes at `offset`, fewer at the end of the source. Never reserves more
    /// than the source holds.
    ///
    /// # Errors
    /// What the system said, or `UnexpectedEof` when the source got shorter while it was read.
    fn read_vec(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let left = usize::try_from(self.len().saturating_sub(offset)).unwrap_or(usize::MAX);
        let mut bytes = vec![0; length.min(left)];
        let read = self.read_at(offset, &mut bytes)?;
        if read < bytes.len() {
            let why = format!("{} got shorter while it was read", self.name());
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, why));
        }
        Ok(bytes)
    }
}

/// A source in memory: tests, standard input, a browser's upload.
#[derive(Debug, Clone)]
pub struct Bytes {
    name: String,
    bytes: Arc<Vec<u8>>,
}

impl Bytes {
    /// A source of these bytes under this name. It has no siblings.
    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), bytes: Arc::new(bytes.into()) }
    }
}

impl Source for Bytes {
    fn name(&self) -> &str {
        &self.name
    }

    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let rest = self.bytes.get(start..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(rest) {
            *to = *from;
        }
        Ok(count)
    }

    fn another(&self) -> io::Result<Box<dyn Source>> {
        Ok(Box::new(self.clone()))
    }

    fn sibling(&self, name: &str) -> io::Result<Box<dyn Source>> {
        Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!("{name}: no files beside one in memory"),
        ))
    }
}
