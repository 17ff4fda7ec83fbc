//! A plugin for .tiny files, a dense layer a line: its path, its inputs, its outputs.
//!
//! Build: cargo build --release
//! Check: netweight plugin check target/release/libnetweight_tiny.so example.tiny

use netweight_plugin::Mark;
use netweight_plugin::core::{
    Args, Confidence, ImportError, ImportOptions, Importer, ImporterInfo, Layer, Model, Source,
};

struct Tiny;

const FIRST_LINE: &str = "tiny 1";

const INFO: ImporterInfo = ImporterInfo {
    id: "tiny",
    name: "tiny",
    summary: "dense layers, one a line",
    extensions: &["tiny"],
};

impl Importer for Tiny {
    fn info(&self) -> &ImporterInfo {
        &INFO
    }

    fn probe(&self, source: &dyn Source) -> Confidence {
        match source.read_vec(0, FIRST_LINE.len()) {
            Ok(head) if head == FIRST_LINE.as_bytes() => Confidence::Certain,
            _ => Confidence::No,
        }
    }

    fn import(&self, source: &dyn Source, _: &ImportOptions) -> Result<Model, ImportError> {
        // No more than a text of this kind can be, whatever the file's length.
        let text = source.read_vec(0, 16 << 20)?;
        let text = String::from_utf8_lossy(&text);
        let mut lines = text.lines();
        if lines.next() != Some(FIRST_LINE) {
            let what = format!("the first line is not `{FIRST_LINE}`");
            return Err(ImportError::malformed("tiny/first-line", what));
        }
        let mut model = Model::new(INFO.id);
        for (number, line) in lines.enumerate() {
            let layer = layer(line).ok_or_else(|| {
                let what = "not a path and two sizes";
                ImportError::malformed("tiny/line", what).at(format!("line {}", number + 2))
            })?;
            model.push(layer);
        }
        Ok(model)
    }
}

fn layer(line: &str) -> Option<Layer> {
    let mut words = line.split(' ');
    let path = words.next()?;
    let mut size = || words.next()?.parse::<u32>().ok().map(i64::from);
    let args = Args::default().with("input_size", size()?).with("output_size", size()?);
    Some(Layer::new(path, "dense", "dense").with_args(args))
}

netweight_plugin::export!(Tiny, info: INFO, magic: [Mark::at(0, b"tiny 1\n")]);

#[test]
fn keeps_the_contract() {
    let example = include_bytes!("../example.tiny");
    let problems = netweight_plugin::contract::check(
        &Tiny,
        &netweight_manifest,
        &[("example.tiny", example.as_slice())],
    );
    assert!(problems.is_empty(), "{problems:#?}");
}
