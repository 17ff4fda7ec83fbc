//! Whether the tensors lie in a file as llama.cpp demands: known types, whole blocks, one behind
//! the other, aligned, up to the file's end.

use netweight_core::Diagnostic;

use crate::file::Tensor;

/// What a list of tensors and the length of its file have against each other; of each rule the
/// first tensor that breaks it.
pub(crate) fn check(tensors: &[Tensor], data: u64, alignment: u64, length: u64) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    found.extend(first(tensors, |tensor| tensor.element.is_none()).map(|(tensor, more)| {
        let found = format!("`{}` has the unknown type {}{more}", tensor.name, tensor.kind);
        Diagnostic::warning("gguf/unknown-type", found)
            .help("its values count, its bytes are not known; a newer llama.cpp may know it")
    }));
    let is_broken = |tensor: &Tensor| tensor.element.is_some() && tensor.bytes().is_none();
    found.extend(first(tensors, is_broken).map(|(tensor, more)| {
        let (name, block) =
            tensor.element.map_or(("?", 0), |element| (element.name, element.block));
        let row = tensor.shape.last().copied().unwrap_or(1);
        let found = format!(
            "`{}` has rows of {row} values, no whole number of {name} blocks of {block}{more}",
            tensor.name
        );
        Diagnostic::warning("gguf/blocks", found).help("llama.cpp refuses the file")
    }));
    if let Some((tensor, expected)) = misplaced(tensors, alignment) {
        let told = format!(
            "`{}` begins at {} of the data, expected {expected}",
            tensor.name, tensor.offset
        );
        found.push(
            Diagnostic::warning("gguf/offset", told)
                .help("the counts are those of the header; llama.cpp refuses the file"),
        );
        return found;
    }
    let end = tensors.last().and_then(|tensor| tensor.offset.checked_add(tensor.bytes()?));
    if let Some(expected) = end.map(|end| data.saturating_add(end)).filter(|end| *end > length) {
        let told = format!("the file is cut off: {length} of {expected} bytes are there");
        found.push(
            Diagnostic::warning("gguf/cut-off", told)
                .help("the counts are those of the header; fetch the file again"),
        );
    }
    found
}

/// The first tensor of which something holds, and how many more there are, in words.
fn first(tensors: &[Tensor], holds: impl Fn(&Tensor) -> bool) -> Option<(&Tensor, String)> {
    let mut found = tensors.iter().filter(|tensor| holds(tensor));
    let first = found.next()?;
    let more = match found.count() {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    Some((first, more))
}

/// The first tensor that does not begin where the one before it ends, and where that would be;
/// nothing is said behind a tensor whose size is not known.
fn misplaced(tensors: &[Tensor], alignment: u64) -> Option<(&Tensor, u64)> {
    let mut expected = 0u64;
    for tensor in tensors {
        if tensor.offset != expected {
            return Some((tensor, expected));
        }
        let end = expected.saturating_add(tensor.bytes()?);
        expected = end.div_ceil(alignment).saturating_mul(alignment);
    }
    None
}
