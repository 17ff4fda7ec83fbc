//! Whatever a plugin does, the run goes on, and its user is told in one sentence.

use std::fs::File;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use crate::place::{Place, User, texts};

/// What the model file asks the plugin to do, and what the user then reads.
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
    ("loop", "used up its processor time of 1 s (SIGXCPU)"),
    ("sleep", "did not finish within 8 s and was stopped"),
    ("memory", "reports: out of memory in time"),
    ("shared-memory", "reports: shared mmap: Function not implemented"),
    ("shared-later", "reports: shared mmap: Function not implemented"),
    ("threads", "reports: some threads, then: "),
    ("flood-line", "it sent more than 16 MiB in a line"),
    ("flood-layers", "plugin bad.so: "),
    ("amplify", "plugin bad.so: "),
    ("flood-errors", "used up its processor time of 1 s (SIGXCPU)"),
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

fn place(name: &str) -> Place {
    let place = Place::new(name);
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plugin/bad.c");
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

fn run(place: &Place, user: User, mode: &str) -> (i32, String, String) {
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
                        if code != 2 || !err.contains(expected) || !out.contains("beside") {
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

/// Loading a library runs code of it: that is locked in as well.
#[test]
fn constructors_are_locked_in() {
    let place = place("constructor");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plugin/bad.c");
    place.compile(&source, "bad.so", &["-DCONSTRUCTOR"]);
    let (code, _, err) = run(&place, User::Same, "good");
    assert_eq!(code, 2);
    assert!(
        err.contains("plugin bad.so: stopped, it tried a forbidden operation: socket (system call"),
        "{err}"
    );
}

/// Without locks the same plugin does what it wants, so that the tests above do test something.
#[test]
fn without_locks_it_would_go_through() {
    let place = place("free");
    let program = place.path("free");
    let main = place.write(
        "free.c",
        r#"
#include <stdio.h>
#include "netweight_plugin.h"
static int32_t emit(void *ctx, const void *bytes, size_t len) { (void)ctx; (void)bytes; (void)len; return 0; }
static void fail(void *ctx, const char *message, size_t len) { (void)ctx; printf("%.*s\n", (int)len, message); }
int main(int argc, char **argv) {
  nw_input in = {0};
  nw_output out = {sizeof out, 0, 0, emit, fail};
  in.data = (const uint8_t *)argv[argc - 1];
  in.len = strlen(argv[argc - 1]);
  return netweight_import(&in, &out);
}
"#,
    );
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plugin/bad.c");
    let include = crate::place::workspace().join("crates/netweight-plugin/include");
    let built = Command::new("cc")
        .arg("-w")
        .arg("-I")
        .arg(include)
        .arg(main)
        .arg(source)
        .arg("-o")
        .arg(&program)
        .status();
    assert!(built.unwrap().success());
    for mode in ["passwd", "passwd-raw", "socket", "write", "executable", "shared-memory", "memfd"]
    {
        let output = Command::new(&program).arg(mode).current_dir(place.path("")).output().unwrap();
        assert_eq!(texts(&output).0, "it was let do it\n", "{mode}");
    }
    let output = Command::new(&program).arg("dlopen").output().unwrap();
    assert_eq!(output.status.code(), Some(0));
}

/// Reading behind the new end of a file that was cut off is a signal, not a wrong byte.
#[test]
fn a_model_that_shrinks_ends_only_its_plugin() {
    let place = place("shrink");
    let model = place.write("shrink.bad", vec![1; 1 << 20]);
    std::thread::scope(|scope| {
        let running = scope.spawn(|| run(&place, User::Same, "shrink"));
        std::thread::sleep(Duration::from_millis(500));
        File::options().write(true).open(&model).unwrap().set_len(10).unwrap();
        let (code, _, err) = running.join().unwrap();
        assert_eq!(code, 2);
        assert!(err.contains("crashed: the file got shorter or a bad access (SIGBUS)"), "{err}");
    });
}

/// Whoever kills the program kills the plugin with it.
#[test]
fn a_plugin_does_not_outlive_the_program() {
    let place = place("orphan");
    let mut program = Command::new(place.path("netweight"))
        .args(["--plugin-dir", ".", "sleep.bad"])
        .current_dir(place.path(""))
        .spawn()
        .unwrap();
    let child = wait_for(|| child_of(program.id()));
    program.kill().unwrap();
    program.wait().unwrap();
    wait_for(|| (!is_running(child)).then_some(()));
}

fn child_of(parent: u32) -> Option<u32> {
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    numbers.into_iter().find(|number| {
        let stat = std::fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
        fields.split_whitespace().nth(1) == Some(&parent.to_string())
    })
}

fn is_running(process: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z ")
}

/// What comes within some seconds.
fn wait_for<T>(mut what: impl FnMut() -> Option<T>) -> T {
    for _ in 0..1000 {
        if let Some(found) = what() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it did not come");
}
