//! What holds of any kind under any arguments, and of any model.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may be blunt"
)]

mod generated;

use std::collections::BTreeMap;

use generated::{cases, models};
use netweight_core::kind::{self, Fallback, Inner, Kind};
use netweight_core::scheme::{self, Request, Scheme};
use netweight_core::{
    Analysis, Arg, Args, Convention, Counts, Edge, Layer, Model, Shape, analyze, evaluate, lines,
};
use proptest::prelude::*;
use proptest::sample::Index;

/// Layers of a kind: every size at random and a multiple of the groups, every flag either way, what
/// may be absent there or not.
fn layers(kind: &'static Kind) -> impl Strategy<Value = Layer> {
    let draw = (1i64..50, prop::collection::vec(1i64..9, 1..4), any::<bool>(), any::<bool>());
    let draws = prop::collection::vec(draw, kind.args.len());
    (draws, 1i64..5).prop_map(move |(draws, groups)| {
        let mut args = Args::default();
        for (row, (size, list, flag, there)) in kind.args.iter().zip(draws) {
            let sized = row.symbol != row.name;
            match row.default {
                Fallback::Is(Arg::Flag(_)) | Fallback::By(_) if !sized => args.set(row.name, flag),
                Fallback::Is(Arg::Int(_)) if row.name == "gates" => {}
                Fallback::Absent if !there || !sized => {}
                _ if row.name == "groups" => args.set(row.name, groups),
                _ if row.name == "directions" => args.set(row.name, 1 + i64::from(flag)),
                _ if sized && takes_list(kind, row.symbol) => {
                    let list: Vec<i64> = list.iter().map(|size| size * groups).collect();
                    args.set(row.name, list);
                }
                _ if sized => args.set(row.name, size * groups),
                _ => {}
            }
        }
        Layer { args, ..Layer::new("layer", kind.name, kind.name) }
    })
}

/// Whether the formula takes the symbol as a list; the ends of a chain are numbers.
fn takes_list(kind: &Kind, symbol: &str) -> bool {
    let is_end = kind.formula.contains("pairs") && symbol != "h";
    !is_end
        && ["prod", "sum", "pairs"].iter().any(|function| {
            kind.formula.split(function).skip(1).any(|rest| {
                let inside = rest.strip_prefix('(').and_then(|rest| rest.split(')').next());
                inside.is_some_and(|inside| inside.split(',').any(|name| name.trim() == symbol))
            })
        })
}

fn counted() -> Vec<&'static Kind> {
    kind::all().filter(|kind| kind.has_parameters() && kind.inner == Inner::None).collect()
}

proptest! {
    #![proptest_config(cases(1_500))]

    #[test]
    fn every_formula_equals_the_sum_of_its_weights(
        layer in prop::sample::select(counted()).prop_flat_map(layers),
        convention in prop::sample::select(Convention::ALL.to_vec()),
    ) {
        let result = evaluate(&layer, &[], convention);
        prop_assert!(result.tree.is_some(), "missing {:?}, {:?}", result.missing, result.problems);
        let tree = result.tree.unwrap();
        let shapes = result.weights.iter().map(|weight| weight.shape.as_ref().unwrap());
        let sum: u64 = shapes.map(|shape| shape.iter().product::<u64>()).sum();
        prop_assert_eq!(tree.value(), sum, "{} = {}", tree.symbols(), tree.numbers());
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn a_model_comes_back_from_its_lines(model in models()) {
        let mut sent = Vec::new();
        lines::write(&model, &mut sent).unwrap();
        prop_assert_eq!(lines::read(&mut sent.as_slice()).unwrap(), model);
    }

    #[test]
    fn the_order_of_layers_changes_nothing(
        model in models(),
        swaps in prop::collection::vec(any::<(Index, Index)>(), 1..20),
    ) {
        let shuffled = shuffled(&model, &swaps);
        let (one, other) = (analyze(&model), analyze(&shuffled));
        prop_assert_eq!(one.totals, other.totals);
        prop_assert_eq!(by_path(&one), by_path(&other));
    }

    /// More bits for every value, all else the same, are never fewer bytes.
    #[test]
    fn wider_is_never_smaller(model in models()) {
        let analysis = analyze(&model);
        let requests: Vec<Request> = scheme::all().map(Request::plain).collect();
        let sizes: Vec<_> = scheme::sizes(&analysis, &requests).collect();
        for one in &sizes {
            for other in sizes.iter().filter(|other| are_alike(one.request.scheme, other.request.scheme)) {
                let (few, many) = (one.request.scheme, other.request.scheme);
                let refused = one.refused.is_some() || other.refused.is_some();
                if few.bits < many.bits && !refused {
                    let (few_bytes, many_bytes) = (one.total.total(), other.total.total());
                    prop_assert!(few_bytes <= many_bytes, "{}: {few_bytes}, {}: {many_bytes}", few.id, many.id);
                }
            }
        }
    }
}

/// Schemes whose bytes do not follow the width: mixtures, in which a tensor that does not fit a
/// narrow type gets a wider one, and ten values in a word, which pads small tensors most.
const PECULIAR: [&str; 2] = ["gguf-", "hqq-3bit"];

/// Whether two schemes differ in nothing but the bits of a value.
fn are_alike(one: &Scheme, other: &Scheme) -> bool {
    let rest = |scheme: &Scheme| (scheme.group, scheme.scale, scheme.zero_point, scheme.is_width());
    let peculiar = |scheme: &Scheme| PECULIAR.iter().any(|id| scheme.id.starts_with(id));
    std::ptr::eq(one.family, other.family)
        && rest(one) == rest(other)
        && !peculiar(one)
        && !peculiar(other)
}

/// What is known of each layer.
fn by_path<'a>(
    analysis: &'a Analysis<'_>,
) -> BTreeMap<&'a str, (Option<Counts>, &'a [Option<Shape>])> {
    let layers = analysis.model.layers.iter().zip(&analysis.layers);
    layers.map(|(layer, found)| (layer.path.as_str(), (found.counts, &found.outputs[..]))).collect()
}

/// The same graph, its layers in another order.
fn shuffled(model: &Model, swaps: &[(Index, Index)]) -> Model {
    let count = model.layers.len();
    let mut order: Vec<usize> = (0..count).collect();
    swaps.iter().for_each(|(a, b)| order.swap(a.index(count), b.index(count)));
    let place = |old: u32| order.iter().position(|index| u32::try_from(*index) == Ok(old)).unwrap();
    let moved = |edge: &Option<Edge>| {
        edge.map(|edge| Edge { layer: u32::try_from(place(edge.layer)).unwrap(), ..edge })
    };
    let layers = order.iter().map(|index| {
        let layer = &model.layers[*index];
        Layer { inputs: layer.inputs.iter().map(moved).collect(), ..layer.clone() }
    });
    Model { layers: layers.collect(), ..model.clone() }
}
