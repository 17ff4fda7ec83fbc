//! Plain widths: a number of bits for every parameter; with `group`, scales beside them.

use super::items::Item;
use super::request::{OptionRow, Request};
use super::size::Size;
use super::subject::{Piece, Subject};
use super::term::Term;
use super::{Family, Group, Rule, Scheme};
use crate::Role;

static WIDTH: Family = Family {
    name: "width",
    tool: "plain division",
    covers: "every parameter",
    leaves: "nothing; with `group`, vectors (biases, normalizations) keep their type",
    options: &[
        OptionRow {
            name: "group",
            takes_number: true,
            summary: "a float16 scale for so many inputs of each output; vectors keep their type",
        },
        OptionRow::flag("asym", "a zero point of the same width beside each scale"),
    ],
};

const fn width(id: &'static str, bits: u64, by_default: bool, summary: &'static str) -> Scheme {
    Scheme {
        id,
        family: &WIDTH,
        bits,
        group: Group::None,
        scale: None,
        zero_point: None,
        by_default,
        summary,
        rule: Rule::Width,
    }
}

pub(super) static SCHEMES: &[Scheme] = &[
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

/// Bytes of a group's scale.
const SCALE: u64 = 2;

pub(super) fn size(subject: &Subject<'_>, request: &Request) -> Size {
    match request.number("group") {
        Some(group) => grouped(subject, request, group),
        None => divided(subject, request),
    }
}

/// The parameters as far as known, packed as one: the last byte is shared by what comes to less.
fn divided(subject: &Subject<'_>, request: &Request) -> Size {
    let scheme = request.scheme;
    let mut size = Size::new(request, subject);
    if request.has("asym") {
        size.assume("`asym` says nothing without `group`");
    }
    let parameters = subject.parameters();
    let mut biases = vec![0u64; parameters.len()];
    for piece in subject.pieces().filter(|piece| piece.is_parameter()) {
        if let (Role::Bias, Some(sum)) = (piece.role(), biases.get_mut(piece.layer)) {
            *sum = sum.saturating_add(piece.elements);
        }
    }
    let (mut all, mut all_biases) = (0u64, 0u64);
    for (items, (parameters, biases)) in size.layers.iter_mut().zip(parameters.iter().zip(&biases))
    {
        let biases = *biases.min(parameters);
        all = all.saturating_add(*parameters);
        all_biases = all_biases.saturating_add(biases);
        items.biases = scheme.bytes(biases);
        items.weights = scheme.bytes(*parameters).saturating_sub(items.biases);
    }
    size.total.biases = scheme.bytes(all_biases);
    size.total.weights = scheme.bytes(all).saturating_sub(size.total.biases);
    size
}

/// Tensors of two dimensions and more in groups along their inputs.
fn grouped(subject: &Subject<'_>, request: &Request, group: u64) -> Size {
    let bits = request.scheme.bits;
    let mut size = Size::new(request, subject);
    for piece in subject.pieces().filter(Piece::is_parameter) {
        let layer = Some(piece.layer);
        let Some([inputs, outputs]) = piece.matrix() else {
            size.keep(layer, piece.bytes(), "vectors take no group");
            continue;
        };
        let groups = outputs.saturating_mul(inputs.div_ceil(group));
        let zeros = Term::new(Item::ZeroPoints, "zero points").ceil(&[groups, bits], 8);
        let terms = [
            Some(Term::new(Item::Weights, "codes").ceil(&[piece.elements, bits], 8)),
            Some(
                Term::new(Item::Scales, "scales")
                    .times(SCALE)
                    .times(outputs)
                    .ceil(&[inputs], group),
            ),
            request.has("asym").then_some(zeros),
        ];
        size.add_terms(layer, &piece.tensor.name, terms.into_iter().flatten().collect());
    }
    size
}
