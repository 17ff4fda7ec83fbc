//! The word that a stopped system call leaves behind.

use std::io;
use std::ptr;

/// What the parent looks for in a plugin's error output; the call's number follows.
pub(crate) const MARK: &str = "nw-forbidden ";

/// How the process ends after it.
pub(crate) const EXIT: i32 = 121;

/// Where the kernel puts the call's number in a SIGSYS: behind signal, error, code and their
/// padding (12 bytes, aligned to 16) comes the call's address, then its number.
const NUMBER_OFFSET: usize = 24;

/// Names forbidden calls on standard error instead of dying without a word.
pub(crate) fn name_forbidden_calls() -> io::Result<()> {
    // SAFETY: all zeros is a valid sigaction; the handler uses only calls that a handler may.
    let failed = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_NODEFER;
        libc::sigaction(libc::SIGSYS, &action, ptr::null_mut()) != 0
    };
    if failed { Err(io::Error::last_os_error()) } else { Ok(()) }
}

extern "C" fn handler(_: libc::c_int, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
    // SAFETY: the kernel passes a siginfo_t of 128 bytes; the number lies within it.
    let number = unsafe { info.cast::<u8>().add(NUMBER_OFFSET).cast::<i32>().read_unaligned() };
    let mut line = *b"nw-forbidden      \n";
    let mut rest = number.unsigned_abs();
    for place in line.iter_mut().rev().skip(1).take(5) {
        if rest > 0 {
            *place = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
        }
    }
    // SAFETY: write and _exit are allowed in a handler; the line is valid for its length.
    unsafe {
        libc::write(2, line.as_ptr().cast(), line.len());
        libc::_exit(EXIT);
    }
}
