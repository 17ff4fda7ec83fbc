//! Matrix products with a stored matrix.

use netweight_core::Role;

use super::{MICROSOFT, Op, Site, Sizes, Use, op};
use Use::{Fixed, Learned, Scale, ZeroPoint};

const KERNEL: Use = Learned(Role::Kernel);
const BIAS: Use = Learned(Role::Bias);
const MATMUL: &[(usize, Use)] = &[(0, KERNEL), (1, KERNEL)];
const GEMM: &[(usize, Use)] = &[(0, KERNEL), (1, KERNEL), (2, BIAS)];
const INTEGER: &[(usize, Use)] = &[(0, KERNEL), (1, KERNEL), (2, ZeroPoint), (3, ZeroPoint)];
const LINEAR: &[(usize, Use)] = &[
    (0, KERNEL),
    (1, Scale),
    (2, ZeroPoint),
    (3, KERNEL),
    (4, Scale),
    (5, ZeroPoint),
    (6, Scale),
    (7, ZeroPoint),
];
const QGEMM: &[(usize, Use)] = &[
    (0, KERNEL),
    (1, Scale),
    (2, ZeroPoint),
    (3, KERNEL),
    (4, Scale),
    (5, ZeroPoint),
    (6, BIAS),
    (7, Scale),
    (8, ZeroPoint),
];
const TO_FLOAT: &[(usize, Use)] =
    &[(0, KERNEL), (1, KERNEL), (2, Scale), (3, Scale), (4, ZeroPoint), (5, ZeroPoint), (6, BIAS)];
const DYNAMIC: &[(usize, Use)] = &[(0, KERNEL), (1, KERNEL), (2, Scale), (3, ZeroPoint), (4, BIAS)];
const NBITS: &[(usize, Use)] = &[(1, KERNEL), (2, Scale), (3, ZeroPoint), (4, Fixed), (5, BIAS)];
const BNB4: &[(usize, Use)] = &[(1, KERNEL), (2, Scale)];

pub(super) const OPS: &[Op] = &[
    op("MatMul", "dense", MATMUL, matmul),
    op("MatMulInteger", "dense", INTEGER, matmul),
    op("QLinearMatMul", "dense", LINEAR, matmul),
    op("Gemm", "dense", GEMM, gemm),
    op("Einsum", "einsum_dense", MATMUL, kernel_shape),
    op("FusedMatMul", "dense", MATMUL, gemm).in_domain(MICROSOFT),
    op("TransposeMatMul", "dense", MATMUL, gemm).in_domain(MICROSOFT),
    op("FusedGemm", "dense", GEMM, gemm).in_domain(MICROSOFT),
    op("GemmFastGelu", "dense", GEMM, matmul).in_domain(MICROSOFT),
    op("GemmFloat8", "dense", GEMM, gemm).in_domain(MICROSOFT),
    op("QGemm", "dense", QGEMM, gemm).in_domain(MICROSOFT),
    op("QLinearMatMul", "dense", LINEAR, matmul).in_domain(MICROSOFT),
    op("MatMulIntegerToFloat", "dense", TO_FLOAT, matmul).in_domain(MICROSOFT),
    op("DynamicQuantizeMatMul", "dense", DYNAMIC, matmul).in_domain(MICROSOFT),
    op("MatMulNBits", "dense", NBITS, packed).in_domain(MICROSOFT),
    op("MatMulFpQ4", "dense", &[(1, KERNEL), (2, Fixed)], kernel_shape).in_domain(MICROSOFT),
    op("MatMulBnb4", "dense", BNB4, packed).in_domain(MICROSOFT),
];

fn matmul(site: &Site) -> Sizes {
    dense(site, false)
}

fn gemm(site: &Site) -> Sizes {
    // What is fed turned over ends in another dimension than the inputs.
    if ["transA", "transBatchA"].iter().any(|turned| site.int(turned).unwrap_or(0) != 0) {
        return kernel_shape(site);
    }
    dense(site, site.int("transB").unwrap_or(0) != 0)
}

/// A matrix on the right. One on the left mixes rows, which no dense layer does.
fn dense(site: &Site, transposed: bool) -> Sizes {
    let right_input = if site.op_is_linear() { 3 } else { 1 };
    let right = site.fixed(right_input).is_some();
    let Some(dims) = site.dims(Role::Kernel).filter(|_| right) else { return kernel_shape(site) };
    let without_batch: Vec<u64> = match dims.iter().position(|dim| *dim != 1) {
        Some(first) if dims.len() > 2 => {
            dims.get(first.min(dims.len() - 2)..).unwrap_or(dims).to_vec()
        }
        _ => dims.to_vec(),
    };
    let [rows, columns] = without_batch.as_slice() else { return kernel_shape(site) };
    let (input, output) = if transposed { (*columns, *rows) } else { (*rows, *columns) };
    if site.has(Role::Bias) && site.elements(Role::Bias) != Some(output) {
        return kernel_shape(site);
    }
    Sizes::default()
        .measure("input_size", Some(input))
        .measure("output_size", Some(output))
        .state("bias", Some(site.has(Role::Bias)))
}

/// A kernel of any rank, as it is.
pub(super) fn kernel_shape(site: &Site) -> Sizes {
    let dims = |role| site.dims(role).or_else(|| site.stored_dims(role));
    Sizes::default()
        .of_kind("einsum_dense")
        .measure_all("kernel_sizes", dims(Role::Kernel))
        .measure_all("bias_sizes", dims(Role::Bias))
}

/// Packed bits: the sizes stand in attributes.
fn packed(site: &Site) -> Sizes {
    let (input, output) = (site.int("K"), site.int("N"));
    let product = site.size("K").zip(site.size("N")).and_then(|(k, n)| k.checked_mul(n));
    Sizes { unpacked: product, ..Sizes::default() }
        .state("input_size", input)
        .state("output_size", output)
        .state("bias", Some(site.has(Role::Bias)))
}

impl Site<'_> {
    /// Whether the operator's inputs each stand with their scale and zero point.
    fn op_is_linear(&self) -> bool {
        matches!(self.wiring.op(self.call), "QLinearMatMul" | "QGemm")
    }
}
