//! Keras' layer paths as TensorFlow's exporter to ONNX keeps them.

use netweight_core::KerasScopes;

use super::Place;
use crate::graph::Wiring;

/// What a graph that came from TensorFlow says of layers; none for any other graph.
pub(crate) struct Roots(Option<KerasScopes>);

/// Operations through which only Keras 3 reads variables.
const KERAS_3: &[&str] = &["/Cast/ReadVariableOp", "/convolution/ReadVariableOp"];

impl Roots {
    pub(crate) fn of(wiring: &Wiring) -> Self {
        let keras = wiring.text(wiring.file.producer_name) == "tf2onnx";
        Self(keras.then(|| {
            let tensors = wiring.tensors.iter().map(|stored| wiring.text(stored.name));
            let names = tensors.chain(wiring.calls.iter().map(|call| wiring.text(call.node.name)));
            let newer = |name: &str| KERAS_3.iter().any(|read| name.contains(read));
            KerasScopes::of(names.clone(), names.clone().any(newer))
        }))
    }

    /// Whether the file has such names at all.
    pub(crate) fn any(&self) -> bool {
        self.0.is_some()
    }

    /// Where a node or a tensor of this name stands; none for a name of another kind.
    pub(super) fn place<'f>(&self, name: &'f str) -> Option<Place<'f>> {
        let scopes = self.0.as_ref().filter(|_| name.contains('/'))?;
        let split = scopes.split(name);
        Some(split.map_or_else(Place::default, |(module, own)| Place { module, own }))
    }
}
