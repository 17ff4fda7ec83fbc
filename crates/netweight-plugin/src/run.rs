//! What the exported function does: an importer's answer as JSON lines.

use std::any::Any;
use std::ffi::c_void;
use std::io::{self, BufWriter, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use netweight_core::{ImportError, ImportOptions, Importer, lines};

use crate::abi::{ABI, Input, Output};
use crate::source::{Mapped, slice};

/// Bytes gathered before they are given to the host.
const BUFFER: usize = 64 << 10;

/// Reads the host's file with an importer. What [`export!`](crate::export) calls.
///
/// # Safety
/// Both pointers must be null or come from a host that keeps the promises of
/// `netweight_plugin.h`.
pub unsafe fn run(importer: &dyn Importer, input: *const Input, output: *const Output) -> i32 {
    // SAFETY: as the caller promises.
    let (Some(input), Some(output)) = (unsafe { (input.as_ref(), output.as_ref()) }) else {
        return 1;
    };
    let emit = Emit { output };
    if input.abi != ABI || (input.size as usize) < size_of::<Input>() {
        return emit.fail(&format!("the plugin was built for interface version {ABI}"));
    }
    // SAFETY: the input comes from the host.
    let (source, options) =
        unsafe { (Mapped::new(input), slice(input.options.cast(), input.options_length as u64)) };
    let import = || {
        let options = if options.is_empty() {
            ImportOptions::default()
        } else {
            serde_json::from_slice(options)
                .map_err(|error| ImportError::malformed("plugin/options", error.to_string()))?
        };
        importer.import(&source, &options)
    };
    let mut out = BufWriter::with_capacity(BUFFER, &emit);
    let sent = match catch_unwind(AssertUnwindSafe(import)) {
        Ok(Ok(model)) => lines::write(&model, &mut out),
        Ok(Err(error)) => lines::write_error(&error, &mut out),
        Err(panic) => return emit.fail(&format!("the plugin panicked: {}", words(&*panic))),
    };
    i32::from(sent.and_then(|()| out.flush()).is_err())
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason given")
}

/// The host's output as a writer.
struct Emit<'a> {
    output: &'a Output,
}

impl Emit<'_> {
    fn fail(&self, message: &str) -> i32 {
        // SAFETY: `fail` and its context come from the host; the message is valid for its length.
        unsafe { (self.output.fail)(self.output.context, message.as_ptr().cast(), message.len()) };
        1
    }
}

impl Write for &Emit<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let start = bytes.as_ptr().cast::<c_void>();
        // SAFETY: `emit` and its context come from the host; `start` has as many bytes as told.
        match unsafe { (self.output.emit)(self.output.context, start, bytes.len()) } {
            0 => Ok(bytes.len()),
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
