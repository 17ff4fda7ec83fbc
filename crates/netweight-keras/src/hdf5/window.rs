//! A source, or a part of one, as the HDF5 reader takes it: with an end to what may be read.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hdf5_reader::error::Error;
use hdf5_reader::{Storage, StorageBuffer};
use netweight_core::Source;

use crate::limits;

/// A range of a source, with a budget of bytes.
pub(crate) struct Window {
    source: Box<dyn Source>,
    start: u64,
    length: u64,
    left: Arc<AtomicU64>,
}

impl Window {
    /// All of a source.
    pub(crate) fn whole(source: &dyn Source) -> io::Result<Self> {
        Self::part(source, 0, source.len())
    }

    /// A range of a source, cut off at its end.
    pub(crate) fn part(source: &dyn Source, start: u64, length: u64) -> io::Result<Self> {
        let source = source.another()?;
        let length = length.min(source.len().saturating_sub(start));
        let left = Arc::new(AtomicU64::new(limits::HDF5_READ));
        Ok(Self { source, start, length, left })
    }

    /// All of a source that is one of several: what was read of the one before counts too.
    pub(crate) fn next(
        source: &dyn Source,
        before: &mut Option<Arc<AtomicU64>>,
    ) -> io::Result<Self> {
        let mut window = Self::whole(source)?;
        window.left = Arc::clone(before.get_or_insert(window.left));
        Ok(window)
    }
}

impl Storage for Window {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_range(&self, offset: u64, length: usize) -> Result<StorageBuffer, Error> {
        let size = length as u64;
        let inside = offset.checked_add(size).is_some_and(|end| end <= self.length);
        if !inside {
            let told = format!("{length} bytes at {offset} lie outside the file");
            return Err(Error::InvalidData(told));
        }
        let spend = |left: u64| left.checked_sub(size);
        let is_dear = size > limits::HDF5_RANGE
            || self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend).is_err();
        if is_dear {
            return Err(Error::InvalidData(format!("{length} bytes are more than is read")));
        }
        let bytes = self.source.read_vec(self.start.saturating_add(offset), length)?;
        if bytes.len() < length {
            return Err(Error::InvalidData("the file ends early".to_owned()));
        }
        Ok(StorageBuffer::from_vec(bytes))
    }
}
