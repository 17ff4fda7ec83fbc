//! The tensor types of ggml: values in blocks of a fixed number of bytes.

macro_rules! types {
    ($($name:ident $text:literal $block:literal $bytes:expr;)*) => {
        /// A tensor type.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(non_camel_case_types, reason = "ggml's own names")]
        pub(super) enum Type { $($name,)* }

        impl Type {
            #[cfg(test)]
            pub(super) const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// ggml's name.
            pub(super) fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Values of a block.
            pub(super) fn block(self) -> u64 {
                match self { $(Self::$name => $block,)* }
            }

            /// Bytes of a block: scales and minima, then codes.
            pub(super) fn bytes(self) -> u64 {
                match self { $(Self::$name => $bytes,)* }
            }
        }
    };
}

types! {
    F32 "f32" 1 4;
    F16 "f16" 1 2;
    BF16 "bf16" 1 2;
    Q4_0 "q4_0" 32 2 + 32 / 2;
    Q4_1 "q4_1" 32 2 + 2 + 32 / 2;
    Q5_0 "q5_0" 32 2 + 4 + 32 / 2;
    Q5_1 "q5_1" 32 2 + 2 + 4 + 32 / 2;
    Q8_0 "q8_0" 32 2 + 32;
    Q2_K "q2_k" 256 2 + 2 + 256 / 16 + 256 / 4;
    Q3_K "q3_k" 256 2 + 256 / 4 + 256 / 8 + 12;
    Q4_K "q4_k" 256 2 + 2 + 12 + 256 / 2;
    Q5_K "q5_k" 256 2 + 2 + 12 + 256 / 2 + 256 / 8;
    Q6_K "q6_k" 256 2 + 256 / 16 + 3 * 256 / 4;
    IQ1_S "iq1_s" 256 2 + 256 / 8 + 256 / 16;
    IQ1_M "iq1_m" 256 256 / 8 + 256 / 16 + 256 / 32;
    IQ2_XXS "iq2_xxs" 256 2 + 256 / 4;
    IQ2_XS "iq2_xs" 256 2 + 256 / 4 + 256 / 32;
    IQ2_S "iq2_s" 256 2 + 256 / 4 + 256 / 16;
    IQ3_XXS "iq3_xxs" 256 2 + 3 * 256 / 8;
    IQ3_S "iq3_s" 256 2 + 13 * 256 / 32 + 256 / 64;
    IQ4_NL "iq4_nl" 32 2 + 32 / 2;
    IQ4_XS "iq4_xs" 256 2 + 2 + 256 / 64 + 256 / 2;
    TQ1_0 "tq1_0" 256 2 + 256 / 64 + (256 - 4 * 256 / 64) / 5;
    TQ2_0 "tq2_0" 256 2 + 256 / 4;
    MXFP4 "mxfp4" 32 1 + 32 / 2;
    Q1_0 "q1_0" 128 2 + 128 / 8;
    Q2_0 "q2_0" 64 2 + 64 / 4;
}

impl Type {
    /// What takes its place where a row is no whole number of blocks.
    pub(super) fn fallback(self) -> Option<Self> {
        Some(match self {
            Self::IQ1_S | Self::IQ1_M | Self::IQ2_XXS | Self::IQ2_XS | Self::IQ2_S => Self::IQ4_NL,
            Self::IQ3_XXS | Self::IQ3_S | Self::IQ4_XS => Self::IQ4_NL,
            Self::Q2_K | Self::Q3_K | Self::TQ1_0 | Self::TQ2_0 | Self::Q2_0 => Self::Q4_0,
            Self::Q4_K => Self::Q5_0,
            Self::Q5_K => Self::Q5_1,
            Self::Q6_K => Self::Q8_0,
            _ => return None,
        })
    }

    /// Whether llama.cpp takes it only with an importance matrix.
    pub(super) fn needs_imatrix(self) -> bool {
        matches!(
            self,
            Self::IQ3_XXS | Self::IQ2_XXS | Self::IQ2_XS | Self::IQ2_S | Self::IQ1_S | Self::IQ1_M
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Type;

    /// Bits per weight as llama.cpp states them for its types.
    #[test]
    fn blocks_take_the_bits_that_llama_cpp_states() {
        let known = [
            (Type::Q4_0, 4.5),
            (Type::Q4_1, 5.0),
            (Type::Q5_0, 5.5),
            (Type::Q5_1, 6.0),
            (Type::Q8_0, 8.5),
            (Type::Q2_K, 2.625),
            (Type::Q3_K, 3.4375),
            (Type::Q4_K, 4.5),
            (Type::Q5_K, 5.5),
            (Type::Q6_K, 6.5625),
            (Type::IQ1_S, 1.5625),
            (Type::IQ1_M, 1.75),
            (Type::IQ2_XXS, 2.0625),
            (Type::IQ2_XS, 2.3125),
            (Type::IQ2_S, 2.5625),
            (Type::IQ3_XXS, 3.0625),
            (Type::IQ3_S, 3.4375),
            (Type::IQ4_NL, 4.5),
            (Type::IQ4_XS, 4.25),
            (Type::TQ1_0, 1.6875),
            (Type::TQ2_0, 2.0625),
            (Type::MXFP4, 4.25),
            (Type::Q1_0, 1.125),
            (Type::Q2_0, 2.25),
            (Type::F32, 32.0),
            (Type::F16, 16.0),
            (Type::BF16, 16.0),
        ];
        for (block, bits) in known {
            let eighths = u32::try_from(block.bytes() * 8).unwrap();
            let values = u32::try_from(block.block()).unwrap();
            assert_eq!(f64::from(eighths) / f64::from(values), bits, "{}", block.name());
        }
        assert_eq!(known.len(), Type::ALL.len());
    }
}
