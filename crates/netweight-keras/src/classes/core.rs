//! Dense layers, embeddings, and layers that pass on what they take.

use netweight_markup::Problem;

use crate::class::{BIAS, Class, Key, key, option};
use crate::config::{self, Read, whole};
use crate::layer::Draft;
use crate::quantization;
use crate::version::Version;

pub(super) const UNITS: Key = key(&["units", "output_dim"], "output_size", Read::Size);
const LORA: Key = option(&["lora_rank"], "lora_rank", Read::Size);

pub(super) static CLASSES: &[Class] = &[
    Class { names: &["InputLayer", "Input"], kind: "input", more: input, ..Class::PLAIN },
    Class {
        names: &["Dense", "TimeDistributedDense"],
        kind: "dense",
        keys: &[UNITS, BIAS, LORA],
        rank: (2, usize::MAX),
        more: quantization::dense,
        ..Class::PLAIN
    },
    Class {
        names: &["EinsumDense"],
        kind: "einsum_dense",
        keys: &[
            key(&["equation"], "equation", Read::Text),
            option(&["bias_axes"], "bias_axes", Read::Text),
            LORA,
        ],
        more: einsum_dense,
        ..Class::PLAIN
    },
    Class {
        names: &["MaxoutDense"],
        kind: "maxout",
        keys: &[UNITS, BIAS, key(&["nb_feature"], "features", Read::Size)],
        more: |draft| {
            if draft.layer.args.get("features").is_none() {
                draft.set("features", 4);
            }
        },
        ..Class::PLAIN
    },
    Class {
        names: &["RandomFourierFeatures"],
        kind: "random_features",
        keys: &[UNITS],
        rank: (2, 2),
        ..Class::PLAIN
    },
    Class { names: &["Highway"], kind: "highway", keys: &[BIAS], ..Class::PLAIN },
    Class {
        names: &["Embedding"],
        kind: "embedding",
        keys: &[
            key(&["input_dim"], "vocabulary_size", Read::Size),
            key(&["output_dim"], "embedding_size", Read::Size),
            LORA,
        ],
        more: quantization::embedding,
        ..Class::PLAIN
    },
    Class {
        names: &["ReversibleEmbedding"],
        kind: "reversible_embedding",
        keys: &[
            key(&["input_dim"], "vocabulary_size", Read::Size),
            key(&["output_dim"], "embedding_size", Read::Size),
            key(&["tie_weights"], "untied", Read::NotFlag),
            LORA,
        ],
        more: quantization::embedding,
        ..Class::PLAIN
    },
    Class {
        names: &["Activation", "ReLU", "LeakyReLU", "ELU", "ThresholdedReLU", "Softmax"],
        kind: "activation",
        ..Class::PLAIN
    },
    Class {
        names: &[
            "Dropout",
            "SpatialDropout1D",
            "SpatialDropout2D",
            "SpatialDropout3D",
            "AlphaDropout",
        ],
        kind: "dropout",
        ..Class::PLAIN
    },
    Class { names: &["GaussianNoise", "GaussianDropout"], kind: "noise", ..Class::PLAIN },
    Class { names: &["Masking"], kind: "masking", ..Class::PLAIN },
    Class { names: &["Identity", "ActivityRegularization", "CustomScaleLayer"], ..Class::PLAIN },
    Class { names: &["Lambda"], kind: "opaque", more: lambda, ..Class::PLAIN },
];

/// `output_shape` is one size or several, `null` for those that the input gives; Keras 3 leaves
/// them open in the output's shape.
fn einsum_dense(draft: &mut Draft) {
    let Some(node) = draft.given(&["output_shape"]) else { return };
    let items = node.as_seq().unwrap_or(std::slice::from_ref(node));
    let open = if draft.version() == Version::Three { -1 } else { 0 };
    let findings = &mut draft.reader.findings;
    let size = |item: &netweight_markup::Node| match item.is_null() {
        true => Some(open),
        false => whole(item, 1, findings),
    };
    let sizes: Option<Vec<i64>> = items.iter().map(size).collect();
    if let Some(sizes) = sizes {
        draft.set("output_shape", sizes);
    }
    quantization::einsum_dense(draft);
}

/// What a lambda does is Python code, which is never run. Keras counts no parameters in it;
/// its shape is known where the config or the graph states it.
fn lambda(draft: &mut Draft) {
    match draft.shape_without_batch() {
        Some(dims) => draft.states_output(&dims),
        None => {
            let span = draft.config.get("function").unwrap_or(draft.config).span;
            let told =
                "a lambda's output shape is known to its Python code alone, which is not run";
            let problem = Problem::new("keras/lambda", span, told);
            let help = "give the layer an `output_shape` where the model is made";
            draft.reader.findings.warn(problem.help(help));
        }
    }
}

/// The shape that data comes in; what the config leaves open may be given from outside.
fn input(draft: &mut Draft) {
    let stated = draft.given(&["batch_shape", "batch_input_shape"]);
    let own = stated.and_then(|node| config::shape(node, &mut draft.reader.findings));
    let name = draft.layer.path.as_str();
    let given = draft.reader.options.input_shape(name).filter(|_| draft.reader.models == 1);
    let shape = match (own, given) {
        (Some(own), Some(given)) if own.len() == given.len() => {
            Some(own.iter().zip(given.iter()).map(|(own, given)| own.or(given).clone()).collect())
        }
        (own, given) => own.or_else(|| given.cloned()),
    };
    draft.layer.stated_inputs.clear();
    draft.layer.stated_outputs = vec![shape];
}
