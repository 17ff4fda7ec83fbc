//! Layers that only lay values out anew, repeat them, or take some away.

use netweight_markup::Node;

use crate::class::{Class, Key, LAYOUT, key};
use crate::config::{Read, whole};
use crate::layer::Draft;

const fn upsampling<const RANK: usize>(names: &'static [&'static str]) -> Class {
    Class {
        names,
        kind: "upsampling",
        keys: const { &[key(&["size", "length"], "factor", Read::Sizes(RANK)), LAYOUT] },
        rank: (RANK + 2, RANK + 2),
        more: |draft| {
            if draft.layer.args.get("factor").is_none() {
                draft.set("factor", vec![2; RANK]);
            }
        },
        ..Class::PLAIN
    }
}

const fn edges(
    names: &'static [&'static str],
    kind: &'static str,
    rank: usize,
    more: fn(&mut Draft),
) -> Class {
    const KEYS: &[Key] = &[LAYOUT];
    Class { names, kind, keys: KEYS, rank: (rank + 2, rank + 2), more, ..Class::PLAIN }
}

pub(super) static CLASSES: &[Class] = &[
    Class { names: &["Flatten"], kind: "flatten", ..Class::PLAIN },
    Class {
        names: &["Reshape"],
        kind: "reshape",
        keys: &[key(&["target_shape"], "target", Read::Ints)],
        ..Class::PLAIN
    },
    Class {
        names: &["Permute"],
        kind: "permute",
        keys: &[key(&["dims"], "dims", Read::Ints)],
        ..Class::PLAIN
    },
    Class {
        names: &["RepeatVector"],
        kind: "repeat_vector",
        keys: &[key(&["n"], "times", Read::Size)],
        rank: (2, 2),
        ..Class::PLAIN
    },
    upsampling::<1>(&["UpSampling1D"]),
    upsampling::<2>(&["UpSampling2D"]),
    upsampling::<3>(&["UpSampling3D"]),
    edges(&["ZeroPadding1D"], "padding", 1, |draft| amounts::<1>(draft, "padding")),
    edges(&["ZeroPadding2D"], "padding", 2, |draft| amounts::<2>(draft, "padding")),
    edges(&["ZeroPadding3D"], "padding", 3, |draft| amounts::<3>(draft, "padding")),
    edges(&["Cropping1D"], "cropping", 1, |draft| amounts::<1>(draft, "cropping")),
    edges(&["Cropping2D"], "cropping", 2, |draft| amounts::<2>(draft, "cropping")),
    edges(&["Cropping3D"], "cropping", 3, |draft| amounts::<3>(draft, "cropping")),
];

/// One number for every edge, one for each dimension, or a pair of edges for each; all
/// beginnings are given first, then all ends.
fn amounts<const RANK: usize>(draft: &mut Draft, key: &'static str) {
    let Some(node) = draft.given(&[key]) else {
        draft.set("amounts", vec![1; 2 * RANK]);
        return;
    };
    let pairs: Option<Vec<(i64, i64)>> = match node.as_seq() {
        None if node.as_map().is_some() => named(draft, node),
        None => pair(draft, node).map(|pair| vec![pair; RANK]),
        Some([begin, end]) if RANK == 1 => both(draft, begin, end).map(|pair| vec![pair]),
        Some(dims) if dims.len() == RANK => dims.iter().map(|dim| pair(draft, dim)).collect(),
        Some([top, bottom, left, right]) if RANK == 2 => {
            [(top, bottom), (left, right)].iter().map(|(a, b)| both(draft, a, b)).collect()
        }
        Some(dims) => {
            let found = format!("expected {RANK} pairs of sizes, found {}", dims.len());
            draft.refuse(key, found);
            None
        }
    };
    if let Some(pairs) = pairs {
        let (begins, ends): (Vec<i64>, Vec<i64>) = pairs.into_iter().unzip();
        draft.set("amounts", [begins, ends].concat());
    }
}

/// Keras 1 takes amounts by the names of the edges, 0 for those it is not told.
fn named(draft: &mut Draft, node: &Node) -> Option<Vec<(i64, i64)>> {
    let findings = &mut draft.reader.findings;
    let mut amount = |name| node.get(name).map_or(Some(0), |node| whole(node, 0, findings));
    let sides = amount("left_pad").zip(amount("right_pad"));
    match draft.layer.type_name.ends_with("1D") {
        true => Some(vec![sides?]),
        false => Some(vec![amount("top_pad").zip(amount("bottom_pad"))?, sides?]),
    }
}

fn pair(draft: &mut Draft, node: &Node) -> Option<(i64, i64)> {
    match node.as_seq() {
        Some([begin, end]) => both(draft, begin, end),
        _ => both(draft, node, node),
    }
}

fn both(draft: &mut Draft, begin: &Node, end: &Node) -> Option<(i64, i64)> {
    let findings = &mut draft.reader.findings;
    whole(begin, 0, findings).zip(whole(end, 0, findings))
}
