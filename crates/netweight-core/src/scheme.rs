//! Size schemes: what the weights would take under each.

use crate::{Analysis, Role};

/// A way of storing weights: here the plain widths, a number of bits for every value.
#[derive(Debug, PartialEq, Eq)]
pub struct Scheme {
    /// The id that `--scheme` takes.
    pub id: &'static str,
    /// Bits for each parameter.
    pub bits: u64,
    /// What it is, in one line.
    pub summary: &'static str,
    /// Whether reports show it without being asked.
    pub by_default: bool,
}

const fn width(id: &'static str, bits: u64, by_default: bool, summary: &'static str) -> Scheme {
    Scheme { id, bits, summary, by_default }
}

/// Every scheme.
pub static SCHEMES: &[Scheme] = &[
    width("float64", 64, false, "double precision"),
    width("float32", 32, true, "single precision, what frameworks train in"),
    width("bfloat16", 16, false, "the upper half of a float32"),
    width("float16", 16, true, "half precision"),
    width("float8", 8, false, "eight-bit floating point, either variant"),
    width("int8", 8, true, "one byte a value; scales and zero points not counted"),
    width("int4", 4, true, "half a byte a value; scales and zero points not counted"),
    width("int2", 2, false, "two bits a value; scales and zero points not counted"),
    width("ternary", 2, false, "-1, 0 and 1 in two bits a value"),
    width("binary", 1, false, "one bit a value"),
];

/// The scheme of that id.
pub fn find(id: &str) -> Option<&'static Scheme> {
    SCHEMES.iter().find(|scheme| scheme.id == id)
}

/// What a model's parameters take under a scheme, in bytes by item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    /// The scheme.
    pub scheme: &'static Scheme,
    /// Weights but biases.
    pub weights: u64,
    /// Biases.
    pub biases: u64,
    /// All parameters together; the last byte shared by what comes to less.
    pub total: u64,
}

impl Scheme {
    /// Bytes that these many values take, packed.
    ///
    /// ```
    /// let int4 = netweight_core::scheme::find("int4").ok_or("no such scheme")?;
    /// assert_eq!(int4.bytes(12_620), 6_310);
    /// # Ok::<(), &str>(())
    /// ```
    pub fn bytes(&self, values: u64) -> u64 {
        let bits = u128::from(values) * u128::from(self.bits);
        u64::try_from(bits.div_ceil(8)).unwrap_or(u64::MAX)
    }

    /// The size of a model's known parameters under this scheme.
    pub fn apply(&'static self, analysis: &Analysis<'_>) -> Size {
        let parameters = analysis.totals.counts.parameters();
        let total = self.bytes(parameters);
        let tensors = analysis.layers.iter().flat_map(|layer| &layer.tensors);
        let biases = tensors
            .filter(|tensor| {
                tensor.role == Role::Bias && tensor.category.is_parameter() && !tensor.shared
            })
            .filter_map(|tensor| tensor.elements)
            .fold(0u64, u64::saturating_add);
        let biases = self.bytes(biases.min(parameters));
        Size { scheme: self, weights: total.saturating_sub(biases), biases, total }
    }
}

/// Bits of a float32, against which ratios are taken.
pub const BASELINE_BITS: u64 = 32;

/// The schemes that reports show without being asked.
pub fn by_default() -> Vec<&'static Scheme> {
    SCHEMES.iter().filter(|scheme| scheme.by_default).collect()
}
