//! Products of tensors.

use super::Op;
use super::operation::Operation;
use crate::python::from_base64;

pub(super) static OPS: &[Op] = &[
    Op { names: &["matmul", "batchmatmul"], kind: "matrix_product", read: matmul },
    Op { names: &["dot"], kind: "inner_product", read: |op| op.feed_all() },
    Op { names: &["einsum"], kind: "einsum", read: einsum },
];

fn matmul(op: &mut Operation) {
    op.feed_all();
    let a = op.flag(usize::MAX, &["transpose_a", "adj_x", "adjoint_a"]);
    let b = op.flag(usize::MAX, &["transpose_b", "adj_y", "adjoint_b"]);
    op.set("transpose_a", a);
    op.set("transpose_b", b);
}

/// The equation is in the config, or the first operand.
fn einsum(op: &mut Operation) {
    op.feed_all();
    let equation = op.named(&["subscripts", "equation"]).or_else(|| op.value(0, &[]));
    let written = equation.and_then(|node| match node.get("s") {
        // A node of TensorFlow has its texts as bytes.
        Some(bytes) => String::from_utf8(from_base64(bytes.as_str()?)?).ok(),
        None => node.as_str().map(str::to_owned),
    });
    match written {
        Some(equation) => op.set("equation", equation),
        None => op.give_up(),
    }
}
