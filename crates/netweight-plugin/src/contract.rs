//! What every plugin must stand: a check that its own tests run, without installing it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use netweight_core::{Bytes, Confidence, ImportOptions, Importer, Model, analyze, lines};

use crate::Manifest;

/// Damaged copies made of one example by cutting, and as many by changing bytes.
const COPIES: usize = 24;

/// Beginnings of files that no format has, or only by mistake.
const HEADS: &[(&str, &[u8])] = &[
    ("an empty file", b""),
    ("one byte", b"\0"),
    ("zeros", &[0; 4096]),
    ("ones", &[0xFF; 4096]),
    ("text", b"version 1\nlayers 18446744073709551615\n"),
    ("open brackets", &[b'['; 4096]),
    ("open braces", &[b'{'; 4096]),
    ("a web page", b"<!DOCTYPE html><html></html>"),
];

/// Files that a plugin must answer without crashing: hostile heads alone and behind the
/// format's own marks, and damaged copies of examples. The same on every run.
pub fn hostile(manifest: &Manifest, examples: &[(&str, &[u8])]) -> Vec<(String, Vec<u8>)> {
    let heads = HEADS.iter().map(|(what, head)| ((*what).to_owned(), head.to_vec()));
    let behind = manifest.marks().into_iter().flat_map(|mark| {
        HEADS.iter().map(move |(what, head)| {
            (format!("{what} behind the format's mark"), [mark.as_slice(), head].concat())
        })
    });
    let damaged = examples.iter().flat_map(|(name, bytes)| damaged(name, bytes));
    heads.chain(behind).chain(damaged).collect()
}

/// Copies of an example, cut off and with changed bytes.
fn damaged(name: &str, bytes: &[u8]) -> impl Iterator<Item = (String, Vec<u8>)> {
    let mut random = 0x9E37_79B9_7F4A_7C15u64;
    let mut next = move |below: usize| {
        // A linear congruence, so that every run damages the same bytes.
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((random >> 33) % (below.max(1) as u64)).unwrap_or_default()
    };
    let cut = (0..COPIES).map(move |i| {
        let length = bytes.len() * i / COPIES;
        let copy = bytes.get(..length).unwrap_or_default().to_vec();
        (format!("{name} cut off after {length} bytes"), copy)
    });
    // Most formats tell what matters in their first bytes.
    let changed = (0..COPIES).map(move |i| {
        let mut copy = bytes.to_vec();
        let at = next(if i % 2 == 0 { bytes.len().min(64) } else { bytes.len() });
        let value = [0, 0x7F, 0x80, 0xFF].get(i % 4).copied().unwrap_or_default();
        if let Some(byte) = copy.get_mut(at) {
            *byte = value;
        }
        (format!("{name} with byte {at} set to {value}"), copy)
    });
    cut.chain(changed)
}

/// Runs an importer over examples and over what is hostile; tells what it does wrong.
///
/// An example is a file's name and its bytes. Every example must give a model, the same one
/// each time, one that its JSON lines give back whole; anything else may fail but not panic.
pub fn check(importer: &dyn Importer, manifest: &[u8], examples: &[(&str, &[u8])]) -> Vec<String> {
    let manifest = match Manifest::parse(manifest.strip_suffix(b"\0").unwrap_or(manifest)) {
        Ok(manifest) => manifest,
        Err(problem) => return vec![problem],
    };
    let mut problems = Vec::new();
    for (name, bytes) in examples {
        let mut tell = |problem: String| problems.push(format!("{name}: {problem}"));
        if manifest.probe(bytes, name) == Confidence::No {
            tell("the manifest does not claim it, by magic or by name".to_owned());
        }
        match (import(importer, name, bytes), import(importer, name, bytes)) {
            (Ok(first), Ok(second)) if first != second => {
                tell("two runs give different models".to_owned());
            }
            (Ok(model), Ok(_)) => told_whole(&model).err().into_iter().for_each(tell),
            (Err(problem), _) | (_, Err(problem)) => tell(problem),
        }
    }
    for (name, bytes) in hostile(&manifest, examples) {
        if let Err(problem) = import(importer, &name, &bytes)
            && problem == PANICKED
        {
            problems.push(format!("{name}: {problem}"));
        }
    }
    problems
}

const PANICKED: &str = "the importer panicked";

fn import(importer: &dyn Importer, name: &str, bytes: &[u8]) -> Result<Model, String> {
    let source = Bytes::new(name, bytes);
    let import = || importer.import(&source, &ImportOptions::default());
    let result = catch_unwind(AssertUnwindSafe(import)).map_err(|_| PANICKED.to_owned())?;
    result.map_err(|error| error.to_string())
}

/// Whether a model comes out of its lines as it went in, and can be counted.
fn told_whole(model: &Model) -> Result<(), String> {
    let mut text = Vec::new();
    lines::write(model, &mut text).map_err(|error| error.to_string())?;
    let back = lines::read(&mut text.as_slice()).map_err(|error| error.to_string())?;
    if back != *model {
        return Err("the model does not come back whole from its JSON lines".to_owned());
    }
    analyze(&back);
    Ok(())
}
