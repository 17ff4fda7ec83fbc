//! Recurrent layers: all steps, then the last states.

use smallvec::smallvec;

use super::rules::Outputs;
use super::{Dim, Site, dim};

pub(super) fn sequence(site: &Site) -> Outputs {
    let [first, second, _] = site.shape(0)? else { return None };
    let hidden = dim(site.int("hidden_size").and_then(|size| u64::try_from(size).ok()));
    let both = site.word("direction") == Some("bidirectional");
    let directions = Dim::Known(if both { 2 } else { 1 });
    let batch_first = site.flag("layout");
    let (all, state) = if batch_first {
        (vec![*first, *second, directions, hidden], vec![*first, directions, hidden])
    } else {
        (vec![*first, directions, *second, hidden], vec![directions, *second, hidden])
    };
    Some(smallvec![Some(all), Some(state.clone()), Some(state)])
}
