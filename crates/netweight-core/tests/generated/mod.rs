//! Models put together at random, all of them sound: steps of channels through layers that keep
//! the steps. The properties of other crates include this file.

use netweight_core::{Args, Convention, Edge, Layer, Model, Weight, evaluate};
use netweight_core::{Category, DType, Shape};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;

/// So many cases, the same in every run; `PROPTEST_RNG_SEED` gives others.
pub(crate) fn cases(cases: u32) -> ProptestConfig {
    let given = ProptestConfig::default();
    let rng_seed = match given.rng_seed {
        RngSeed::Random => RngSeed::Fixed(18),
        seed => seed,
    };
    ProptestConfig { cases, rng_seed, failure_persistence: None, ..given }
}

/// What a layer of a model is drawn as.
#[derive(Debug, Clone)]
pub(crate) struct Draw {
    row: Index,
    size: i64,
    flag: bool,
    frozen: bool,
    /// Which of the layers before it feeds it.
    from: Index,
    /// A second one, for layers that take two.
    and: Index,
}

fn draws() -> impl Strategy<Value = Draw> {
    let places = (any::<Index>(), any::<Index>(), any::<Index>());
    (places, 1i64..200, any::<bool>(), any::<bool>()).prop_map(
        |((row, from, and), size, flag, frozen)| Draw { row, size, flag, frozen, from, and },
    )
}

/// Models of an input and up to a dozen layers, with the weights stored or not.
pub(crate) fn models() -> impl Strategy<Value = Model> {
    let conventions = prop::sample::select(Convention::ALL.to_vec());
    let layers = prop::collection::vec(draws(), 1..12);
    (1u64..100, layers, conventions, any::<bool>()).prop_map(
        |(channels, draws, convention, stored)| {
            let mut model = Model { convention, stores_weights: stored, ..Model::new("sketch") };
            model.push(Layer::input("input", [1, 16, channels].as_slice().into()));
            for draw in draws {
                let layer = layer(&model, &draw);
                model.push(layer);
            }
            if stored {
                store(&mut model);
            }
            model
        },
    )
}

/// Types of layers with their kinds and the arguments that a size and a flag give.
type Row = (&'static str, &'static str, fn(i64, bool) -> Args);

const ROWS: &[Row] = &[
    ("Dense", "dense", |size, flag| Args::default().with("output_size", size).with("bias", flag)),
    ("LSTM", "lstm", |size, _| recurrent(size)),
    ("GRU", "gru", |size, flag| recurrent(size).with("directions", 1 + i64::from(flag))),
    ("Conv1D", "conv", |size, flag| {
        let kernel = vec![1 + size % 5];
        let args = Args::default().with("out_channels", size).with("kernel_size", kernel);
        args.with("bias", flag).with("padding", "same").with("layout", "channels_last")
    }),
    ("LayerNormalization", "layer_norm", |_, _| Args::default()),
    ("BatchNormalization", "batch_norm", |_, _| Args::default().with("axis", -1)),
    ("Activation", "activation", |_, _| Args::default()),
    ("Concatenate", "concat", |_, _| Args::default().with("axis", -1)),
    ("Mystery", "", |_, _| Args::default()),
];

fn recurrent(size: i64) -> Args {
    Args::default().with("hidden_size", size).with("return_sequences", true)
}

fn layer(model: &Model, draw: &Draw) -> Layer {
    let (type_name, kind, args) = draw.row.get(ROWS);
    let path = format!("block.{}", model.layers.len());
    let feeds = [Some(draw.from), Some(draw.and).filter(|_| *kind == "concat")];
    let mut layer = Layer::new(path, *type_name, *kind).with_args(args(draw.size, draw.flag));
    for from in feeds.into_iter().flatten() {
        layer = layer.after(Edge::new(from.index(model.layers.len()), 0));
    }
    if kind.is_empty() {
        layer.kind = None;
        layer.stated_outputs = vec![Some([1u64, 16, draw.size.unsigned_abs()].as_slice().into())];
    }
    layer.frozen = draw.frozen;
    layer
}

/// Gives every layer the tensors that its kind has, as a file would store them.
fn store(model: &mut Model) {
    let outputs: Vec<Option<Shape>> = netweight_core::analyze(model)
        .layers
        .iter()
        .map(|layer| layer.outputs.first().cloned().flatten())
        .collect();
    for layer in &mut model.layers {
        let shape =
            |edge: &Option<Edge>| outputs[usize::try_from(edge.unwrap().layer).unwrap()].clone();
        let inputs: Vec<Option<Shape>> = layer.inputs.iter().map(shape).collect();
        let expected = evaluate(layer, &inputs, model.convention).weights;
        let weights = expected.into_iter().map(|weight| {
            let shape = weight.shape.unwrap();
            Weight {
                name: format!("{}/{}", layer.path, weight.name),
                role: weight.role,
                category: match weight.role.is_statistic() {
                    true => Category::NonTrainable,
                    false => Category::Trainable,
                },
                stored_bytes: Some(4 * shape.iter().product::<u64>()),
                shape,
                dtype: DType::Float32,
                elements: None,
                place: None,
            }
        });
        layer.weights = weights.collect();
    }
}
