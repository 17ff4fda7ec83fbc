//! The report as one page that opens from disk: no network, no framework, nothing beside it.

use std::io::{self, Write};

use serde::Serialize;

use crate::column::{Column, Value};
use crate::note::Notes;
use crate::picture::{Measure, Part, Picture};
use crate::quantity::ratio;
use crate::render::Renderer;
use crate::report::{Layer, ModelReport, Report};
use crate::row::Row;
use crate::size::Size;
use crate::sizes::sizes;
use crate::svg::escaped;
use crate::text::Text;
use crate::words::{about, total_rows};

const PAGE: &str = include_str!("page.html");
const SCRIPT: &str = include_str!("page.js");
const STYLES: [&str; 2] = [include_str!("page.css"), include_str!("picture.css")];

/// A page with a treemap, the sizes and the layers of every model.
#[derive(Debug, Clone, Copy, Default)]
pub struct Html;

impl Renderer for Html {
    fn render(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let names: Vec<&str> = report.models.iter().map(|model| model.source.as_str()).collect();
        let mut text = Vec::new();
        Text::default().render(report, &mut text)?;
        let models = report.models.iter().map(Model::of).collect();
        let fill = |place: &str, out: &mut dyn Write| match place {
            "title" => write!(out, "{} · netweight", escaped(&names.join(", "))),
            "style" => STYLES.iter().try_for_each(|style| out.write_all(style.as_bytes())),
            "text" => out.write_all(markup_free(&String::from_utf8_lossy(&text)).as_bytes()),
            "data" => data(&Data { models: &models }, out),
            _ => out.write_all(SCRIPT.as_bytes()),
        };
        let mut rest = PAGE;
        for place in ["title", "style", "text", "data", "script"] {
            if let Some((before, after)) = rest.split_once(&format!("{{{place}}}")) {
                out.write_all(before.as_bytes())?;
                fill(place, out)?;
                rest = after;
            }
        }
        out.write_all(rest.as_bytes())
    }
}

/// Text of several lines as HTML takes it; it was made safe to show before.
fn markup_free(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// Writes the data so that no name in it can end the element around it.
fn data(data: &Data<'_>, out: &mut dyn Write) -> io::Result<()> {
    let json = serde_json::to_string(data)?;
    out.write_all(json.replace('<', "\\u003c").as_bytes())
}

#[derive(Serialize)]
struct Data<'d> {
    models: &'d Vec<Model>,
}

/// What the page shows of a model.
#[derive(Serialize)]
struct Model {
    source: String,
    about: String,
    complete: bool,
    totals: Vec<[String; 3]>,
    kinds: Vec<String>,
    measures: Vec<PageMeasure>,
    parts: Vec<PagePart>,
    layers: Vec<PageLayer>,
    sizes: Vec<PageSize>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct PageMeasure {
    name: String,
    bytes: bool,
    values: Vec<Count>,
}

#[derive(Serialize)]
struct PagePart {
    name: String,
    path: String,
    parent: usize,
    children: Vec<usize>,
    layer: Option<usize>,
}

#[derive(Serialize)]
struct PageLayer {
    path: String,
    #[serde(rename = "type")]
    type_name: String,
    kind: String,
    colour: usize,
    output: String,
    parameters: Option<Count>,
    shared: bool,
    by_hand: String,
}

#[derive(Serialize)]
struct PageSize {
    name: String,
    bytes: Count,
    ratio: String,
    refused: Option<String>,
}

/// A count as scripts can hold it: beyond 2⁵³ they lose digits of numbers, not of text.
#[derive(Serialize)]
#[serde(untagged)]
enum Count {
    Number(u64),
    Text(String),
}

const EXACT: u64 = 1 << 53;

impl From<u64> for Count {
    fn from(n: u64) -> Self {
        if n <= EXACT { Self::Number(n) } else { Self::Text(n.to_string()) }
    }
}

impl Model {
    fn of(model: &ModelReport) -> Self {
        let picture = Picture::of(model);
        let notes = Notes::new(&model.diagnostics);
        let rows = total_rows(model).into_iter();
        Self {
            source: model.source.clone(),
            about: about(model),
            complete: model.totals.complete,
            totals: rows.map(|total| [total.label.to_owned(), total.sum, total.note]).collect(),
            kinds: picture.kinds.iter().map(|kind| (*kind).to_owned()).collect(),
            layers: model
                .layers
                .iter()
                .map(|layer| PageLayer::of(model, &picture, layer))
                .collect(),
            sizes: sizes(model).map(PageSize::of).collect(),
            notes: notes.texts(|_| false).map(|note| note.in_words()).collect(),
            measures: picture.measures.into_iter().map(PageMeasure::of).collect(),
            parts: picture.parts.into_iter().map(PagePart::of).collect(),
        }
    }
}

impl PageMeasure {
    fn of(measure: Measure) -> Self {
        let values = measure.values.into_iter().map(Count::from).collect();
        Self { name: measure.name, bytes: measure.is_bytes, values }
    }
}

impl PagePart {
    fn of(part: Part<'_>) -> Self {
        Self {
            name: part.name.to_owned(),
            // A layer's path stands in its row.
            path: if part.layer.is_some() { String::new() } else { part.path.to_owned() },
            parent: part.parent,
            children: part.children,
            layer: part.layer.map(|(index, _)| index),
        }
    }
}

impl PageLayer {
    fn of(model: &ModelReport, picture: &Picture<'_>, layer: &Layer) -> Self {
        let row = Row::layer(layer);
        let text = |id| match Column::find(id).map(|column| (column.cell)(model, &row)) {
            Some(Value::Text(text)) => text.into_owned(),
            _ => String::new(),
        };
        Self {
            path: layer.path.clone(),
            type_name: layer.type_name.to_string(),
            kind: text("kind"),
            colour: picture.colour(layer),
            output: text("output_shape"),
            parameters: layer.parameters.map(Count::from),
            shared: layer.shared_with.is_some(),
            by_hand: text("by_hand"),
        }
    }
}

impl PageSize {
    fn of(size: &Size) -> Self {
        Self {
            name: size.label(),
            bytes: size.weights_bytes.into(),
            ratio: size.ratio.map(ratio).unwrap_or_default(),
            refused: size.refused.clone(),
        }
    }
}
