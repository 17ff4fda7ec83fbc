//! What is odd about stored tensors, so that their count is to be doubted.

use std::collections::HashSet;

use netweight_core::{Diagnostic, limits};

use crate::graph::{Stored, Wiring};
use crate::{Graph, OnnxFile, Storage};

/// Says what is odd about a file's tensors, each kind of oddity as often as is bearable.
pub(crate) fn tensors(wiring: &Wiring) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for stored in &wiring.tensors {
        let what = kind(stored).or_else(|| length(stored)).or_else(|| size(stored));
        let place = || format!("tensor `{}`", wiring.text(stored.name));
        found.extend(what.map(|problem| problem.at(place())));
        if found.len() >= limits::onnx::PROBLEMS {
            break;
        }
    }
    found.extend(wiring.file.graphs.iter().filter_map(|graph| twice(wiring.file, graph)));
    found
}

fn kind(stored: &Stored) -> Option<Diagnostic> {
    let what = match stored.data_type {
        Some(0) => {
            "its data type is left out; its values are counted, its bytes are not known".to_owned()
        }
        Some(number) if stored.dtype == netweight_core::DType::Unknown => {
            format!(
                "its data type has the number {number}, which no ONNX version so far has; its values are counted"
            )
        }
        _ => return None,
    };
    Some(Diagnostic::warning("onnx/data-type", what))
}

/// Values that take more or fewer bytes than the dimensions say.
fn length(stored: &Stored) -> Option<Diagnostic> {
    let found = match stored.storage? {
        Storage::Inline { bytes } => *bytes,
        Storage::External { length, .. } => (*length)?,
        Storage::Typed { .. } | Storage::Missing => return None,
    };
    let expected = stored.dtype.bytes(stored.elements?)?;
    (found != expected).then(|| {
        let what = format!(
            "holds {found} bytes where its dimensions need {expected}; it is counted by its dimensions"
        );
        Diagnostic::warning("onnx/data-length", what).help("the file may be cut or written wrongly")
    })
}

fn size(stored: &Stored) -> Option<Diagnostic> {
    let unbelievable = stored.elements.is_some_and(|elements| elements > limits::onnx::ELEMENTS);
    unbelievable.then(|| {
        let what =
            "its dimensions are larger than any computer could hold; it is counted as it stands";
        Diagnostic::warning("onnx/unbelievable-size", what)
    })
}

/// Names that two initializers of one graph share.
fn twice(file: &OnnxFile, graph: &Graph) -> Option<Diagnostic> {
    let mut seen = HashSet::new();
    let again = graph.initializers.iter().find(|tensor| !seen.insert(tensor.name))?;
    let name = file.names.text(again.name);
    let what =
        format!("the graph stores several tensors under the name `{name}`; the last one is read");
    Some(Diagnostic::warning("onnx/duplicate-initializer", what))
}
