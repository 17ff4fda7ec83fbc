//! Layers that only lay the same values out anew.

use super::{one, unknown};
use crate::kind::{Kind, option, size};
use crate::site::{Outputs, Site};
use crate::{Dim, Shape};

pub(super) static KINDS: &[Kind] = &[
    Kind {
        name: "reshape",
        title: "reshape",
        summary: "the same values under other dimensions",
        args: &[
            option(
                "target",
                "the dimensions without the batch; -1 for the one that follows from the rest",
            ),
            option(
                "full_target",
                "the dimensions with the batch; -1 as above, 0 keeps the input's",
            ),
        ],
        shape: reshaped,
        ..Kind::PLAIN
    },
    Kind {
        name: "flatten",
        title: "flatten",
        summary: "all dimensions but the batch become one",
        args: &[option("axis", "the first dimension that is taken in, 1 by default")],
        shape: flattened,
        ..Kind::PLAIN
    },
    Kind {
        name: "permute",
        aliases: &["transpose"],
        title: "permute",
        summary: "the dimensions in another order",
        args: &[
            option("dims", "the order without the batch, from 1"),
            option("perm", "the order with the batch, from 0"),
        ],
        shape: permuted,
        ..Kind::PLAIN
    },
    Kind {
        name: "repeat_vector",
        aliases: &["repeat"],
        title: "repeat vector",
        summary: "a vector becomes a sequence of copies",
        args: &[size("n", "times", "copies")],
        shape: |site| {
            let times = site.dim("times");
            Ok(vec![site.input().map(|shape| shape.inserted(1, times))])
        },
        ..Kind::PLAIN
    },
];

fn reshaped(site: &Site) -> Outputs {
    let whole = site.args.list("full_target");
    let Some(target) = whole.or_else(|| site.args.list("target")) else { return unknown() };
    let batch = site.input().and_then(|shape| shape.first()).cloned().unwrap_or(Dim::Unknown);
    let skipped = usize::from(whole.is_none());
    let dims = target.iter().enumerate().map(|(axis, size)| match size {
        0 if whole.is_some() => {
            site.input().and_then(|shape| shape.get(axis)).cloned().unwrap_or(Dim::Unknown)
        }
        size => Dim::from(u64::try_from(*size).ok()),
    });
    let dims: Vec<Dim> = dims.collect();
    let open: Vec<usize> =
        (0..target.len()).filter(|axis| target.get(*axis) == Some(&-1)).collect();
    if open.len() > 1 {
        return Err(format!("{} open dimensions, at most one follows from the others", open.len()));
    }
    let mut shape = Shape::from(dims);
    let known = shape.iter().filter_map(Dim::known).try_fold(1u64, u64::checked_mul);
    let rest: Option<Shape> =
        site.input().map(|shape| shape.iter().skip(skipped).cloned().collect());
    let total = rest.and_then(|rest| rest.elements());
    if let (Some(total), Some(known)) = (total, known) {
        let fits =
            if open.is_empty() { total == known } else { total.checked_rem(known) == Some(0) };
        if !fits && shape.iter().filter(|dim| dim.known().is_none()).count() == open.len() {
            return Err(format!("{total} values do not fill {shape}"));
        }
    }
    if let [axis] = open.as_slice() {
        let named = shape.iter().filter(|dim| dim.known().is_none()).count() > 1;
        let quotient =
            total.zip(known).filter(|_| !named).and_then(|(total, known)| total.checked_div(known));
        shape = shape.with(i64::try_from(*axis).unwrap_or(0), quotient.into());
    }
    if whole.is_some() {
        return one(shape);
    }
    one([batch].into_iter().chain(shape.iter().cloned()).collect())
}

fn flattened(site: &Site) -> Outputs {
    let Some(input) = site.input() else { return unknown() };
    let axis = input.axis_index(site.args.int("axis").unwrap_or(1)).unwrap_or(1).min(input.len());
    let (kept, rest) = input.split_at(axis);
    let product = Shape::from(rest.to_vec()).elements();
    if axis == 0 {
        return one(Shape::from(vec![Dim::Known(1), product.into()]));
    }
    let batch = if axis == 1 {
        kept.first().cloned().unwrap_or(Dim::Unknown)
    } else {
        Shape::from(kept.to_vec()).elements().into()
    };
    one(Shape::from(vec![batch, product.into()]))
}

fn permuted(site: &Site) -> Outputs {
    let Some(input) = site.input() else { return unknown() };
    let order: Vec<i64> = match (site.args.list("perm"), site.args.list("dims")) {
        (Some(perm), _) => perm.to_vec(),
        (None, Some(dims)) => std::iter::once(0).chain(dims.iter().copied()).collect(),
        (None, None) => (0..i64::try_from(input.len()).unwrap_or(0)).rev().collect(),
    };
    if order.len() != input.len() {
        return Err(format!(
            "an order of {} dimensions for an input of {}",
            order.len(),
            input.len()
        ));
    }
    let mut axes: Vec<usize> = order.iter().filter_map(|axis| input.axis_index(*axis)).collect();
    axes.sort_unstable();
    if !axes.iter().copied().eq(0..input.len()) {
        return Err(format!("{order:?} is no order of {} dimensions", input.len()));
    }
    one(order.iter().map(|axis| input.axis(*axis).cloned().unwrap_or(Dim::Unknown)).collect())
}
