//! Whether the layers fit each other: Keras builds a config as it reads it, and refuses one
//! whose shapes contradict. So does this.

use netweight_core::{Analysis, Edge, LayerAnalysis, Model, Shape, analyze};
use netweight_markup::{Problem, Span};

use crate::class::Class;
use crate::findings::Findings;

/// What the table and the file know of a row, beside its layer.
pub(crate) struct Origin {
    pub(crate) class: Option<&'static Class>,
    pub(crate) span: Span,
}

/// Refuses what cannot be built. Where a layer was built for other features than the one
/// before it gives, the graph counts: arguments were edited, and what was built was not.
pub(crate) fn check(model: &mut Model, origins: &[Origin], findings: &mut Findings) {
    for index in refuse(model, origins, findings) {
        if let Some(layer) = model.layers.get_mut(index) {
            layer.stated_inputs.clear();
        }
    }
}

/// Tells what does not fit; gives the layers that were built for something else.
fn refuse(model: &Model, origins: &[Origin], findings: &mut Findings) -> Vec<usize> {
    let analysis = analyze(model);
    let mut edited = Vec::new();
    for ((layer, origin), index) in analysis.layers.iter().zip(origins).zip(0..) {
        let refuse = |message: String| Problem::new("keras/shape", origin.span, message);
        for problem in &layer.evaluated.problems {
            findings.refuse(refuse(problem.clone()));
        }
        if let Some(told) = wrong_rank(&analysis, index, origin) {
            findings.refuse(refuse(told));
        }
        match contradiction(&analysis, index, layer) {
            Some(told) if follows_input(model, index) => findings.refuse(refuse(told)),
            Some(told) => {
                findings.warn(refuse(told));
                edited.push(index);
            }
            None => {}
        }
    }
    let circle = analysis.diagnostics.iter().find(|told| told.code == "graph/circle");
    if let Some(circle) = circle {
        let at = |row: &(usize, &netweight_core::Layer)| Some(&row.1.path) == circle.place.as_ref();
        let index = model.layers.iter().enumerate().find(at).map(|(index, _)| index);
        if let Some(origin) = index.and_then(|index| origins.get(index)) {
            let told = "the layer is fed by its own output";
            findings.refuse(Problem::new("keras/circle", origin.span, told));
        }
    }
    edited
}

fn follows_input(model: &Model, index: usize) -> bool {
    let edge = model.layers.get(index).and_then(|layer| layer.inputs.first()?.as_ref());
    let from = edge.and_then(|edge| model.layers.get(usize::try_from(edge.layer).ok()?));
    from.is_some_and(|layer| layer.kind.as_deref() == Some("input"))
}

/// An input with more or fewer dimensions than the class takes.
fn wrong_rank(analysis: &Analysis, index: usize, origin: &Origin) -> Option<String> {
    let (least, most) = origin.class?.rank;
    let input = input(analysis, index)?;
    let rank = input.len();
    if (least..=most).contains(&rank) {
        return None;
    }
    let expected = match most {
        most if most == least => format!("{least}"),
        usize::MAX => format!("at least {least}"),
        most => format!("{least} to {most}"),
    };
    Some(format!("an input of {rank} dimensions ({input}), expected {expected}"))
}

/// An input whose features are not those that the layer was built for.
fn contradiction(analysis: &Analysis, index: usize, found: &LayerAnalysis) -> Option<String> {
    let layer = analysis.model.layers.get(index)?;
    let built = layer.stated_inputs.first()?.as_ref()?;
    let graph = graph_input(analysis, layer.inputs.first()?.as_ref()?)?;
    if agree(built, graph) {
        return None;
    }
    let mut unbuilt = layer.clone();
    unbuilt.stated_inputs.clear();
    let inputs: Vec<Option<Shape>> =
        layer.inputs.iter().map(|edge| graph_input(analysis, edge.as_ref()?).cloned()).collect();
    let other = netweight_core::evaluate(&unbuilt, &inputs, analysis.model.convention);
    let differs = match (&found.evaluated.tree, &other.tree) {
        (Some(a), Some(b)) => a.value() != b.value(),
        (Some(_), None) => !other.problems.is_empty(),
        _ => false,
    };
    differs.then(|| format!("built for an input of {built}, called with {graph}"))
}

fn agree(a: &Shape, b: &Shape) -> bool {
    let fits = |(a, b): (&netweight_core::Dim, &netweight_core::Dim)| {
        a.known().zip(b.known()).is_none_or(|(a, b)| a == b)
    };
    a.len() == b.len() && a.iter().zip(b.iter()).all(fits)
}

fn input<'a>(analysis: &'a Analysis, index: usize) -> Option<&'a Shape> {
    let layer = analysis.model.layers.get(index)?;
    let graph = layer.inputs.first().and_then(|edge| graph_input(analysis, edge.as_ref()?));
    graph.or_else(|| layer.stated_inputs.first()?.as_ref())
}

fn graph_input<'a>(analysis: &'a Analysis, edge: &Edge) -> Option<&'a Shape> {
    let from = analysis.layers.get(usize::try_from(edge.layer).ok()?)?;
    from.outputs.get(usize::try_from(edge.output).ok()?)?.as_ref()
}
