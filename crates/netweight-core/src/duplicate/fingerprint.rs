//! A tensor's values in a few bytes: in their order, and in any order.

use std::hash::{DefaultHasher, Hasher};
use std::io;

use super::Read;
use super::payload::{CHUNK, Payload};

/// Equal for tensors of equal bytes, and rarely else.
pub(super) struct Fingerprint {
    pub(super) in_order: u64,
    /// The same for a matrix and its transpose.
    pub(super) in_any_order: Option<u64>,
}

/// Reads a tensor; of a matrix also what does not depend on its elements' order.
pub(super) fn fingerprint(
    read: &mut Read<'_>,
    tensor: Payload,
    width: Option<usize>,
) -> io::Result<Fingerprint> {
    let (mut hasher, mut sum) = (DefaultHasher::new(), 0u64);
    let mut buffer = vec![0; CHUNK];
    for (place, length) in tensor.pieces() {
        let chunk = buffer.get_mut(..length).unwrap_or_default();
        read(place, chunk)?;
        hasher.write(chunk);
        if let Some(width) = width {
            for element in chunk.chunks_exact(width) {
                sum = sum.wrapping_add(scattered(element));
            }
        }
    }
    Ok(Fingerprint { in_order: hasher.finish(), in_any_order: width.map(|_| sum) })
}

/// A number for an element whose sums tell sets of elements apart.
fn scattered(element: &[u8]) -> u64 {
    element.chunks(8).fold(0, |before, word| {
        let mut bytes = [0; 8];
        for (to, from) in bytes.iter_mut().zip(word) {
            *to = *from;
        }
        // The finalizer of SplitMix64: every bit of the input changes half of the output's.
        let mut bits = (u64::from_le_bytes(bytes) ^ before).wrapping_add(0x9e37_79b9_7f4a_7c15);
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    })
}
