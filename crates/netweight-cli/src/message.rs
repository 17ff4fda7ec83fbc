//! What is said on standard error, and how the program ends.

use std::io::{self, Write};
use std::process::ExitCode;

use netweight::report::{Failure, Style, render_failure};

/// How a run ended, the worse the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// All that was asked for.
    Done,
    /// A check or gate failed.
    CheckFailed,
    /// Some file could not be read.
    Unread,
}

impl Outcome {
    /// The worse of two.
    pub(crate) fn and(self, other: Self) -> Self {
        self.max(other)
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Done => 0,
            Outcome::CheckFailed => 1,
            Outcome::Unread => 2,
        })
    }
}

/// Tells what went wrong with files, one paragraph each.
pub(crate) fn failures(failures: &[Failure]) {
    let mut stderr = io::stderr().lock();
    for failure in failures {
        // Nobody is left to tell when standard error is closed.
        let _ = writeln!(stderr, "{}", render_failure(failure, &Style::plain()).trim_end());
    }
}

/// Tells what kept files from being read, where nothing else is to be done about it.
pub(crate) fn unread(failures: &[Failure]) -> Outcome {
    self::failures(failures);
    Outcome::Unread
}

/// The outcome of a run that could not write on: a reader that went away is none of our business.
pub(crate) fn ended(error: &io::Error) -> Outcome {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Outcome::Done;
    }
    usage(&error.to_string())
}

/// Tells what is wrong with what was typed.
pub(crate) fn usage(message: &str) -> Outcome {
    let _ = writeln!(io::stderr(), "error: {message}");
    Outcome::Unread
}

/// A panic is told as one line in the place of the file that caused it, not as a backtrace.
pub(crate) fn silence_panics() {
    std::panic::set_hook(Box::new(|info| {
        let _ = writeln!(io::stderr(), "internal error: {info}");
    }));
}
