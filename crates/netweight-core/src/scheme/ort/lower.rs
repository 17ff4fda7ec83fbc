//! The operators that an exporter would write for layers, for formats that hold none.

use crate::Analysis;
use crate::graph::Graph;

/// A graph, and what had to be assumed for it.
pub(super) struct Lowered {
    pub(super) graph: Graph,
    pub(super) assumed: Vec<String>,
}

pub(super) fn graph(_analysis: &Analysis<'_>) -> Lowered {
    Lowered { graph: Graph::default(), assumed: Vec::new() }
}
