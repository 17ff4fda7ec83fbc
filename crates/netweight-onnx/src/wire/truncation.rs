//! Where a file breaks off, for people whose download did.

use netweight_core::{ImportError, grouped};

use super::fields::{Fault, Fields, Value};
use super::window::{Span, Window};

/// Fields of the model that may be cut off, and what they hold.
const MODEL: [(u32, &str); 10] = [
    (2, "the producer's name"),
    (3, "the producer's version"),
    (4, "the domain"),
    (6, "the description"),
    (7, "the graph"),
    (8, "the operator sets"),
    (14, "the metadata"),
    (20, "the training info"),
    (25, "the functions"),
    (26, "the device configurations"),
];

/// Fields of the graph of which one may be cut off, and what one is called.
const GRAPH: [(u32, &str); 7] = [
    (1, "node"),
    (5, "initializer"),
    (11, "input"),
    (12, "output"),
    (13, "value info"),
    (14, "quantization annotation"),
    (15, "sparse initializer"),
];

/// The error for a fault between the fields of the model: where the file breaks off, when that
/// is the reason.
pub(super) fn explain(fault: Fault, window: &mut Window<'_>) -> ImportError {
    let end = window.whole().end;
    let (place, claim) = match fault {
        Fault::Cut { .. } => ("a field of the model".to_owned(), None),
        Fault::Overrun { field, start, length, .. } => {
            let Some((_, noun)) = MODEL.iter().find(|(known, _)| *known == field) else {
                return not_a_model(fault);
            };
            let place = if field == 7 { in_graph(Span { start, end }, window) } else { None };
            (place.unwrap_or_else(|| (*noun).to_owned()), Some(start.saturating_add(length)))
        }
        fault => return not_a_model(fault),
    };
    let claim = claim.map(|claim| format!("; the message claims {}", grouped(claim)));
    let (size, claim) = (grouped(end), claim.unwrap_or_default());
    let what = format!("ends in the middle of {place} (byte {size} of {size}{claim})");
    ImportError::malformed("onnx/truncated", what).help("the download looks incomplete")
}

/// The node, initializer or the like in which a graph breaks off, counted from 0.
fn in_graph(graph: Span, window: &mut Window<'_>) -> Option<String> {
    let mut counts = GRAPH.map(|_| 0_u64);
    let mut fields = Fields::new(graph);
    let index = |field: u32| GRAPH.iter().position(|(known, _)| *known == field);
    loop {
        match fields.next(window) {
            Ok(Some((field, Value::Span(_)))) => {
                if let Some(count) = index(field).and_then(|index| counts.get_mut(index)) {
                    *count += 1;
                }
            }
            Ok(Some(_)) => {}
            Err(Fault::Overrun { field, .. }) => {
                let index = index(field)?;
                let ((_, noun), count) = (GRAPH.get(index)?, counts.get(index)?);
                return Some(format!("{noun} {}", grouped(*count)));
            }
            Ok(None) | Err(_) => return None,
        }
    }
}

fn not_a_model(fault: Fault) -> ImportError {
    match fault {
        Fault::Read(error) => error,
        fault => {
            ImportError::from(fault).help("this is no ONNX model, or it was damaged on its way")
        }
    }
}
