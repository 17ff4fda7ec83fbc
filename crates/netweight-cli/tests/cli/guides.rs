//! Guides and help texts: every command in them is run, and says what they say it does.

use std::path::Path;

use crate::program::{Said, netweight, testdata};

/// A command line as a shell takes it apart, as far as guides need one: quotes, and the file
/// that the output goes to.
fn words(line: &str) -> (Vec<String>, Option<String>) {
    let (line, file) = match line.rsplit_once(" > ") {
        Some((line, file)) => (line, Some(file.to_owned())),
        None => (line, None),
    };
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for c in line.chars().chain([' ']) {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, ' ') if word.is_empty() => {}
            (None, ' ') => words.push(std::mem::take(&mut word)),
            _ => word.push(c),
        }
    }
    (words, file)
}

fn run(line: &str) -> (Said, Option<String>) {
    let (words, file) = words(line);
    let arguments: Vec<&str> = words.iter().map(String::as_str).collect();
    assert_eq!(arguments[0], "netweight", "{line}");
    (netweight(80, &arguments[1..]), file)
}

/// Whether lines are those expected, a line of `…` standing for any number of them.
fn fits(expected: &[&str], found: &[&str]) -> bool {
    match expected.split_first() {
        None => found.is_empty(),
        Some((&"…", rest)) => (0..=found.len()).any(|skipped| fits(rest, &found[skipped..])),
        Some((first, rest)) => found.first() == Some(first) && fits(rest, &found[1..]),
    }
}

/// A guide with what its commands say now in place of what it said before, where that is not
/// left out with `…`.
fn renewed(guide: &str, wrong: &mut Vec<String>) -> String {
    let mut out = String::new();
    let mut parts = guide.split("```console\n");
    out.push_str(parts.next().unwrap());
    for part in parts {
        let (block, after) = part.split_once("```\n").unwrap();
        out.push_str("```console\n");
        for command in block.split("$ ").skip(1) {
            let (line, expected) = command.split_once('\n').unwrap();
            let (said, file) = run(line);
            let found = match file {
                Some(file) => {
                    shown(&file, &said.out, wrong);
                    said.err
                }
                None => said.out + &said.err,
            };
            let (expected_lines, found_lines): (Vec<&str>, Vec<&str>) =
                (expected.lines().collect(), found.lines().collect());
            if !fits(&expected_lines, &found_lines) {
                wrong.push(format!("$ {line}\n{found}"));
            }
            let keeps = expected_lines.contains(&"…");
            out.push_str(&format!("$ {line}\n{}", if keeps { expected } else { &found }));
        }
        out.push_str("```\n");
        out.push_str(after);
    }
    out
}

/// A picture that is kept beside the guides is the one that the command writes.
fn shown(file: &str, written: &str, wrong: &mut Vec<String>) {
    let kept = testdata().join("../docs").join(file);
    if std::env::var_os("BLESS").is_some() && kept.exists() {
        std::fs::write(&kept, written).unwrap();
    }
    if std::fs::read_to_string(&kept).is_ok_and(|kept| kept != written) {
        wrong.push(format!("{file} is not what the command writes"));
    }
}

#[test]
fn guides_say_what_the_program_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let mut guides = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "md") {
            continue;
        }
        let guide = std::fs::read_to_string(&path).unwrap();
        let mut wrong = Vec::new();
        let renewed = renewed(&guide, &mut wrong);
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, renewed).unwrap();
        } else {
            assert!(wrong.is_empty(), "{}:\n{}", path.display(), wrong.join("\n"));
        }
        guides += 1;
    }
    assert!(guides > 4);
}

/// What stands for the files of the examples.
const FILES: [(&str, &str); 6] = [
    ("model.onnx", "onnx/convnet.onnx"),
    ("before.onnx", "onnx/convnet.onnx"),
    ("after.onnx", "onnx/convnet-folded.onnx"),
    ("spec.yaml", "yaml/lstm.yaml"),
    ("rules.yaml", "rules/layers.yaml"),
    ("config.json", "keras/unknown-width.json"),
];

#[test]
fn examples_in_the_help_work() {
    let mut examples = 0;
    for command in [&[][..], &["explain"], &["sizes"], &["diff"], &["completions"]] {
        let help = netweight(100, &[command, &["--help"]].concat()).out;
        let (_, shown) = help.split_once("Examples:\n").unwrap();
        for line in shown.lines().filter_map(|line| line.strip_prefix("  netweight ")) {
            let mut line = format!("netweight {line}");
            for (name, file) in FILES {
                line = line.replace(name, file);
            }
            let line = line.replace("layer1.*.conv1", "features.*");
            let (said, _) = run(&line);
            let gated = line.contains("--exit-code");
            assert_eq!(said.code, i32::from(gated), "{line}: {}", said.err);
            assert!(!said.out.is_empty(), "{line}");
            examples += 1;
        }
    }
    assert!(examples > 12, "{examples}");
}

#[test]
fn man_pages_and_completions_come_from_the_same_definition() {
    for command in [&["man"][..], &["man", "diff"]] {
        let said = netweight(80, command);
        assert_eq!(said.code, 0);
        assert!(
            said.out.contains(".SH SYNOPSIS") && said.out.contains("Examples:"),
            "{}",
            said.out
        );
    }
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let said = netweight(80, &["completions", shell]);
        assert!(
            said.out.contains("max-parameters") && said.out.contains("non_trainable"),
            "{shell}"
        );
    }
    assert_eq!(netweight(80, &["man", "dff"]).code, 2);
}

#[test]
fn links_between_guides_lead_somewhere() {
    let folder = testdata().join("../docs");
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(guide) = std::fs::read_to_string(&path) else { continue };
        for (_, rest) in guide.match_indices("](").map(|(at, open)| guide.split_at(at + open.len()))
        {
            let (target, _) = rest.split_once(')').unwrap();
            let target = target.split('#').next().unwrap();
            let outside = target.is_empty() || target.starts_with("http");
            assert!(outside || folder.join(target).exists(), "{}: {target}", path.display());
        }
    }
}
