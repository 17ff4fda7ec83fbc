//! The layer model and what it weighs: kinds, formulas, analysis, size schemes.
//!
//! An [`Importer`] reads a [`Source`] into a [`Model`]: what the file says. [`analyze`] turns it
//! into an [`Analysis`]: what follows, from the rows of [`kind`] and the language of [`formula`].
//! From there [`scheme`] says what the weights take under each way of storing them, [`storage`]
//! what a file's bytes hold, [`duplicate`] which tensors repeat others. [`lines`] is a model's
//! written form; [`rules`] are a person's own rows. No format and no terminal here.
//!
//! ```
//! use netweight_core::{Args, Convention, Edge, Layer, Model, analyze};
//!
//! let mut model = Model { convention: Convention::Textbook, ..Model::new("sketch") };
//! let input = model.push(Layer::input("steps", [16u64, 3].as_slice().into()));
//! let lstm = Layer::new("lstm", "LSTM", "lstm").with_args(Args::default().with("hidden_size", 2));
//! model.push(lstm.after(Edge::new(input, 0)));
//!
//! let analysis = analyze(&model);
//! let arithmetic = analysis.layers[1].evaluated.tree.as_ref().unwrap();
//! assert_eq!(arithmetic.numbers(), "4 × [2(2 + 3) + 2]");
//! assert_eq!(analysis.totals.parameters(), Some(48));
//! ```
mod analysis;
mod args;
mod diagnostic;
mod dtype;
pub mod duplicate;
mod evaluate;
mod expect;
pub mod formula;
pub mod graph;
mod importer;
mod keras_scopes;
pub mod kind;
mod kinds;
pub mod limits;
pub mod lines;
mod model;
mod own;
mod pattern;
mod quantity;
pub mod rules;
pub mod scheme;
mod scope;
mod shape;
mod site;
mod source;
pub mod storage;
mod words;

pub use analysis::{Analysis, Check, Counts, LayerAnalysis, Tally, Tensor, Totals, analyze};
pub use args::{Arg, Args};
pub use diagnostic::{Class, Diagnostic, ImportError, Severity};
pub use dtype::DType;
pub use evaluate::{Evaluated, Expected, Missing, counted_under, evaluate};
pub use expect::Expectation;
pub use importer::{Confidence, ImportOptions, Importer, ImporterInfo};
pub use keras_scopes::KerasScopes;
pub use kind::Kind;
pub use model::{Category, Convention, DataFile, Edge, Layer, Model, Place, Role, Weight};
pub use own::{OwnArg, OwnKind, OwnWeight};
pub use pattern::Pattern;
pub use quantity::grouped;
pub use rules::Rules;
pub use shape::{Dim, Shape, elements};
pub use site::{Outputs, Site};
pub use source::{Bytes, Source};
