//! The figures as Netron's attachment, which it shows beside the model that it has open.

use std::collections::HashSet;
use std::io::{self, Write};

use serde::Serialize;

use crate::quantity::percent;
use crate::render::Renderer;
use crate::report::{Layer, ModelReport, Report, Weight};
use crate::sizes::sizes;

/// Metrics of the model, its nodes and its tensors, by the names that Netron knows them under.
///
/// Stored tensors carry the file's own names, so they are always found; a layer is where its node
/// has a name.
#[derive(Debug, Clone, Copy, Default)]
pub struct Netron;

#[derive(Serialize)]
struct Attachment<'a> {
    signature: &'static str,
    metadata: [(); 0],
    metrics: Vec<Metric<'a>>,
}

/// A figure of something in the file. What concerns the whole model has no target.
#[derive(Serialize)]
struct Metric<'a> {
    kind: &'static str,
    target: &'a str,
    name: String,
    value: Figure<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Figure<'a> {
    Number(u64),
    Text(&'a str),
    Share(String),
}

impl Renderer for Netron {
    fn render(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let mut metrics = Vec::new();
        for model in &report.models {
            of_model(model, &mut metrics);
            model.layers.iter().for_each(|layer| of_layer(model, layer, &mut metrics));
        }
        // A name with a line break is one that Netron cannot look up, and one that several layers
        // have, as in the calls of a function, stands for the first.
        let mut told = HashSet::new();
        metrics.retain(|metric| {
            !metric.target.contains('\n')
                && told.insert((metric.kind, metric.target, metric.name.clone()))
        });
        let attachment = Attachment { signature: "netron:attachment", metadata: [], metrics };
        serde_json::to_writer(&mut *out, &attachment)?;
        writeln!(out)
    }
}

fn of_model<'a>(model: &'a ModelReport, metrics: &mut Vec<Metric<'a>>) {
    let mut add = |name: String, value| {
        metrics.push(Metric { kind: "model", target: "", name, value: Figure::Number(value) });
    };
    if let Some(parameters) = model.totals.parameters {
        add("parameters".to_owned(), parameters);
        add("trainable".to_owned(), model.totals.trainable);
        add("non-trainable".to_owned(), model.totals.non_trainable);
    }
    for size in sizes(model).filter(|size| size.refused.is_none()) {
        add(format!("bytes, {}", size.label()), size.weights_bytes);
    }
}

fn of_layer<'a>(model: &'a ModelReport, layer: &'a Layer, metrics: &mut Vec<Metric<'a>>) {
    let mut add = |name: &str, value| {
        let (kind, target) = ("node", layer.node.as_ref().unwrap_or(&layer.path).as_str());
        metrics.push(Metric { kind, target, name: name.to_owned(), value });
    };
    match (layer.parameters, &layer.shared_with) {
        (_, Some(owner)) => add("shared with", Figure::Text(owner)),
        (Some(parameters @ 1..), None) => {
            add("parameters", Figure::Number(parameters));
            let total = model.totals.parameters.filter(|_| model.totals.complete);
            if let Some(share) = total.and_then(|total| percent(parameters, total)) {
                add("share", Figure::Share(share));
            }
        }
        (Some(0), None) => {}
        (None, None) => add("parameters", Figure::Text("?")),
    }
    if let Some(formula) = &layer.formula {
        add("by hand", Figure::Text(&formula.numbers));
    }
    layer.weights.iter().for_each(|weight| of_weight(weight, metrics));
}

fn of_weight<'a>(weight: &'a Weight, metrics: &mut Vec<Metric<'a>>) {
    let mut add = |name: &str, value| {
        let (kind, target) = ("tensor", weight.name.as_str());
        metrics.push(Metric { kind, target, name: name.to_owned(), value });
    };
    let Some(bytes) = weight.stored_bytes.filter(|_| !weight.shared) else { return };
    add("elements", Figure::Number(weight.elements));
    add("category", Figure::Text(weight.category.name()));
    add("role", Figure::Text(&weight.role));
    add("bytes", Figure::Number(bytes));
}
