//! The layer model and what it weighs: kinds, formulas, analysis, size schemes.
mod diagnostic;
pub mod formula;
pub mod limits;
mod source;

pub use diagnostic::{Class, Diagnostic, ImportError, Severity};
pub use source::{Bytes, Source};
