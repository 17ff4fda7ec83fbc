//! Tensors about sizes, and tensors made from sizes.

use smallvec::smallvec;

use super::rules::{Outputs, one};
use super::{Dim, Element, Site, dim};

pub(super) fn shape(site: &Site) -> Outputs {
    let count = match super::element::infer(site) {
        Some(elements) => Some(elements.len()),
        None => site.rank(0),
    };
    one(vec![dim(count.map(|count| count as u64))])
}

pub(super) fn scalar(_: &Site) -> Outputs {
    one(Vec::new())
}

pub(super) fn filled(site: &Site) -> Outputs {
    match site.elements(0) {
        Some(elements) => one(elements.iter().copied().map(Element::dim).collect()),
        None => {
            let rank = usize::try_from(site.shape(0)?.first()?.known()?).ok()?;
            (rank <= netweight_core::limits::onnx::DIMS)
                .then(|| smallvec![Some(vec![Dim::Unknown; rank])])
        }
    }
}

pub(super) fn range(site: &Site) -> Outputs {
    let count = super::element::infer(site).map(|elements| elements.len() as u64);
    let bounds =
        || match (site.numbers(0)?.as_slice(), site.elements(1)?, site.numbers(2)?.as_slice()) {
            ([0], [Element::Named(name)], [1]) => Some(Dim::Named(*name)),
            ([start], [Element::Int(limit)], [step]) => {
                let span =
                    limit.checked_sub(*start)?.checked_add(step.checked_sub(step.signum())?)?;
                Some(dim(u64::try_from(span.checked_div(*step)?.max(0)).ok()))
            }
            _ => None,
        };
    one(vec![count.map(Dim::Known).or_else(bounds).unwrap_or(Dim::Unknown)])
}

pub(super) fn non_zero(site: &Site) -> Outputs {
    one(vec![dim(site.rank(0).map(|rank| rank as u64)), Dim::Unknown])
}

pub(super) fn random(site: &Site) -> Outputs {
    let sizes = site.ints("shape")?.iter().map(|size| dim(u64::try_from(*size).ok()));
    one(sizes.collect())
}
