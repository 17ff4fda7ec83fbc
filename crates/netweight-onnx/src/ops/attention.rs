//! Fused attention and the layers that are written as one operator around it.

use netweight_core::Role;

use super::dense::kernel_shape;
use super::{MICROSOFT, Op, Site, Sizes, Use, op};
use Use::{Beside, Fixed, Learned, Scale, State, ZeroPoint};

const KERNEL: Use = Learned(Role::Kernel);
const BIAS: Use = Learned(Role::Bias);

pub(super) const OPS: &[Op] = &[
    op("Attention", "", &[(3, Fixed)], |_| Sizes::default()),
    op("RotaryEmbedding", "", &[(1, Fixed), (2, Fixed)], |_| Sizes::default()),
    op("Attention", "dense", &[(1, KERNEL), (2, BIAS), (3, Fixed), (5, Fixed)], projections)
        .in_domain(MICROSOFT),
    op("PackedAttention", "dense", &[(1, KERNEL), (2, BIAS)], projections).in_domain(MICROSOFT),
    op("DecoderMaskedSelfAttention", "dense", &[(1, KERNEL), (2, BIAS)], projections)
        .in_domain(MICROSOFT),
    op(
        "LongformerAttention",
        "dense",
        &[(1, KERNEL), (2, BIAS), (4, Beside(Role::Kernel)), (5, Beside(Role::Bias))],
        projections,
    )
    .in_domain(MICROSOFT),
    op(
        "QAttention",
        "dense",
        &[
            (1, KERNEL),
            (2, BIAS),
            (3, Scale),
            (4, Scale),
            (5, Fixed),
            (6, ZeroPoint),
            (7, ZeroPoint),
        ],
        projections,
    )
    .in_domain(MICROSOFT),
    op("MultiHeadAttention", "", &[(3, Beside(Role::Bias)), (4, Fixed), (5, Fixed)], |_| {
        Sizes::default()
    })
    .in_domain(MICROSOFT),
    op("DecoderMaskedMultiHeadAttention", "", &[(3, Fixed), (10, Beside(Role::Bias))], |_| {
        Sizes::default()
    })
    .in_domain(MICROSOFT),
    op(
        "GroupQueryAttention",
        "",
        &[
            (3, State),
            (4, State),
            (7, Fixed),
            (8, Fixed),
            (9, Fixed),
            (10, Fixed),
            (11, Beside(Role::Parameter)),
        ],
        |_| Sizes::default(),
    )
    .in_domain(MICROSOFT),
    op("SparseAttention", "", &[(9, Fixed), (10, Fixed)], |_| Sizes::default())
        .in_domain(MICROSOFT),
    op("RotaryEmbedding", "", &[(1, Fixed), (2, Fixed), (3, Fixed)], |_| Sizes::default())
        .in_domain(MICROSOFT),
    op("GemmaRotaryEmbedding", "", &[(0, Fixed)], |_| Sizes::default()).in_domain(MICROSOFT),
    op("RelativePositionBias", "parameter", &[(0, Learned(Role::Parameter))], |site| {
        Sizes::default().measure_all("shape", site.dims(Role::Parameter))
    })
    .in_domain(MICROSOFT),
    op(
        "GatedRelativePositionBias",
        "dense",
        &[(1, Beside(Role::Bias)), (3, KERNEL), (4, BIAS), (5, Beside(Role::Parameter))],
        kernel_shape,
    )
    .in_domain(MICROSOFT),
    op(
        "MoE",
        "",
        &[(2, KERNEL), (3, BIAS), (4, KERNEL), (5, BIAS), (6, KERNEL), (7, BIAS)],
        |_| Sizes::default(),
    )
    .in_domain(MICROSOFT),
    op(
        "QMoE",
        "",
        &[
            (2, KERNEL),
            (3, Scale),
            (4, BIAS),
            (5, KERNEL),
            (6, Scale),
            (7, BIAS),
            (8, KERNEL),
            (9, Scale),
            (10, BIAS),
            (11, ZeroPoint),
            (12, ZeroPoint),
            (13, ZeroPoint),
        ],
        |_| Sizes::default(),
    )
    .in_domain(MICROSOFT),
];

/// Queries, keys and values projected by one matrix.
fn projections(site: &Site) -> Sizes {
    match site.dims(Role::Kernel) {
        Some([input, output])
            if !site.has(Role::Bias) || site.elements(Role::Bias) == Some(*output) =>
        {
            Sizes::default()
                .measure("input_size", Some(*input))
                .measure("output_size", Some(*output))
                .state("bias", Some(site.has(Role::Bias)))
        }
        _ => kernel_shape(site),
    }
}
