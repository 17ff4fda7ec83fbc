//! How long the names of converted values are. TensorFlow calls a value by the layer that it comes
//! from; the converter joins the names of all operators that went into one.

use std::collections::{HashMap, HashSet};

use super::fusion::{Fused, Fusion, has_bias, kind};
use crate::Analysis;

/// Names of the values that layers come to.
pub(super) struct Names<'s, 'a> {
    analysis: &'s Analysis<'a>,
    /// Bytes of what every name of a layer begins with.
    scopes: Vec<u64>,
    fusion: Fusion<'s, 'a>,
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
        Self { analysis, scopes: scopes(analysis), fusion: Fusion::new(analysis, folded) }
    }

    /// Bytes of what every name of a layer begins with, its stroke included.
    pub(super) fn scope(&self, layer: usize) -> u64 {
        self.scopes.get(layer).copied().unwrap_or(0)
    }

    pub(super) fn is_absorbed(&self, layer: usize) -> bool {
        self.fusion.is_absorbed(layer)
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
        let has = self.analysis.layers.get(layer).is_some_and(has_bias);
        [BIAS, SQUEEZE].map(|word| has.then(|| self.part(layer, word)))
    }

    fn part(&self, layer: usize, word: &str) -> u64 {
        self.scope(layer) + word.len() as u64
    }

    fn of(&self, layer: usize) -> Fused {
        self.fusion.of(layer)
    }

    fn kind(&self, layer: usize) -> &'static str {
        kind(self.analysis, layer)
    }
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
