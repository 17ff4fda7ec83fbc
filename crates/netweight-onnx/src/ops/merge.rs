//! Several inputs put together, and what reads them as numbers rather than as signals.

use super::{MICROSOFT, Op, Site, Sizes, Use, op, plain};
use Use::{Fixed, Free, Scale, ZeroPoint};

const LINEAR: &[(usize, Use)] = &[
    (0, Free),
    (1, Scale),
    (2, ZeroPoint),
    (3, Free),
    (4, Scale),
    (5, ZeroPoint),
    (6, Scale),
    (7, ZeroPoint),
];
const COMPARED: &[(usize, Use)] = &[(0, Fixed), (1, Fixed)];

pub(super) const OPS: &[Op] = &[
    plain("Add", "merge"),
    plain("Sub", "merge"),
    plain("Mul", "merge"),
    plain("Div", "merge"),
    plain("Sum", "merge"),
    plain("Mean", "merge"),
    plain("Max", "merge"),
    plain("Min", "merge"),
    plain("Pow", "merge"),
    plain("Mod", "merge").with(&[(1, Fixed)]),
    plain("And", "merge"),
    plain("Or", "merge"),
    plain("Xor", "merge"),
    plain("Equal", "merge").with(COMPARED),
    plain("Greater", "merge").with(COMPARED),
    plain("GreaterOrEqual", "merge").with(COMPARED),
    plain("Less", "merge").with(COMPARED),
    plain("LessOrEqual", "merge").with(COMPARED),
    plain("Where", "merge").with(&[(0, Fixed)]),
    op("Concat", "concat", &[], joined),
    plain("QLinearAdd", "merge").with(LINEAR).in_domain(MICROSOFT),
    plain("QLinearMul", "merge").with(LINEAR).in_domain(MICROSOFT),
    op("QLinearConcat", "", &[(0, Scale), (1, ZeroPoint)], |_| Sizes::default())
        .in_domain(MICROSOFT),
    op("QLinearWhere", "", &[], |_| Sizes::default()).in_domain(MICROSOFT),
];

fn joined(site: &Site) -> Sizes {
    Sizes::default().state("axis", site.int("axis"))
}
