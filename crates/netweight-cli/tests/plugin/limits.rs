//! Limits on plugins that are no misbehaviour.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use netweight::core::limits::plugin::{
    ADDRESSES, DESCRIPTORS, HEAD, MANIFEST, PLUGINS, QUOTED, SIBLINGS,
};

use crate::confinement::{child_of, start, wait_for};
use crate::misbehaviour::{place, run};
use crate::place::{Place, User, texts};

#[test]
fn so_many_files_are_beside_a_model() {
    let place = place("siblings");
    let (_, _, err) = run(&place, User::Same, "sibling-missing");
    assert!(err.contains("missing.txt: No such file or directory"), "{err}");
    for number in 0..SIBLINGS {
        place.write(&format!("{number}.txt"), "");
    }
    let (_, _, err) = run(&place, User::Same, "sibling-missing");
    assert!(err.contains("missing.txt: Too many open files"), "{err}");
}

#[test]
fn so_many_plugins_are_looked_at() {
    let place = Place::new("plugins");
    for number in 0..=PLUGINS {
        place.write(&format!("{number:04}.so"), "");
    }
    let output = place.run(User::Same, &["plugin", "list", "-v"]);
    let (out, _) = texts(&output);
    let last = format!("{PLUGINS:04}.so: not looked at, like all behind {PLUGINS} others");
    assert!(out.contains(&last), "{out}");
}

/// What is said of a place with a plugin of this manifest, which is a program that ends at once.
fn told_with(place: &Place, manifest: &str, arguments: &[&str]) -> String {
    place.write("ends.sh.json", manifest);
    let plugin = place.write("ends.sh", "#!/bin/sh\nexit 7\n");
    std::fs::set_permissions(plugin, Permissions::from_mode(0o755)).unwrap();
    let (out, err) = texts(&place.run(User::Same, arguments));
    out + &err
}

const ENDS: &str =
    r#"{"abi": 1, "id": "ends", "name": "", "version": "1", "magic": [{"text": "MARK"}]}"#;

#[test]
fn a_manifest_has_a_length() {
    let place = Place::new("manifest");
    let of = |length: usize| {
        let blanks = " ".repeat(length - ENDS.len());
        told_with(&place, &format!("{ENDS}{blanks}"), &["plugin", "list", "-v"])
    };
    assert!(!of(MANIFEST).contains("not taken"));
    let said = of(MANIFEST + 1);
    assert!(said.contains("ends.sh: the manifest is longer than 64 KiB"), "{said}");
}

#[test]
fn marks_are_looked_for_near_the_beginning() {
    let place = Place::new("head");
    let of = |blanks: usize| {
        place.write("model", format!("{}MARK", " ".repeat(blanks)));
        told_with(&place, ENDS, &["model"])
    };
    let said = of(HEAD - 4);
    assert!(said.contains("plugin ends.sh: ended with"), "{said}");
    let said = of(HEAD - 3);
    assert!(said.contains("the content is of no known format"), "{said}");
}

/// What the system says of a plugin's process, which waits.
#[test]
fn the_system_keeps_to_the_limits() {
    let place = place("system");
    let mut program = start(&place, "sleep.bad");
    let child = wait_for(|| child_of(program.id()));
    let limit = |name: &str| -> Option<u64> {
        let limits = std::fs::read_to_string(format!("/proc/{child}/limits")).ok()?;
        let line = limits.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    wait_for(|| limit("Max open files").filter(|files| *files == DESCRIPTORS));
    // The files beside the model may be mapped as well.
    let addresses = wait_for(|| limit("Max address space").filter(|bytes| *bytes > ADDRESSES));
    let folder = std::fs::read_dir(place.path("")).unwrap();
    let files: u64 = folder.map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    let memory = limit("Max data size").unwrap();
    assert!((memory..=memory + 2 * files).contains(&(addresses - ADDRESSES)), "{addresses}");
    program.kill().unwrap();
    program.wait().unwrap();
}

/// The end of a long line; of that, the first letters.
#[test]
fn the_last_words_are_quoted() {
    let place = place("words");
    place.write("words.bad", "words");
    let (_, _, err) = run(&place, User::Same, "words");
    let quoted = format!("(last line of its error output: {})", "x".repeat(QUOTED));
    assert!(err.contains(&quoted), "{err}");
}
