//! Calls that ONNX's own inference finds wrong: runtimes do not load a file that has one.

use super::Site;

/// Operators with one axis, which is one of their input's.
const ONE_AXIS: &[&str] = &[
    "ArgMax",
    "ArgMin",
    "Concat",
    "CumSum",
    "Gather",
    "GatherElements",
    "Hardmax",
    "LogSoftmax",
    "Softmax",
    "Split",
    "TopK",
];

/// What is wrong with a call: an axis that its input does not have.
pub(super) fn wrong(site: &Site) -> Option<String> {
    let op = site.wiring.op(site.call);
    let rank = site.rank(0)?;
    let is_one = |axis: i64, rank: usize| match op {
        // It does not count from the end.
        "Transpose" => axis >= 0 && super::axis(axis, rank).is_some(),
        _ => super::axis(axis, rank).is_some(),
    };
    let (axes, rank) = match op {
        "Unsqueeze" => {
            let axes = site.list("axes", 1)?;
            let rank = rank.checked_add(axes.len())?;
            (axes, rank)
        }
        "Transpose" => (site.ints("perm")?.to_vec(), rank),
        "Squeeze" => (site.list("axes", 1)?, rank),
        op if op.starts_with("Reduce") => (site.list("axes", 1)?, rank),
        op if ONE_AXIS.contains(&op) => (vec![site.int("axis")?], rank),
        _ => return None,
    };
    let axis = axes.iter().find(|axis| !is_one(**axis, rank))?;
    Some(format!("axis {axis} of {rank} dimensions"))
}
