//! What follows from a model: shapes through the graph, counts, checks, sharing.

mod count;
mod finding;
mod infer;
mod order;

use std::borrow::Cow;
use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::evaluate::Evaluated;
use crate::words::words;
use crate::{Category, DType, Diagnostic, Edge, Model, Place, Role, Shape, expect};
use count::count;
use finding::findings;
use infer::infer;

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

impl Analysis<'_> {
    /// The shape of a layer's output, where it is known.
    pub fn shape(&self, edge: &Edge) -> Option<&Shape> {
        output(&self.layers, edge)
    }
}

fn output<'l>(layers: &'l [LayerAnalysis<'_>], edge: &Edge) -> Option<&'l Shape> {
    let from = layers.get(usize::try_from(edge.layer).ok()?)?;
    from.outputs.get(usize::try_from(edge.output).ok()?)?.as_ref()
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

    /// Both together.
    #[must_use]
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            trainable: self.trainable.saturating_add(other.trainable),
            non_trainable: self.non_trainable.saturating_add(other.non_trainable),
        }
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

impl Tally {
    fn add(&mut self, tensor: &Tensor<'_>) {
        self.tensors = self.tensors.saturating_add(1);
        self.elements = self.elements.saturating_add(tensor.elements.unwrap_or(0));
        self.bytes = self.bytes.saturating_add(tensor.stored_bytes.unwrap_or(0));
    }
}

fn total(model: &Model, layers: &[LayerAnalysis<'_>]) -> Totals {
    let mut totals = Totals { complete: true, any_known: layers.is_empty(), ..Totals::default() };
    let mut stored_bytes = model.stores_weights.then_some(0u64);
    for layer in layers {
        match layer.counts {
            Some(counts) => {
                totals.any_known = true;
                totals.counts = totals.counts.and(counts);
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
                tally.add(tensor);
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
