//! The element types of ggml, as one table: how many values share a block, and its bytes.

use netweight_core::DType;

/// An element type.
#[derive(Debug, PartialEq)]
pub(crate) struct Element {
    pub(crate) id: u32,
    pub(crate) name: &'static str,
    /// Values in a block; 1 for types without blocks.
    pub(crate) block: u64,
    /// Bytes of a block, its scales included.
    pub(crate) bytes: u64,
    /// The core's word for a value without its scale: the bits of its code, ternary ones two.
    pub(crate) dtype: DType,
}

const fn row(id: u32, name: &'static str, block: u64, bytes: u64, dtype: DType) -> Element {
    Element { id, name, block, bytes, dtype }
}

/// Every type that ggml has or had; ids 4 and 5 were never published.
static ELEMENTS: &[Element] = &[
    row(0, "F32", 1, 4, DType::Float32),
    row(1, "F16", 1, 2, DType::Float16),
    row(2, "Q4_0", 32, 18, DType::Int4),
    row(3, "Q4_1", 32, 20, DType::UInt4),
    row(6, "Q5_0", 32, 22, DType::Int5),
    row(7, "Q5_1", 32, 24, DType::Int5),
    row(8, "Q8_0", 32, 34, DType::Int8),
    row(9, "Q8_1", 32, 36, DType::Int8),
    row(10, "Q2_K", 256, 84, DType::UInt2),
    row(11, "Q3_K", 256, 110, DType::Int3),
    row(12, "Q4_K", 256, 144, DType::UInt4),
    row(13, "Q5_K", 256, 176, DType::Int5),
    row(14, "Q6_K", 256, 210, DType::Int6),
    row(15, "Q8_K", 256, 292, DType::Int8),
    row(16, "IQ2_XXS", 256, 66, DType::Int2),
    row(17, "IQ2_XS", 256, 74, DType::Int2),
    row(18, "IQ3_XXS", 256, 98, DType::Int3),
    row(19, "IQ1_S", 256, 50, DType::Int2),
    row(20, "IQ4_NL", 32, 18, DType::UInt4),
    row(21, "IQ3_S", 256, 110, DType::Int3),
    row(22, "IQ2_S", 256, 82, DType::Int2),
    row(23, "IQ4_XS", 256, 136, DType::UInt4),
    row(24, "I8", 1, 1, DType::Int8),
    row(25, "I16", 1, 2, DType::Int16),
    row(26, "I32", 1, 4, DType::Int32),
    row(27, "I64", 1, 8, DType::Int64),
    row(28, "F64", 1, 8, DType::Float64),
    row(29, "IQ1_M", 256, 56, DType::Int2),
    row(30, "BF16", 1, 2, DType::BFloat16),
    row(31, "Q4_0_4_4", 32, 18, DType::Int4),
    row(32, "Q4_0_4_8", 32, 18, DType::Int4),
    row(33, "Q4_0_8_8", 32, 18, DType::Int4),
    row(34, "TQ1_0", 256, 54, DType::Int2),
    row(35, "TQ2_0", 256, 66, DType::Int2),
    row(36, "IQ4_NL_4_4", 32, 18, DType::UInt4),
    row(37, "IQ4_NL_4_8", 32, 18, DType::UInt4),
    row(38, "IQ4_NL_8_8", 32, 18, DType::UInt4),
    row(39, "MXFP4", 32, 17, DType::Float4E2M1),
    row(40, "NVFP4", 64, 36, DType::Float4E2M1),
    row(41, "Q1_0", 128, 18, DType::Int1),
];

impl Element {
    /// The type of that id.
    pub(crate) fn of(id: u32) -> Option<&'static Self> {
        ELEMENTS.iter().find(|row| row.id == id)
    }

    /// Bytes of a tensor; none where a row is no whole number of blocks, or on overflow.
    pub(crate) fn bytes(&self, elements: u64, row: u64) -> Option<u64> {
        if !row.is_multiple_of(self.block) {
            return None;
        }
        (elements / self.block).checked_mul(self.bytes)
    }
}

/// What `general.file_type` stands for: the mixture that the quantizer was asked for.
static FILE_TYPES: &[(u64, &str)] = &[
    (0, "F32"),
    (1, "F16"),
    (2, "Q4_0"),
    (3, "Q4_1"),
    (7, "Q8_0"),
    (8, "Q5_0"),
    (9, "Q5_1"),
    (10, "Q2_K"),
    (11, "Q3_K_S"),
    (12, "Q3_K_M"),
    (13, "Q3_K_L"),
    (14, "Q4_K_S"),
    (15, "Q4_K_M"),
    (16, "Q5_K_S"),
    (17, "Q5_K_M"),
    (18, "Q6_K"),
    (19, "IQ2_XXS"),
    (20, "IQ2_XS"),
    (21, "Q2_K_S"),
    (22, "IQ3_XS"),
    (23, "IQ3_XXS"),
    (24, "IQ1_S"),
    (25, "IQ4_NL"),
    (26, "IQ3_S"),
    (27, "IQ3_M"),
    (28, "IQ2_S"),
    (29, "IQ2_M"),
    (30, "IQ4_XS"),
    (31, "IQ1_M"),
    (32, "BF16"),
    (36, "TQ1_0"),
    (37, "TQ2_0"),
    (38, "MXFP4_MOE"),
    (39, "NVFP4"),
    (40, "Q1_0"),
];

/// The name of a mixture; a flag says that it was guessed from the tensors.
pub(crate) fn file_type(id: u64) -> Option<&'static str> {
    const GUESSED: u64 = 1024;
    FILE_TYPES.iter().find(|(known, _)| *known == id & !GUESSED).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_in_order() {
        assert!(ELEMENTS.windows(2).all(|pair| pair[0].id < pair[1].id));
        assert!(FILE_TYPES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    /// Two blocks of 256 values at 4.5 bits each.
    #[test]
    fn bytes_are_those_of_whole_blocks() {
        let q4_k = Element::of(12).expect("a row");
        assert_eq!(q4_k.bytes(512, 256), Some(2 * 256 * 9 / 16));
        assert_eq!(q4_k.bytes(512, 128), None);
    }
}
