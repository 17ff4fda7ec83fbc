//! What holds a plugin in: where the edges are, and what is left where the system has less.

use std::fs::File;
use std::os::unix::fs::symlink;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::misbehaviour::{place, run};
use crate::place::{Place, User, tests_folder, texts, workspace};

/// Download caches keep files under their hashes and link to them.
#[test]
fn files_of_a_download_cache_are_beside_each_other() {
    let place = place("cache");
    for folder in ["entry", "entry/blobs", "entry/snapshots", "entry/snapshots/r1"] {
        std::fs::create_dir(place.path(folder)).unwrap();
    }
    place.write("entry/blobs/1", "sibling");
    place.write("entry/blobs/2", "hello");
    symlink("../../blobs/1", place.path("entry/snapshots/r1/model.bad")).unwrap();
    symlink("../../blobs/2", place.path("entry/snapshots/r1/sibling.txt")).unwrap();
    let (code, _, err) = run(&place, User::Same, "entry/snapshots/r1/model");
    assert_eq!((code, err.as_str()), (0, ""));
    // Elsewhere such a link leads out.
    std::fs::rename(place.path("entry/snapshots"), place.path("entry/other")).unwrap();
    let (code, _, err) = run(&place, User::Same, "entry/other/r1/model");
    assert_eq!(code, 2);
    assert!(err.contains("sibling.txt: Too many levels of symbolic links"), "{err}");
}

/// Loading a library runs code of it: that is locked in as well.
#[test]
fn constructors_are_locked_in() {
    let place = place("constructor");
    let source = tests_folder().join("bad.c");
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
    let source = tests_folder().join("bad.c");
    let include = workspace().join("crates/netweight-plugin/include");
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
    let program = start(&place, "shrink.bad");
    let child = wait_for(|| child_of(program.id()));
    // Its memory can be looked at until it locks itself in, which comes after mapping the file.
    wait_for(|| match std::fs::read_to_string(format!("/proc/{child}/maps")) {
        Ok(maps) => maps.contains("shrink.bad").then_some(()),
        Err(_) => Some(()),
    });
    File::options().write(true).open(&model).unwrap().set_len(10).unwrap();
    let output = program.wait_with_output().unwrap();
    let (_, err) = texts(&output);
    assert_eq!(output.status.code(), Some(2));
    assert!(err.contains("crashed: the file got shorter or a bad access (SIGBUS)"), "{err}");
}

pub(crate) fn start(place: &Place, file: &str) -> Child {
    Command::new(place.path("netweight"))
        .args(["--plugin-dir", ".", file])
        .current_dir(place.path(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Whoever kills the program kills the plugin with it.
#[test]
fn a_plugin_does_not_outlive_the_program() {
    let place = place("orphan");
    let mut program = start(&place, "sleep.bad");
    let child = wait_for(|| child_of(program.id()));
    program.kill().unwrap();
    program.wait().unwrap();
    wait_for(|| (!is_running(child)).then_some(()));
}

pub(crate) fn child_of(parent: u32) -> Option<u32> {
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
pub(crate) fn wait_for<T>(mut what: impl FnMut() -> Option<T>) -> T {
    for _ in 0..1000 {
        if let Some(found) = what() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it did not come");
}

/// Numbers of the system calls that lock a process in; the same on every processor but for
/// seccomp's.
const LANDLOCK: &str = "444";
const SECCOMP: &str = if cfg!(target_arch = "x86_64") { "317" } else { "277" };

/// Runs the program on a mode's file, on a system that lacks these calls.
fn run_without(place: &Place, calls: &[&str], mode: &str, options: &[&str]) -> (i32, String) {
    let older = place.path("older");
    if !older.exists() {
        let source = tests_folder().join("older.c");
        let built = Command::new("cc").arg("-w").arg(source).arg("-o").arg(&older).status();
        assert!(built.unwrap().success());
    }
    let output = Command::new(older)
        .args(calls)
        .arg("--")
        .arg(place.path("netweight"))
        .args(["--plugin-dir", ".", "--plugin-memory", "256"])
        .args(options)
        .arg(format!("{mode}.bad"))
        .current_dir(place.path(""))
        .output()
        .unwrap();
    let (out, err) = texts(&output);
    (output.status.code().unwrap_or(-1), out + &err)
}

#[test]
fn without_landlock_the_rest_holds_and_the_report_says_so() {
    let place = place("no-landlock");
    let (code, said) = run_without(&place, &[LANDLOCK], "good", &[]);
    assert!(code == 0 && said.contains("plugin bad.so ran with reduced isolation"), "{said}");
    let contained = [
        ("passwd", "open: Operation not permitted"),
        ("by-path", "open: Operation not permitted"),
        ("write", "openat for writing"),
        ("socket", "socket"),
        ("executable", "mmap: Operation not permitted"),
    ];
    for (mode, expected) in contained {
        let (code, said) = run_without(&place, &[LANDLOCK], mode, &[]);
        assert!(code == 2 && said.contains(expected), "{mode}: {said}");
    }
}

#[test]
fn without_any_confinement_plugins_run_only_when_allowed() {
    let place = place("no-locks");
    let (code, said) = run_without(&place, &[LANDLOCK, SECCOMP], "good", &[]);
    let refused = "could not be started: no isolation but limits on time and memory";
    assert!(code == 2 && said.contains(refused), "{said}");
    assert!(said.contains("--allow-unconfined-plugins runs it all the same"), "{said}");
    let allowed = ["--allow-unconfined-plugins"];
    let (code, said) = run_without(&place, &[LANDLOCK, SECCOMP], "good", &allowed);
    assert!(code == 0 && said.contains("plugin bad.so ran with no isolation"), "{said}");
}
