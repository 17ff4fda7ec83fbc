//! Writes what fuzzing starts from: `seeds TESTDATA FOLDER` makes a folder for each target.

use std::error::Error;
use std::path::Path;
use std::{fs, io};

use netweight::core::lines;
use netweight::report::{Json, ModelReport, Renderer as _, Report};
use netweight::{ImportOptions, Model, analyze, import, scheme};
use netweight_fuzz::{Seed, seeds};

/// Files larger than this slow a fuzzer down more than they teach it.
const LARGEST: usize = 256 << 10;

/// The targets, each with the folders of its files and their endings.
const TARGETS: &[(&str, &[&str], &[&str])] = &[
    ("onnx", &["onnx/", "bad/onnx/"], &["onnx"]),
    ("keras_config", &["keras/", "bad/keras/"], &["json", "yaml"]),
    ("keras_archive", &["keras/", "bad/keras/"], &["keras"]),
    ("hdf5", &["keras/", "bad/keras/"], &["h5"]),
    ("yaml", &["yaml/", "bad/yaml/"], &["yaml"]),
    ("rules", &["rules/", "bad/rules/"], &["yaml"]),
    ("schemes", &["schemes/", "bad/schemes/"], &["yaml"]),
    ("plugin", &["safetensors/"], &["safetensors", "index.json"]),
    ("safetensors", &["safetensors/"], &["safetensors", "index.json"]),
    ("gguf", &["gguf/"], &["gguf"]),
    ("tflite", &["tflite/"], &["tflite"]),
];

fn main() -> Result<(), Box<dyn Error>> {
    let folders: Vec<String> = std::env::args().skip(1).collect();
    let [testdata, out] = folders.as_slice() else { return Err("seeds TESTDATA FOLDER".into()) };
    let files = seeds(Path::new(testdata))?;
    let documents = DOCUMENTS.iter().map(|(target, _)| target);
    for target in TARGETS.iter().map(|(target, ..)| target).chain(documents) {
        fs::create_dir_all(Path::new(out).join(target))?;
    }
    for seed in files.iter().filter(|seed| seed.bytes.len() <= LARGEST) {
        let (mut targets, name) = (targets(seed).peekable(), seed.path.replace('/', "-"));
        if targets.peek().is_none() {
            continue;
        }
        for target in targets {
            fs::write(Path::new(out).join(target).join(&name), seed.needed().pack()?)?;
        }
        if let Ok(model) = import(&seed.needed(), None, &ImportOptions::default()) {
            for (target, document) in DOCUMENTS {
                let mut bytes = Vec::new();
                document(&model, &mut bytes)?;
                fs::write(Path::new(out).join(target).join(&name), bytes)?;
            }
        }
    }
    Ok(())
}

/// Writes one document on a model.
type Document = fn(&Model, &mut Vec<u8>) -> io::Result<()>;

/// Targets that read what netweight itself writes of models.
const DOCUMENTS: &[(&str, Document)] = &[
    ("lines", |model, out| lines::write(model, out)),
    ("report", |model, out| {
        let report = ModelReport::new("model", &analyze(model), &scheme::by_default());
        Json.render(&Report::new(vec![report], vec![]), out)
    }),
];

/// The targets that read a file; what frameworks counted is for none.
fn targets(seed: &Seed) -> impl Iterator<Item = &'static str> {
    let ends =
        |ending: &str| seed.name().strip_suffix(ending).is_some_and(|rest| rest.ends_with('.'));
    let rows = TARGETS.iter().filter(move |(_, folders, endings)| {
        let placed = folders.iter().any(|folder| seed.path.starts_with(folder));
        placed && !ends("truth.json") && endings.iter().any(|ending| ends(ending))
    });
    rows.map(|(target, ..)| *target)
}
