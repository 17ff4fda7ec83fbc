//! Operators of ONNX Runtime that do several layers at once.

use smallvec::smallvec;

use super::rules::{Outputs, one};
use super::{Dim, Site, dim};

/// The sum goes out as the fourth output.
pub(super) fn skip(site: &Site) -> Outputs {
    let shape = Some(site.shape(0)?.to_vec());
    Some(smallvec![shape.clone(), None, None, shape])
}

pub(super) fn embedded(site: &Site) -> Outputs {
    let [batch, length] = site.shape(0)? else { return None };
    let size = site.shape(2)?.last()?;
    let shape = vec![*batch, *length, *size];
    Some(smallvec![Some(shape.clone()), Some(vec![*batch]), Some(shape)])
}

/// Of `com.microsoft`: a third of the projection's columns. The standard's operator gives the
/// queries' shape with the values' width.
pub(super) fn attention(site: &Site) -> Outputs {
    let input = site.shape(0)?;
    let call = site.wiring.call(site.call)?;
    if call.node.domain.is_empty() {
        let values = site.shape(2)?;
        let (_, front) = input.split_last()?;
        return one(front.iter().chain(values.last()).copied().collect());
    }
    let [batch, length, _] = input else { return None };
    let width = match site.ints("qkv_hidden_sizes") {
        Some([_, _, values]) => u64::try_from(*values).ok(),
        _ => site.shape(1)?.last()?.known().map(|columns| columns / 3),
    };
    one(vec![*batch, *length, dim(width)])
}

pub(super) fn multi_head(site: &Site) -> Outputs {
    let [batch, length, width] = site.shape(0)? else { return None };
    let width = site
        .shape(2)
        .and_then(|values| if values.len() == 3 { values.last() } else { None })
        .unwrap_or(width);
    one(vec![*batch, *length, *width])
}

/// Queries, keys and values may come packed in the first input.
pub(super) fn grouped(site: &Site) -> Outputs {
    let [batch, length, width] = site.shape(0)? else { return None };
    let past = site.shape(3).map(<[Dim]>::to_vec);
    let heads = u64::try_from(site.int("num_heads")?).ok()?;
    let groups = u64::try_from(site.int("kv_num_heads")?).ok()?;
    let width = match (site.has_input(1), width.known()) {
        (false, Some(packed)) => {
            let all = groups.checked_mul(2)?.checked_add(heads)?;
            dim(packed.checked_div(all).and_then(|head| head.checked_mul(heads)))
        }
        _ => *width,
    };
    let present = past.map(|past| {
        past.into_iter()
            .enumerate()
            .map(|(index, size)| if index == 2 { Dim::Unknown } else { size })
            .collect()
    });
    let present: Option<Vec<Dim>> = present;
    Some(smallvec![Some(vec![*batch, *length, width]), present.clone(), present])
}

pub(super) fn quantized(site: &Site) -> Outputs {
    Some(smallvec![Some(site.shape(0)?.to_vec()), Some(Vec::new()), Some(Vec::new())])
}
