//! A layer's bytes under a scheme, as one would work them out by hand.

use netweight_core::Analysis;
use netweight_core::scheme::Size;

use crate::explanation::{Explanation, Part};
use crate::quantity::grouped;

impl Explanation {
    /// The bytes of the layer at an index under a scheme; none for a layer without any.
    pub fn of_bytes(analysis: &Analysis<'_>, size: &Size, index: usize) -> Option<Self> {
        let found = analysis.layers.get(index)?;
        let layer = analysis.model.layers.get(index)?;
        let items = size.layers.get(index).filter(|items| items.total() > 0)?;
        let parts = size.parts.iter().filter(|part| part.layer == index);
        let terms: Vec<_> =
            parts.flat_map(|part| part.terms.iter().map(|term| (&part.name, term))).collect();
        let worked_out = terms.iter().fold(0u64, |sum, (_, term)| sum.saturating_add(term.bytes()));
        let rest = items.total().saturating_sub(worked_out);
        let products = terms.iter().map(|(_, term)| term.numbers()).collect::<Vec<_>>();
        let values = terms.iter().map(|(_, term)| grouped(term.bytes())).collect::<Vec<_>>();
        let (formula, steps) = match (products.as_slice(), found.counts) {
            ([], Some(counts)) if size.request.is_width() => {
                let bits = size.request.scheme.bits;
                (format!("⌈{} × {bits} / 8⌉", counts.parameters()), vec![grouped(items.total())])
            }
            ([], _) => (grouped(items.total()), Vec::new()),
            (products, _) => {
                let total = (values.len() > 1).then(|| grouped(worked_out));
                (products.join(" + "), std::iter::once(values.join(" + ")).chain(total).collect())
            }
        };
        let named = |(name, term): &(&String, &netweight_core::scheme::Term)| Part {
            name: format!("{name}: {}", term.what),
            shape: term.numbers(),
            elements: term.bytes(),
        };
        let mut notes = Vec::new();
        if !terms.is_empty() && rest > 0 {
            notes.push(format!(
                "{} bytes more are kept or worked out for the layer as a whole: {} in all.",
                grouped(rest),
                grouped(items.total())
            ));
        }
        notes.extend(size.refused.iter().map(|reason| format!("Refused: {reason}.")));
        let kind = found.evaluated.kind.map_or(&*layer.type_name, |kind| kind.title);
        Some(Self {
            path: layer.path.clone(),
            headline: format!("{kind}, under {}", size.request.text),
            quantity: "bytes".to_owned(),
            formula: Some(formula),
            symbols: Vec::new(),
            steps,
            weights: terms.iter().map(named).collect(),
            notes,
            stored: None,
        })
    }
}
