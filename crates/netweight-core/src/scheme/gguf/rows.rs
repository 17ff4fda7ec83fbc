//! The file types of llama.cpp, each with the tensor type that most tensors get.

use super::block::Type;
use crate::DType;
use crate::scheme::{Family, Group, OptionRow, Rule, Scheme};

static GGUF: Family = Family {
    name: "gguf",
    tool: "llama.cpp 0c1e57098: llama-quantize",
    covers: "matrices whose name ends in `weight`, each file type with its own mixture",
    leaves: "vectors, norms, routers and position tables, which the tool never quantizes",
    options: &[
        OptionRow::flag(
            "imatrix",
            "with an importance matrix, which some types need and others change under",
        ),
        OptionRow::flag("pure", "one type for every tensor instead of a mixture"),
        OptionRow::flag("leave_output", "the output matrix stays as it is"),
    ],
};

macro_rules! file_types {
    ($($name:ident $id:literal $base:ident $bits:literal;)*) => {
        /// A file type of llama.cpp.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(non_camel_case_types, reason = "llama.cpp's own names")]
        pub(in crate::scheme) enum FileType { $($name,)* }

        impl FileType {
            /// The type of the tensors that no rule singles out.
            pub(super) fn base(self) -> Type {
                match self { $(Self::$name => Type::$base,)* }
            }
        }

        pub(in crate::scheme) static SCHEMES: &[Scheme] =
            &[$(row($id, $bits, FileType::$name),)*];
    };
}

const fn row(id: &'static str, bits: u64, file_type: FileType) -> Scheme {
    Scheme {
        id,
        family: &GGUF,
        bits,
        group: Group::None,
        scale: Some(DType::Float16),
        zero_point: None,
        by_default: false,
        summary: "a mixture of block types, tensor by tensor",
        rule: Rule::Gguf(file_type),
    }
}

file_types! {
    F32 "gguf-F32" F32 32;
    F16 "gguf-F16" F16 16;
    BF16 "gguf-BF16" BF16 16;
    Q4_0 "gguf-Q4_0" Q4_0 4;
    Q4_1 "gguf-Q4_1" Q4_1 4;
    Q5_0 "gguf-Q5_0" Q5_0 5;
    Q5_1 "gguf-Q5_1" Q5_1 5;
    Q8_0 "gguf-Q8_0" Q8_0 8;
    Q2_K "gguf-Q2_K" Q2_K 2;
    Q2_K_S "gguf-Q2_K_S" Q2_K 2;
    Q3_K_S "gguf-Q3_K_S" Q3_K 3;
    Q3_K_M "gguf-Q3_K_M" Q3_K 3;
    Q3_K_L "gguf-Q3_K_L" Q3_K 3;
    Q4_K_S "gguf-Q4_K_S" Q4_K 4;
    Q4_K_M "gguf-Q4_K_M" Q4_K 4;
    Q5_K_S "gguf-Q5_K_S" Q5_K 5;
    Q5_K_M "gguf-Q5_K_M" Q5_K 5;
    Q6_K "gguf-Q6_K" Q6_K 6;
    IQ2_XXS "gguf-IQ2_XXS" IQ2_XXS 2;
    IQ2_XS "gguf-IQ2_XS" IQ2_XS 2;
    IQ2_S "gguf-IQ2_S" IQ2_XS 2;
    IQ2_M "gguf-IQ2_M" IQ2_S 2;
    IQ3_XS "gguf-IQ3_XS" IQ3_S 3;
    IQ3_XXS "gguf-IQ3_XXS" IQ3_XXS 3;
    IQ3_S "gguf-IQ3_S" IQ3_S 3;
    IQ3_M "gguf-IQ3_M" IQ3_S 3;
    IQ1_S "gguf-IQ1_S" IQ1_S 1;
    IQ1_M "gguf-IQ1_M" IQ1_M 1;
    IQ4_NL "gguf-IQ4_NL" IQ4_NL 4;
    IQ4_XS "gguf-IQ4_XS" IQ4_XS 4;
    TQ1_0 "gguf-TQ1_0" TQ1_0 1;
    TQ2_0 "gguf-TQ2_0" TQ2_0 2;
    MXFP4_MOE "gguf-MXFP4_MOE" MXFP4 4;
    Q1_0 "gguf-Q1_0" Q1_0 1;
    Q2_0 "gguf-Q2_0" Q2_0 2;
}
