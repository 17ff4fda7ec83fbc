//! Operations on whole tensors: dimensions reduced, added, taken from, put together anew.

mod axes;
mod copy;
mod product;
mod slice;

use crate::Dim;
use crate::kind::{ArgRow, Kind, flag, option};

const AXES: ArgRow = option("axes", "the axes");
const AXIS: ArgRow = option("axis", "the axis");

pub(super) static KINDS: &[Kind] = &[
    Kind {
        name: "reduce",
        title: "reduction",
        summary: "one value for all along some axes: a sum, a mean, the largest",
        args: &[AXES, flag("keep_dims", false, "whether reduced dimensions stay, with size one")],
        shape: axes::reduced,
        ..Kind::PLAIN
    },
    Kind {
        name: "expand_dims",
        aliases: &["unsqueeze"],
        title: "dimensions added",
        summary: "dimensions of size one are put in",
        args: &[AXES],
        shape: axes::expanded,
        ..Kind::PLAIN
    },
    Kind {
        name: "squeeze",
        title: "dimensions removed",
        summary: "dimensions of size one are left out",
        args: &[AXES],
        shape: axes::squeezed,
        ..Kind::PLAIN
    },
    Kind {
        name: "swap_axes",
        title: "axes swapped",
        summary: "two axes change places",
        args: &[AXES],
        shape: axes::swapped,
        ..Kind::PLAIN
    },
    Kind {
        name: "move_axes",
        title: "axes moved",
        summary: "axes go to other places, the rest stays in order",
        args: &[option("source", "the axes"), option("destination", "where they go")],
        shape: axes::moved,
        ..Kind::PLAIN
    },
    Kind {
        name: "broadcast_to",
        aliases: &["expand"],
        title: "broadcast",
        summary: "dimensions of size one are stretched",
        args: &[option("sizes", "the sizes to reach, -1 for those that stay")],
        shape: copy::broadcast_to,
        ..Kind::PLAIN
    },
    Kind {
        name: "tile",
        title: "tiling",
        summary: "the tensor laid out side by side",
        args: &[option("times", "copies along each of the last axes")],
        shape: copy::tiled,
        ..Kind::PLAIN
    },
    Kind {
        name: "repeat_elements",
        title: "repetition",
        summary: "every element repeated along an axis",
        args: &[AXIS, option("times", "copies of each element, or of each in turn")],
        shape: copy::repeated,
        ..Kind::PLAIN
    },
    Kind {
        name: "pad_axes",
        title: "padding of axes",
        summary: "values added before and behind each axis",
        args: &[option("amounts", "beginnings of all axes, then ends")],
        shape: copy::padded,
        ..Kind::PLAIN
    },
    Kind {
        name: "stack",
        aliases: &["pack"],
        title: "stack",
        summary: "inputs side by side along a new axis",
        args: &[AXIS],
        shape: copy::stacked,
        ..Kind::PLAIN
    },
    Kind {
        name: "split",
        title: "split",
        summary: "the tensor cut along an axis into several",
        args: &[
            AXIS,
            option("sections", "how many equal parts"),
            option("cuts", "where to cut, instead"),
            option("sizes", "sizes of the parts, instead"),
        ],
        shape: copy::split,
        ..Kind::PLAIN
    },
    Kind {
        name: "unstack",
        title: "unstack",
        summary: "the tensor cut along an axis into its elements, each without that axis",
        args: &[AXIS],
        shape: copy::unstacked,
        ..Kind::PLAIN
    },
    Kind {
        name: "top_values",
        aliases: &["top_k"],
        title: "largest values",
        summary: "the largest values along the last axis, and where they stand",
        args: &[option("count", "how many")],
        shape: |site| {
            let top = site.input().map(|shape| shape.with(-1, site.dim("count")));
            Ok(vec![top.clone(), top])
        },
        ..Kind::PLAIN
    },
    Kind {
        name: "slice",
        aliases: &["getitem", "strided_slice"],
        title: "slice",
        summary: "a part of a tensor, by ranges and indices along its axes",
        args: &[option("items", "as Python writes it: `:, 1:4, ::2, 0, ..., None`")],
        shape: slice::sliced,
        ..Kind::PLAIN
    },
    Kind {
        name: "take",
        aliases: &["gather"],
        title: "selection",
        summary: "elements along an axis by their indices, the second input",
        args: &[AXIS],
        shape: slice::taken,
        ..Kind::PLAIN
    },
    Kind {
        name: "matrix_product",
        title: "matrix product",
        summary: "two inputs multiplied as matrices, any leading dimensions side by side",
        args: &[
            flag("transpose_a", false, "whether the first is transposed"),
            flag("transpose_b", false, "whether the second is transposed"),
        ],
        shape: product::multiplied,
        ..Kind::PLAIN
    },
    Kind {
        name: "inner_product",
        title: "inner product",
        summary: "the last axis of one input summed with the last but one of another",
        shape: product::inner_product,
        ..Kind::PLAIN
    },
    Kind {
        name: "einsum",
        title: "einsum",
        summary: "inputs multiplied and summed as an equation says",
        args: &[option("equation", "such as `bij,bjk->bik`")],
        shape: product::einsum,
        ..Kind::PLAIN
    },
    Kind {
        name: "diagonal",
        title: "diagonal",
        summary: "the diagonal of two axes, as a new last one",
        args: &[AXES, option("offset", "steps above the main diagonal")],
        shape: axes::diagonal,
        ..Kind::PLAIN
    },
    Kind {
        name: "gated_linear_unit",
        aliases: &["glu"],
        title: "gated linear unit",
        summary: "one half of an axis opened and closed by the other",
        args: &[AXIS],
        shape: |site| {
            let axis = site.args.int("axis").unwrap_or(-1);
            Ok(vec![site.input().map(|shape| {
                let half = shape.axis(axis).map(|dim| dim.map(|size| size.checked_div(2)));
                shape.with(axis, half.unwrap_or(Dim::Unknown))
            })])
        },
        ..Kind::PLAIN
    },
    Kind {
        name: "shape_of",
        title: "shape",
        summary: "the sizes of a tensor, as a tensor",
        shape: |site| Ok(vec![site.input().map(|shape| [shape.len() as u64].as_slice().into())]),
        ..Kind::PLAIN
    },
];
