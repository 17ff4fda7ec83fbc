//! The plugin's process: this program, started again to lock itself down and run one plugin.

mod files;
#[cfg(target_os = "linux")]
mod interpreter;
mod library;
mod output;
mod program;

use std::env;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::PathBuf;

use crate::isolation::Isolation;
use crate::limits::Limits;
use crate::lock::Prisoner;

/// The word that makes the program a plugin's process.
pub(crate) const COMMAND: &str = "__plugin";

/// How the process ends when it could not begin.
pub(crate) const EXIT_NOT_STARTED: i32 = 120;

/// What the parent asks for, as arguments on the command line.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) prisoner: Prisoner,
    pub(crate) plugin: PathBuf,
    pub(crate) model: PathBuf,
    /// The user's options, as JSON.
    pub(crate) options: String,
    pub(crate) limits: Limits,
    /// Whether to go on where the system offers no confinement.
    pub(crate) unconfined: bool,
}

impl Request {
    /// The arguments that [`Request::read`] reads back.
    pub(crate) fn arguments(&self) -> [OsString; 8] {
        let prisoner = match self.prisoner {
            Prisoner::Library => "library",
            Prisoner::Program => "program",
        };
        [
            COMMAND.into(),
            prisoner.into(),
            self.plugin.clone().into(),
            self.model.clone().into(),
            self.options.clone().into(),
            self.limits.seconds.to_string().into(),
            self.limits.mebibytes.to_string().into(),
            if self.unconfined { "unconfined" } else { "confined" }.into(),
        ]
    }

    fn read(arguments: impl Iterator<Item = OsString>) -> Option<Self> {
        let arguments: Vec<OsString> = arguments.collect();
        let [prisoner, plugin, model, options, seconds, mebibytes, confined] = arguments.as_slice()
        else {
            return None;
        };
        Some(Self {
            prisoner: if prisoner == "program" { Prisoner::Program } else { Prisoner::Library },
            plugin: plugin.into(),
            model: model.into(),
            options: options.to_str()?.to_owned(),
            limits: Limits {
                seconds: seconds.to_str()?.parse().ok()?,
                mebibytes: mebibytes.to_str()?.parse().ok()?,
            },
            unconfined: confined == "unconfined",
        })
    }
}

/// Runs as a plugin's process, if the program was started as one; never returns then. To be
/// called first in `main`: locks bind only the threads that come after.
pub fn serve() {
    let mut arguments = env::args_os().skip(1);
    if arguments.next().is_none_or(|command| command != COMMAND) {
        return;
    }
    let error = match Request::read(arguments) {
        Some(request) => {
            let Err(error) = run(&request);
            error
        }
        None => io::Error::other("only the program itself starts plugins this way"),
    };
    // The parent reads the last line; nobody is left to tell where it is gone.
    let _ = writeln!(io::stderr(), "{error}");
    exit(EXIT_NOT_STARTED)
}

/// Never comes back but with an error from before the plugin began.
fn run(request: &Request) -> io::Result<std::convert::Infallible> {
    #[cfg(target_os = "linux")]
    die_with_parent_and_inherit_nothing()?;
    match request.prisoner {
        Prisoner::Library => library::run(request),
        Prisoner::Program => program::run(request),
    }
}

#[cfg(target_os = "linux")]
fn die_with_parent_and_inherit_nothing() -> io::Result<()> {
    // SAFETY: neither call takes a pointer; no descriptor above 2 is in use yet.
    let failed = unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) != 0
            || libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, 0) != 0
    };
    let error = io::Error::last_os_error();
    // Older kernels have no close_range; this program opens nothing that is inherited.
    if failed && error.raw_os_error() != Some(libc::ENOSYS) { Err(error) } else { Ok(()) }
}

/// No new privileges, and no other process may look into this one's memory.
#[cfg(target_os = "linux")]
fn give_up_privileges() -> io::Result<()> {
    // SAFETY: neither call takes a pointer.
    let failed = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
            || libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0) != 0
    };
    if failed { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Says, before the plugin can say anything, how far it is kept to itself; an error where that
/// is not far enough.
fn announce(isolation: Isolation, request: &Request, out: &mut dyn io::Write) -> io::Result<()> {
    if isolation == Isolation::LimitsOnly && !request.unconfined {
        return Err(io::Error::other(format!(
            "{isolation}; --allow-unconfined-plugins runs it all the same"
        )));
    }
    serde_json::to_writer(&mut *out, &isolation)?;
    out.write_all(b"\n")
}

/// Ends the process without running what others may have left to run at its end.
fn exit(code: i32) -> ! {
    // SAFETY: takes no pointer and does not return.
    unsafe { libc::_exit(code) }
}
