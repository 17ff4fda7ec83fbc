//! The layers of a model, each behind those that it needs, else in the file's order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use netweight_core::{Analysis, Edge};

/// The indices of the layers; those in a circle come last.
pub(super) fn order(analysis: &Analysis<'_>) -> Vec<usize> {
    let count = analysis.model.layers.len();
    let mut needed_by: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut open = vec![0usize; count];
    for index in 0..count {
        for need in needs(analysis, index) {
            if let (Some(list), Some(open)) = (needed_by.get_mut(need), open.get_mut(index)) {
                list.push(index);
                *open += 1;
            }
        }
    }
    let ready = open.iter().enumerate().filter(|(_, open)| **open == 0);
    let mut heap: BinaryHeap<Reverse<usize>> = ready.map(|(index, _)| Reverse(index)).collect();
    let mut order = Vec::with_capacity(count);
    let mut done = vec![false; count];
    while let Some(Reverse(index)) = heap.pop() {
        order.push(index);
        if let Some(done) = done.get_mut(index) {
            *done = true;
        }
        for next in needed_by.get(index).into_iter().flatten() {
            let Some(open) = open.get_mut(*next) else { continue };
            *open -= 1;
            if *open == 0 {
                heap.push(Reverse(*next));
            }
        }
    }
    order.extend((0..count).filter(|index| done.get(*index) == Some(&false)));
    order
}

/// The layers that one needs above it: those that feed it, and the one whose weights it uses.
fn needs(analysis: &Analysis<'_>, index: usize) -> Vec<usize> {
    let at = |edge: &Edge| usize::try_from(edge.layer).ok();
    let layer = analysis.model.layers.get(index);
    let edges =
        layer.into_iter().flat_map(|layer| layer.inputs.iter().flatten().chain(&layer.outputs));
    let owner = analysis.layers.get(index).and_then(|found| found.shared_with);
    edges.filter_map(at).chain(owner).filter(|need| *need != index).collect()
}
