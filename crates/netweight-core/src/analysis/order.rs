//! In which order layers are evaluated: each behind those that feed it, whatever the file's order.

use crate::{Diagnostic, Model};

/// Layers behind everything that they read; an edge that closes a circle is left out.
pub(super) fn order(model: &Model) -> (Vec<usize>, Vec<Diagnostic>) {
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
