//! Whether a file is an ONNX model, from a few reads.

use netweight_core::{Class, ImportError, Source, limits};

use super::fields::{Fault, Fields, Value};
use super::window::{Span, Window};

/// Fields of the model that are texts or messages, without the graph.
const MODEL: [u32; 9] = [2, 3, 4, 6, 8, 14, 20, 25, 26];
/// Fields of the graph, all of them texts or messages.
const GRAPH: [u32; 10] = [1, 2, 5, 10, 11, 12, 13, 14, 15, 16];

/// Whether the file looks like an ONNX model, even if it breaks off inside its graph.
///
/// There must be a graph; the fields before it and the first one in it must be what ONNX
/// says. A few kilobytes are read, never more than 64.
///
/// # Errors
/// What the system said.
pub fn looks_like_onnx(source: &dyn Source) -> Result<bool, ImportError> {
    let mut window = Window::new(source, limits::onnx::PROBE);
    let end = window.whole().end;
    let mut fields = Fields::new(window.whole());
    loop {
        match fields.next(&mut window) {
            Ok(Some((1 | 5, Value::Int(_)))) => {}
            Ok(Some((7, Value::Span(graph)))) => return starts_a_graph(graph, &mut window),
            Ok(Some((field, Value::Span(_)))) if MODEL.contains(&field) => {}
            Err(Fault::Overrun { field: 7, start, .. }) => {
                return starts_a_graph(Span { start, end }, &mut window);
            }
            other => return answer(other, false),
        }
    }
}

fn starts_a_graph(graph: Span, window: &mut Window<'_>) -> Result<bool, ImportError> {
    match Fields::new(graph).next(window) {
        Ok(Some((field, value))) => Ok(GRAPH.contains(&field) && matches!(value, Value::Span(_))),
        Err(Fault::Overrun { field, .. }) => Ok(GRAPH.contains(&field)),
        other => answer(other, graph.len() == 0),
    }
}

/// An answer, unless it is the system that stands in its way.
fn answer<T>(found: Result<T, Fault>, answer: bool) -> Result<bool, ImportError> {
    match found {
        Err(Fault::Read(error)) if error.class == Class::Io => Err(error),
        _ => Ok(answer),
    }
}
