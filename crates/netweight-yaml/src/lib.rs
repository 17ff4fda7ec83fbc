//! YAML specs: a small language in which a person writes a network by hand.
//!
//! [`YamlImporter`] reads a spec, in YAML or JSON, into the layer model; what is wrong with it is
//! told all at once, each with its place. One table, the catalogue of kinds in the words of
//! several vocabularies, drives the reader, its suggestions, the [`json_schema`] and the
//! [`documentation`].
//!
//! ```
//! use netweight_core::{Bytes, ImportOptions, Importer, analyze};
//! use netweight_yaml::YamlImporter;
//!
//! let spec = "input: [null, 8]\nlayers:\n  - bidirectional: {gru: 5}\n  - lstm: 50\n";
//! let model = YamlImporter.import(&Bytes::new("spec.yaml", spec), &ImportOptions::default())?;
//! let analysis = analyze(&model);
//! assert_eq!(model.layers[1].path, "bigru");
//! assert_eq!(analysis.totals.parameters(), Some(12_620));
//! # Ok::<(), netweight_core::ImportError>(())
//! ```
mod documentation;
mod form;
mod importer;
mod key;
mod probe;
mod reader;
mod rules;
mod schema;
mod schemes;
mod takes;
mod vocabulary;
mod write;

use netweight_core::limits::spec as limits;

pub use documentation::documentation;
pub use importer::YamlImporter;
pub use rules::{read_rules, rules_schema};
pub use schema::json_schema;
pub use schemes::{read_schemes, write_scheme};
pub use write::write_spec;
