//! One run of a plugin: its process, what it sends, and when it is stopped.

use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use netweight_core::Model;
use netweight_core::limits::plugin::LAST_WORDS;
use netweight_core::lines::{self, LinesError};

use crate::child::Request;
use crate::isolation::Isolation;

/// The program's allocator is to take memory as it is needed, not before: the child's limit counts
/// all that can be written to.
const ALLOCATOR: (&str, &str) = ("MIMALLOC_ARENA_EAGER_COMMIT", "0");

/// Where a plugin that is a program finds other programs.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// Bytes of the line that the process begins with.
const FIRST_LINE: u64 = 256;

/// How a run ended.
pub(crate) struct Ended {
    /// The model, or what is wrong with what came.
    pub(crate) sent: Result<Model, LinesError>,
    /// How far the plugin was kept to itself; none when it did not begin.
    pub(crate) isolation: Option<Isolation>,
    /// How the process ended.
    pub(crate) status: ExitStatus,
    /// Whether it was stopped because its time by the clock was up.
    pub(crate) late: bool,
    /// The end of its error output.
    pub(crate) last_words: Vec<u8>,
}

/// Runs a plugin to its end, or until it has to be stopped.
pub(crate) fn run(program: &Path, request: &Request) -> io::Result<Ended> {
    let deadline = Instant::now() + request.limits.deadline();
    let mut child = spawn(program, request)?;
    let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(io::Error::other("no pipe to the plugin"));
    };
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        // The receiver waits for nothing else; when it is gone, so is the run.
        let _ = send.send(read(stdout));
    });
    let last_words = thread::spawn(move || end_of(stderr));
    let left = deadline.saturating_duration_since(Instant::now());
    let received = receive.recv_timeout(left);
    let (status, late) = match &received {
        // What it sends is of no use: nobody reads on.
        Ok((_, Err(LinesError::Invalid { .. } | LinesError::Limit(_) | LinesError::Io(_)))) => {
            stop(&mut child);
            (child.wait()?, false)
        }
        _ => wait(&mut child, deadline)?,
    };
    let (isolation, sent) = match received {
        Ok(received) => received,
        // Stopped a moment ago, so that its pipe is closed and the reader at its end.
        Err(_) => receive.recv().unwrap_or((None, Err(LinesError::Unfinished { records: 0 }))),
    };
    let last_words = last_words.join().unwrap_or_default();
    Ok(Ended { sent, isolation, status, late, last_words })
}

/// Starts this program again as the plugin's process. Nothing of the environment goes along:
/// it could make the loader run other code.
fn spawn(program: &Path, request: &Request) -> io::Result<Child> {
    Command::new(program)
        .args(request.arguments())
        .env_clear()
        .envs([("LC_ALL", "C.UTF-8"), ("PATH", PATH), ("RUST_BACKTRACE", "0"), ALLOCATOR])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
}

/// Waits for the end; after the deadline it is made.
fn wait(child: &mut Child, deadline: Instant) -> io::Result<(ExitStatus, bool)> {
    let mut pause = Duration::from_micros(50);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok((status, false));
        }
        if Instant::now() >= deadline {
            stop(child);
            return Ok((child.wait()?, true));
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// Ends the process and all of its group.
fn stop(child: &mut Child) {
    if let Ok(process) = i32::try_from(child.id()) {
        // SAFETY: takes no pointer; the group is the child's own, which has not been waited for.
        unsafe { libc::kill(-process, libc::SIGKILL) };
    }
    // It may have ended by itself just now.
    let _ = child.kill();
}

/// Reads what a plugin sends: first how far it is isolated, then its model.
fn read(stdout: ChildStdout) -> (Option<Isolation>, Result<Model, LinesError>) {
    let mut lines = BufReader::with_capacity(64 << 10, stdout);
    let mut first = Vec::new();
    let isolation = (&mut lines)
        .take(FIRST_LINE)
        .read_until(b'\n', &mut first)
        .ok()
        .and_then(|_| serde_json::from_slice(&first).ok());
    match isolation {
        Some(_) => (isolation, lines::read(&mut lines)),
        None => (None, Err(LinesError::Unfinished { records: 0 })),
    }
}

/// The end of a plugin's error output, read to its end.
fn end_of(mut stderr: ChildStderr) -> Vec<u8> {
    let (mut kept, mut chunk) = (Vec::new(), [0; LAST_WORDS]);
    while let Ok(length) = stderr.read(&mut chunk) {
        if length == 0 {
            break;
        }
        kept.extend_from_slice(chunk.get(..length).unwrap_or_default());
        kept.drain(..kept.len().saturating_sub(LAST_WORDS));
    }
    kept
}
