//! safetensors files read into the layer model: headers only, whatever the size of the data.
//!
//! [`Safetensors`] reads a single file or, from `model.safetensors.index.json`, all shards of a
//! checkpoint. `header` and `spans` read and check one file, `index` and `checkpoint` bring
//! files together, `module` gathers tensors by the paths in their names. What the tensors of a
//! module stand for is told in two steps: `packing` undoes what quantizers did, `meaning` finds
//! the kind of layer.
//!
//! ```
//! use netweight_core::{Bytes, ImportOptions, Importer, analyze};
//! use netweight_safetensors::Safetensors;
//!
//! let header = br#"{"fc.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}"#;
//! let mut file = (header.len() as u64).to_le_bytes().to_vec();
//! file.extend(header);
//! file.extend([0; 24]);
//! let source = Bytes::new("model.safetensors", file);
//! let model = Safetensors.import(&source, &ImportOptions::default())?;
//! assert_eq!(model.layers[0].path, "fc");
//! assert_eq!(analyze(&model).totals.parameters(), Some(6));
//! # Ok::<(), netweight_core::ImportError>(())
//! ```

mod checkpoint;
mod config;
mod element;
mod header;
mod index;
mod meaning;
mod model;
mod module;
mod packing;
mod parameter;
mod spans;

use netweight_core::limits::safetensors as limits;
use netweight_core::{
    Confidence, ImportError, ImportOptions, Importer, ImporterInfo, Model, Source,
};
use netweight_plugin::Mark;

use crate::config::Config;

/// The importer of safetensors files.
#[derive(Debug, Clone, Copy, Default)]
pub struct Safetensors;

const INFO: ImporterInfo = ImporterInfo {
    id: "safetensors",
    name: "safetensors",
    summary: "tensors by module path, single files and shards; packed weights by their values",
    extensions: &["safetensors", "safetensors.index.json"],
};

impl Importer for Safetensors {
    fn info(&self) -> &ImporterInfo {
        &INFO
    }

    fn probe(&self, source: &dyn Source) -> Confidence {
        if header::looks_like_one(source) || index::looks_like_one(source) {
            Confidence::Certain
        } else if INFO.matches_name(source.name()) || index::is_named_like_one(source.name()) {
            Confidence::Name
        } else {
            Confidence::No
        }
    }

    fn import(&self, source: &dyn Source, _: &ImportOptions) -> Result<Model, ImportError> {
        let checkpoint = checkpoint::read(source)?;
        Ok(model::build(checkpoint, &Config::beside(source)))
    }
}

netweight_plugin::export!(Safetensors, info: INFO, magic: [Mark::at(8, b"{\"")]);
