//! The header of the file: it keeps the old one's entries and gets two of the quantizer's own.

use super::Named;
use crate::Args;

/// Data and header are cut in pieces of so many bytes, whatever the file says.
const ALIGNMENT: u64 = 32;

/// What the quantizer states of itself, each a key, a type and four bytes.
const STATED: [&str; 2] = ["general.quantization_version", "general.file_type"];

/// Bytes up to the next border.
pub(super) fn padded(bytes: u64) -> u64 {
    bytes.checked_next_multiple_of(ALIGNMENT).unwrap_or(u64::MAX)
}

/// Bytes before the data, by the entries of the old header; none where their length is not known.
pub(super) fn length(metadata: &Args, tensors: &[Named<'_>]) -> Option<u64> {
    let entries = metadata.size(ENTRIES)?;
    let missing = STATED.iter().filter(|key| metadata.get(key).is_none());
    let added = missing.map(|key| 8 + key.len() as u64 + 4 + 4).sum::<u64>();
    let listed = tensors.iter().fold(0u64, |sum, tensor| {
        let dims = tensor.sizes.len().max(1) as u64;
        sum.saturating_add(8 + tensor.name.len() as u64 + 4 + 8 * dims + 4 + 8)
    });
    Some(padded(24u64.saturating_add(entries).saturating_add(added).saturating_add(listed)))
}

/// The key under which a reader states the bytes of all entries together.
const ENTRIES: &str = "gguf.metadata_bytes";
