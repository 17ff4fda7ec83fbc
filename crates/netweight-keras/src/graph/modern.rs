//! Calls as Keras 3 writes them: positional and named operands, tensors at any depth.

use netweight_markup::{Node, Value};

use super::{Call, Operand, Reference, reference};
use crate::limits;

/// One of a layer's `inbound_nodes`: `{"args": […], "kwargs": {…}}`.
pub(super) fn call(node: &Node) -> Call<'_> {
    let args = node.get("args").and_then(Node::as_seq).unwrap_or_default();
    let kwargs = node.get("kwargs").and_then(Node::as_map).unwrap_or_default();
    Call {
        args: args.iter().map(|item| operand(item, 0)).collect(),
        kwargs: kwargs.iter().map(|(key, item)| (key.text.as_str(), operand(item, 0))).collect(),
    }
}

fn operand(node: &Node, depth: usize) -> Operand<'_> {
    if depth > limits::OPERAND_DEPTH {
        return Operand::Value(node);
    }
    if let Some(tensor) = tensor(node) {
        return Operand::Tensor(tensor);
    }
    let items: Vec<Operand> = match &node.value {
        Value::Seq(items) => items.iter().map(|item| operand(item, depth + 1)).collect(),
        Value::Map(entries) if node.get("class_name").is_none() => {
            entries.iter().map(|(_, item)| operand(item, depth + 1)).collect()
        }
        _ => return Operand::Value(node),
    };
    match items.iter().all(|item| matches!(item, Operand::Value(_))) {
        true => Operand::Value(node),
        false => Operand::List(items),
    }
}

fn tensor(node: &Node) -> Option<Reference<'_>> {
    if node.get("class_name")?.as_str()? != "__keras_tensor__" {
        return None;
    }
    let config = node.get("config")?;
    let history = reference(config.get("keras_history")?)?;
    Some(Reference { shape: config.get("shape"), ..history })
}
