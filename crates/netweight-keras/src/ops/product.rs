//! Products of tensors.

use netweight_markup::Node;

use super::Op;
use super::operation::Operation;

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
    match equation.and_then(Node::as_str) {
        Some(equation) => op.set("equation", equation.to_owned()),
        None => op.give_up(),
    }
}
