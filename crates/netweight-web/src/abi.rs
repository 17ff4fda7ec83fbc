//! What the page's worker calls, and what it gives: four functions, bytes in linear memory.

use std::io;
use std::sync::{Mutex, PoisonError};

use netweight::Importer;

use crate::desk::Desk;

/// The formats that the program reads as plugins, linked in.
static MORE: &[&dyn Importer] =
    &[&netweight_gguf::Gguf, &netweight_safetensors::Safetensors, &netweight_tflite::Tflite];

static DESK: Mutex<Option<Desk>> = Mutex::new(None);
static QUESTION: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static ANSWER: Mutex<Vec<u8>> = Mutex::new(Vec::new());

#[link(wasm_import_module = "worker")]
unsafe extern "C" {
    /// Reads a dropped file at a position into memory; negative when the browser would not.
    /// Positions are whole numbers up to 2⁵³, as JavaScript has them.
    fn read(file: usize, offset: f64, into: *mut u8, length: usize) -> isize;
}

/// Makes room for a question and says where.
#[unsafe(no_mangle)]
extern "C" fn question(length: usize) -> *mut u8 {
    let mut question = QUESTION.lock().unwrap_or_else(PoisonError::into_inner);
    *question = vec![0; length];
    question.as_mut_ptr()
}

/// Answers the question that was written; returns the answer's length.
#[unsafe(no_mangle)]
extern "C" fn answer() -> usize {
    let question = QUESTION.lock().unwrap_or_else(PoisonError::into_inner);
    let mut desk = DESK.lock().unwrap_or_else(PoisonError::into_inner);
    let desk = desk.get_or_insert_with(|| {
        Desk::new(netweight::importers().iter().chain(MORE).copied().collect())
    });
    let found = desk.answer(&question, Box::new(read_at)).unwrap_or_default();
    let length = found.len();
    *ANSWER.lock().unwrap_or_else(PoisonError::into_inner) = found;
    length
}

/// Where the answer lies.
#[unsafe(no_mangle)]
extern "C" fn answered() -> *const u8 {
    ANSWER.lock().unwrap_or_else(PoisonError::into_inner).as_ptr()
}

#[expect(clippy::cast_precision_loss, reason = "no file of a browser is longer than 2⁵³")]
fn read_at(file: usize, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    // SAFETY: the worker writes at most `length` bytes at `into`, which is the buffer.
    let count = unsafe { read(file, offset as f64, buffer.as_mut_ptr(), buffer.len()) };
    usize::try_from(count).map_err(|_| io::Error::other("the browser could not read the file"))
}
