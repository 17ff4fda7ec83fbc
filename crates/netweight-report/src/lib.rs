//! Reports on models, and their rendering as text, JSON, CSV and Markdown.

mod explanation;
mod report;
mod size;

pub use explanation::{Explanation, Part, Stored, Symbol};
pub use report::{
    Category, CategoryTotal, Check, Dim, Failure, Formula, Layer, ModelReport, OutputShape, Report,
    SCHEMA, Totals, Weight,
};
pub use size::{Items, LayerBytes, Size, SizeKind};
