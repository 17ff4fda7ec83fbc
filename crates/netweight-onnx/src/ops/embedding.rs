//! Tables of vectors.

use netweight_core::Role;

use super::{MICROSOFT, Op, Site, Sizes, Use, op};
use Use::{Fixed, Learned, Scale, ZeroPoint};

const TABLE: Use = Learned(Role::Embedding);
const QUANTIZED: &[(usize, Use)] = &[(0, TABLE), (1, Fixed), (2, Scale), (3, ZeroPoint)];

pub(super) const OPS: &[Op] = &[
    op("Gather", "embedding", &[(0, TABLE), (1, Fixed)], table),
    op("GatherElements", "embedding", &[(0, TABLE), (1, Fixed)], table),
    op("GatherND", "embedding", &[(0, TABLE), (1, Fixed)], table),
    op("GatherBlockQuantized", "embedding", QUANTIZED, blocks).in_domain(MICROSOFT),
];

pub(crate) fn table(site: &Site) -> Sizes {
    match site.dims(Role::Embedding) {
        Some([entries, vector @ ..])
            if !vector.is_empty() && site.int("axis").unwrap_or(0) == 0 =>
        {
            let size = netweight_core::elements(vector);
            Sizes::default()
                .measure("vocabulary_size", Some(*entries))
                .measure("embedding_size", size)
        }
        dims => Sizes::default().of_kind("parameter").measure_all("shape", dims),
    }
}

/// Packed as bytes or as 4-bit values: the block along the last axis.
fn blocks(site: &Site) -> Sizes {
    let Some([entries, packed]) = site.dims(Role::Embedding) else { return table(site) };
    let stored = site.learned(Role::Embedding).next();
    let bytes = stored.and_then(|held| site.wiring.tensor(held.tensor));
    let in_a_byte = bytes.is_some_and(|tensor| tensor.dtype.bits() == Some(8));
    let per =
        if in_a_byte { 8_u64.checked_div(site.size("bits").unwrap_or(4)).unwrap_or(1) } else { 1 };
    let size = packed.checked_mul(per);
    let unpacked = size.and_then(|size| size.checked_mul(*entries));
    Sizes { unpacked, ..Sizes::default() }
        .measure("vocabulary_size", Some(*entries))
        .measure("embedding_size", size)
}
