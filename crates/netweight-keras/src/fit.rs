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

/// Refuses what cannot be built.
pub(crate) fn check(model: &Model, origins: &[Origin], findings: &mut Findings) {
    let analysis = analyze(model);
    for ((layer, origin), index) in analysis.layers.iter().zip(origins).zip(0..) {
        let refuse = |message: String| Problem::new("keras/shape", origin.span, message);
        for problem in &layer.evaluated.problems {
            findings.refuse(refuse(problem.clone()));
        }
        if let Some(told) = wrong_rank(&analysis, index, origin) {
            findings.refuse(refuse(told));
        }
        if let Some(told) = contradiction(&analysis, index, layer) {
            findings.refuse(refuse(told));
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
