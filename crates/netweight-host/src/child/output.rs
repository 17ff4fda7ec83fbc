//! What a library plugin sends: whole lines go to the parent, an unfinished one waits.

use std::ffi::{c_char, c_void};
use std::fs::File;
use std::io::Write;

use netweight_core::{limits, lines};

/// Bytes gathered before they are written.
const BUFFER: usize = 64 << 10;

/// The plugin's way to the parent.
pub(super) struct Output {
    out: File,
    pending: Vec<u8>,
    /// Bytes of `pending` that are whole lines.
    whole: usize,
    failed: bool,
}

impl Output {
    pub(super) fn new(out: File) -> Self {
        Self { out, pending: Vec::with_capacity(BUFFER), whole: 0, failed: false }
    }

    /// Whether the plugin gave a reason for failing.
    pub(super) fn has_failed(&self) -> bool {
        self.failed
    }

    /// Takes the next bytes; false when nobody reads them.
    fn take(&mut self, bytes: &[u8]) -> bool {
        if let Some(newline) = bytes.iter().rposition(|byte| *byte == b'\n') {
            self.whole = self.pending.len() + newline + 1;
        }
        self.pending.extend_from_slice(bytes);
        // A line that is too long is the parent's to refuse.
        if (self.pending.len() - self.whole) as u64 > limits::LINE {
            self.whole = self.pending.len();
        }
        self.pending.len() < BUFFER || self.flush()
    }

    /// Writes the whole lines; false when nobody reads them.
    pub(super) fn flush(&mut self) -> bool {
        let lines = self.pending.get(..self.whole).unwrap_or_default();
        let written = self.out.write_all(lines).is_ok();
        self.pending.drain(..self.whole);
        self.whole = 0;
        written
    }

    /// Drops what is unfinished, and sends why there is no model.
    fn fail(&mut self, reason: &str) {
        if self.failed {
            return;
        }
        self.failed = true;
        self.pending.truncate(self.whole);
        // Writing to memory does not fail.
        let _ = lines::write_sentence(reason, &mut self.pending);
        self.whole = self.pending.len();
    }
}

/// The `emit` of `nw_output`: its context is the output.
pub(super) unsafe extern "C" fn emit(
    context: *mut c_void,
    bytes: *const c_void,
    length: usize,
) -> i32 {
    if bytes.is_null() {
        return i32::from(length > 0);
    }
    // SAFETY: the context is what this program gave with the function, used from one thread at
    // a time; the plugin's pointer is its own, and where it is wrong, only its process ends.
    let (output, bytes) = unsafe {
        (&mut *context.cast::<Output>(), std::slice::from_raw_parts(bytes.cast::<u8>(), length))
    };
    i32::from(output.failed || !output.take(bytes))
}

/// The `fail` of `nw_output`: its context is the output.
pub(super) unsafe extern "C" fn fail(context: *mut c_void, message: *const c_char, length: usize) {
    // SAFETY: as in `emit`.
    let (output, message) = unsafe {
        let message: &[u8] = match message.is_null() {
            true => b"no reason given",
            false => std::slice::from_raw_parts(message.cast::<u8>(), length),
        };
        (&mut *context.cast::<Output>(), message)
    };
    output.fail(&String::from_utf8_lossy(message));
}
