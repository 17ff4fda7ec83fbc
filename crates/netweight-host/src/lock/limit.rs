//! Limits that the system enforces: time, memory, files.

use std::io;

use netweight_core::limits::plugin::{ADDRESSES, DESCRIPTORS, STACK};

use crate::limits::Limits;

/// Sets the limits of this process, for good. `mapped` are bytes of files that are mapped, or
/// may be.
pub(crate) fn set(limits: Limits, mapped: u64) -> io::Result<()> {
    let memory = limits.bytes();
    let addresses = mapped.saturating_add(memory).saturating_add(ADDRESSES);
    let rows = [
        (libc::RLIMIT_CORE, 0, 0),
        (libc::RLIMIT_FSIZE, 0, 0),
        (libc::RLIMIT_NOFILE, DESCRIPTORS, DESCRIPTORS),
        // The soft limit sends a signal that could be caught, the hard one ends the process.
        (libc::RLIMIT_CPU, limits.seconds, limits.seconds.saturating_add(1)),
        (libc::RLIMIT_STACK, STACK, STACK),
        // Counts what can be written to; address space would count the mapped model as well.
        (libc::RLIMIT_DATA, memory, memory),
        (libc::RLIMIT_AS, addresses, addresses),
    ];
    for (resource, soft, hard) in rows {
        let limit = libc::rlimit { rlim_cur: soft, rlim_max: hard };
        // SAFETY: the structure is valid for the call, which only reads it.
        if unsafe { libc::setrlimit(resource, &limit) } != 0 {
            let error = io::Error::last_os_error();
            // A lower hard limit is in force already: as good, or better.
            if error.raw_os_error() != Some(libc::EPERM) {
                return Err(error);
            }
        }
    }
    Ok(())
}
