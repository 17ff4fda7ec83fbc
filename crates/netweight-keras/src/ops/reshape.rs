//! Operations that lay values out anew, repeat them, or put tensors side by side.

use netweight_markup::Node;

use super::Op;
use super::operation::Operation;

pub(super) static OPS: &[Op] = &[
    Op { names: &["reshape"], kind: "reshape", read: reshape },
    Op {
        names: &["ravel"],
        kind: "reshape",
        read: |op| {
            op.feed_first();
            op.set("full_target", vec![-1]);
        },
    },
    Op {
        names: &["cumprod", "cumsum"],
        kind: "activation",
        read: |op| {
            // Keras always states an axis, and without one goes along all values.
            if op.is_open("axis") {
                op.layer.kind = Some("reshape".into());
                op.set("full_target", vec![-1]);
            }
            op.feed_first();
        },
    },
    Op {
        names: &["transpose", "permutedimensions"],
        kind: "permute",
        read: |op| {
            op.feed_first();
            op.set_some("perm", op.ints(1, &["axes", "perm", "pattern"]));
        },
    },
    Op {
        names: &["expanddims"],
        kind: "expand_dims",
        read: |op| {
            op.feed_first();
            op.set_some("axes", op.ints(1, &["axis", "dim"]));
        },
    },
    Op {
        names: &["squeeze"],
        kind: "squeeze",
        read: |op| {
            op.feed_first();
            let axes = op.ints(1, &["axis", "squeeze_dims"]).filter(|axes| !axes.is_empty());
            op.set_some("axes", axes);
        },
    },
    Op {
        names: &["swapaxes"],
        kind: "swap_axes",
        read: |op| {
            op.feed_first();
            let axes = op.int(1, &["axis1"]).zip(op.int(2, &["axis2"]));
            op.set_some("axes", axes.map(|(a, b)| vec![a, b]));
        },
    },
    Op {
        names: &["moveaxis"],
        kind: "move_axes",
        read: |op| {
            op.feed_first();
            op.set_some("source", op.ints(1, &["source"]));
            op.set_some("destination", op.ints(2, &["destination"]));
        },
    },
    Op {
        names: &["broadcastto"],
        kind: "broadcast_to",
        read: |op| {
            op.feed_first();
            let sizes = op.value(1, &["shape"]).and_then(open_sizes);
            op.set_some("sizes", sizes);
        },
    },
    Op {
        names: &["tile"],
        kind: "tile",
        read: |op| {
            op.feed_first();
            op.set_some("times", op.ints(1, &["repeats", "multiples", "reps", "n"]));
        },
    },
    Op {
        names: &["repeat"],
        kind: "repeat_elements",
        read: |op| {
            op.feed_first();
            op.set_some("times", op.ints(1, &["repeats"]));
            op.set_some("axis", op.int(2, &["axis"]));
        },
    },
    Op { names: &["pad"], kind: "pad_axes", read: pad },
    Op { names: &["concat", "concatenate"], kind: "concat", read: |op| joined(op, 0) },
    Op { names: &["vstack"], kind: "concat", read: |op| joined(op, 0) },
    Op { names: &["hstack"], kind: "concat", read: |op| joined(op, 1) },
    Op {
        names: &["stack", "pack"],
        kind: "stack",
        read: |op| {
            op.feed_list(0, &["x", "values", "inputs"]);
            if op.is_node {
                op.feeds.clear();
                (0..op.operands().len()).for_each(|index| op.feed_at(index, &[]));
            }
            op.set_some("axis", op.int(usize::MAX, &["axis"]));
        },
    },
    Op { names: &["split", "arraysplit"], kind: "split", read: split },
    Op {
        names: &["unstack", "unpack"],
        kind: "unstack",
        read: |op| {
            op.feed_at(0, &["x", "value"]);
            let position = if op.is_node { usize::MAX } else { 2 };
            op.set_some("axis", op.int(position, &["axis"]));
        },
    },
    Op {
        names: &["splitv"],
        kind: "split",
        read: |op| {
            op.feed_at(0, &[]);
            op.set_some("sizes", op.ints(1, &[]));
            op.set_some("axis", op.int(2, &[]));
        },
    },
    Op {
        names: &["sequencemask"],
        kind: "category_encoding",
        read: |op| {
            op.feed_at(0, &["lengths"]);
            op.set("output_mode", "appended");
            op.set_some("num_tokens", op.int(1, &["maxlen"]));
        },
    },
    Op {
        names: &["onehot"],
        kind: "category_encoding",
        read: |op| {
            op.feed_at(0, &["x", "inputs", "indices"]);
            op.set("output_mode", "appended");
            op.set_some("num_tokens", op.int(1, &["num_classes", "depth"]));
            let position = if op.is_node { usize::MAX } else { 2 };
            if op.int(position, &["axis"]).is_some_and(|axis| axis != -1) {
                op.give_up();
            }
        },
    },
    Op {
        names: &["diagonal"],
        kind: "diagonal",
        read: |op| {
            op.feed_first();
            op.set_some("offset", op.int(1, &["offset"]));
            let (a, b) = (op.int(2, &["axis1"]), op.int(3, &["axis2"]));
            op.set("axes", vec![a.unwrap_or(0), b.unwrap_or(1)]);
        },
    },
    Op {
        names: &["resize", "resizebilinear", "resizenearestneighbor", "resizebicubic"],
        kind: "resizing",
        read: |op| {
            op.feed_first();
            op.set_some("sizes", op.ints(1, &["size"]));
            layout(op);
        },
    },
    Op { names: POOLS, kind: "pool", read: pool },
    Op { names: &["shape"], kind: "shape_of", read: |op| op.feed_first() },
];

#[rustfmt::skip]
static POOLS: &[&str] = &[
    "averagepool", "avgpool", "avgpool1d", "avgpool2d", "avgpool3d", "maxpool", "maxpool1d",
    "maxpool2d", "maxpool3d",
];

/// Sizes, open ones as -1; none where several are open.
fn open_sizes(node: &Node) -> Option<Vec<i64>> {
    let size = |node: &Node| match node.is_null() {
        true => Some(-1),
        false => i64::try_from(node.as_int()?).ok(),
    };
    match node.as_seq() {
        Some(items) => items.iter().map(size).collect(),
        None => size(node).map(|size| vec![size]),
    }
}

/// The first open dimension of several is the batch, which stays.
fn reshape(op: &mut Operation) {
    op.feed_first();
    let target = op.operand(1, &["newshape", "shape"]);
    let stated = match target {
        Some(crate::graph::Operand::List(items)) => {
            let size = |item: &crate::graph::Operand| match item.value() {
                Some(node) => open_sizes(node)?.first().copied(),
                None => Some(-1),
            };
            items.iter().map(size).collect()
        }
        _ => op.value(1, &["newshape", "shape"]).and_then(open_sizes),
    };
    let Some(mut sizes) = stated else { return op.give_up() };
    let open = sizes.iter().filter(|size| **size == -1).count();
    if open > 1 {
        match sizes.first_mut() {
            Some(first) if *first == -1 && open == 2 => *first = 0,
            _ => return op.give_up(),
        }
    }
    op.set("full_target", sizes);
}

/// A pair for each axis, one pair for all, or one number.
fn pad(op: &mut Operation) {
    op.feed_first();
    let Some(node) = op.value(1, &["pad_width", "paddings"]) else { return };
    let pairs = node.as_seq().unwrap_or_default().iter().map(|pair| {
        let (begin, end) = (pair.as_seq()?.first()?.as_int()?, pair.as_seq()?.last()?.as_int()?);
        Some((i64::try_from(begin).ok()?, i64::try_from(end).ok()?))
    });
    match pairs.collect::<Option<Vec<(i64, i64)>>>() {
        Some(pairs) if pairs.len() > 1 => {
            let (begins, ends): (Vec<i64>, Vec<i64>) = pairs.into_iter().unzip();
            op.set("amounts", [begins, ends].concat());
        }
        _ => op.give_up(),
    }
}

/// Tensors behind one another. A TensorFlow node has the axis as its last operand.
fn joined(op: &mut Operation, default: i64) {
    match op.is_node {
        true => op.feed_all(),
        false => op.feed_list(0, &["xs", "values", "x", "inputs"]),
    }
    let last = op.operands().len().saturating_sub(1);
    let index = if op.is_node { last } else { 1 };
    let axis = op.int(index, &["axis"]).unwrap_or(default);
    op.set("axis", axis);
}

/// Into so many parts, or at these places. TensorFlow takes the axis first in its nodes, and
/// sizes where Keras takes places.
fn split(op: &mut Operation) {
    if op.is_node {
        op.feed_at(1, &[]);
        op.set_some("axis", op.int(0, &[]));
        op.set_some("sections", op.int(usize::MAX, &["num_split"]));
        return;
    }
    op.feed_at(0, &["x", "value", "input"]);
    op.set_some("axis", op.int(2, &["axis"]));
    let in_keras = op.value(1, &["indices_or_sections"]);
    match in_keras.or_else(|| op.value(1, &["num_or_size_splits"])) {
        Some(node) if node.as_seq().is_some() => {
            let name = if in_keras.is_some() { "cuts" } else { "sizes" };
            let list = op.ints(1, &["indices_or_sections", "num_or_size_splits"]);
            op.set_some(name, list);
        }
        Some(_) => {
            op.set_some("sections", op.int(1, &["indices_or_sections", "num_or_size_splits"]));
        }
        None => op.give_up(),
    }
}

fn pool(op: &mut Operation) {
    op.feed_first();
    op.set_some("kernel_size", op.ints(1, &["pool_size", "ksize"]).and_then(one_or_all));
    op.set_some("stride", op.ints(2, &["strides"]).and_then(one_or_all));
    let padding = op.named(&["padding"]).and_then(Node::as_str).map(str::to_lowercase);
    op.set_some("padding", padding);
    layout(op);
}

/// One number stands for all axes. TensorFlow may give batch and channels a 1 of their own.
fn one_or_all(sizes: Vec<i64>) -> Option<netweight_core::Arg> {
    match sizes.as_slice() {
        [] => None,
        [one] => Some((*one).into()),
        [1, spatial @ .., 1] if sizes.len() > 3 => Some(spatial.to_vec().into()),
        _ => Some(sizes.into()),
    }
}

fn layout(op: &mut Operation) {
    let layout = op.named(&["data_format"]).and_then(Node::as_str);
    op.set_some(
        "layout",
        layout.map(|layout| match layout.starts_with("NC") {
            true => "channels_first".to_owned(),
            false => layout.to_owned(),
        }),
    );
}
