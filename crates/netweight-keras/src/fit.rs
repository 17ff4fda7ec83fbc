//! Whether the layers fit each other: Keras builds a config as it reads it, and refuses one
//! whose shapes contradict. So does this.

use netweight_core::{Analysis, Dim, Edge, Layer, Model, Shape, analyze, evaluate};
use netweight_markup::{Problem, Span};

use crate::class::Class;
use crate::findings::Findings;

/// What the table and the file know of a row, beside its layer.
pub(crate) struct Origin {
    pub(crate) class: Option<&'static Class>,
    /// A rules file says what the layer is: where it does not fit, the config is not to blame.
    pub(crate) ruled: bool,
    pub(crate) span: Span,
}

/// Refuses what cannot be built.
pub(crate) fn check(model: &mut Model, origins: &[Origin], findings: &mut Findings) {
    let analysis = analyze(model);
    let edited = edited(&analysis, origins, findings);
    if edited.is_empty() {
        return refuse(&analysis, origins, findings);
    }
    for index in edited {
        if let Some(layer) = model.layers.get_mut(index) {
            layer.stated_inputs.clear();
        }
    }
    refuse(&analyze(model), origins, findings);
}

/// Layers that were built for other shapes than the graph gives them: arguments were edited,
/// and what was built was not. The graph counts, but where an input itself says otherwise.
fn edited(analysis: &Analysis, origins: &[Origin], findings: &mut Findings) -> Vec<usize> {
    let mut edited = Vec::new();
    for (index, origin) in origins.iter().enumerate() {
        let Some(difference) = difference(analysis, index) else { continue };
        let told = || Problem::new("keras/built-for", origin.span, difference.message.clone());
        if difference.counts && follows_input(analysis.model, index) {
            findings.refuse(told());
        } else {
            if difference.counts {
                findings.warn(told().note("arguments were edited; the graph's shape is taken"));
            }
            edited.push(index);
        }
    }
    edited
}

/// What each layer's own rules and the graph as a whole refuse.
fn refuse(analysis: &Analysis, origins: &[Origin], findings: &mut Findings) {
    let rows = analysis.layers.iter().zip(origins).enumerate();
    for (index, (layer, origin)) in rows.filter(|(_, (_, origin))| !origin.ruled) {
        let problems = layer.evaluated.problems.iter().cloned();
        for message in problems.chain(wrong_rank(analysis, index, origin)) {
            findings.refuse(Problem::new("keras/shape", origin.span, message));
        }
    }
    let circle = analysis.diagnostics.iter().find(|told| told.code == "graph/circle");
    let Some(place) = circle.and_then(|circle| circle.place.as_ref()) else { return };
    let index = analysis.model.layers.iter().position(|layer| layer.path == *place);
    if let Some(origin) = index.and_then(|index| origins.get(index)) {
        let told = "the layer is fed by its own output";
        findings.refuse(Problem::new("keras/circle", origin.span, told));
    }
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

/// The shape that a layer was built for against the one that the graph gives it.
struct Difference {
    message: String,
    /// Whether the count hangs on it.
    counts: bool,
}

fn difference(analysis: &Analysis, index: usize) -> Option<Difference> {
    let layer = analysis.model.layers.get(index)?;
    let inputs: Vec<Option<Shape>> =
        layer.inputs.iter().map(|edge| graph_input(analysis, edge.as_ref()?).cloned()).collect();
    let pairs = layer.stated_inputs.iter().zip(&inputs);
    let (built, graph) = pairs
        .filter_map(|(built, graph)| built.as_ref().zip(graph.as_ref()))
        .find(|(built, graph)| !agree(built, graph))?;
    let unbuilt = Layer { stated_inputs: Default::default(), ..layer.clone() };
    let other = evaluate(&unbuilt, &inputs, analysis.model.convention);
    let found = &analysis.layers.get(index)?.evaluated;
    let counts = match (&found.tree, &other.tree) {
        (Some(a), Some(b)) => a.value() != b.value(),
        (Some(_), None) => !other.problems.is_empty(),
        _ => false,
    };
    let message = format!("built for an input of {built}, called with {graph}");
    Some(Difference { message, counts })
}

fn agree(a: &Shape, b: &Shape) -> bool {
    let fits = |(a, b): (&Dim, &Dim)| a.known().zip(b.known()).is_none_or(|(a, b)| a == b);
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
