//! The element types of tensors, by number.

use netweight_core::DType;

/// The types in the order of the schema's `TensorType`; resources and variants have no size.
static TYPES: &[DType] = &[
    DType::Float32,
    DType::Float16,
    DType::Int32,
    DType::UInt8,
    DType::Int64,
    DType::String,
    DType::Bool,
    DType::Int16,
    DType::Complex64,
    DType::Int8,
    DType::Float64,
    DType::Complex128,
    DType::UInt64,
    DType::Unknown,
    DType::Unknown,
    DType::UInt32,
    DType::UInt16,
    DType::Int4,
    DType::BFloat16,
    DType::Int2,
    DType::UInt4,
];

/// The type of a number.
pub(crate) fn of(number: u8) -> DType {
    TYPES.get(usize::from(number)).copied().unwrap_or(DType::Unknown)
}
