//! An importer of one's own beside the built-in ones, in the same process:
//! `cargo run --example own_format -- network.dense`.
//!
//! The format is one line of sizes: `3 5 2` is a network of two dense layers. Other files are read
//! as ever.
#![allow(clippy::print_stdout, reason = "a program's answer")]

use std::error::Error;

use netweight::core::{Args, Confidence, Edge, ImporterInfo, Layer};
use netweight::{FileSource, ImportError, ImportOptions, Importer, Model, Source};

/// A longer file is something else.
const LONGEST: usize = 1_000;

static INFO: ImporterInfo = ImporterInfo {
    id: "dense",
    name: "dense network",
    summary: "sizes of dense layers, on one line",
    extensions: &["dense"],
};

struct Dense;

impl Dense {
    fn sizes(source: &dyn Source) -> Option<Vec<u32>> {
        let bytes = source.read_vec(0, LONGEST).ok()?;
        let text = std::str::from_utf8(&bytes).ok()?;
        let sizes: Result<Vec<u32>, _> = text.split_whitespace().map(str::parse).collect();
        sizes.ok().filter(|sizes| sizes.len() > 1)
    }
}

impl Importer for Dense {
    fn info(&self) -> &ImporterInfo {
        &INFO
    }

    fn probe(&self, source: &dyn Source) -> Confidence {
        match Self::sizes(source) {
            Some(_) => Confidence::Likely,
            None => Confidence::No,
        }
    }

    fn import(&self, source: &dyn Source, _: &ImportOptions) -> Result<Model, ImportError> {
        let sizes = Self::sizes(source)
            .ok_or_else(|| ImportError::malformed("dense/sizes", "not two sizes or more"))?;
        let mut model = Model::new(INFO.id);
        let [first, rest @ ..] = sizes.as_slice() else { return Ok(model) };
        let mut last = model.push(Layer::input("input", [u64::from(*first)].as_slice().into()));
        for (index, size) in rest.iter().enumerate() {
            // What is counted follows from the kind; the input size from the layer before.
            let args = Args::default().with("output_size", i64::from(*size)).with("bias", true);
            let layer = Layer::new(format!("dense_{index}"), "Dense", "dense").with_args(args);
            last = model.push(layer.after(Edge::new(last, 0)));
        }
        Ok(model)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("pass a file")?;
    let source = FileSource::open(path)?;
    let mut importers = netweight::importers().to_vec();
    importers.push(&Dense);
    let importer = netweight::select(&importers, &source, None)?;
    let model = importer.import(&source, &ImportOptions::default())?;
    let total = netweight::analyze(&model).totals.parameters();
    println!("{}: {total:?} parameters", importer.info().name);
    Ok(())
}
