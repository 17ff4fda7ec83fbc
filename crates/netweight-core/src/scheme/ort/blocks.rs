//! The tensors that take a matrix's place when it is cut into blocks.

use super::rows::Layout;
use crate::scheme::Scheme;
use crate::scheme::items::Item::{Scales, Weights, ZeroPoints};
use crate::scheme::term::Term;

/// A matrix as the quantizers see it: K inputs by N outputs.
pub(super) struct Matrix {
    pub(super) k: u64,
    pub(super) n: u64,
    /// Bytes of a scale, which has the weight's own type.
    pub(super) scale: u64,
    /// Its dimensions.
    pub(super) shape: Vec<u64>,
}

/// A tensor that the quantizer writes.
pub(super) struct Made {
    pub(super) suffix: String,
    pub(super) dims: Vec<u64>,
    pub(super) term: Term,
}

impl Made {
    fn new(suffix: &str, dims: &[u64], term: Term) -> Self {
        Self { suffix: suffix.to_owned(), dims: dims.to_vec(), term }
    }
}

/// A matrix under a scheme.
pub(super) struct Blocks<'m> {
    matrix: &'m Matrix,
    bits: u64,
    block: u64,
    asymmetric: bool,
}

impl<'m> Blocks<'m> {
    pub(super) fn new(scheme: &Scheme, matrix: &'m Matrix) -> Self {
        Self {
            matrix,
            bits: scheme.bits,
            block: scheme.block().unwrap_or(matrix.k).max(1),
            asymmetric: scheme.zero_point.is_some(),
        }
    }

    /// The tensors that come into the file, or why the tool fails.
    pub(super) fn made(&self, layout: Layout, op: &str) -> Result<Vec<Made>, String> {
        let Matrix { n, scale, k, .. } = *self.matrix;
        let (bits, blocks) = (self.bits, self.count());
        match layout {
            _ if op == "Gather" => self.table(),
            Layout::Columns | Layout::Gather => {
                Ok(self.columns(&format!("_Q{bits}"), "_scales", "_zero_points"))
            }
            Layout::Hqq => {
                let flat = [n.saturating_mul(blocks)];
                let zeros = Term::new(ZeroPoints, "zero points").times(scale).times(n);
                Ok(vec![
                    self.codes(&format!("_Q{bits}")),
                    Made::new("_scales", &flat, self.scales()),
                    Made::new("_zero_points", &flat, zeros.ceil(&[k], self.block)),
                ])
            }
            Layout::Rtn if self.asymmetric && blocks % 2 == 1 => Err(format!(
                "blocks in a column: {blocks}; the tool packs zero points in pairs and fails on an odd number (`cannot reshape array`); choose another block or a symmetric scheme"
            )),
            Layout::Rtn => Ok(self.columns(&format!("_Q{bits}G{}", self.block), "_scale", "_zp")),
            Layout::Dequantized => Ok(self.dequantized()),
            Layout::Bnb4 => Ok(self.flat()),
        }
    }

    /// Blocks in a column.
    fn count(&self) -> u64 {
        self.matrix.k.div_ceil(self.block)
    }

    fn per_byte(&self) -> u64 {
        (8 / self.bits.max(1)).max(1)
    }

    /// Columns of padded blocks.
    fn codes(&self, suffix: &str) -> Made {
        let Matrix { k, n, .. } = *self.matrix;
        let term = Term::new(Weights, "codes").times(n).ceil(&[k], self.block);
        let dims = [n, self.count(), self.block.div_ceil(self.per_byte())];
        Made::new(suffix, &dims, term.ceil(&[self.block], self.per_byte()))
    }

    fn scales(&self) -> Term {
        let Matrix { k, n, scale, .. } = *self.matrix;
        Term::new(Scales, "scales").times(scale).times(n).ceil(&[k], self.block)
    }

    fn columns(&self, codes: &str, scales: &str, zeros: &str) -> Vec<Made> {
        let (n, blocks) = (self.matrix.n, self.count());
        let term = Term::new(ZeroPoints, "zero points").times(n).ceil(&[blocks], self.per_byte());
        let zeros = Made::new(zeros, &[n, blocks.div_ceil(self.per_byte())], term);
        let made = [self.codes(codes), Made::new(scales, &[n, blocks], self.scales())];
        made.into_iter().chain(self.asymmetric.then_some(zeros)).collect()
    }

    /// A table cut along its second dimension, two codes to a byte.
    fn table(&self) -> Result<Vec<Made>, String> {
        let [first, _, rest @ ..] = self.matrix.shape.as_slice() else {
            return Err(
                "Gather on a table of one dimension (`Invalid quantize axis`); leave Gather out"
                    .to_owned(),
            );
        };
        let Matrix { k, n, .. } = *self.matrix;
        let blocks = self.count();
        let dims: Vec<u64> = [*first, blocks].into_iter().chain(rest.iter().copied()).collect();
        let codes = Term::new(Weights, "codes").ceil(&[n, k], 2);
        let zeros = Term::new(ZeroPoints, "zero points").ceil(&[n, blocks], 2);
        let zeros = Made::new("_zero_points", &dims, zeros);
        let made = [
            Made::new("_Q4", &self.matrix.shape, codes),
            Made::new("_scales", &dims, self.scales()),
        ];
        Ok(made.into_iter().chain(self.asymmetric.then_some(zeros)).collect())
    }

    /// Blocks without padding, as DequantizeLinear takes them.
    fn dequantized(&self) -> Vec<Made> {
        let Matrix { k, n, .. } = *self.matrix;
        let blocks = self.count();
        let codes = Term::new(Weights, "codes").ceil(&[k, n], 2);
        let zeros = Term::new(ZeroPoints, "zero points").ceil(&[blocks, n], 2);
        let zeros = Made::new("_DQ_zero_points", &[blocks, n], zeros);
        let made = [
            Made::new("_DQ_Q4", &[k, n], codes),
            Made::new("_DQ_scales", &[blocks, n], self.scales()),
        ];
        made.into_iter().chain(self.asymmetric.then_some(zeros)).collect()
    }

    /// Blocks over the whole matrix, whatever its columns.
    fn flat(&self) -> Vec<Made> {
        let Matrix { k, n, scale, .. } = *self.matrix;
        let elements = k.saturating_mul(n);
        let absmax = Term::new(Scales, "absmax").times(scale).ceil(&[k, n], self.block);
        vec![
            Made::new(
                "_Bnb4",
                &[elements.div_ceil(2)],
                Term::new(Weights, "codes").ceil(&[k, n], 2),
            ),
            Made::new("_absmax", &[elements.div_ceil(self.block)], absmax),
        ]
    }
}
