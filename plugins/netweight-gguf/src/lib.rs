//! GGUF files read into the layer model: headers only, whatever the size of the data.
//!
//! [`Gguf`] reads versions 2 and 3, either byte order, and from the first file of a split model
//! all of them. `file` reads a header through `cursor` and `metadata`, `layout` compares it with
//! the file, `split` finds further files; `meaning` tells layers by llama.cpp's tensor names and
//! `ggml` has the table of element types.
//!
//! ```
//! use netweight_core::{Bytes, ImportOptions, Importer, analyze};
//! use netweight_gguf::Gguf;
//!
//! let mut file = b"GGUF\x03\0\0\0".to_vec();
//! file.extend([1u64, 0].iter().flat_map(|count| count.to_le_bytes())); // a tensor, no metadata
//! file.extend(13u64.to_le_bytes());
//! file.extend(b"output.weight");
//! file.extend(2u32.to_le_bytes());
//! file.extend([3u64, 5].iter().flat_map(|dim| dim.to_le_bytes()));
//! file.extend([0; 4 + 8]); // type F32, at the data's begin
//! file.resize(file.len().next_multiple_of(32) + 3 * 5 * 4, 0);
//! let model = Gguf.import(&Bytes::new("tiny.gguf", file), &ImportOptions::default())?;
//! let analysis = analyze(&model);
//! assert_eq!(analysis.layers[0].evaluated.tree.as_ref().unwrap().numbers(), "3 × 5");
//! # Ok::<(), netweight_core::ImportError>(())
//! ```

mod cursor;
mod file;
mod ggml;
mod layout;
mod meaning;
mod metadata;
mod model;
mod split;

use netweight_core::limits::gguf as limits;
use netweight_core::{
    Confidence, ImportError, ImportOptions, Importer, ImporterInfo, Model, Source,
};
use netweight_plugin::Mark;

/// The importer of GGUF files.
#[derive(Debug, Clone, Copy, Default)]
pub struct Gguf;

const INFO: ImporterInfo = ImporterInfo {
    id: "gguf",
    name: "GGUF",
    summary: "llama.cpp's models, adapters and splits, quantized or not",
    extensions: &["gguf"],
};

impl Importer for Gguf {
    fn info(&self) -> &ImporterInfo {
        &INFO
    }

    fn probe(&self, source: &dyn Source) -> Confidence {
        match source.read_vec(0, file::MAGIC.len()) {
            Ok(head) if head == file::MAGIC => Confidence::Certain,
            _ if INFO.matches_name(source.name()) => Confidence::Name,
            _ => Confidence::No,
        }
    }

    fn import(&self, source: &dyn Source, _: &ImportOptions) -> Result<Model, ImportError> {
        let first = file::read(source)?;
        let rest = split::rest(source, &first)?;
        Ok(model::build(first, rest))
    }
}

netweight_plugin::export!(Gguf, info: INFO, magic: [Mark::at(0, file::MAGIC)]);
