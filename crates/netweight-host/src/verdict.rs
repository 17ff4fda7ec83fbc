//! What is said of a run that gave no model.

use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

use netweight_core::limits::plugin::QUOTED;
use netweight_core::lines::LinesError;
use netweight_core::{Class, Diagnostic, ImportError, Model};

use crate::child;
use crate::limits::Limits;
use crate::parent::Ended;

/// The model of a run, or the one thing that explains best why there is none.
pub(crate) fn verdict(ended: Ended, plugin: &str, limits: Limits) -> Result<Model, ImportError> {
    let words = String::from_utf8_lossy(&ended.last_words).into_owned();
    let problem = |code: &'static str, what: String| {
        Err(ImportError::new(
            Class::Unsupported,
            Diagnostic::error(code, format!("plugin {plugin}: {what}")),
        ))
    };
    if let Some(call) = forbidden_call(&words) {
        return problem(
            "plugin/forbidden",
            format!("stopped, it tried a forbidden operation: {call}"),
        );
    }
    if ended.late {
        let seconds = limits.deadline().as_secs();
        return problem(
            "plugin/time",
            format!("did not finish within {seconds} s and was stopped"),
        );
    }
    match ended.sent {
        Err(error @ (LinesError::Invalid { .. } | LinesError::Io(_))) => {
            return problem("plugin/output", format!("its output is not valid: {error}"));
        }
        Err(LinesError::Limit(limit)) => {
            return problem("plugin/output", format!("it sent more than {limit}"));
        }
        // Told below, if nothing explains it better.
        _ => {}
    }
    if let Some(what) = crash(ended.status, limits) {
        return problem("plugin/crashed", what + &quoted(&words));
    }
    match (ended.status.code(), ended.sent) {
        (Some(child::EXIT_NOT_STARTED), _) => {
            problem("plugin/not-started", format!("could not be started: {}", last_line(&words)))
        }
        // Its own reason says more than the exit code that programs add to it.
        (_, Err(LinesError::Failed(error))) => Err(reported(error, plugin)),
        (Some(code @ 1..), _) => {
            problem("plugin/ended", format!("ended with exit code {code}{}", quoted(&words)))
        }
        (_, Ok(model)) => Ok(model),
        (_, Err(LinesError::Unfinished { records: 0 })) => {
            problem("plugin/ended", format!("ended without a result{}", quoted(&words)))
        }
        (_, Err(_)) => problem(
            "plugin/ended",
            format!("ended before its result was complete{}", quoted(&words)),
        ),
    }
}

/// A plugin's own reason. One that came as a mere sentence says who speaks; the others are
/// worded as an importer's.
fn reported(mut error: ImportError, plugin: &str) -> ImportError {
    if error.problems.is_empty() {
        error.problems.push(Diagnostic::error("model/failed", "no reason given"));
    }
    for problem in error.problems.iter_mut().filter(|problem| problem.code == "model/failed") {
        problem.message = format!("plugin {plugin} reports: {}", problem.message);
    }
    error
}

/// The call that a plugin was stopped at, by its name where it has one.
fn forbidden_call(words: &str) -> Option<String> {
    #[cfg(target_os = "linux")]
    {
        use crate::lock::{calls, signal};

        let number = words.lines().find_map(|line| line.strip_prefix(signal::MARK))?;
        let number: i64 = number.trim().parse().ok()?;
        Some(match calls::name(number) {
            Some(name) => format!("{name} (system call {number})"),
            None => format!("system call {number}"),
        })
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = words;
        None
    }
}

/// What the signal that ended a process means.
fn crash(status: ExitStatus, limits: Limits) -> Option<String> {
    let signal = status.signal()?;
    let rows = [
        (libc::SIGSEGV, "SIGSEGV", "crashed: invalid memory access"),
        (libc::SIGBUS, "SIGBUS", "crashed: the file got shorter or a bad access"),
        (libc::SIGILL, "SIGILL", "crashed: illegal instruction"),
        (libc::SIGFPE, "SIGFPE", "crashed: division by zero or overflow"),
        (libc::SIGTRAP, "SIGTRAP", "crashed: trap instruction"),
        (libc::SIGABRT, "SIGABRT", "aborted"),
        (libc::SIGSYS, "SIGSYS", "made a forbidden system call"),
        (libc::SIGXFSZ, "SIGXFSZ", "tried to write a file"),
        (libc::SIGKILL, "SIGKILL", "was killed; the system may have run out of memory"),
    ];
    if signal == libc::SIGXCPU {
        return Some(format!("used up its processor time of {} s (SIGXCPU)", limits.seconds));
    }
    let row = rows.iter().find(|(number, ..)| *number == signal);
    Some(match row {
        Some((_, name, what)) => format!("{what} ({name})"),
        None => format!("was ended by signal {signal}"),
    })
}

/// The last line of a plugin's error output, as an addition to a message.
fn quoted(words: &str) -> String {
    match last_line(words) {
        line if line.is_empty() => String::new(),
        line => format!(" (last line of its error output: {line})"),
    }
}

/// The last line that says something, without control characters. What Rust adds on how to see
/// more says nothing of the cause.
fn last_line(words: &str) -> String {
    let says = |line: &&str| !line.trim().is_empty() && !line.starts_with("note:");
    let line = words.lines().rev().find(says).unwrap_or_default();
    line.trim().chars().filter(|letter| !letter.is_control()).take(QUOTED).collect()
}
