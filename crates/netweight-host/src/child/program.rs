//! A plugin that is a program: locked in, then started in this process's place.

use std::convert::Infallible;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;

use super::{Request, announce, files};
use crate::isolation::Isolation;
use crate::lock::limit;

/// Starts the program: the model's path is its first argument, the options its second.
pub(super) fn run(request: &Request) -> io::Result<Infallible> {
    files::open(&request.model)?;
    let (beside, _) = files::beside(&request.model);
    let mut readable: Vec<PathBuf> = beside.into_iter().filter_map(|(_, path)| path).collect();
    readable.push(request.model.canonicalize()?);
    let isolation = lock(request, readable)?;
    announce(isolation, request, &mut io::stdout())?;
    Err(Command::new(&request.plugin).arg(&request.model).arg(&request.options).exec())
}

#[cfg(target_os = "linux")]
fn lock(request: &Request, readable: Vec<PathBuf>) -> io::Result<Isolation> {
    use super::interpreter::interpreter;
    use crate::lock::{Prisoner, calls, paths};

    let lengths = readable.iter().filter_map(|path| Some(path.metadata().ok()?.len()));
    limit::set(request.limits, lengths.fold(0, u64::saturating_add))?;
    super::give_up_privileges()?;
    let mut programs = interpreter(&request.plugin);
    programs.push(request.plugin.clone());
    let paths = paths::allow_program(programs, readable).map_err(io::Error::other)?;
    Ok(match (calls::confine(Prisoner::Program, 1), paths) {
        (Ok(()), true) => Isolation::Full,
        (Ok(()), false) => Isolation::WithoutPaths,
        (Err(_), _) => Isolation::LimitsOnly,
    })
}

#[cfg(not(target_os = "linux"))]
fn lock(request: &Request, _: Vec<PathBuf>) -> io::Result<Isolation> {
    limit::set(request.limits, 0)?;
    Ok(Isolation::LimitsOnly)
}
