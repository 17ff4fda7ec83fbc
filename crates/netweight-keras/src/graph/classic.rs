//! Calls as Keras 1 and 2 write them: lists of `["layer", node, tensor, {keywords}]`.

use std::collections::HashMap;

use netweight_markup::{Node, Value};

use super::{Call, Operand, reference};
use crate::limits;

/// Layers of the graph by name; a list in a keyword is a reference only if it names one.
pub(super) type Names<'a> = HashMap<&'a str, usize>;

/// One of a layer's `inbound_nodes`.
///
/// A layer's call is a list of tuples, one for each tensor. An operation's is one tuple
/// alone, with everything but its first operand among the keywords.
pub(super) fn call<'a>(node: &'a Node, names: &Names<'a>) -> Call<'a> {
    let mut call = Call::default();
    if is_tuple(node) {
        call.args.push(tuple(node, &mut call.kwargs, names));
    } else {
        let items: Vec<&Node> = match &node.value {
            Value::Seq(items) => items.iter().collect(),
            Value::Map(entries) => entries.iter().map(|(_, item)| item).collect(),
            _ => Vec::new(),
        };
        let mut tensors: Vec<Operand> = Vec::with_capacity(items.len());
        for item in items {
            tensors.push(tuple(item, &mut call.kwargs, names));
        }
        call.args.extend(match tensors.len() {
            1 => tensors.pop(),
            _ => Some(Operand::List(tensors)),
        });
    }
    call
}

fn is_tuple(node: &Node) -> bool {
    node.as_seq().and_then(|items| items.first()).is_some_and(|first| first.as_str().is_some())
}

fn tuple<'a>(
    node: &'a Node,
    kwargs: &mut Vec<(&'a str, Operand<'a>)>,
    names: &Names<'a>,
) -> Operand<'a> {
    let items = node.as_seq().unwrap_or_default();
    if let Some(keywords) = items.get(3).and_then(Node::as_map) {
        for (key, value) in keywords {
            if !kwargs.iter().any(|(known, _)| *known == key.text) {
                kwargs.push((&key.text, keyword(value, names, 0)));
            }
        }
    }
    match (reference(node), items.get(2)) {
        (Some(tensor), Some(value)) if tensor.layer == "_CONSTANT_VALUE" => Operand::Value(value),
        (Some(tensor), _) => Operand::Tensor(tensor),
        (None, _) => match items {
            [name, _, value, ..] if name.as_str() == Some("_CONSTANT_VALUE") => {
                Operand::Value(value)
            }
            _ => Operand::Value(node),
        },
    }
}

/// A keyword's value: a reference, a list with some in it, or a plain value.
fn keyword<'a>(node: &'a Node, names: &Names<'a>, depth: usize) -> Operand<'a> {
    if let Some(tensor) = reference(node).filter(|tensor| names.contains_key(tensor.layer)) {
        return Operand::Tensor(tensor);
    }
    let items = node.as_seq().filter(|_| depth < limits::OPERAND_DEPTH).unwrap_or_default();
    let items: Vec<Operand> = items.iter().map(|item| keyword(item, names, depth + 1)).collect();
    match items.iter().all(|item| matches!(item, Operand::Value(_))) {
        true => Operand::Value(node),
        false => Operand::List(items),
    }
}
