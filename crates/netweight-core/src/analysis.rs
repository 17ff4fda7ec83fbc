//! What follows from a model: shapes through the graph, counts, checks, sharing.

use std::borrow::Cow;
use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::evaluate::{Evaluated, Evaluator, Expected, Missing, frozen};
use crate::own::OwnKinds;
use crate::words::words;
use crate::{Category, DType, Diagnostic, Edge, Layer, Model, Place, Role, Shape, Weight, expect};

/// A model with everything that follows from it.
#[derive(Debug)]
pub struct Analysis<'m> {
    /// What the file says.
    pub model: &'m Model,
    /// What follows for each of its layers, in the same order.
    pub layers: Vec<LayerAnalysis<'m>>,
    /// Sums over the model, every tensor once.
    pub totals: Totals,
    /// What the importer and the analysis had to say.
    pub diagnostics: Vec<Diagnostic>,
}

/// What follows for one layer.
#[derive(Debug, Default)]
pub struct LayerAnalysis<'m> {
    /// Arguments, formula, expected weights.
    pub evaluated: Evaluated,
    /// Shapes by output: as the file states them, else as inferred.
    pub outputs: Vec<Option<Shape>>,
    /// The tensors of the layer: the stored ones, else those that its kind has.
    pub tensors: Vec<Tensor<'m>>,
    /// Its parameters; none where they are not known. Tensors that an earlier layer owns are
    /// left out.
    pub counts: Option<Counts>,
    /// How formula and stored weights stand to each other.
    pub check: Check,
    /// The earlier layer that owns all of this one's weights.
    pub shared_with: Option<usize>,
    /// Whether the count is one that a person states, nothing else being known.
    pub assumed: bool,
}

/// A tensor of a layer; what the file says of it is not copied.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor<'m> {
    /// Its name in the file, or in the kind.
    pub name: Cow<'m, str>,
    /// What it does.
    pub role: Role,
    /// Whether and how it counts.
    pub category: Category,
    /// Its dimensions, where they are known.
    pub shape: Option<Cow<'m, [u64]>>,
    /// The type of its elements.
    pub dtype: DType,
    /// Logical values, where they are known.
    pub elements: Option<u64>,
    /// Bytes in the file, where it is stored and they are known.
    pub stored_bytes: Option<u64>,
    /// Where these bytes lie, when they lie in one piece and as they are.
    pub place: Option<Place>,
    /// Whether an earlier layer owns it, so that it is not counted here.
    pub shared: bool,
}

/// Parameters by what training does with them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Learned values.
    pub trainable: u64,
    /// Running statistics and frozen weights.
    pub non_trainable: u64,
}

impl Counts {
    /// All parameters.
    pub fn parameters(&self) -> u64 {
        self.trainable.saturating_add(self.non_trainable)
    }
}

words! {
    #[derive(Default)]
    /// How a layer's formula and its stored weights stand to each other.
    Check {
        /// They give the same count, the formula's sizes coming from a second place.
        Agree "agree",
        /// They give the same count, the formula's sizes being read off the weights themselves.
        ByConstruction "by_construction",
        /// Nothing is stored.
        FormulaOnly "formula_only",
        /// They give different counts, or sizes contradict each other.
        Differ "differ",
        /// There is no formula.
        #[default]
        None "none",
    }
}

/// Tensors of one category together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many tensors.
    pub tensors: u64,
    /// Their values.
    pub elements: u64,
    /// Their bytes in the file, as far as known.
    pub bytes: u64,
}

/// Sums over a model, every tensor once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// What is known of the parameters.
    pub counts: Counts,
    /// Whether every layer's count is known.
    pub complete: bool,
    /// Whether any layer's count is known.
    pub any_known: bool,
    /// Running statistics and frozen weights, by tensors and bytes.
    pub non_trainable: Tally,
    /// Values that exporters made.
    pub constants: Tally,
    /// Scales, zero points, lookup tables.
    pub quantization: Tally,
    /// Stored tensors that nobody reads.
    pub unused: Tally,
    /// Layers with parameters of their own.
    pub layers_with_parameters: u64,
    /// Bytes that the parameters and their quantization data take in the file, where it holds
    /// the weights.
    pub stored_bytes: Option<u64>,
}

impl Totals {
    /// Parameters as far as known; none when nothing is.
    pub fn parameters(&self) -> Option<u64> {
        self.any_known.then(|| self.counts.parameters())
    }
}

/// The first layer that holds a tensor, by the tensor's name.
type Owners<'m> = HashMap<&'m str, usize, RandomState>;

/// Infers shapes, evaluates formulas, counts.
pub fn analyze(model: &Model) -> Analysis<'_> {
    let (mut layers, mut diagnostics) = infer(model);
    diagnostics.splice(0..0, model.diagnostics.iter().cloned());
    let mut owners: Owners<'_> = HashMap::default();
    owners.reserve(model.layers.iter().map(|layer| layer.weights.len()).sum());
    for (index, (layer, analysis)) in model.layers.iter().zip(&mut layers).enumerate() {
        count(layer, index, analysis, &mut owners);
        diagnostics.extend(findings(layer, analysis));
    }
    diagnostics.extend(expect::check(model, &layers));
    let totals = total(model, &layers);
    Analysis { model, layers, totals, diagnostics }
}

/// Every layer evaluated behind those that feed it, whatever the file's order. Nothing is counted
/// yet.
fn infer<'m>(model: &'m Model) -> (Vec<LayerAnalysis<'m>>, Vec<Diagnostic>) {
    let mut done: Vec<LayerAnalysis<'m>> = Vec::new();
    done.resize_with(model.layers.len(), LayerAnalysis::default);
    let (order, diagnostics) = order(model);
    let own = OwnKinds::of(model);
    let evaluator = Evaluator::new(model.convention, &own);
    let mut fed: Vec<Option<Shape>> = Vec::new();
    for index in order {
        let Some(layer) = model.layers.get(index) else { continue };
        let shape = |edge: &Edge| output(&done, edge);
        fed.clear();
        fed.extend(layer.inputs.iter().map(|edge| shape(edge.as_ref()?)));
        let mut evaluated = evaluator.layer(layer, &fed);
        if !layer.outputs.is_empty() || layer.unknown.is_some() {
            // A nested model's row, whose layers have rows, and counts, of their own; or a layer
            // of which a part is not known.
            (evaluated.tree, evaluated.symbols) = (None, None);
        }
        let inferred = match layer.outputs.is_empty() {
            true => std::mem::take(&mut evaluated.outputs),
            false => layer.outputs.iter().map(shape).collect(),
        };
        let outputs = stated_first(&layer.stated_outputs, inferred);
        if let Some(place) = done.get_mut(index) {
            (place.evaluated, place.outputs) = (evaluated, outputs);
        }
    }
    (done, diagnostics)
}

fn output(done: &[LayerAnalysis<'_>], edge: &Edge) -> Option<Shape> {
    let from = done.get(usize::try_from(edge.layer).ok()?)?;
    from.outputs.get(usize::try_from(edge.output).ok()?)?.clone()
}

fn stated_first(stated: &[Option<Shape>], inferred: Vec<Option<Shape>>) -> Vec<Option<Shape>> {
    if stated.is_empty() {
        return inferred;
    }
    let mut outputs = inferred;
    outputs.resize(stated.len().max(outputs.len()), None);
    for (output, stated) in outputs.iter_mut().zip(stated) {
        *output = stated.clone().or_else(|| output.take());
    }
    outputs
}

/// Layers behind everything that they read; an edge that closes a circle is left out.
fn order(model: &Model) -> (Vec<usize>, Vec<Diagnostic>) {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let reads = |index: usize, nth: usize| -> Option<Option<usize>> {
        let layer = model.layers.get(index)?;
        let edge = match nth.checked_sub(layer.inputs.len()) {
            None => layer.inputs.get(nth)?.as_ref(),
            Some(nth) => Some(layer.outputs.get(nth)?),
        };
        Some(edge.and_then(|edge| usize::try_from(edge.layer).ok()))
    };
    let mut states = vec![State::New; model.layers.len()];
    let mut order = Vec::with_capacity(model.layers.len());
    let mut circle = None;
    let mut stack = Vec::new();
    for start in 0..model.layers.len() {
        stack.push((start, 0));
        while let Some((index, nth)) = stack.pop() {
            let Some(state) = states.get_mut(index) else { continue };
            if *state == State::Done || (*state == State::Open && nth == 0) {
                circle = circle.or((*state == State::Open).then_some(index));
                continue;
            }
            *state = State::Open;
            match reads(index, nth) {
                Some(read) => {
                    stack.push((index, nth.saturating_add(1)));
                    stack.extend(read.map(|read| (read, 0)));
                }
                None => {
                    *state = State::Done;
                    order.push(index);
                }
            }
        }
    }
    let told = circle.and_then(|index| model.layers.get(index)).map(|layer| {
        Diagnostic::warning(
            "graph/circle",
            "the layer is fed by its own output; that input's shape stays unknown",
        )
        .at(layer.path.clone())
    });
    (order, told.into_iter().collect())
}

/// The tensors of a layer and what they come to.
fn count<'m>(
    layer: &'m Layer,
    index: usize,
    analysis: &mut LayerAnalysis<'m>,
    owners: &mut Owners<'m>,
) {
    let evaluated = &analysis.evaluated;
    let mut shared_with = layer.shared_with;
    let mut tensors: Vec<Tensor<'m>> = if layer.weights.is_empty() {
        evaluated.weights.iter().map(|weight| expected(weight, shared_with.is_some())).collect()
    } else {
        let mut shared_by = None;
        let tensors: Vec<Tensor<'m>> = layer
            .weights
            .iter()
            .map(|weight| {
                let owner = *owners.entry(&weight.name).or_insert(index);
                shared_by = shared_by
                    .or(Some(owner)
                        .filter(|owner| *owner != index && weight.category.is_parameter()));
                stored(weight, layer.frozen, owner != index)
            })
            .collect();
        let parameters = |tensor: &&Tensor<'_>| tensor.category.is_parameter();
        if tensors.iter().filter(parameters).all(|tensor| tensor.shared) {
            shared_with = shared_with.or(shared_by);
        }
        tensors
    };
    let known = layer.unknown.is_none() && is_known(layer, evaluated, &tensors);
    analysis.check = check(layer, evaluated, &tensors);
    let stated = layer.assumed.filter(|_| !known && shared_with.is_none());
    if let Some(parameters) = stated {
        tensors = vec![assumed(parameters, layer.frozen)];
    }
    analysis.counts = match shared_with {
        Some(_) => Some(Counts::default()),
        None => (known || stated.is_some()).then(|| sum(&tensors)),
    };
    (analysis.tensors, analysis.shared_with) = (tensors, shared_with);
    analysis.assumed = stated.is_some();
}

/// All that a person states of a layer as one tensor.
fn assumed(parameters: u64, is_frozen: bool) -> Tensor<'static> {
    Tensor {
        name: "assumed".into(),
        role: Role::Parameter,
        category: if is_frozen { Category::NonTrainable } else { Category::Trainable },
        shape: Some(vec![parameters].into()),
        dtype: DType::Float32,
        elements: Some(parameters),
        stored_bytes: None,
        place: None,
        shared: false,
    }
}

fn expected(weight: &Expected, shared: bool) -> Tensor<'static> {
    let product =
        |shape: &Vec<u64>| shape.iter().try_fold(1u64, |product, dim| product.checked_mul(*dim));
    Tensor {
        name: weight.name.clone(),
        role: weight.role,
        category: weight.category,
        elements: weight.shape.as_ref().and_then(product),
        shape: weight.shape.clone().map(Cow::Owned),
        dtype: DType::Float32,
        stored_bytes: None,
        place: None,
        shared,
    }
}

fn stored(weight: &Weight, is_frozen: bool, shared: bool) -> Tensor<'_> {
    Tensor {
        name: weight.name.as_str().into(),
        role: weight.role,
        category: if is_frozen { frozen(weight.category) } else { weight.category },
        shape: Some(weight.shape.as_slice().into()),
        dtype: weight.dtype,
        elements: weight.count(),
        stored_bytes: weight.stored_bytes,
        place: weight.place,
        shared,
    }
}

/// Whether a layer's parameters can be counted at all.
fn is_known(layer: &Layer, evaluated: &Evaluated, tensors: &[Tensor<'_>]) -> bool {
    let counted = tensors.iter().filter(|tensor| tensor.category.is_parameter());
    if counted.clone().any(|tensor| tensor.elements.is_none()) {
        return false;
    }
    if !layer.weights.is_empty() || !layer.outputs.is_empty() {
        return true;
    }
    match evaluated.kind {
        Some(kind) if kind.has_parameters() => evaluated.tree.is_some(),
        Some(_) => evaluated.problems.is_empty() || tensors.is_empty(),
        None => layer.kind.is_none() || evaluated.tree.is_some(),
    }
}

fn sum(tensors: &[Tensor<'_>]) -> Counts {
    let of = |category| {
        let mine = tensors.iter().filter(|tensor| tensor.category == category && !tensor.shared);
        mine.filter_map(|tensor| tensor.elements).fold(0u64, u64::saturating_add)
    };
    Counts { trainable: of(Category::Trainable), non_trainable: of(Category::NonTrainable) }
}

fn check(layer: &Layer, evaluated: &Evaluated, tensors: &[Tensor<'_>]) -> Check {
    let Some(tree) = &evaluated.tree else { return Check::None };
    if layer.weights.is_empty() {
        return Check::FormulaOnly;
    }
    let parameters = tensors.iter().filter(|tensor| tensor.category.is_parameter());
    let stored = parameters.filter_map(|tensor| tensor.elements).fold(0u64, u64::saturating_add);
    if tree.value() != stored || !evaluated.contradicted.is_empty() {
        Check::Differ
    } else if evaluated.measured.is_empty() {
        Check::Agree
    } else {
        Check::ByConstruction
    }
}

/// What there is to say about a layer.
fn findings(layer: &Layer, analysis: &LayerAnalysis<'_>) -> Vec<Diagnostic> {
    let evaluated = &analysis.evaluated;
    let unknown = layer.unknown.as_deref().filter(|_| !analysis.assumed);
    let mut findings: Vec<Diagnostic> = unknown.cloned().into_iter().collect();
    for problem in &evaluated.problems {
        findings
            .push(Diagnostic::warning("layer/impossible", problem.clone()).at(layer.path.clone()));
    }
    for part in &evaluated.too_large {
        findings.push(Diagnostic::warning("layer/too-large", part.clone()).at(layer.path.clone()));
    }
    if analysis.counts.is_none() && !evaluated.missing.is_empty() {
        findings.push(missing(layer, evaluated));
    }
    if analysis.check == Check::Differ {
        findings.push(differs(layer, analysis));
    }
    findings
}

fn missing(layer: &Layer, evaluated: &Evaluated) -> Diagnostic {
    let named = |missing: &Missing| match &*missing.meaning {
        "" => format!("`{}`", missing.name),
        meaning => format!("`{}` ({meaning})", missing.name),
    };
    let names: Vec<String> = evaluated.missing.iter().map(named).collect();
    let (names, are) = (names.join(", "), if evaluated.missing.len() == 1 { "is" } else { "are" });
    let from_input = evaluated.missing.iter().any(|missing| missing.follows);
    let help = match from_input {
        true => {
            "give the model's input shape: --input-shape '?,28,28,1', or a key for it in the file"
                .to_owned()
        }
        false => format!(
            "state it in the layer: {}",
            evaluated.missing.iter().map(|missing| &*missing.name).collect::<Vec<_>>().join(", ")
        ),
    };
    Diagnostic::warning(
        "layer/unknown-size",
        format!("{names} {are} not known, so neither is the count"),
    )
    .at(layer.path.clone())
    .help(help)
}

fn differs(layer: &Layer, analysis: &LayerAnalysis<'_>) -> Diagnostic {
    let formula = analysis.evaluated.tree.as_ref().map_or(0, |tree| tree.value());
    let counts = analysis.tensors.iter().filter(|tensor| tensor.category.is_parameter());
    let stored: u64 = counts.filter_map(|tensor| tensor.elements).fold(0, u64::saturating_add);
    let message = match analysis.evaluated.contradicted.as_slice() {
        [] => format!("the formula gives {formula} parameters, the stored weights hold {stored}"),
        names => format!(
            "the stored weights contradict `{}`: the formula gives {formula} parameters, the file holds {stored}",
            names.join("`, `")
        ),
    };
    Diagnostic::warning("layer/differs", message).at(layer.path.clone())
}

fn total(model: &Model, layers: &[LayerAnalysis<'_>]) -> Totals {
    let mut totals = Totals { complete: true, any_known: layers.is_empty(), ..Totals::default() };
    let mut stored_bytes = model.stores_weights.then_some(0u64);
    for layer in layers {
        match layer.counts {
            Some(counts) => {
                totals.any_known = true;
                totals.counts.trainable = totals.counts.trainable.saturating_add(counts.trainable);
                totals.counts.non_trainable =
                    totals.counts.non_trainable.saturating_add(counts.non_trainable);
                totals.layers_with_parameters += u64::from(counts.parameters() > 0);
            }
            None => totals.complete = false,
        }
        for tensor in layer.tensors.iter().filter(|tensor| !tensor.shared) {
            let tally = match tensor.category {
                Category::Constant => Some(&mut totals.constants),
                Category::Quantization => Some(&mut totals.quantization),
                Category::Unused => Some(&mut totals.unused),
                Category::NonTrainable => Some(&mut totals.non_trainable),
                Category::Trainable => None,
            };
            if let Some(tally) = tally {
                tally.tensors = tally.tensors.saturating_add(1);
                tally.elements = tally.elements.saturating_add(tensor.elements.unwrap_or(0));
                tally.bytes = tally.bytes.saturating_add(tensor.stored_bytes.unwrap_or(0));
            }
            if tensor.category.is_parameter() || tensor.category == Category::Quantization {
                stored_bytes = stored_bytes
                    .zip(tensor.stored_bytes)
                    .map(|(sum, bytes)| sum.saturating_add(bytes));
            }
        }
    }
    totals.stored_bytes = stored_bytes;
    totals
}
