//! Pooling.

use super::conv::PADDING;
use crate::class::{Class, Key, LAYOUT, key, option};
use crate::config::Read;

const fn pool(rank: usize) -> [Key; 4] {
    let size = key(&["pool_size", "pool_length"], "kernel_size", Read::Sizes(rank));
    let strides = option(&["strides", "stride"], "stride", Read::Sizes(rank));
    [size, strides, PADDING, LAYOUT]
}

const fn row<const RANK: usize>(names: &'static [&'static str], keys: &'static [Key]) -> Class {
    Class {
        names,
        kind: "pool",
        keys,
        rank: (RANK + 2, RANK + 2),
        more: |draft| {
            if draft.layer.args.get("kernel_size").is_none() {
                draft.set("kernel_size", vec![2; RANK]);
            }
        },
        ..Class::PLAIN
    }
}

const fn global(names: &'static [&'static str], rank: usize) -> Class {
    let keys = const { &[key(&["keepdims"], "keep_dims", Read::Flag), LAYOUT] };
    Class { names, kind: "global_pool", keys, rank: (rank + 2, rank + 2), ..Class::PLAIN }
}

const fn adaptive<const RANK: usize>(names: &'static [&'static str]) -> Class {
    Class {
        names,
        kind: "adaptive_pool",
        keys: const { &[key(&["output_size"], "sizes", Read::Sizes(RANK)), LAYOUT] },
        rank: (RANK + 2, RANK + 2),
        ..Class::PLAIN
    }
}

pub(super) static CLASSES: &[Class] = &[
    row::<1>(&["MaxPooling1D", "MaxPool1D", "AveragePooling1D", "AvgPool1D"], &pool(1)),
    row::<2>(&["MaxPooling2D", "MaxPool2D", "AveragePooling2D", "AvgPool2D"], &pool(2)),
    row::<3>(&["MaxPooling3D", "MaxPool3D", "AveragePooling3D", "AvgPool3D"], &pool(3)),
    global(
        &["GlobalMaxPooling1D", "GlobalMaxPool1D", "GlobalAveragePooling1D", "GlobalAvgPool1D"],
        1,
    ),
    global(
        &["GlobalMaxPooling2D", "GlobalMaxPool2D", "GlobalAveragePooling2D", "GlobalAvgPool2D"],
        2,
    ),
    global(
        &["GlobalMaxPooling3D", "GlobalMaxPool3D", "GlobalAveragePooling3D", "GlobalAvgPool3D"],
        3,
    ),
    adaptive::<1>(&["AdaptiveMaxPooling1D", "AdaptiveAveragePooling1D"]),
    adaptive::<2>(&["AdaptiveMaxPooling2D", "AdaptiveAveragePooling2D"]),
    adaptive::<3>(&["AdaptiveMaxPooling3D", "AdaptiveAveragePooling3D"]),
];
