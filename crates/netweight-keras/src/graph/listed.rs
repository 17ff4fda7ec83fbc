//! Models whose configs list no layers: what they are made of, as rows of their own.

use netweight_core::{Edge, Layer};
use netweight_markup::Span;

use super::Use;
use crate::reader::{Reader, Row};

impl Row {
    /// Whether the layer is a model made of the layers that it would have in a graph.
    pub(super) fn is_listed(&self) -> bool {
        !self.layer.inner.is_empty()
            && !self.layer.outputs.is_empty()
            && self.layer.unknown.is_none()
    }
}

impl Reader<'_> {
    /// Adds the row, and behind it those of its layers where it is a model of some.
    pub(super) fn listed(&mut self, mut row: Row) -> Use {
        if !row.is_listed() {
            row.layer.outputs.clear();
            return Use { row: self.push(row), outputs: None };
        }
        let parts = std::mem::take(&mut row.layer.inner);
        let outputs = std::mem::take(&mut row.layer.outputs);
        let (frozen, span, given) = (row.layer.frozen, row.span, row.layer.inputs.clone());
        let container = self.push(row);
        let outputs = self.parts(parts, &outputs, (frozen, span), &given);
        if let Some(row) = self.rows.get_mut(container) {
            row.layer.outputs = outputs.as_slice().into();
        }
        Use { row: container, outputs: Some(outputs) }
    }

    /// Adds rows for parts that are wired among themselves, their inputs to what is given in
    /// turn; returns the outputs of the whole.
    pub(super) fn parts(
        &mut self,
        parts: impl IntoIterator<Item = Layer>,
        outputs: &[Edge],
        (frozen, span): (bool, Span),
        given: &[Option<Edge>],
    ) -> Vec<Edge> {
        let mut given = given.iter();
        let mut uses: Vec<Use> = Vec::new();
        let of = |uses: &[Use], edge: Edge| {
            uses.get(usize::try_from(edge.layer).ok()?)?.output(usize::try_from(edge.output).ok()?)
        };
        for mut part in parts {
            if part.kind.as_deref() == Some("input") {
                let given = given.next().copied().flatten();
                if part.stated_outputs.is_empty() {
                    // What says nothing of its own is what is given, and no row.
                    let outputs = Some(given.into_iter().collect());
                    uses.push(Use { row: self.rows.len(), outputs });
                    continue;
                }
                part.inputs = given.map(Some).into_iter().collect();
            } else {
                part.inputs = part.inputs.iter().map(|edge| of(&uses, (*edge)?)).collect();
            }
            part.frozen |= frozen;
            let first = part.shared_with.and_then(|index| uses.get(index));
            part.shared_with = first.and_then(|first| self.first_of(&part.type_name, first.row));
            uses.push(self.listed(Row::new(part, None, span)));
        }
        outputs.iter().filter_map(|edge| of(&uses, *edge)).collect()
    }

    /// The first row of a class from a row on.
    fn first_of(&self, class: &str, start: usize) -> Option<usize> {
        let rows = self.rows.get(start..)?;
        let index = rows.iter().position(|row| *row.layer.type_name == *class)?;
        start.checked_add(index)
    }
}
