//! Batch normalizations that exporters and converters fold into the product before them.

use std::collections::HashSet;

use crate::Analysis;

/// Batch normalizations behind a product that nobody else reads and that ends in no function,
/// together with those products.
pub(super) fn folded(analysis: &Analysis<'_>) -> HashSet<usize> {
    let mut readers = vec![0usize; analysis.layers.len()];
    for edge in analysis.model.layers.iter().flat_map(|layer| layer.inputs.iter().flatten()) {
        if let Some(count) = readers.get_mut(edge.layer as usize) {
            *count += 1;
        }
    }
    let kind = |index: usize| analysis.layers.get(index)?.evaluated.kind.map(|kind| kind.name);
    let mut folded = HashSet::new();
    for (index, layer) in analysis.model.layers.iter().enumerate() {
        let before = layer.inputs.first().and_then(|edge| Some(edge.as_ref()?.layer as usize));
        let (Some("batch_norm"), Some(before)) = (kind(index), before) else { continue };
        let product = matches!(
            kind(before),
            Some("conv" | "depthwise_conv" | "separable_conv" | "conv_transpose" | "dense")
        );
        let ends = analysis.model.layers.get(before).is_some_and(|layer| {
            layer.args.text("activation").is_none() && layer.shared_with.is_none()
        });
        if product && ends && readers.get(before) == Some(&1) {
            folded.extend([index, before]);
        }
    }
    folded
}
