//! A plugin that is a program: locked in, then started in this process's place.

use std::convert::Infallible;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Request, announce, files};
use crate::lock::{Isolation, limit};

/// Bytes of a script's first line.
const FIRST_LINE: u64 = 4_096;

/// Starts the program: the model's path is its first argument, the options its second.
pub(super) fn run(request: &Request) -> io::Result<Infallible> {
    files::open(&request.model)?;
    let beside = files::beside(&request.model);
    let mut readable: Vec<PathBuf> = beside.into_iter().filter_map(|(_, path)| path).collect();
    readable.push(request.model.canonicalize()?);
    let isolation = lock(request, readable)?;
    announce(isolation, request, &mut io::stdout())?;
    Err(Command::new(&request.plugin).arg(&request.model).arg(&request.options).exec())
}

#[cfg(target_os = "linux")]
fn lock(request: &Request, readable: Vec<PathBuf>) -> io::Result<Isolation> {
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

/// The folders of a script's interpreter, where it does not lie among the system's programs:
/// `bin` and `lib` of its prefix, and nothing else beside them.
fn interpreter(plugin: &Path) -> Vec<PathBuf> {
    let mut line = String::new();
    let Ok(file) = File::open(plugin) else { return Vec::new() };
    // A program that is no text has no interpreter.
    if BufReader::new(file.take(FIRST_LINE)).read_line(&mut line).is_err() {
        return Vec::new();
    }
    let named = line.strip_prefix("#!").and_then(|rest| rest.split_whitespace().next());
    let found = named.and_then(|path| Path::new(path).canonicalize().ok());
    let prefix = found.as_deref().and_then(Path::parent).and_then(Path::parent);
    prefix.map_or_else(Vec::new, |prefix| vec![prefix.join("bin"), prefix.join("lib")])
}
