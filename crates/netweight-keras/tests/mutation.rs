//! Real files, damaged at random but always in the same way: every answer is whole.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may be blunt")]

use std::path::{Path, PathBuf};

use netweight_core::{Bytes, ImportOptions, Importer, analyze};
use netweight_keras::KerasImporter;

/// Files of every layout, damaged often.
const SAMPLES: &[&str] = &[
    "keras2-functional.json",
    "nested-shared-encoder.json",
    "operations.json",
    "stacked-cells.json",
    "attention.json",
    "tensorflow-js.json",
    "wrapped.json",
    "archive.keras",
    "archive-legacy.h5",
    "wrapped-legacy.h5",
];

/// Models of KerasHub, of which each is read by functions of its own.
fn hub() -> Vec<String> {
    let names = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.into_string().unwrap());
    let is_config = |name: &String| {
        name.starts_with("hub-") && name.ends_with(".json") && !name.ends_with(".truth.json")
    };
    let mut names: Vec<String> = names.filter(is_config).collect();
    names.sort_unstable();
    names
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/keras")
}

/// What a config is made of, for one thing to stand where another did.
const PIECES: &[&[u8]] = &[
    b"null",
    b"[]",
    b"{}",
    b"-1",
    b"0",
    b"9223372036854775807",
    b"1e30",
    b"NaN",
    b"\"text\"",
    b"[null, 3]",
    b"\"Dense\"",
    b"\"Functional\"",
    b"\"TimeDistributed\"",
    b"[[[\"dense\", 0, 0, {}]]]",
    b",",
    b"\"",
];

/// A multiplicative generator with a fixed seed: the same damage in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from((self.0 >> 33) % bound.max(1) as u64).unwrap()
    }
}

#[test]
fn damaged_files_give_whole_answers() {
    SAMPLES.iter().for_each(|name| damage_often(name, 400));
}

#[test]
fn damaged_backbones_give_whole_answers() {
    let names = hub();
    assert!(names.len() > 40, "only {} models", names.len());
    names.iter().for_each(|name| damage_often(name, 120));
}

#[test]
fn truncated_files_give_whole_answers() {
    for name in SAMPLES.iter().copied().chain(hub().iter().map(String::as_str)) {
        let sample = read(name);
        (0..sample.len()).step_by(97).for_each(|length| check(name, sample[..length].to_vec()));
    }
}

fn damage_often(name: &str, times: usize) {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let sample = read(name);
    for _ in 0..times {
        let mut bytes = sample.clone();
        for _ in 0..=random.below(4) {
            damage(&mut bytes, &mut random);
        }
        check(name, bytes);
    }
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap()
}

fn damage(bytes: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(bytes.len() + 1);
    let to = (at + random.below(12)).min(bytes.len());
    match random.below(4) {
        0 => drop(bytes.drain(at..to)),
        1 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << random.below(8)),
        2 => bytes.iter_mut().skip(at).take(8).for_each(|byte| *byte = 0xFF),
        // Where a value begins, so that the text stays JSON more often than not.
        _ => {
            let rest = &bytes[at..];
            let colon = rest.windows(2).position(|pair| pair == b": ").map(|found| at + found + 2);
            let Some(start) = colon else { return };
            let length = bytes[start..].iter().position(|byte| b",}]".contains(byte));
            let end = start + length.unwrap_or(0);
            drop(bytes.splice(start..end, PIECES[random.below(PIECES.len())].to_vec()));
        }
    }
}

fn check(name: &str, bytes: Vec<u8>) {
    let source = Bytes::new(name, bytes);
    KerasImporter.probe(&source);
    match KerasImporter.import(&source, &ImportOptions::default()) {
        Ok(model) => {
            let analysis = analyze(&model);
            assert_eq!(analysis.layers.len(), model.layers.len());
        }
        Err(error) => {
            assert!(!error.problems.is_empty());
            assert!(error.problems.iter().all(|problem| !problem.message.is_empty()));
        }
    }
}
