//! The host's mapped files as a [`Source`].

use std::ffi::c_void;
use std::io;
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};

use netweight_core::Source;

use crate::abi::{Input, Open};

/// A file that the host has mapped.
pub(crate) struct Mapped {
    name: String,
    bytes: &'static [u8],
    folder: Arc<Mutex<Folder>>,
}

/// The host's way to the files beside the model.
struct Folder {
    context: *mut c_void,
    open: Open,
}

// SAFETY: the host's `open` may be called from any thread, from one at a time; the mutex around
// each folder sees to the latter.
unsafe impl Send for Folder {}

impl Mapped {
    /// The model file.
    ///
    /// # Safety
    /// `input` must come from a host, whose mappings stay until the process ends.
    pub(crate) unsafe fn new(input: &Input) -> Self {
        // SAFETY: the host promises that each pointer holds as many bytes as it says.
        let (bytes, name) = unsafe {
            (slice(input.data, input.length), slice(input.name.cast(), input.name_length as u64))
        };
        Self {
            name: String::from_utf8_lossy(name).into_owned(),
            bytes,
            folder: Arc::new(Mutex::new(Folder { context: input.context, open: input.open })),
        }
    }
}

/// Bytes that the host has mapped; none at a null pointer.
///
/// # Safety
/// `length` bytes at `data` must stay readable and unchanged until the process ends.
pub(crate) unsafe fn slice(data: *const u8, length: u64) -> &'static [u8] {
    match usize::try_from(length) {
        // SAFETY: as the caller promises.
        Ok(length) if !data.is_null() => unsafe { std::slice::from_raw_parts(data, length) },
        _ => &[],
    }
}

impl Source for Mapped {
    fn name(&self) -> &str {
        &self.name
    }

    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let rest = self.bytes.get(start..).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..length), rest.get(..length)) {
            to.copy_from_slice(from);
        }
        Ok(length)
    }

    fn sibling(&self, name: &str) -> io::Result<Box<dyn Source>> {
        let (mut data, mut length) = (ptr::null(), 0);
        let folder = self.folder.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: `open` and its context come from the host; the pointers are to valid memory,
        // and the lock keeps other threads out.
        let error = unsafe {
            (folder.open)(folder.context, name.as_ptr().cast(), name.len(), &mut data, &mut length)
        };
        drop(folder);
        if error != 0 {
            let error = io::Error::from_raw_os_error(error);
            return Err(io::Error::new(error.kind(), format!("{name}: {error}")));
        }
        // SAFETY: the host has just given these bytes, under the promise of `nw_input`.
        let bytes = unsafe { slice(data, length) };
        Ok(Box::new(Self { name: name.to_owned(), bytes, folder: Arc::clone(&self.folder) }))
    }
}
