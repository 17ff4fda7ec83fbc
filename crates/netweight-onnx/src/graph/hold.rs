//! What the file holds: initializers, `Constant` nodes, lists in attributes.

use super::build::Builder;
use super::stored::{Kept, Stored, filling};
use super::{CallId, Origin, TensorId, find};
use crate::{AttributeValue, Graph, Name, Node};

impl<'f> Builder<'f> {
    fn store(&mut self, tensor: Stored<'f>) -> TensorId {
        self.wiring.tensors.push(tensor);
        TensorId::new(self.wiring.tensors.len() - 1)
    }

    pub(super) fn tensors(&mut self, scope: usize, graph: &'f Graph) {
        let dense = graph
            .initializers
            .iter()
            .map(|tensor| (place(tensor), Stored::tensor(tensor.name, tensor, Kept::Initializer)));
        let sparse = graph.sparse_initializers.iter().map(|sparse| {
            (place(sparse), Stored::sparse(sparse.values.name, sparse, Kept::Initializer))
        });
        for (place, stored) in dense.chain(sparse) {
            let name = stored.name;
            let stored = stored.moved(self.wiring.text(name));
            let tensor =
                if self.depth == 0 { self.store(stored) } else { self.hold(place, stored) };
            self.declare(scope, name, Origin::Tensor(tensor));
        }
    }

    /// The tensor that stands at a place in the file.
    fn hold(&mut self, place: usize, stored: Stored<'f>) -> TensorId {
        if let Some(known) = self.held.get(&place) {
            return *known;
        }
        let tensor = self.store(stored);
        self.held.insert(place, tensor);
        tensor
    }

    /// What is stored for training is in the file too, but the model does not read it.
    pub(super) fn training(&mut self) {
        for training in &self.wiring.file.training {
            for id in [training.initialization, training.algorithm].into_iter().flatten() {
                let scope = self.open(None);
                if let Some(graph) = self.wiring.file.graph(id) {
                    self.tensors(scope, graph);
                }
            }
        }
    }

    /// Classical models keep their values in attributes.
    pub(super) fn lists(&mut self, node: &'f Node) -> Vec<(Name, TensorId)> {
        if self.domain(node.domain) != "ai.onnx.ml" {
            return Vec::new();
        }
        let name = node.outputs.first().copied().unwrap_or(node.name);
        let mut lists = Vec::new();
        for attribute in &node.attributes {
            let text = self.wiring.text(attribute.name);
            if let Some(stored) = Stored::attribute(name, text, &attribute.value) {
                lists.push((attribute.name, self.store(stored)));
            }
        }
        lists
    }

    /// A `Constant` node is a stored tensor under its output's name.
    pub(super) fn constant(&mut self, scope: usize, node: &'f Node) -> bool {
        let wiring = &self.wiring;
        if wiring.text(node.op_type) != "Constant" || !self.domain(node.domain).is_empty() {
            return false;
        }
        let Some(name) = node.outputs.first().copied() else { return true };
        let stored = node.attributes.iter().find_map(|attribute| {
            let value = match (&attribute.value, self.given) {
                (AttributeValue::Reference(outer), Some(given)) => {
                    find(wiring.names(), given, wiring.text(*outer))?
                }
                (value, _) => value,
            };
            Some((place(value), Stored::constant(name, wiring.text(attribute.name), value)?))
        });
        let (Some((place, stored)), Some(value)) = (stored, self.find(scope, name)) else {
            return true;
        };
        let tensor = self.hold(place, stored.moved(self.wiring.text(name)));
        if let Some(value) = self.wiring.values.get_mut(value.index()) {
            value.origin = Origin::Tensor(tensor);
        }
        true
    }

    /// A node that fills a stored shape stands for a tensor that the file leaves out.
    pub(super) fn generate(&mut self, call: CallId) {
        let wiring = &self.wiring;
        if wiring.op(call) != "ConstantOfShape" {
            return;
        }
        let dims = wiring.input(call, 0).and_then(|id| wiring.constant_ints(id));
        let Some(dims) = dims.map(<[i64]>::to_vec) else { return };
        let dtype = filling(wiring.attribute(call, "value"));
        let Some(output) = wiring.output(call, 0) else { return };
        let name = wiring.value(output).name;
        let tensor = self.store(Stored::generated(name, &dims, dtype));
        if let Some(value) = self.wiring.values.get_mut(output.index()) {
            value.origin = Origin::Tensor(tensor);
        }
    }
}

/// Where something of the file stands, which tells it from all others.
fn place<T>(part: &T) -> usize {
    std::ptr::from_ref(part).addr()
}
