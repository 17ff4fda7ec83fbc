//! What bodies give.

use super::rules::Outputs;
use super::{Dim, Shape, Site};

/// What both branches agree on.
pub(super) fn branches(site: &Site) -> Outputs {
    let bodies = &site.wiring.call(site.call)?.bodies;
    let shape = |value| site.shapes.shape(site.wiring, value).map(<[Dim]>::to_vec);
    let (first, rest) = bodies.split_first()?;
    let agreed = |(index, value): (usize, &Option<crate::graph::ValueId>)| {
        let mut agreed = shape((*value)?)?;
        for body in rest {
            let other = shape((*body.get(index)?)?)?;
            if other.len() != agreed.len() {
                return None;
            }
            for (size, other) in agreed.iter_mut().zip(other) {
                *size = if *size == other { other } else { Dim::Unknown };
            }
        }
        Some(agreed)
    };
    Some(first.iter().enumerate().map(agreed).collect())
}

/// Carried values as the body gives them; what is collected has the steps in front.
pub(super) fn iterated(site: &Site) -> Outputs {
    let call = site.wiring.call(site.call)?;
    let carried = call.inputs.len().saturating_sub(2);
    let body = call.bodies.first()?.iter().skip(1);
    let shape = |(index, value): (usize, &Option<crate::graph::ValueId>)| -> Shape {
        let shape = site.shapes.shape(site.wiring, (*value)?)?.to_vec();
        let steps = (index >= carried).then_some(Dim::Unknown);
        Some(steps.into_iter().chain(shape).collect())
    };
    Some(body.enumerate().map(shape).collect())
}
