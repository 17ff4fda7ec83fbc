//! Manifests are read from any file without running it, and without trusting it.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use netweight_host::{Form, Plugin, Settings};

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

#[test]
fn a_library_says_what_it_reads() {
    let plugin = Plugin::open(&example("tiny.so"), &Settings::new().unwrap()).unwrap();
    assert_eq!((plugin.form, plugin.manifest.id.as_str()), (Form::Library, "tiny"));
    assert_eq!(plugin.manifest.extensions, ["tiny"]);
}

/// Every header byte changed, and cut off everywhere: a manifest or a reason, and no panic.
#[test]
fn damaged_libraries_are_answered() {
    let settings = Settings::new().unwrap();
    let whole = fs::read(example("whole.so")).unwrap();
    let damaged = Path::new(env!("CARGO_TARGET_TMPDIR")).join("damaged.so");
    let mut good = 0;
    let changed = (0..1024).chain((1024..whole.len()).step_by(37)).flat_map(|at| {
        [0u8, 0x7F, 0xFF].map(|value| {
            let mut bytes = whole.clone();
            bytes[at] = value;
            bytes
        })
    });
    let cut = (0..whole.len()).step_by(61).map(|length| whole[..length].to_vec());
    for bytes in changed.chain(cut) {
        fs::write(&damaged, bytes).unwrap();
        match Plugin::open(&damaged, &settings) {
            Ok(_) => good += 1,
            Err(why) => assert!(!why.is_empty()),
        }
    }
    assert!(good > 0);
}
