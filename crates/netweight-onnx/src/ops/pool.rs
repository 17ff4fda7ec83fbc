//! Windows without weights, and new sizes for images.

use super::{MICROSOFT, Op, Site, Sizes, Use, op, plain};
use Use::{Fixed, Scale, ZeroPoint};

const POOLED: &[(usize, Use)] = &[(1, Scale), (2, ZeroPoint), (3, Scale), (4, ZeroPoint)];

pub(super) const OPS: &[Op] = &[
    op("MaxPool", "pool", &[], window),
    op("AveragePool", "pool", &[], window),
    op("LpPool", "pool", &[], window),
    op("GlobalAveragePool", "global_pool", &[], global),
    op("GlobalMaxPool", "global_pool", &[], global),
    op("GlobalLpPool", "global_pool", &[], global),
    op("QLinearAveragePool", "pool", POOLED, window).in_domain(MICROSOFT),
    op("QLinearGlobalAveragePool", "global_pool", POOLED, global).in_domain(MICROSOFT),
    op("NhwcMaxPool", "", &[], window).in_domain(MICROSOFT),
    plain("Resize", "resizing").with(&[(1, Fixed), (2, Fixed), (3, Fixed)]),
    plain("Upsample", "resizing").with(&[(1, Fixed)]),
    op("Pad", "", &[(1, Fixed), (2, Fixed), (3, Fixed)], |_| Sizes::default()),
    op("MaxUnpool", "", &[], |_| Sizes::default()),
    op("RoiAlign", "", &[(1, Fixed), (2, Fixed)], |_| Sizes::default()),
    op("NonMaxSuppression", "", &[(2, Fixed), (3, Fixed), (4, Fixed)], |_| Sizes::default()),
];

fn window(site: &Site) -> Sizes {
    let padding = site.word("auto_pad").and_then(|word| match word {
        "SAME_UPPER" => Some("same_upper"),
        "SAME_LOWER" => Some("same_lower"),
        _ => None,
    });
    Sizes::default()
        .state("kernel_size", site.ints("kernel_shape"))
        .state("stride", site.ints("strides"))
        .state("dilation", site.ints("dilations"))
        .state("ceil_mode", site.int("ceil_mode").map(|mode| mode != 0))
        .state("padding", site.ints("pads").filter(|_| padding.is_none()))
        .state("padding", padding)
}

fn global(_: &Site) -> Sizes {
    Sizes::default().state("keep_dims", Some(true))
}
