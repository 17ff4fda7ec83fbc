//! From an analysis to the report on it.

use netweight_core::scheme::{self, Request};
use netweight_core::{
    Analysis, Category, Check, Counts, LayerAnalysis, Shape, Tally, Tensor, storage,
};

use crate::report::{CategoryTotal, Formula, Layer, ModelReport, OutputShape, Totals, Weight};
use crate::size::Size;

impl ModelReport {
    /// The report on an analysis of the file of that name, with sizes under these schemes.
    pub fn new(source: impl Into<String>, analysis: &Analysis<'_>, schemes: &[Request]) -> Self {
        let model = analysis.model;
        // Before the layers, whose copies are large: what sizes need on the way is gone by then.
        let sizes =
            scheme::sizes(analysis, schemes).map(|size| Size::forecast(analysis, &size)).collect();
        Self {
            source: source.into(),
            format: model.format.clone(),
            name: model.name.clone(),
            producer: model.producer.clone(),
            plugin: None,
            description: description(analysis),
            file_bytes: None,
            files: storage::files(analysis),
            totals: totals(analysis),
            categories: categories(analysis),
            layers: layers(analysis),
            stored: Size::stored(analysis),
            sizes,
            storage: Vec::new(),
            duplicates: None,
            diagnostics: analysis.diagnostics.clone(),
        }
    }
}

fn description(analysis: &Analysis<'_>) -> String {
    let model = analysis.model;
    match &model.producer {
        Some(producer) => format!("{}, {producer}", model.description),
        None => model.description.clone(),
    }
}

fn totals(analysis: &Analysis<'_>) -> Totals {
    let totals = &analysis.totals;
    Totals {
        parameters: totals.parameters(),
        trainable: totals.counts.trainable,
        non_trainable: totals.counts.non_trainable,
        complete: totals.complete,
        constants: totals.constants.elements,
        quantization: totals.quantization.elements,
        unused: totals.unused.elements,
        layers: analysis.layers.len() as u64,
        layers_with_parameters: totals.layers_with_parameters,
        stored_bytes: totals.stored_bytes,
    }
}

/// What is not a trainable parameter; only what there is.
fn categories(analysis: &Analysis<'_>) -> Vec<CategoryTotal> {
    let totals = &analysis.totals;
    let stored = analysis.model.stores_weights;
    let total = |category, tally: Tally, detail: Option<&str>| CategoryTotal {
        category,
        tensors: tally.tensors,
        elements: tally.elements,
        stored_bytes: stored.then_some(tally.bytes),
        detail: detail.map(str::to_owned),
    };
    let all = [
        total(Category::NonTrainable, totals.non_trainable, kept_from_training(analysis)),
        total(Category::Constant, totals.constants, None),
        total(Category::Quantization, totals.quantization, None),
        total(Category::Unused, totals.unused, None),
    ];
    all.into_iter().filter(|total| total.tensors > 0).collect()
}

/// Why parameters are not trained: statistics, frozen layers, or both.
fn kept_from_training(analysis: &Analysis<'_>) -> Option<&'static str> {
    let frozen = analysis.model.layers.iter().any(|layer| layer.frozen);
    let tensors = analysis.layers.iter().flat_map(|layer| &layer.tensors);
    let mut kept =
        tensors.filter(|tensor| tensor.category == Category::NonTrainable && !tensor.shared);
    let statistics = kept.any(|tensor| tensor.role.is_statistic());
    match (statistics, frozen) {
        (true, true) => Some("running statistics, frozen layers"),
        (true, false) => Some("running statistics"),
        (false, true) => Some("frozen layers"),
        (false, false) => None,
    }
}

fn layers(analysis: &Analysis<'_>) -> Vec<Layer> {
    let paths = analysis.model.layers.iter().zip(&analysis.layers);
    paths
        .map(|(layer, found)| Layer {
            path: layer.path.clone(),
            node: layer.node.as_deref().map(str::to_owned),
            type_name: layer.type_name.clone(),
            kind: match found.evaluated.kind {
                Some(kind) => Some(kind.name.into()),
                None => analysis.model.own_kind(layer).map(|own| own.name.clone().into()),
            },
            output_shape: output_shape(&found.outputs),
            parameters: found.counts.map(|counts| counts.parameters()),
            trainable: found.counts.map(|Counts { trainable, .. }| trainable),
            non_trainable: found.counts.map(|Counts { non_trainable, .. }| non_trainable),
            shared_with: found
                .shared_with
                .and_then(|owner| Some(analysis.model.layers.get(owner)?.path.clone())),
            formula: formula(found),
            weights: found.tensors.iter().filter_map(weight).collect(),
            frozen: layer.frozen,
            assumed: found.assumed,
        })
        .collect()
}

fn formula(found: &LayerAnalysis) -> Option<Formula> {
    let tree = found.evaluated.tree.as_ref().filter(|_| found.check != Check::None)?;
    Some(Formula {
        symbols: tree.symbols(),
        numbers: tree.numbers(),
        value: tree.value(),
        check: found.check,
    })
}

/// A tensor with its sizes; one whose shape is not known has none to show.
fn weight(tensor: &Tensor) -> Option<Weight> {
    Some(Weight {
        name: tensor.name.to_string(),
        role: tensor.role.name().into(),
        category: tensor.category,
        shape: tensor.shape.as_deref()?.to_vec(),
        dtype: tensor.dtype.name().into(),
        elements: tensor.elements?,
        stored_bytes: tensor.stored_bytes,
        shared: tensor.shared,
    })
}

fn output_shape(outputs: &[Option<Shape>]) -> Option<OutputShape> {
    match outputs {
        [] => None,
        [one] => one.clone().map(OutputShape::One),
        several => several.iter().cloned().collect::<Option<_>>().map(OutputShape::Several),
    }
}
