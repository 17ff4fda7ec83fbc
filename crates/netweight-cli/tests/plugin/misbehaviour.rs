//! Whatever a plugin does, the run goes on, and its user is told in one sentence.

use std::os::unix::fs::symlink;
use std::process::Command;
use std::sync::Mutex;

use crate::place::{Place, User, tests_folder, texts};

/// On a machine with much else to do the clock on the wall comes first.
const BUSY: &str = "used up its processor time of 1 s (SIGXCPU)|did not finish within 8 s";

/// What the model file asks the plugin to do, and what the user then reads; `|` stands between
/// alternatives.
const MODES: &[(&str, &str)] = &[
    ("segv", "crashed: invalid memory access (SIGSEGV)"),
    ("write-map", "crashed: invalid memory access (SIGSEGV)"),
    ("alloca", "crashed: invalid memory access (SIGSEGV)"),
    ("abort", "aborted (SIGABRT)"),
    (
        "overflow",
        "aborted (SIGABRT) (last line of its error output: fatal runtime error: stack overflow",
    ),
    ("trap", "crashed: illegal instruction (SIGILL)"),
    ("divide", "crashed: division by zero or overflow (SIGFPE)"),
    ("loop", BUSY),
    ("sleep", "did not finish within 8 s and was stopped"),
    ("memory", "reports: out of memory in time"),
    ("shared-memory", "reports: shared mmap: Function not implemented"),
    ("shared-later", "reports: shared mmap: Function not implemented"),
    ("threads", "reports: some threads, then: "),
    ("flood-line", "it sent more than 16 MiB in a line"),
    ("flood-layers", "plugin bad.so: "),
    ("amplify", "plugin bad.so: "),
    ("flood-errors", BUSY),
    ("exit", "ended without a result"),
    ("exit-7", "ended with exit code 7"),
    ("nothing", "ended without a result"),
    (
        "nothing-3",
        "ended with exit code 1 (last line of its error output: it returned 3 and gave no reason)",
    ),
    ("close", "ended without a result"),
    ("exit-half", "ended before its result was complete"),
    ("no-end", "ended before its result was complete"),
    ("wrong-end", "its output is not valid: record 2: the end says 5 layers, 0 came"),
    ("garbage", "its output is not valid: record 1: column 1: expected value"),
    ("nan", "its output is not valid: record 2: column 10: expected value"),
    ("deep", "its output is not valid: record 2: column 640: recursion limit exceeded"),
    ("fail-half", "plugin bad.so reports: tensor 3 has a bad type"),
    ("escape", "plugin bad.so reports: \\u{1b}[31mred\\u{1b}[0m"),
    ("passwd", "reports: open: Operation not permitted"),
    ("passwd-raw", "reports: openat: Operation not permitted"),
    ("maps", "reports: open: Operation not permitted"),
    ("stat", "reports: stat: Operation not permitted"),
    ("by-path", "reports: open: Operation not permitted"),
    ("sibling-up", "reports: ../sibling.txt: Invalid argument"),
    ("sibling-outside", "reports: outside.txt: Too many levels of symbolic links"),
    ("sibling-missing", "reports: missing.txt: No such file or directory"),
    ("sibling-pipe", "reports: pipe: No such file or directory"),
    ("write", "stopped, it tried a forbidden operation: openat for writing (system call"),
    ("chmod", "stopped, it tried a forbidden operation: "),
    ("unlink", "stopped, it tried a forbidden operation: "),
    ("socket", "socket (system call"),
    ("connect", "connect (system call"),
    ("fork", "clone (system call"),
    ("exec", "execve (system call"),
    ("system", "made a forbidden system call (SIGSYS)"),
    ("ptrace", "ptrace (system call"),
    ("kill", "kill (system call"),
    ("io-uring", "io_uring_setup (system call"),
    ("limit", "prlimit64 (system call"),
    ("memfd", "memfd_create (system call"),
    #[cfg(target_arch = "x86_64")]
    ("int-80", "made a forbidden system call (SIGSYS)"),
    #[cfg(target_arch = "x86_64")]
    ("x32", "reports: x32: Function not implemented"),
    ("executable", "reports: mmap: Operation not permitted"),
    ("dlopen", "reports: dlopen failed"),
];

/// What looks like misbehaviour and is none.
const GOOD: &[&str] = &["good", "print", "sibling", "sibling-link"];

/// A place with the plugin, the files that name its modes, and some beside them.
pub(crate) fn place(name: &str) -> Place {
    let place = Place::new(name);
    let source = tests_folder().join("bad.c");
    place.compile(&source, "bad.so", &[]);
    place.write("sibling.txt", "hello");
    symlink("sibling.txt", place.path("inside.txt")).unwrap();
    symlink("/etc/passwd", place.path("outside.txt")).unwrap();
    assert!(Command::new("mkfifo").arg(place.path("pipe")).status().unwrap().success());
    for mode in MODES.iter().map(|(mode, _)| mode).chain(GOOD) {
        place.write(&format!("{mode}.bad"), mode);
    }
    place.write("fine.netweight", "{\"schema\": \"netweight-model/1\", \"format\": \"x\"}\n{\"path\": \"beside\", \"type\": \"A\"}\n{\"end\": 1}\n");
    place
}

/// Runs the program on a mode's file and a good one: exit code, output, error output.
pub(crate) fn run(place: &Place, user: User, mode: &str) -> (i32, String, String) {
    let file = format!("{mode}.bad");
    let limits = ["--plugin-seconds", "1", "--plugin-memory", "256", "--format", "csv"];
    let arguments = [&limits[..], &[&file, "fine.netweight"]].concat();
    let output = place.run(user, &arguments);
    let (out, err) = texts(&output);
    (output.status.code().unwrap_or(-1), out, err)
}

#[test]
fn every_misbehaviour_is_survived_and_told() {
    let place = place("bad");
    for user in User::all() {
        // The slow ones sleep; two at a time keep the others going.
        let left = Mutex::new(MODES.iter());
        let wrong = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    loop {
                        let Some((mode, expected)) = left.lock().unwrap().next() else { return };
                        let (code, out, err) = run(&place, user, mode);
                        if code != 2
                            || !expected.split('|').any(|expected| err.contains(expected))
                            || !out.contains("beside")
                        {
                            wrong.lock().unwrap().push(format!("{user:?} {mode}: {code} {err}"));
                        }
                    }
                });
            }
        });
        let wrong = wrong.into_inner().unwrap();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
    assert!(!place.path("written.txt").exists());
    assert!(place.path("sibling.txt").exists());
}

#[test]
fn what_only_looks_like_misbehaviour_goes_well() {
    let place = place("good");
    for (user, mode) in
        User::all().into_iter().flat_map(|user| GOOD.iter().map(move |mode| (user, mode)))
    {
        let (code, out, err) = run(&place, user, mode);
        assert!(
            code == 0 && err.is_empty() && out.contains("beside"),
            "{user:?} {mode}: {code} {err}"
        );
    }
}
