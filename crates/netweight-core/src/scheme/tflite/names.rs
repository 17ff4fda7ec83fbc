//! How long the names of converted values are. TensorFlow calls a value by the layer that it comes
//! from; the converter joins the names of all operators that went into one.

use std::collections::{HashMap, HashSet};

use crate::{Analysis, Dim, Layer};

/// What goes into a product besides itself.
#[derive(Debug, Clone, Copy, Default)]
struct Fused {
    /// The batch normalization behind it.
    norm: Option<usize>,
    /// The layer that states the function behind it: itself, or the one that reads it.
    function: Option<usize>,
    /// The zeros around its input.
    padding: Option<usize>,
    /// The batch normalization before it.
    scaled: Option<usize>,
    /// Whether a factor before it goes into its weights.
    rescaled: bool,
    /// The product before it, whose bias goes into its own.
    added: Option<usize>,
    /// Whether its own bias goes into that of the product behind it.
    hands_on: bool,
}

/// Names of the values that layers come to.
pub(super) struct Names<'s, 'a> {
    analysis: &'s Analysis<'a>,
    /// Bytes of what every name of a layer begins with.
    scopes: Vec<u64>,
    fused: Vec<Fused>,
    /// Layers that another's operator does on the way.
    absorbed: HashSet<usize>,
}

const ADD: &str = "batchnorm/add_1";
const PRODUCT: &str = "batchnorm/mul_1";
const FACTOR: &str = "batchnorm/mul";
const OFFSET: &str = "batchnorm/sub";
const BIAS: &str = "BiasAdd";
const SQUEEZE: &str = "Squeeze";
const RELU: &str = "Relu";

impl<'s, 'a> Names<'s, 'a> {
    pub(super) fn new(analysis: &'s Analysis<'a>, folded: &HashSet<usize>) -> Self {
        let mut names = Self {
            analysis,
            scopes: scopes(analysis),
            fused: vec![Fused::default(); analysis.layers.len()],
            absorbed: HashSet::new(),
        };
        names.fuse(folded);
        names
    }

    /// Bytes of what every name of a layer begins with, its stroke included.
    pub(super) fn scope(&self, layer: usize) -> u64 {
        self.scopes.get(layer).copied().unwrap_or(0)
    }

    pub(super) fn is_absorbed(&self, layer: usize) -> bool {
        self.absorbed.contains(&layer)
    }

    /// Whether a layer's last operator ends in a function.
    pub(super) fn is_fused(&self, layer: usize) -> bool {
        self.of(layer).function.is_some()
    }

    /// Whether a layer's bias goes into that of the layer behind it.
    pub(super) fn hands_on(&self, layer: usize) -> bool {
        self.of(layer).hands_on
    }

    /// Whether a batch normalization before a layer goes into its product.
    pub(super) fn is_scaled(&self, layer: usize) -> bool {
        self.of(layer).scaled.is_some()
    }

    /// The name's length with that of the function that its operator ends in.
    pub(super) fn with_function(&self, layer: usize, name: u64) -> u64 {
        let function = self.of(layer).function.map(|function| self.part(function, RELU));
        joined(&[function, Some(name)])
    }

    pub(super) fn kernel(&self, layer: usize) -> u64 {
        let (product, norm) = (self.product(layer), self.of(layer).norm);
        if self.of(layer).rescaled {
            return self.bias(layer) + 1;
        }
        if let Some(scaled) = self.of(layer).scaled {
            let before = [PRODUCT, ADD].map(|word| Some(self.part(scaled, word)));
            return joined(&[&before[..], &[Some(product), Some(self.part(layer, BIAS))]].concat());
        }
        let Some(norm) = norm else { return product };
        let part = |word| Some(self.part(norm, word));
        match self.kind(layer) {
            "dense" => self.part(norm, PRODUCT),
            "depthwise_conv" | "conv_transpose" => {
                let [bias, squeeze] = self.biased(layer);
                joined(&[part(PRODUCT), Some(product), bias, squeeze, part(FACTOR)])
            }
            _ => product,
        }
    }

    pub(super) fn bias(&self, layer: usize) -> u64 {
        let (product, fused) = (Some(self.product(layer)), self.of(layer));
        let function = fused.function.map(|function| self.part(function, RELU));
        let [bias, squeeze] = self.biased(layer);
        let kind = self.kind(layer);
        if fused.scaled.is_some() || fused.added.is_some() {
            return joined(&[product, function, Some(self.part(layer, BIAS))]);
        }
        let Some(norm) = fused.norm else {
            return match (kind, bias) {
                ("dense", _) => joined(&[function, bias]),
                (_, Some(_)) => joined(&[function, bias, product, squeeze]),
                (_, None) => joined(&[product]),
            };
        };
        let part = |word| Some(self.part(norm, word));
        let is_plain = bias.is_none() && matches!(kind, "conv" | "separable_conv");
        match (kind, is_plain) {
            ("dense", _) => joined(&[function, part(ADD)]),
            (_, true) => joined(&[function, part(ADD), product, part(OFFSET)]),
            _ => {
                let padding = fused.padding.map(|padding| self.part(padding, ";Pad"));
                let (first, last) = ([function, part(ADD), part(PRODUCT), product], part(OFFSET));
                joined(&[&first[..], &[bias, squeeze, part(FACTOR), padding, last]].concat())
            }
        }
    }

    /// The product's result.
    pub(super) fn output(&self, layer: usize) -> u64 {
        let fused = self.of(layer);
        let product = self.product(layer);
        let function = fused.function.map(|function| self.part(function, RELU));
        let [bias, _] = self.biased(layer);
        match (self.kind(layer), fused.norm) {
            _ if fused.scaled.is_some() => joined(&[Some(self.kernel(layer)), function]) + 1,
            ("dense", None) if fused.hands_on => product + 1,
            ("dense", None) => {
                let added = fused.added.map(|added| self.part(added, BIAS));
                joined(&[added, Some(product), function, bias])
            }
            ("dense", Some(norm)) => {
                let part = |word| Some(self.part(norm, word));
                joined(&[Some(product), bias, part(PRODUCT), function, part(ADD)])
            }
            (_, None) if bias.is_none() => joined(&[function, Some(product)]),
            // A name that is taken gets a number.
            _ => self.bias(layer) + 1,
        }
    }

    /// The layer's own product.
    pub(super) fn product(&self, layer: usize) -> u64 {
        let word = match self.kind(layer) {
            "conv" => "convolution",
            "depthwise_conv" => "depthwise",
            "conv_transpose" => "conv_transpose",
            "separable_conv" => "separable_conv2d",
            _ => "MatMul",
        };
        self.part(layer, word)
    }

    /// What a bias adds to names.
    fn biased(&self, layer: usize) -> [Option<u64>; 2] {
        let has = self.analysis.layers.get(layer).is_some_and(|found| {
            found.tensors.iter().any(|tensor| tensor.role == crate::Role::Bias)
        });
        [BIAS, SQUEEZE].map(|word| has.then(|| self.part(layer, word)))
    }

    fn part(&self, layer: usize, word: &str) -> u64 {
        self.scope(layer) + word.len() as u64
    }

    fn of(&self, layer: usize) -> Fused {
        self.fused.get(layer).copied().unwrap_or_default()
    }

    fn kind(&self, layer: usize) -> &'static str {
        kind(self.analysis, layer)
    }
}

impl Names<'_, '_> {
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

    /// Whether a layer is a product and a bias and nothing else.
    fn is_linear(&self, layer: usize) -> bool {
        let fused = self.of(layer);
        let has_more = fused.norm.is_some() || fused.scaled.is_some() || fused.added.is_some();
        let [bias, _] = self.biased(layer);
        self.kind(layer) == "dense"
            && self.is_flat(layer)
            && self.ends_open(layer)
            && bias.is_some()
            && !has_more
    }

    /// Whether a layer's result is a vector for each example.
    fn is_flat(&self, layer: usize) -> bool {
        let outputs = self.analysis.layers.get(layer).map(|found| &found.outputs);
        let shape = outputs.and_then(|outputs| outputs.first()?.as_ref());
        shape.is_none_or(|shape| shape.len() == 2)
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
            before(zeros)
                .and_then(|read| self.analysis.layers.get(read)?.outputs.first()?.as_ref()),
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
    layer.type_name == "ReLU" || layer.args.text("function").is_some_and(is_fusible)
}

/// The lengths of what names begin with: TensorFlow asks twice for a name of the layer's own, and
/// counts up what is taken.
fn scopes(analysis: &Analysis<'_>) -> Vec<u64> {
    let model = &analysis.model;
    let mut taken = HashMap::new();
    let mut containers: HashMap<&str, String> = HashMap::new();
    let root = scope(&mut taken, model.name.clone().unwrap_or_else(|| "functional".to_owned()));
    let mut lengths = Vec::with_capacity(model.layers.len());
    for layer in &model.layers {
        let (above, own) = match layer.path.rsplit_once('/') {
            Some((container, own)) => {
                let name = || scope(&mut taken, format!("{root}/{container}"));
                (&*containers.entry(container).or_insert_with(name), own)
            }
            None => (&root, layer.path.as_str()),
        };
        let given = scope(&mut taken, format!("{above}/{own}"));
        lengths.push(given.len() as u64 + 1);
    }
    lengths
}

/// The second name that is given to one who asks for this.
fn scope(taken: &mut HashMap<String, u64>, name: String) -> String {
    unique(taken, name.clone());
    unique(taken, name)
}

fn unique(taken: &mut HashMap<String, u64>, name: String) -> String {
    let key = name.to_ascii_lowercase();
    let mut count = taken.get(&key).copied().unwrap_or(0);
    let mut given = name.clone();
    if count > 0 {
        while taken.contains_key(&given.to_ascii_lowercase()) {
            given = format!("{name}_{count}");
            count += 1;
        }
        taken.insert(given.to_ascii_lowercase(), 1);
    }
    taken.insert(key, count.max(1));
    given
}

/// Names behind one another, a semicolon between them.
fn joined(parts: &[Option<u64>]) -> u64 {
    let parts = parts.iter().flatten();
    parts.fold(0, |sum: u64, part| sum + part + u64::from(sum > 0))
}

fn kind(analysis: &Analysis<'_>, layer: usize) -> &'static str {
    analysis.layers.get(layer).and_then(|found| found.evaluated.kind).map_or("", |kind| kind.name)
}
