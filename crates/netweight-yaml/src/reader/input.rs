//! `input`: the shape of one example, without the batch, or several by name.

use netweight_core::{Dim, Edge, ImportOptions, Layer, Shape};
use netweight_markup::{Node, Problem, Value};

use super::Reader;
use crate::limits;

impl<'d> Reader<'d> {
    /// The input layers: as the spec says, or as a person gives them for a spec that does not.
    pub(super) fn inputs(&mut self, node: Option<&'d Node>, options: &ImportOptions) {
        match node {
            Some(node @ Node { value: Value::Map(entries), .. }) => {
                for (name, shape) in entries {
                    if name.text == "previous" {
                        let message = "`previous` is the layer above under `from`";
                        self.problem(Problem::new("spec/reserved-name", name.span, message));
                    }
                    if let Some(shape) = self.shape(shape) {
                        self.input_layer(&name.text, shape, options);
                    }
                }
                if entries.is_empty() {
                    self.problem(node.mismatch("inputs"));
                }
            }
            Some(node) if !node.is_null() => {
                if let Some(shape) = self.shape(node) {
                    self.input_layer("input", shape, options);
                }
            }
            _ => {
                if let Some(shape) = options.input_shape("input") {
                    self.input_layer("input", shape.clone(), options);
                }
            }
        }
    }

    fn input_layer(&mut self, name: &str, shape: Shape, options: &ImportOptions) {
        let shape = options.input_shape(name).cloned().unwrap_or(shape);
        let row = self.model.push(Layer::input(name, shape));
        if let Some(scope) = self.scopes.last_mut() {
            scope.inputs.push((name.to_owned(), Some(Edge::new(row, 0))));
        }
    }

    /// A shape with the batch before it: `8`, `[28, 28, 1]`, `[null, 8]`, `[steps, 8]`.
    fn shape(&mut self, node: &Node) -> Option<Shape> {
        let node = self.settled(node)?;
        let dims = match node.as_seq() {
            Some(dims) => dims,
            None => std::slice::from_ref(node.as_ref()),
        };
        if dims.len() > limits::DIMENSIONS {
            let message =
                format!("{} dimensions, expected at most {}", dims.len(), limits::DIMENSIONS);
            self.problem(Problem::new("spec/too-large", node.span, message));
            return None;
        }
        let dims: Option<Vec<Dim>> = dims.iter().map(|dim| self.dim(dim)).collect();
        Some(std::iter::once(Dim::Unknown).chain(dims?).collect())
    }

    fn dim(&mut self, node: &Node) -> Option<Dim> {
        let node = self.settled(node)?;
        match &node.value {
            Value::Null => Some(Dim::Unknown),
            Value::Str(name) if name.chars().all(|c| c.is_alphanumeric() || c == '_') => {
                Some(Dim::Named(name.as_str().into()))
            }
            Value::Str(_) | Value::Bool(_) | Value::Seq(_) | Value::Map(_) => {
                let problem = node.mismatch("a size, a name for one that is open, or `null`");
                self.problem(problem);
                None
            }
            _ => self.size(&node).map(Dim::Known),
        }
    }
}
