//! `tf.keras`' ways to keep an operation in a config: calls of a function, and single nodes of
//! a TensorFlow graph.

use netweight_core::Layer;
use netweight_markup::Node;

use super::operation::Operation;
use crate::graph::{Call, Operand};

/// The operation of a layer that stands for one; none for any other layer.
pub(super) fn operation<'a>(
    class_name: &str,
    config: &'a Node,
    layer: Layer,
    call: &Call<'a>,
) -> Option<(&'a str, Operation<'a>)> {
    match class_name {
        "TFOpLambda" | "SlicingOpLambda" | "InstanceMethod" | "ClassMethod"
        | "InstanceProperty" => {
            let named = ["function", "method_name", "attr_name"];
            let name = named.iter().find_map(|key| config.get(key)?.as_str())?;
            Some((name, Operation::new(layer, config, call.clone())))
        }
        "TensorFlowOpLayer" => node(config, layer, call),
        _ => None,
    }
}

/// A node: constants stand at their positions among the inputs, tensors fill the rest.
fn node<'a>(config: &'a Node, layer: Layer, call: &Call<'a>) -> Option<(&'a str, Operation<'a>)> {
    let definition = config.get("node_def")?;
    let name = definition.get("op")?.as_str()?;
    let constants = config.get("constants").and_then(Node::as_map).unwrap_or_default();
    let mut tensors = Vec::new();
    call.args.iter().for_each(|operand| operand.tensors(&mut tensors));
    let mut tensors = tensors.into_iter();
    let count = tensors.len().saturating_add(constants.len());
    let mut args = Vec::with_capacity(count);
    for position in 0..count {
        let here = position.to_string();
        match constants.iter().find(|(key, _)| key.text == here) {
            Some((_, value)) => args.push(Operand::Value(value)),
            None => args.extend(tensors.next().map(Operand::Tensor)),
        }
    }
    let attributes = definition.get("attr").unwrap_or(definition);
    let call = Call { args, kwargs: Vec::new() };
    let mut operation = Operation::new(layer, attributes, call);
    operation.is_node = true;
    Some((name, operation))
}
