//! Parts of tensors: ranges and indices as Python, Keras and TensorFlow write them.

use netweight_markup::{Node, Value};

use super::Op;
use super::operation::Operation;
use crate::limits;

pub(super) static OPS: &[Op] = &[
    Op { names: &["getitem"], kind: "slice", read: getitem },
    Op { names: &["stridedslice"], kind: "slice", read: strided_slice },
    Op { names: &["slice"], kind: "slice", read: begin_and_size },
    Op {
        names: &["take"],
        kind: "take",
        read: |op| {
            taken(op);
            op.set_some("axis", op.int(2, &["axis"]));
        },
    },
    Op {
        names: &["gather"],
        kind: "take",
        read: |op| {
            taken(op);
            // Called as a function, flags stand before the axis.
            let position = if op.is_node { 2 } else { usize::MAX };
            op.set("axis", op.int(position, &["axis"]).unwrap_or(0));
        },
    },
    Op { names: &["diff"], kind: "slice", read: differences },
    Op { names: &["takealongaxis"], kind: "activation", read: |op| op.feed_at(1, &["indices"]) },
];

/// Along an axis, as many values fewer as differences are taken of differences.
fn differences(op: &mut Operation) {
    op.feed_at(0, &["a"]);
    let order = op.int(usize::MAX, &["n"]).unwrap_or(1);
    let axis = op.int(usize::MAX, &["axis"]).unwrap_or(-1);
    let others = usize::try_from(if axis < 0 { -1 - axis } else { axis }).unwrap_or(usize::MAX);
    let mut items = vec![":".to_owned(); others.min(limits::RANK)];
    match axis < 0 {
        true => items.splice(0..0, ["...".to_owned(), format!("{order}:")]).for_each(drop),
        false => items.push(format!("{order}:")),
    }
    op.set("items", items.join(", "));
}

fn taken(op: &mut Operation) {
    op.feed_at(0, &["x", "params", "reference", "inputs"]);
    op.feed_at(1, &["indices"]);
}

/// Where a slice begins along each axis, and how long it is; -1 is all that follows.
fn begin_and_size(op: &mut Operation) {
    op.feed_at(0, &["input_", "inputs", "input"]);
    let begins = op.ints(1, &["begin", "start_indices"]);
    let Some((begins, sizes)) = begins.zip(op.ints(2, &["size", "shape"])) else {
        return op.give_up();
    };
    let items = begins.iter().zip(&sizes).map(|(begin, size)| match size {
        -1 => format!("{begin}:"),
        size => format!("{begin}:{}", begin.saturating_add(*size)),
    });
    op.set("items", items.collect::<Vec<_>>().join(", "));
}

/// The key of `x[…]`: the second operand, or TensorFlow's `slice_spec`.
fn getitem(op: &mut Operation) {
    op.feed_at(0, &["x", "tensor"]);
    let Some(key) = op.value(1, &["key", "slice_spec"]) else { return op.give_up() };
    let items: Option<Vec<String>> = match key.as_seq() {
        Some(items) => items.iter().map(item).collect(),
        None => item(key).map(|item| vec![item]),
    };
    match items {
        Some(items) => op.set("items", items.join(", ")),
        None => op.give_up(),
    }
}

/// One item of a key: an index, a range, an ellipsis, or `null` for a new axis.
fn item(node: &Node) -> Option<String> {
    let class = node.get("class_name").and_then(Node::as_str);
    match &node.value {
        Value::Null => Some("None".to_owned()),
        Value::Int(index) => Some(index.to_string()),
        Value::Str(text) if text == "..." => Some(text.clone()),
        Value::Map(_) if class == Some("__ellipsis__") => Some("...".to_owned()),
        Value::Map(_) => range(node.get("config").unwrap_or(node)),
        _ => None,
    }
}

fn range(node: &Node) -> Option<String> {
    let part = |key: &str| match node.get(key)? {
        node if node.is_null() => Some(String::new()),
        node => Some(node.as_int()?.to_string()),
    };
    let (start, stop, step) = (part("start")?, part("stop")?, part("step")?);
    Some(format!("{start}:{stop}:{step}"))
}

/// Begin, end and strides as constants, each bit of a mask for one item.
fn strided_slice(op: &mut Operation) {
    op.feed_at(0, &[]);
    let lists = op.ints(1, &["begin"]).zip(op.ints(2, &["end"]));
    let Some((begin, end)) = lists else { return op.give_up() };
    let strides = op.ints(3, &["strides"]).unwrap_or_else(|| vec![1; begin.len()]);
    let mask = |name: &str| op.int(usize::MAX, &[name]).unwrap_or(0);
    let masks = Masks {
        begin: mask("begin_mask"),
        end: mask("end_mask"),
        index: mask("shrink_axis_mask"),
        new_axis: mask("new_axis_mask"),
        ellipsis: mask("ellipsis_mask"),
    };
    let parts = begin.iter().zip(&end).zip(&strides).enumerate();
    let items: Vec<String> =
        parts.map(|(bit, ((begin, end), stride))| masks.item(bit, *begin, *end, *stride)).collect();
    op.set("items", items.join(", "));
}

struct Masks {
    begin: i64,
    end: i64,
    index: i64,
    new_axis: i64,
    ellipsis: i64,
}

impl Masks {
    fn item(&self, bit: usize, begin: i64, end: i64, stride: i64) -> String {
        let set = |mask: i64| bit < 63 && mask & (1 << bit) != 0;
        if set(self.ellipsis) {
            "...".to_owned()
        } else if set(self.new_axis) {
            "None".to_owned()
        } else if set(self.index) {
            begin.to_string()
        } else {
            let part = |mask: i64, value: i64| {
                if set(mask) { String::new() } else { value.to_string() }
            };
            format!("{}:{}:{stride}", part(self.begin, begin), part(self.end, end))
        }
    }
}
