//! The bytes of a model's tensors in its files, each byte once.

use std::collections::HashSet;

use crate::{Analysis, Category, DataFile, Tensor};

/// Bytes of a tensor that no tensor before it has.
pub(super) struct Payload<'a> {
    /// Which of the model's files.
    pub(super) file: usize,
    pub(super) bytes: u64,
    pub(super) tensor: &'a Tensor<'a>,
}

/// Every tensor's bytes. Tensors that lie over one another, as tied ones in a file beside the
/// model may, share theirs: they belong to the first, one that is used coming before one that is
/// not. A tensor without a place is in the model's own file, once for each name.
pub(super) fn payloads<'a>(analysis: &'a Analysis<'_>, files: &[DataFile]) -> Vec<Payload<'a>> {
    let (mut placed, mut payloads) = (Vec::new(), Vec::new());
    let mut named = HashSet::new();
    for tensor in analysis.layers.iter().flat_map(|layer| &layer.tensors) {
        match (tensor.stored_bytes, tensor.place) {
            (None | Some(0), _) => {}
            (Some(bytes), Some(place)) => placed.push((place, bytes, tensor)),
            (Some(bytes), None) if named.insert(&tensor.name) => {
                payloads.push(Payload { file: 0, bytes, tensor });
            }
            _ => {}
        }
    }
    placed.sort_by_key(|(place, _, tensor)| (*place, tensor.category == Category::Unused));
    let (mut file, mut covered) = (0, 0);
    for (place, bytes, tensor) in placed {
        if place.file != file {
            (file, covered) = (place.file, 0);
        }
        let file = usize::try_from(file).unwrap_or(usize::MAX);
        let length = files.get(file).and_then(|file| file.length).unwrap_or(u64::MAX);
        let end = place.offset.saturating_add(bytes).min(length);
        let start = place.offset.max(covered);
        if end > start {
            covered = end;
            payloads.push(Payload { file, bytes: end - start, tensor });
        }
    }
    payloads
}
