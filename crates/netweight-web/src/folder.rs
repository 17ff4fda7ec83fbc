//! Files that were dropped together: each may ask for the others by name.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use netweight::Source;
use serde::Deserialize;

/// Reads the file of a number at a position, as [`Source::read_at`] does.
pub type ReadAt = Box<dyn Fn(usize, u64, &mut [u8]) -> io::Result<usize> + Send + Sync>;

/// Bytes that are read at once around a small read: asking the browser costs more than they do.
const BLOCK: u64 = 64 * 1024;

/// A file of no more bytes than these is read at once.
const WHOLE: u64 = 4 * 1024 * 1024;

/// A file's name, or path in the folder that was dropped, and its length.
#[derive(Debug, Clone, Deserialize)]
pub struct Entry {
    /// The name, with `/` between folders.
    pub name: String,
    /// The length in bytes.
    pub size: u64,
}

/// The files, how they are read, and which were read as parts of others.
pub struct Folder {
    files: Vec<Entry>,
    read: ReadAt,
    parts: Mutex<BTreeSet<usize>>,
    block: Mutex<Option<Block>>,
}

/// The block that was read last.
struct Block {
    file: usize,
    number: u64,
    bytes: Vec<u8>,
}

impl Folder {
    /// The files of these names, read by this function.
    pub fn new(files: Vec<Entry>, read: ReadAt) -> Arc<Self> {
        Arc::new(Self { files, read, parts: Mutex::default(), block: Mutex::default() })
    }

    /// Every file as a source.
    pub fn sources(self: &Arc<Self>) -> impl Iterator<Item = Box<dyn Source>> {
        (0..self.files.len()).filter_map(|index| self.source(index))
    }

    /// Whether another file of the folder read this one as external data, shard or config.
    pub fn is_part(&self, index: usize) -> bool {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).contains(&index)
    }

    fn source(self: &Arc<Self>, index: usize) -> Option<Box<dyn Source>> {
        let Entry { name, size } = self.files.get(index)?.clone();
        Some(Box::new(Dropped { folder: Arc::clone(self), index, name, size }))
    }

    /// Reads from the block around a position; fewer bytes than asked for where it ends.
    fn read_block(&self, index: usize, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.files.get(index).map_or(0, |file| file.size);
        let block = if length <= WHOLE { WHOLE } else { BLOCK };
        let number = offset / block;
        let mut kept = self.block.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.as_ref().is_none_or(|block| (block.file, block.number) != (index, number)) {
            let start = number * block;
            let left = length.saturating_sub(start);
            let mut bytes = vec![0; usize::try_from(left.min(block)).unwrap_or_default()];
            let count = (self.read)(index, start, &mut bytes)?;
            bytes.truncate(count);
            *kept = Some(Block { file: index, number, bytes });
        }
        let skipped = usize::try_from(offset % block).unwrap_or_default();
        let bytes = kept.as_ref().and_then(|block| block.bytes.get(skipped..)).unwrap_or_default();
        let count = bytes.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), bytes.get(..count)) {
            to.copy_from_slice(from);
        }
        Ok(count)
    }

    fn read_at(&self, index: usize, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let is_small = self.files.get(index).is_some_and(|file| file.size <= WHOLE);
        if buffer.len() as u64 >= BLOCK && !is_small {
            return (self.read)(index, offset, buffer);
        }
        let mut done = 0;
        while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
            match self.read_block(index, offset.saturating_add(done as u64), rest)? {
                0 => break,
                count => done += count,
            }
        }
        Ok(done)
    }

    /// The file of a name relative to another; files dropped without their folders are known by
    /// their last name alone.
    fn beside(&self, from: &str, name: &str) -> Option<usize> {
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        let plain = name.split('/').filter(|part| !matches!(*part, "" | "."));
        let path: Vec<&str> =
            folder.split('/').filter(|part| !part.is_empty()).chain(plain).collect();
        let find = |wanted: &str| self.files.iter().position(|file| file.name == wanted);
        find(&path.join("/")).or_else(|| find(path.last()?))
    }
}

/// One of the files.
struct Dropped {
    folder: Arc<Folder>,
    index: usize,
    name: String,
    size: u64,
}

impl Source for Dropped {
    fn name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }

    fn len(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let length = left.min(buffer.len());
        match buffer.get_mut(..length) {
            Some(wanted) => self.folder.read_at(self.index, offset, wanted),
            None => Ok(0),
        }
    }

    fn sibling(&self, name: &str) -> io::Result<Box<dyn Source>> {
        if name.starts_with('/') || name.split(['/', '\\']).any(|part| part == "..") {
            let why = format!("`{name}` leads outside the model's folder");
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
        }
        let missing = || io::Error::new(io::ErrorKind::NotFound, "drop it together with the model");
        let index = self.folder.beside(&self.name, name).ok_or_else(missing)?;
        if index != self.index {
            let parts = self.folder.parts.lock();
            parts.unwrap_or_else(PoisonError::into_inner).insert(index);
        }
        self.folder.source(index).ok_or_else(missing)
    }

    fn another(&self) -> io::Result<Box<dyn Source>> {
        let gone = || io::Error::from(io::ErrorKind::NotFound);
        self.folder.source(self.index).ok_or_else(gone)
    }
}
