//! From what schemes come to, to the sizes that a report shows.

use netweight_core::scheme;
use netweight_core::{Analysis, Category, LayerAnalysis, Model, Tensor};

use crate::quantity::grouped;
use crate::report::ModelReport;
use crate::size::{Items, Kept, LayerBytes, Size, SizeKind};
use crate::words::each_once;

/// Layers that are named for taking most.
const LARGEST: usize = 5;

impl Size {
    /// What the weights take in the file, under the names of the types that it uses.
    pub(crate) fn stored(analysis: &Analysis<'_>) -> Option<Self> {
        let bytes = analysis.totals.stored_bytes?;
        let tensors = analysis.layers.iter().flat_map(|layer| &layer.tensors);
        let own = tensors.filter(|tensor| tensor.category.is_parameter() && !tensor.shared);
        let types = each_once(own.map(|tensor| tensor.dtype.name())).unwrap_or_default();
        let items = Items { weights: bytes, ..Items::default() };
        Some(Self {
            file_bytes: files_bytes(analysis.model),
            layer_bytes: analysis.layers.iter().map(stored_bytes).collect(),
            ..Self::measured(analysis, types, SizeKind::Stored, bytes, items)
        })
    }

    /// What a scheme comes to.
    pub(crate) fn forecast(analysis: &Analysis<'_>, size: &scheme::Size) -> Self {
        let is_width = size.request.is_width();
        let kind = if is_width { SizeKind::Width } else { SizeKind::Scheme };
        let total = size.total.total();
        let items = Items::from(&size.total);
        let measured = Self::measured(analysis, size.request.text.clone(), kind, total, items);
        Self {
            file_bytes: size.file.map(|file| file.bytes),
            file_tolerance: size.file.map(|file| file.tolerance).filter(|share| *share > 0.0),
            refused: size.refused.clone(),
            note: note(size),
            largest: if is_width { Vec::new() } else { largest(analysis, size) },
            kept: size.kept.iter().map(Kept::from).collect(),
            assumed: size.assumed.clone(),
            layer_bytes: size.layers.iter().map(scheme::Items::total).collect(),
            ..measured
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a ratio for people: 53 bits are plenty")]
    fn measured(
        analysis: &Analysis<'_>,
        scheme: String,
        kind: SizeKind,
        bytes: u64,
        items: Items,
    ) -> Self {
        let parameters = analysis.totals.counts.parameters();
        let per_parameter = |bits: f64| (parameters > 0).then(|| bits / parameters as f64);
        let bits = per_parameter(bytes as f64 * 8.0);
        Self {
            scheme,
            kind,
            weights_bytes: bytes,
            file_bytes: None,
            bits_per_parameter: bits,
            ratio: bits.map(|bits| bits / scheme::BASELINE_BITS as f64),
            items,
            refused: None,
            file_tolerance: None,
            note: None,
            largest: Vec::new(),
            kept: Vec::new(),
            assumed: Vec::new(),
            layer_bytes: Vec::new(),
        }
    }
}

impl ModelReport {
    /// Keeps only the sizes that fit into a budget and that the tools do not refuse, the largest
    /// first: it has lost the least.
    pub fn fit(&mut self, budget: u64) {
        let bytes = |size: &Size| size.file_bytes.unwrap_or(size.weights_bytes);
        self.sizes.retain(|size| size.refused.is_none() && bytes(size) <= budget);
        self.sizes.sort_by_key(|size| std::cmp::Reverse(bytes(size)));
    }
}

/// The length of the model's files together, where all are there.
fn files_bytes(model: &Model) -> Option<u64> {
    let mut lengths = model.files.iter().map(|file| file.length);
    let all = lengths.try_fold(0u64, |sum, length| sum.checked_add(length?));
    all.filter(|_| !model.files.is_empty())
}

/// What a layer's parameters, and what they are scaled by, take in the file.
fn stored_bytes(found: &LayerAnalysis) -> u64 {
    let counts = |tensor: &&Tensor| {
        tensor.category.is_parameter() || tensor.category == Category::Quantization
    };
    let own = found.tensors.iter().filter(counts).filter(|tensor| !tensor.shared);
    own.filter_map(|tensor| tensor.stored_bytes).fold(0, u64::saturating_add)
}

/// What stays as it was, the most first, and what was assumed.
fn note(size: &scheme::Size) -> Option<String> {
    let mut kept: Vec<_> = size.kept.iter().filter(|kept| kept.bytes > 0).collect();
    kept.sort_by_key(|kept| std::cmp::Reverse(kept.bytes));
    let kept =
        kept.iter().take(2).map(|kept| format!("{} kept: {}", grouped(kept.bytes), kept.reason));
    let texts: Vec<String> = kept.chain(size.assumed.iter().cloned()).collect();
    (!texts.is_empty()).then(|| texts.join("; "))
}

fn largest(analysis: &Analysis<'_>, size: &scheme::Size) -> Vec<LayerBytes> {
    let mut layers: Vec<(usize, u64)> =
        size.layers.iter().map(scheme::Items::total).enumerate().collect();
    layers.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    let largest = layers.into_iter().take(LARGEST).filter(|(_, bytes)| *bytes > 0);
    largest
        .filter_map(|(index, bytes)| {
            let path = analysis.model.layers.get(index)?.path.clone();
            Some(LayerBytes { path, bytes })
        })
        .collect()
}

impl From<&scheme::Items> for Items {
    fn from(items: &scheme::Items) -> Self {
        let scheme::Items { weights, scales, zero_points, biases, activations, kept } = *items;
        Self { weights, scales, zero_points, biases, activations, kept }
    }
}

impl From<&scheme::Kept> for Kept {
    fn from(kept: &scheme::Kept) -> Self {
        Self { reason: kept.reason.to_owned(), tensors: kept.tensors, bytes: kept.bytes }
    }
}
