//! Tables.

use netweight_core::Args;

use crate::evidence::row::{Variables, sizes};

pub(super) fn table(found: &Variables, entries: &'static str) -> Option<Args> {
    match found.get("embeddings")? {
        [count, size] => sizes([(entries, *count), ("embedding_size", *size)]),
        _ => None,
    }
}

pub(super) fn reversible(found: &Variables) -> Option<Args> {
    let [count, size] = found.get("embeddings")? else { return None };
    let args = table(found, "vocabulary_size")?.with("untied", found.has("reverse_embeddings"));
    Some(args).filter(|_| found.fits("reverse_embeddings", &[*size, *count]))
}

/// One scale for each entry.
pub(super) fn quantized_embedding(found: &Variables) -> Option<Args> {
    let [count, size] = found.get("embeddings")? else { return None };
    let scaled = found.get("embeddings_scale")? == [*count] && found.is_whole("embeddings");
    let args = [("vocabulary_size", *count), ("embedding_size", *size), ("stored_size", *size)];
    sizes(args).filter(|_| scaled)
}
