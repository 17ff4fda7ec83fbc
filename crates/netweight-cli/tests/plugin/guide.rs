//! The guide: its code is that of the examples, which other tests run, and its commands work.

use std::fs;
use std::process::Command;

use crate::place::{Place, workspace};

/// Files whose parts the guide shows.
const SHOWN: &[(&str, &[&str])] = &[
    ("c", &["plugins/example-c/tiny.c"]),
    ("python", &["plugins/example-python/tiny.py"]),
    ("rust", &["crates/netweight-host/skeleton/rust/src/lib.rs"]),
];

/// The guide's blocks of code: language and text.
fn blocks() -> Vec<(String, String)> {
    let guide = fs::read_to_string(workspace().join("docs/plugins.md")).unwrap();
    let mut blocks = Vec::new();
    for (number, part) in guide.split("```").enumerate() {
        if number % 2 == 1
            && let Some((language, text)) = part.split_once('\n')
        {
            blocks.push((language.to_owned(), text.to_owned()));
        }
    }
    blocks
}

#[test]
fn shown_code_is_the_examples_own() {
    for (language, text) in blocks() {
        let Some((_, files)) = SHOWN.iter().find(|(known, _)| *known == language) else { continue };
        let shown =
            |file: &&str| fs::read_to_string(workspace().join(file)).unwrap().contains(&text);
        assert!(files.iter().any(shown), "in no example:\n{text}");
    }
}

#[test]
fn shown_manifest_and_lines_are_the_examples_own() {
    let json: Vec<String> = blocks()
        .into_iter()
        .filter(|(language, _)| language == "json")
        .map(|(_, text)| text)
        .collect();
    let [lines, manifest] = json.as_slice() else { panic!("{} blocks of JSON", json.len()) };
    let example = workspace().join("plugins/example-python");
    assert_eq!(*manifest, fs::read_to_string(example.join("tiny.py.json")).unwrap());
    let Ok(printed) =
        Command::new(example.join("tiny.py")).arg(example.join("example.tiny")).output()
    else {
        eprintln!("skipped: no Python");
        return;
    };
    assert_eq!(*lines, String::from_utf8_lossy(&printed.stdout));
}

#[test]
fn shown_commands_work() {
    if Command::new("make").arg("--version").output().is_err() {
        eprintln!("skipped: no make");
        return;
    }
    let place = Place::new("guide");
    for (_, commands) in blocks().into_iter().filter(|(language, _)| language == "sh") {
        let mut folders = vec![place.path("")];
        folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
        let output = Command::new("sh")
            .args(["-e", "-c", &commands])
            .current_dir(place.path(""))
            .env("PATH", std::env::join_paths(folders).unwrap())
            .env("HOME", place.path(""))
            .env_remove("XDG_DATA_HOME")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(said.contains("407,050"), "{said}");
    }
}
