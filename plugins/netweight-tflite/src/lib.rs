//! TensorFlow Lite files read into the layer model: the structure only, never the weights.
//!
//! `flatbuffer` reads tables at positions of the file, `schema` knows the format's tables,
//! `constant` tells tensors with bytes of their own, `operator` and `meaning` say what operators
//! are and which of their constants are which weights, `bias` which sums belong to a product, `path` where layers stand, `model` brings
//! it together.
//!
//! ```
//! use netweight_core::{Bytes, Confidence, Importer};
//! use netweight_tflite::Tflite;
//!
//! let source = Bytes::new("model.tflite", b"\x1c\0\0\0TFL3".to_vec());
//! assert_eq!(Tflite.probe(&source), Confidence::Certain);
//! ```

mod bias;
mod constant;
mod element;
mod flatbuffer;
mod meaning;
mod model;
mod operator;
mod path;
mod schema;

use netweight_core::limits::tflite as limits;
use netweight_core::{
    Confidence, DataFile, ImportError, ImportOptions, Importer, ImporterInfo, Model, Source,
};
use netweight_plugin::Mark;

use crate::flatbuffer::Flatbuffer;

/// The importer of TensorFlow Lite files.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tflite;

const INFO: ImporterInfo = ImporterInfo {
    id: "tflite",
    name: "TensorFlow Lite",
    summary: "operators of every subgraph with their constants, quantized or not",
    extensions: &["tflite", "lite"],
};

impl Importer for Tflite {
    fn info(&self) -> &ImporterInfo {
        &INFO
    }

    fn probe(&self, source: &dyn Source) -> Confidence {
        match source.read_vec(0, 8) {
            Ok(head) if head.get(4..) == Some(schema::IDENTIFIER) => Confidence::Certain,
            _ if INFO.matches_name(source.name()) => Confidence::Name,
            _ => Confidence::No,
        }
    }

    fn import(&self, source: &dyn Source, _: &ImportOptions) -> Result<Model, ImportError> {
        let buffer = Flatbuffer::new(source);
        let file = schema::read(source, &buffer)?;
        let own = DataFile { name: source.name().to_owned(), length: Some(source.len()) };
        Ok(Model { files: vec![own], ..model::build(&file, &buffer) })
    }
}

netweight_plugin::export!(Tflite, info: INFO, magic: [Mark::at(4, schema::IDENTIFIER)]);
