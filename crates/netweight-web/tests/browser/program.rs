//! The page's answers are the program's: whole reports as JSON, errors word for word.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::slice;

use serde_json::{Value, json};

use crate::chromium::Chromium;
use crate::{FAILURES, TOTAL, built, page, testdata};

/// Files that are read together: the folder, what is given, the model among it.
const TOGETHER: &[(&str, &[&str], &str)] = &[
    ("onnx", &["external-data.onnx", "external-data.weights.bin"], "external-data.onnx"),
    (
        "gguf",
        &["split-00003-of-00003.gguf", "split-00001-of-00003.gguf", "split-00002-of-00003.gguf"],
        "split-00001-of-00003.gguf",
    ),
    (
        "safetensors/sharded",
        &[
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json",
        ],
        "model.safetensors.index.json",
    ),
    (
        "safetensors/lora",
        &["adapter_config.json", "adapter_model.safetensors"],
        "adapter_model.safetensors",
    ),
    ("safetensors/mlx-8bit-config", &["config.json", "model.safetensors"], "model.safetensors"),
];

/// What lies beside models and is none.
const BESIDE: &[&str] = &[".err", "truth.json", ".report.txt", ".explain.txt"];

/// Every other file of the test data, hostile ones and what is no model among them.
fn alone(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, mut files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    files.retain(|path| {
        let is_part = |(of, files, _): &(&str, &[&str], &str)| {
            files.iter().any(|name| *path == testdata(of).join(name))
        };
        let name = path.to_string_lossy();
        !BESIDE.iter().any(|end| name.ends_with(end)) && !TOGETHER.iter().any(is_part)
    });
    let below = folders.iter().filter(|path| !path.ends_with("generate"));
    files.extend(below.flat_map(|folder| alone(folder)));
    files.sort();
    files
}

/// What the program says of a file, from within its folder.
fn told(program: &Path, file: &Path, arguments: &[&str]) -> Output {
    let (folder, name) = (file.parent().unwrap(), file.file_name().unwrap());
    Command::new(program).args(arguments).arg(name).current_dir(folder).output().unwrap()
}

/// A number as people read it.
pub(crate) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Gives files to the page; its report and its words must be those of the program on a model.
fn same(browser: &mut Chromium, program: &Path, files: &[PathBuf], model: &Path) -> bool {
    let report = told(program, model, &["--format", "json"]);
    let mut report: Value = serde_json::from_slice(&report.stdout).unwrap();
    browser.give(files);
    let of = model.display();
    if report["models"] == json!([]) {
        let words = told(program, model, &[]).stderr;
        assert_eq!(browser.said(FAILURES), String::from_utf8(words).unwrap(), "{of}");
        return false;
    }
    assert_eq!(browser.said(FAILURES), "", "{of}");
    let mut saved = browser.saved();
    for model in [&mut report["models"][0], &mut saved["models"][0]] {
        // Linked in here, a plugin there.
        model.as_object_mut().unwrap().remove("plugin");
    }
    assert_eq!(saved["models"], report["models"], "{of}");
    let totals = &report["models"][0]["totals"];
    let mark = if totals["complete"] == true { "" } else { "≥ " };
    let shown = match totals["parameters"].as_u64() {
        Some(parameters) => format!("{mark}{}", grouped(parameters)),
        None => "?".to_owned(),
    };
    assert_eq!(browser.said(TOTAL), shown, "{of}");
    true
}

#[test]
fn every_file_is_answered_as_by_the_program() {
    let (Some(program), Some(mut browser)) = (built("bin/netweight"), page()) else { return };
    let (mut read, mut refused) = (0, 0);
    for file in alone(&testdata("")) {
        if same(&mut browser, &program, slice::from_ref(&file), &file) {
            read += 1
        } else {
            refused += 1
        }
    }
    eprintln!("{read} models and {refused} errors are those of the program");
    assert!(read > 150 && refused > 100, "{read} models, {refused} errors");
    assert_eq!(browser.wrong(), Vec::<String>::new());
}

#[test]
fn files_dropped_together_are_one_model() {
    let (Some(program), Some(mut browser)) = (built("bin/netweight"), page()) else { return };
    for (folder, names, model) in TOGETHER {
        let folder = testdata(folder);
        let files: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).collect();
        assert!(same(&mut browser, &program, &files, &folder.join(model)), "{model}");
    }
    assert_eq!(browser.wrong(), Vec::<String>::new());
}

/// Numbers that an address of 32 bits cannot hold.
const WIDE: &str = "input: [5000000000, 8]
layers:
  - dense: 5000000000
  - split: {sections: 4294967297, axis: 1}
  - conv1d: {filters: 3, kernel: 4294967297}
";

#[test]
fn sizes_beyond_32_bits_are_those_of_the_program() {
    let (Some(program), Some(mut browser)) = (built("bin/netweight"), page()) else { return };
    let folder = std::env::temp_dir().join(format!("netweight-wide-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("wide.yaml");
    fs::write(&file, WIDE).unwrap();
    assert!(same(&mut browser, &program, slice::from_ref(&file), &file));
    fs::remove_dir_all(folder).unwrap();
}
