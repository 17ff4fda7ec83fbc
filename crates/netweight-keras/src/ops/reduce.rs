//! Operations that leave one value for all along some axes.

use super::Op;
use super::operation::Operation;

pub(super) static OPS: &[Op] = &[
    Op { names: REDUCED, kind: "reduce", read: reduced },
    Op {
        names: &["argmax", "argmin"],
        kind: "reduce",
        read: |op| {
            op.feed_first();
            // TensorFlow takes the first axis where none is given, Keras all of them.
            let axis = op.ints(1, &["axis", "dimension"]).or(op.is_node.then(|| vec![0]));
            op.set_some("axes", axis);
            let keep = op.flag(2, &["keepdims"]);
            op.set("keep_dims", keep);
        },
    },
    Op {
        names: &["norm"],
        kind: "reduce",
        read: |op| {
            op.feed_first();
            op.set_some("axes", op.ints(2, &["axis"]));
            op.set("keep_dims", op.flag(3, &["keepdims"]));
        },
    },
    Op { names: &["size", "rank"], kind: "reduce", read: |op| op.feed_first() },
    Op {
        names: &["topk"],
        kind: "top_values",
        read: |op| {
            op.feed_first();
            op.set_some("count", op.int(1, &["k"]));
        },
    },
    Op {
        names: &["glu"],
        kind: "gated_linear_unit",
        read: |op| {
            op.feed_first();
            op.set_some("axis", op.int(1, &["axis"]));
        },
    },
];

#[rustfmt::skip]
static REDUCED: &[&str] = &[
    "all", "amax", "amin", "any", "average", "countnonzero", "logsumexp", "max", "mean", "median",
    "min", "prod", "reduceall", "reduceany", "reducelogsumexp", "reducemax", "reducemean",
    "reducemin", "reduceprod", "reducestd", "reducesum", "reducevariance", "std", "sum", "var",
];

fn reduced(op: &mut Operation) {
    op.feed_first();
    let axes = op.ints(1, &["axis", "reduction_indices"]);
    op.set_some("axes", axes);
    let keep = op.flag(2, &["keepdims", "keep_dims"]);
    op.set("keep_dims", keep);
}
