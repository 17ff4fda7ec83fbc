//! Reports on models, and their rendering: as tables, as data, as pictures.
//!
//! A [`Report`] is plain data: whatever is printed stands in it, and no renderer counts. Renderers
//! are siblings behind [`Renderer`]: [`Text`] for a terminal, [`Json`] for scripts (the contract,
//! with [`Report::json_schema`]), [`Csv`] for spreadsheets, [`Markdown`] for issues and cards,
//! [`Html`] for a page with pictures, [`Svg`] for one picture, [`Netron`] for that viewer.
//! [`Text`] also writes what is no report: the arithmetic of a layer ([`Text::explain`]), schemes
//! side by side ([`Text::sizes`]) and catalogues ([`Text::catalogue`]).
//!
//! A [`Diff`] holds what changed between two models ([`Text::diff`], [`Markdown::diff`]).
//! A [`View`] says which rows and columns the tables of text, Markdown and CSV show.
//!
//! ```
//! use netweight_report::{Layer, ModelReport, Renderer, Report, Text, Totals};
//! let layer = Layer { path: "fc".into(), parameters: Some(15), ..Layer::default() };
//! let totals = Totals {
//!     parameters: Some(15),
//!     trainable: 15,
//!     complete: true,
//!     layers: 1,
//!     layers_with_parameters: 1,
//!     ..Totals::default()
//! };
//! let model = ModelReport {
//!     source: "mlp.yaml".into(),
//!     description: "YAML spec".into(),
//!     layers: vec![layer],
//!     totals,
//!     ..ModelReport::default()
//! };
//! let mut text = Vec::new();
//! Text::default().render(&Report::new(vec![model], vec![]), &mut text)?;
//! assert!(String::from_utf8_lossy(&text).starts_with("mlp.yaml   YAML spec\n"));
//! # Ok::<(), std::io::Error>(())
//! ```

mod catalogue;
mod column;
mod csv;
mod diff;
mod diff_table;
mod duplicate;
mod explain;
mod explanation;
mod failure;
mod filter;
mod fold;
mod forecast;
mod group;
mod html;
mod json;
mod layout;
mod markdown;
mod netron;
mod note;
mod picture;
mod printable;
pub mod quantity;
mod render;
mod report;
mod row;
mod size;
mod sizes;
mod storage;
mod style;
mod sum;
mod summarize;
mod svg;
mod teach;
mod teach_bytes;
mod text;
mod tree;
mod treemap;
mod view;
mod words;

pub use catalogue::Catalogue;
pub use csv::Csv;
pub use diff::{Aspect, Change, DIFF_SCHEMA, Diff, LayerChange, State, Status};
pub use explanation::{Explanation, Part, Stored, Symbol};
pub use failure::render_failure;
pub use filter::{Filter, UnknownName};
pub use html::Html;
pub use json::Json;
pub use markdown::Markdown;
pub use netron::Netron;
pub use netweight_core::Pattern;
pub use printable::printable;
pub use render::Renderer;
pub use report::{
    CategoryTotal, Failure, Formula, Layer, ModelReport, OutputShape, Plugin, Report, SCHEMA,
    Totals, Weight,
};
pub use size::{Items, LayerBytes, Size, SizeKind};
pub use style::Style;
pub use svg::Svg;
pub use text::Text;
pub use view::{By, ColumnName, View};
