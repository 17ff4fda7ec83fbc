//! The element types of the format, as one table.

use netweight_core::DType;

/// An element type: its name in a header, the core's word for it, bits per element.
#[derive(Debug, PartialEq)]
pub(crate) struct Element {
    pub(crate) name: &'static str,
    pub(crate) dtype: DType,
    pub(crate) bits: Option<u64>,
}

const fn row(name: &'static str, dtype: DType, bits: u64) -> Element {
    Element { name, dtype, bits: Some(bits) }
}

/// Every type of the reference library.
static ELEMENTS: &[Element] = &[
    row("BOOL", DType::Bool, 8),
    row("F4", DType::Float4E2M1, 4),
    row("F6_E2M3", DType::Float6E2M3, 6),
    row("F6_E3M2", DType::Float6E3M2, 6),
    row("U8", DType::UInt8, 8),
    row("I8", DType::Int8, 8),
    row("F8_E5M2", DType::Float8E5M2, 8),
    row("F8_E4M3", DType::Float8E4M3Fn, 8),
    row("F8_E5M2FNUZ", DType::Float8E5M2FnUz, 8),
    row("F8_E4M3FNUZ", DType::Float8E4M3FnUz, 8),
    row("F8_E8M0", DType::Float8E8M0, 8),
    row("I16", DType::Int16, 16),
    row("U16", DType::UInt16, 16),
    row("F16", DType::Float16, 16),
    row("BF16", DType::BFloat16, 16),
    row("I32", DType::Int32, 32),
    row("U32", DType::UInt32, 32),
    row("F32", DType::Float32, 32),
    row("C64", DType::Complex64, 64),
    row("F64", DType::Float64, 64),
    row("I64", DType::Int64, 64),
    row("U64", DType::UInt64, 64),
];

/// A type that no version of the format names.
static UNKNOWN: Element = Element { name: "?", dtype: DType::Unknown, bits: None };

impl Element {
    /// The type of that name; [`Element::is_known`] tells whether there is one.
    pub(crate) fn named(name: &str) -> &'static Self {
        ELEMENTS.iter().find(|row| row.name == name).unwrap_or(&UNKNOWN)
    }

    /// Whether the format has the type.
    pub(crate) fn is_known(&self) -> bool {
        self.bits.is_some()
    }

    /// Whether values of the type may be learned as they are: floating point, or not known.
    pub(crate) fn is_float(&self) -> bool {
        self.dtype.is_float() || !self.is_known()
    }
}
