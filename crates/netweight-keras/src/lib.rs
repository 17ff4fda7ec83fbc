//! Keras configs read into the layer model.
//!
//! [`KerasImporter`] reads what `model.to_json()` of Keras 1, 2 and 3 writes, and the YAML of
//! their early versions. A config holds no weights; what each layer weighs follows from its
//! class, its arguments and the shapes that flow through the graph.
//!
//! - `graph/` reads the three layouts in which versions write who calls whom;
//! - `class.rs` is the row type and the list of layer classes, `classes/` their rows;
//! - `ops/` has the rows of operations that stand in a graph between layers.
//!
//! ```
//! use netweight_core::{Bytes, ImportOptions, Importer, analyze};
//! use netweight_keras::KerasImporter;
//!
//! let config = br#"{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"layers": [
//!   {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [null, 16, 3]}},
//!   {"class_name": "LSTM", "config": {"name": "lstm", "units": 2}}]}}"#;
//! let source = Bytes::new("tagger.json", config.to_vec());
//! let model = KerasImporter.import(&source, &ImportOptions::default())?;
//! let arithmetic = analyze(&model).layers[1].evaluated.tree.as_ref().map(|tree| tree.numbers());
//! assert_eq!(arithmetic.as_deref(), Some("4 × [2(2 + 3) + 2]"));
//! # Ok::<(), netweight_core::ImportError>(())
//! ```
mod archive;
mod class;
mod classes;
mod config;
mod evidence;
mod findings;
mod fit;
mod graph;
mod harmless;
mod hdf5;
mod hub;
mod importer;
mod layer;
mod ops;
mod python;
mod quantization;
mod reader;
mod ruled;
mod statistic;
mod stored;
mod tensorflow_js;
mod version;
mod weights;

use netweight_core::limits::keras as limits;

pub use importer::KerasImporter;
