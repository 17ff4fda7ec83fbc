//! A plugin that is a shared library: locked in, loaded, locked further, called.

use std::convert::Infallible;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::FromRawFd as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use netweight_plugin::abi::{ABI, IMPORT_SYMBOL, Import, Input, Output as Sink};

use super::files::{self, Mapped, Siblings};
use super::output::{self, Output};
use super::{Request, announce, exit};
use crate::isolation::Isolation;
use crate::lock::limit;

/// Runs the plugin and ends the process.
pub(super) fn run(request: &Request) -> io::Result<Infallible> {
    let descriptor = take_standard_output()?;
    // SAFETY: the descriptor was made a line before and belongs to nobody else.
    let mut out = unsafe { File::from_raw_fd(descriptor) };
    let model = files::map(&files::open(&request.model)?)?;
    let siblings = Siblings::open(&request.model);
    let mapped = siblings.bytes().saturating_add(model.len() as u64);
    let isolation = lock(request, mapped, descriptor)?;
    announce(isolation, request, &mut out)?;
    let import = load(&request.plugin)?;
    seal(isolation)?;
    call(import, request, model, &siblings, out)
}

/// The pipe to the parent under a new number; what the plugin prints goes to standard error.
fn take_standard_output() -> io::Result<i32> {
    // SAFETY: neither call takes a pointer.
    let descriptor = unsafe {
        let descriptor = libc::fcntl(1, libc::F_DUPFD_CLOEXEC, 3);
        if descriptor < 0 || libc::dup2(2, 1) < 0 { -1 } else { descriptor }
    };
    if descriptor < 0 { Err(io::Error::last_os_error()) } else { Ok(descriptor) }
}

/// Before the plugin's first instruction: loading it runs its constructors.
#[cfg(target_os = "linux")]
fn lock(request: &Request, mapped: u64, descriptor: i32) -> io::Result<Isolation> {
    use crate::lock::{Prisoner, calls, paths, signal};

    signal::name_forbidden_calls()?;
    limit::set(request.limits, mapped)?;
    super::give_up_privileges()?;
    let paths = paths::allow_loading(&request.plugin).map_err(io::Error::other)?;
    Ok(match (calls::confine(Prisoner::Library, descriptor), paths) {
        (Ok(()), true) => Isolation::Full,
        (Ok(()), false) => Isolation::WithoutPaths,
        (Err(_), _) => Isolation::LimitsOnly,
    })
}

#[cfg(not(target_os = "linux"))]
fn lock(request: &Request, mapped: u64, _: i32) -> io::Result<Isolation> {
    limit::set(request.limits, mapped)?;
    Ok(Isolation::LimitsOnly)
}

/// After loading: nothing can be opened any more, and no code made.
#[cfg(target_os = "linux")]
fn seal(isolation: Isolation) -> io::Result<()> {
    use crate::lock::{calls, paths};

    match isolation {
        Isolation::Full => paths::allow_nothing().map(|_| ()).map_err(io::Error::other)?,
        Isolation::WithoutPaths => {}
        Isolation::LimitsOnly => return Ok(()),
    }
    calls::seal().map_err(io::Error::other)
}

#[cfg(not(target_os = "linux"))]
fn seal(_: Isolation) -> io::Result<()> {
    Ok(())
}

/// Loads the library, which stays until the process ends.
fn load(plugin: &Path) -> io::Result<Import> {
    let problem =
        |error: libloading::Error| io::Error::other(format!("it cannot be loaded: {error}"));
    // SAFETY: whatever its constructors do, they do it in this process, behind the locks.
    let library = unsafe { Library::open(Some(plugin), RTLD_NOW | RTLD_LOCAL) }.map_err(problem)?;
    // SAFETY: the symbol has this type in every plugin; one that lies ends its own process.
    let import = unsafe { library.get::<Import>(IMPORT_SYMBOL) }.map_err(problem)?;
    let import = *import;
    std::mem::forget(library);
    Ok(import)
}

fn call(
    import: Import,
    request: &Request,
    model: Mapped,
    siblings: &Siblings,
    out: File,
) -> io::Result<Infallible> {
    let name = request.model.file_name().unwrap_or_default().as_bytes();
    let input = Input {
        size: structure_size::<Input>(),
        abi: ABI,
        data: if model.is_empty() { std::ptr::null() } else { model.as_ptr() },
        length: model.len() as u64,
        name: name.as_ptr().cast(),
        name_length: name.len(),
        options: request.options.as_ptr().cast(),
        options_length: request.options.len(),
        context: std::ptr::from_ref(siblings).cast_mut().cast(),
        open: files::open_sibling,
    };
    let output = Box::leak(Box::new(Output::new(out)));
    let sink = Sink {
        size: structure_size::<Sink>(),
        reserved: 0,
        context: std::ptr::from_mut(output).cast(),
        emit: output::emit,
        fail: output::fail,
    };
    // SAFETY: both structures are as the header promises and live until the process ends.
    let answer = unsafe { import(&input, &sink) };
    // SAFETY: the plugin has returned, so that nobody else uses its output.
    let output = unsafe { &mut *sink.context.cast::<Output>() };
    if answer != 0 && !output.has_failed() {
        // The parent quotes this line.
        let _ = writeln!(io::stderr(), "it returned {answer} and gave no reason");
        exit(1);
    }
    exit(i32::from(!output.flush()))
}

fn structure_size<T>() -> u32 {
    u32::try_from(size_of::<T>()).unwrap_or(u32::MAX)
}
