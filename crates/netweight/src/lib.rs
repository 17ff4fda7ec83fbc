//! What a model file weighs, layer by layer, with no framework installed.
//!
//! ```
//! let model = netweight::open("../../testdata/keras/bigru-lstm.json")?;
//! let analysis = netweight::analyze(&model);
//! for (layer, found) in model.layers.iter().zip(&analysis.layers) {
//!     println!("{:20} {:?}", layer.path, found.counts.map(|counts| counts.parameters()));
//! }
//! assert_eq!(analysis.totals.parameters(), Some(12_620));
//! # Ok::<(), netweight::ImportError>(())
//! ```
//!
//! [`open`] reads a file into a [`Model`]: what the file says. [`analyze`] gives the
//! [`Analysis`]: shapes, counts, arithmetic, checks. [`report`] holds the documents and their
//! renderers; [`import`] takes any [`Source`], such as bytes in memory. What no file says a person
//! may: [`ImportOptions::rules`] for operators and classes, [`assume`] for single counts.

mod assume;
#[cfg(any(unix, windows))]
mod file;
mod mistaken;
mod registry;

pub use netweight_core as core;
pub use netweight_core::{
    Analysis, Bytes, ImportError, ImportOptions, Importer, Model, Source, analyze, kind, scheme,
};
pub use netweight_report as report;
pub use netweight_yaml as spec;

pub use assume::{Assumption, assume};
#[cfg(any(unix, windows))]
pub use file::FileSource;
pub use registry::{importers, select};

/// Reads a file into a model, by the importer that knows its content.
///
/// ```
/// let model = netweight::open("../../testdata/yaml/lstm.yaml")?;
/// assert_eq!(model.layers[0].kind.as_deref(), Some("lstm"));
/// # Ok::<(), netweight::ImportError>(())
/// ```
///
/// # Errors
/// The file cannot be read, or is of no known format.
#[cfg(any(unix, windows))]
pub fn open(path: impl AsRef<std::path::Path>) -> Result<Model, ImportError> {
    import(&FileSource::open(path)?, None, &ImportOptions::default())
}

/// Reads a source into a model, by the importer of the id, or the one that knows its content.
///
/// ```
/// use netweight::{Bytes, ImportOptions, analyze, import};
///
/// let source = Bytes::new("net.yaml", "input: 3\nlayers: [dense: 2]\n");
/// let model = import(&source, None, &ImportOptions::default())?;
/// assert_eq!(analyze(&model).totals.parameters(), Some(3 * 2 + 2));
/// # Ok::<(), netweight::ImportError>(())
/// ```
///
/// # Errors
/// The source cannot be read, or is of no known format.
pub fn import(
    source: &dyn Source,
    from: Option<&str>,
    options: &ImportOptions,
) -> Result<Model, ImportError> {
    select(importers(), source, from)?.import(source, options)
}
