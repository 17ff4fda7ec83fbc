//! Attributes that hold text, of fixed or variable length, one or several.

use hdf5_reader::group::Group;
use hdf5_reader::messages::attribute::AttributeMessage;
use hdf5_reader::{Datatype, StringSize, VarLenKind};

/// Bytes of text that may still be taken from a file.
pub(super) struct Budget(pub(super) usize);

/// The texts of an attribute; none if it holds something else, or more than the budget.
pub(super) fn texts(
    group: &Group,
    attribute: &AttributeMessage,
    budget: &mut Budget,
) -> Option<Vec<String>> {
    let count = usize::try_from(attribute.dataspace.num_elements().ok()?).ok()?;
    match &attribute.datatype {
        Datatype::String { size: StringSize::Fixed(width), .. } => {
            let width = usize::try_from(*width).ok().filter(|width| *width > 0)?;
            let bytes = attribute.raw_data.get(..count.checked_mul(width)?)?;
            budget.0 = budget.0.checked_sub(bytes.len())?;
            Some(bytes.chunks_exact(width).map(decoded).collect())
        }
        Datatype::VarLen { kind: VarLenKind::String, base, .. } if base.is_vlen_string_base() => {
            let width = usize::from(group.offset_size()).checked_add(8)?;
            let references = attribute.raw_data.get(..count.checked_mul(width)?)?;
            let each = references.chunks_exact(width);
            each.map(|reference| referenced(group, reference, budget)).collect()
        }
        _ => None,
    }
}

/// A text in the heap; its length stands before its address.
fn referenced(group: &Group, reference: &[u8], budget: &mut Budget) -> Option<String> {
    let length = u32::from_le_bytes(reference.first_chunk().copied()?);
    budget.0 = budget.0.checked_sub(usize::try_from(length).ok()?)?;
    group.resolve_vlen_reference_bytes(reference, 1).ok().map(|bytes| decoded(&bytes))
}

/// Up to the first NUL.
fn decoded(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
}
