//! Element types and the bits that an element takes.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! dtypes {
    ($($variant:ident $name:literal $bits:expr, $float:literal;)*) => {
        /// The type of a tensor's elements.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
        #[non_exhaustive]
        pub enum DType {
            $(#[doc = concat!("`", $name, "`")] #[serde(rename = $name)] $variant,)*
        }

        impl DType {
            /// Every type, as a table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name that reports print.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Bits per element; none for types without a fixed size.
            pub fn bits(self) -> Option<u64> {
                match self { $(Self::$variant => $bits,)* }
            }

            /// Whether the type holds real or complex numbers in floating point.
            pub fn is_float(self) -> bool {
                match self { $(Self::$variant => $float,)* }
            }
        }
    };
}

dtypes! {
    Float64 "float64" Some(64), true;
    Float32 "float32" Some(32), true;
    Float16 "float16" Some(16), true;
    BFloat16 "bfloat16" Some(16), true;
    Float8E4M3Fn "float8_e4m3fn" Some(8), true;
    Float8E4M3FnUz "float8_e4m3fnuz" Some(8), true;
    Float8E5M2 "float8_e5m2" Some(8), true;
    Float8E5M2FnUz "float8_e5m2fnuz" Some(8), true;
    Float8E8M0 "float8_e8m0" Some(8), true;
    Float6E2M3 "float6_e2m3" Some(6), true;
    Float6E3M2 "float6_e3m2" Some(6), true;
    Float4E2M1 "float4_e2m1" Some(4), true;
    Complex64 "complex64" Some(64), true;
    Complex128 "complex128" Some(128), true;
    Int64 "int64" Some(64), false;
    Int32 "int32" Some(32), false;
    Int16 "int16" Some(16), false;
    Int8 "int8" Some(8), false;
    Int6 "int6" Some(6), false;
    Int5 "int5" Some(5), false;
    Int4 "int4" Some(4), false;
    Int3 "int3" Some(3), false;
    Int2 "int2" Some(2), false;
    Int1 "int1" Some(1), false;
    UInt64 "uint64" Some(64), false;
    UInt32 "uint32" Some(32), false;
    UInt16 "uint16" Some(16), false;
    UInt8 "uint8" Some(8), false;
    UInt4 "uint4" Some(4), false;
    UInt2 "uint2" Some(2), false;
    Bool "bool" Some(8), false;
    String "string" None, false;
    Unknown "unknown" None, false;
}

impl DType {
    /// The type of that name, as reports print it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|dtype| dtype.name() == name)
    }

    /// Bytes that `elements` of this type take, packed; none where an element has no fixed size.
    ///
    /// ```
    /// use netweight_core::DType;
    /// assert_eq!(DType::Int4.bytes(3), Some(2));
    /// ```
    pub fn bytes(self, elements: u64) -> Option<u64> {
        Some(elements.checked_mul(self.bits()?)?.div_ceil(8))
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
