//! The same values laid out anew, parts of them, and numbers about them.

use super::{Op, Site, Sizes, Use, op};
use Use::{Fixed, State};

const INDEXED: &[(usize, Use)] = &[(1, Fixed), (2, Fixed), (3, Fixed), (4, Fixed)];

const fn other(name: &'static str) -> Op<'static> {
    op(name, "", INDEXED, |_| Sizes::default())
}

pub(super) const OPS: &[Op] = &[
    op("Reshape", "reshape", INDEXED, reshaped),
    op("Flatten", "flatten", &[], |site| Sizes::default().state("axis", site.int("axis"))),
    op("Transpose", "permute", &[], |site| Sizes::default().state("perm", site.ints("perm"))),
    other("Squeeze"),
    other("Unsqueeze"),
    other("Slice"),
    other("Split"),
    other("Tile"),
    other("Expand"),
    other("DepthToSpace"),
    other("SpaceToDepth"),
    other("ScatterND"),
    other("ScatterElements"),
    other("ReverseSequence"),
    other("TopK"),
    other("OneHot"),
    other("Compress"),
    other("ReduceMean"),
    other("ReduceSum"),
    other("ReduceMax"),
    other("ReduceMin"),
    other("ReduceProd"),
    other("ReduceL1"),
    other("ReduceL2"),
    other("ReduceLogSum"),
    other("ReduceLogSumExp"),
    other("ReduceSumSquare"),
    other("ArgMax"),
    other("ArgMin"),
    other("Shape"),
    other("Size"),
    other("NonZero"),
    op("ConstantOfShape", "", &[(0, Fixed)], |_| Sizes::default()),
    op("Range", "", &[(0, Fixed), (1, Fixed), (2, Fixed)], |_| Sizes::default()),
    op("If", "", &[(0, Fixed)], |_| Sizes::default()).rest(State),
    op("Loop", "", &[(0, Fixed), (1, Fixed)], |_| Sizes::default()).rest(State),
    op("GridSample", "", &[], |_| Sizes::default()),
    op("STFT", "", &[(1, Fixed), (2, Fixed), (3, Fixed)], |_| Sizes::default()),
    op("DFT", "", &[(1, Fixed), (2, Fixed)], |_| Sizes::default()),
    op(
        "MelWeightMatrix",
        "",
        &[(0, Fixed), (1, Fixed), (2, Fixed), (3, Fixed), (4, Fixed)],
        |_| Sizes::default(),
    ),
    op("Scan", "", &[], |_| Sizes::default()).rest(State),
];

fn reshaped(site: &Site) -> Sizes {
    Sizes::default().state("full_target", site.ints_at(1).or_else(|| site.ints("shape")))
}
