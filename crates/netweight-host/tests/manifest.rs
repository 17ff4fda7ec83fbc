//! Manifests are read from any file without running it, and without trusting it.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

use std::fs::{self, File, Permissions};
use std::io::Cursor;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use netweight_host::{Form, Plugin, Settings, manifest_in};

/// The example in C, built.
fn example(name: &str) -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-I"])
        .arg(workspace.join("crates/netweight-plugin/include"))
        .arg(workspace.join("plugins/example-c/tiny.c"))
        .arg("-o")
        .arg(&library)
        .status();
    assert!(built.unwrap().success());
    fs::set_permissions(&library, Permissions::from_mode(0o755)).unwrap();
    library
}

fn found() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/fuzz/manifest")
}

/// The smallest library of a system.
fn foreign(ending: &str) -> Vec<u8> {
    fs::read(found().join(format!("tiny.{ending}"))).unwrap()
}

#[test]
fn a_library_says_what_it_reads() {
    let plugin = Plugin::open(&example("tiny.so"), &Settings::new().unwrap()).unwrap();
    assert_eq!((plugin.form, plugin.manifest.id.as_str()), (Form::Library, "tiny"));
    assert_eq!(plugin.manifest.extensions, ["tiny"]);
}

/// ELF, Mach-O and PE, on whatever system this runs.
#[test]
fn libraries_of_every_system_say_what_they_read() {
    for ending in ["so", "dylib", "dll"] {
        let manifest = manifest_in(Cursor::new(foreign(ending))).unwrap();
        assert_eq!((manifest.id.as_str(), manifest.name.as_str()), ("tiny", "Tiny"), "{ending}");
    }
}

/// Every header byte changed, and cut off everywhere: a manifest or a reason, and no panic.
#[test]
fn damaged_libraries_are_answered() {
    for whole in ["so", "dylib", "dll"].map(foreign) {
        let changed = (0..whole.len()).flat_map(|at| {
            let whole = &whole;
            [0u8, 0x7F, 0xFF].map(|value| {
                let mut bytes = whole.clone();
                bytes[at] = value;
                bytes
            })
        });
        let cut = (0..whole.len()).map(|length| whole[..length].to_vec());
        let answers: Vec<_> = changed.chain(cut).map(Cursor::new).map(manifest_in).collect();
        assert!(answers.iter().any(Result::is_ok));
        assert!(
            answers.iter().filter_map(|answer| answer.as_ref().err()).all(|why| !why.is_empty())
        );
    }
}

/// What fuzzing found: answered, whatever it is.
#[test]
fn libraries_that_were_found_are_answered() {
    for entry in fs::read_dir(found()).unwrap() {
        let _ = manifest_in(File::open(entry.unwrap().path()).unwrap());
    }
}
