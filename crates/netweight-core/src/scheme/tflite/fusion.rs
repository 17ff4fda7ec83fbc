//! Which layers go into other layers' operators.

use std::collections::HashSet;

use crate::{Analysis, Dim, Edge, Layer, LayerAnalysis, Role};

/// What goes into a product besides itself.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Fused {
    /// The batch normalization behind it.
    pub(super) norm: Option<usize>,
    /// The layer that states the function behind it: itself, or the one that reads it.
    pub(super) function: Option<usize>,
    /// The zeros around its input.
    pub(super) padding: Option<usize>,
    /// The batch normalization before it.
    pub(super) scaled: Option<usize>,
    /// Whether a factor before it goes into its weights.
    pub(super) rescaled: bool,
    /// The product before it, whose bias goes into its own.
    pub(super) added: Option<usize>,
    /// Whether its own bias goes into that of the product behind it.
    pub(super) hands_on: bool,
}

/// What goes into each layer's operator.
pub(super) struct Fusion<'s, 'a> {
    analysis: &'s Analysis<'a>,
    fused: Vec<Fused>,
    /// Layers that another's operator does on the way.
    absorbed: HashSet<usize>,
    /// Layers that are used more than once.
    shared: HashSet<usize>,
}

impl<'s, 'a> Fusion<'s, 'a> {
    /// `folded` are batch normalizations behind products, with those products.
    pub(super) fn new(analysis: &'s Analysis<'a>, folded: &HashSet<usize>) -> Self {
        let mut fusion = Self {
            analysis,
            fused: vec![Fused::default(); analysis.layers.len()],
            absorbed: HashSet::new(),
            shared: analysis.layers.iter().filter_map(|found| found.shared_with).collect(),
        };
        fusion.fuse(folded);
        fusion
    }

    pub(super) fn of(&self, layer: usize) -> Fused {
        self.fused.get(layer).copied().unwrap_or_default()
    }

    /// Whether another layer's operator does a layer's work.
    pub(super) fn is_absorbed(&self, layer: usize) -> bool {
        self.absorbed.contains(&layer)
    }

    /// Finds what goes into other layers' operators.
    fn fuse(&mut self, folded: &HashSet<usize>) {
        let layers = &self.analysis.model.layers;
        let mut readers = vec![0u64; layers.len()];
        // The row of a nested model stands for its layers, which have rows of their own.
        let reading = layers.iter().enumerate().filter(|(index, _)| self.kind(*index) != "model");
        for edge in reading.flat_map(|(_, layer)| layer.inputs.iter().flatten()) {
            if let Some(count) = readers.get_mut(edge.layer as usize) {
                *count += 1;
            }
        }
        // The layer that does the work of what a layer reads, if nobody else reads it.
        let mut doer: Vec<usize> = (0..layers.len()).collect();
        for (index, layer) in layers.iter().enumerate() {
            let is_product = PRODUCTS.contains(&self.kind(index));
            if is_product && layer.args.text("activation").is_some_and(is_fusible) {
                self.set(index, |fused| fused.function = Some(index));
            }
            let Some(read) = before(layer) else { continue };
            let is_sole = readers.get(read) == Some(&1);
            let Some(before) = doer.get(read).copied().filter(|_| is_sole) else { continue };
            // A factor without an offset, which is what rescaling mostly is.
            if is_product && self.kind(before) == "rescaling" {
                self.set(index, |fused| fused.rescaled = true);
                self.absorbed.insert(before);
            }
            match self.kind(index) {
                "batch_norm" if folded.contains(&index) => {
                    self.set(before, |fused| fused.norm = Some(index));
                }
                "activation" if is_rectifier(layer) && self.ends_open(before) => {
                    self.set(before, |fused| fused.function = Some(index));
                }
                "dropout" | "input" => {}
                "dense" if self.kind(before) == "batch_norm" && self.is_flat(index) => {
                    self.set(index, |fused| fused.scaled = Some(before));
                    self.absorbed.insert(before);
                    continue;
                }
                // Nothing stands between two products and their biases.
                "dense" if self.is_linear(before) && self.is_flat(index) => {
                    self.set(before, |fused| fused.hands_on = true);
                    self.set(index, |fused| fused.added = Some(before));
                    continue;
                }
                "conv" | "depthwise_conv" if self.is_same(read, index) => {
                    self.set(index, |fused| fused.padding = Some(read));
                    self.absorbed.insert(read);
                    continue;
                }
                _ => continue,
            }
            self.absorbed.insert(index);
            if let Some(doer) = doer.get_mut(index) {
                *doer = before;
            }
        }
    }

    fn kind(&self, layer: usize) -> &'static str {
        kind(self.analysis, layer)
    }

    /// Whether a layer is a product and a bias and nothing else.
    fn is_linear(&self, layer: usize) -> bool {
        let fused = self.of(layer);
        let has_more = fused.norm.is_some() || fused.scaled.is_some() || fused.added.is_some();
        self.kind(layer) == "dense"
            && !self.shared.contains(&layer)
            && self.analysis.layers.get(layer).is_some_and(has_bias)
            && self.is_flat(layer)
            && self.ends_open(layer)
            && !has_more
    }

    /// Whether a layer's result is a vector for each example.
    fn is_flat(&self, layer: usize) -> bool {
        self.analysis.shape(&Edge::new(layer, 0)).is_none_or(|shape| shape.len() == 2)
    }

    fn set(&mut self, layer: usize, change: impl Fn(&mut Fused)) {
        if let Some(fused) = self.fused.get_mut(layer) {
            change(fused);
        }
    }

    /// Whether a function behind a layer goes into its operator.
    fn ends_open(&self, layer: usize) -> bool {
        let kind = self.kind(layer);
        let has_function = self
            .analysis
            .model
            .layers
            .get(layer)
            .is_some_and(|l| l.args.text("activation").is_some());
        let takes = PRODUCTS.contains(&kind) || matches!(kind, "batch_norm" | "merge");
        takes && !has_function && self.of(layer).function.is_none()
    }

    /// Whether zeros and a convolution behind them are what a convolution with the padding `same`
    /// would do: as many zeros, half of them, rounded down, before.
    fn is_same(&self, padding: usize, convolution: usize) -> bool {
        let layers = &self.analysis.model.layers;
        let (Some(zeros), Some(layer)) = (layers.get(padding), layers.get(convolution)) else {
            return false;
        };
        let is_candidate =
            self.kind(padding) == "padding" && layer.args.text("padding") == Some("valid");
        let lists = (
            zeros.args.list("amounts"),
            layer.args.list("kernel_size"),
            layer.args.list("stride"),
            before(zeros).and_then(|read| self.analysis.shape(&Edge::new(read, 0))),
        );
        let (Some(amounts), Some(kernel), Some(stride), Some(shape)) = lists else { return false };
        let rank = kernel.len();
        is_candidate
            && amounts.len() == 2 * rank
            && (0..rank).zip(1i64..).all(|(axis, dimension)| {
                let at = |list: &[i64], index: usize| list.get(index).copied().unwrap_or(0);
                let Some(Dim::Known(length)) = shape.axis(dimension) else { return false };
                let Ok(length) = i64::try_from(*length) else { return false };
                let stride = at(stride, axis).max(1);
                let steps = (length.saturating_sub(1)) / stride;
                let reach = steps.saturating_mul(stride).saturating_add(at(kernel, axis));
                let wanted = reach.saturating_sub(length).max(0);
                at(amounts, axis) == wanted / 2 && at(amounts, axis + rank) == wanted - wanted / 2
            })
    }
}

/// Layers that come to one product with a constant.
const PRODUCTS: [&str; 5] = ["conv", "depthwise_conv", "conv_transpose", "separable_conv", "dense"];

/// The layer that feeds another's first input.
fn before(layer: &Layer) -> Option<usize> {
    layer.inputs.first().and_then(|edge| Some(edge.as_ref()?.layer as usize))
}

/// Functions that operators can end in.
fn is_fusible(function: &str) -> bool {
    matches!(function, "relu" | "relu6")
}

fn is_rectifier(layer: &Layer) -> bool {
    &*layer.type_name == "ReLU" || layer.args.text("function").is_some_and(is_fusible)
}

/// Whether a bias is among a layer's tensors.
pub(super) fn has_bias(found: &LayerAnalysis) -> bool {
    found.tensors.iter().any(|tensor| tensor.role == Role::Bias)
}

pub(super) fn kind(analysis: &Analysis<'_>, layer: usize) -> &'static str {
    analysis.layers.get(layer).and_then(|found| found.evaluated.kind).map_or("", |kind| kind.name)
}
