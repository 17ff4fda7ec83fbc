"""Keras 2 configurations, as TensorFlow 2.15's `tf_keras` writes them: no `module` keys, graph references as lists."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf
import tf_keras as keras
from tf_keras import Input, Model, Sequential, layers

import truth

FRAMEWORK = f"tf_keras {keras.__version__} (tensorflow {tf.__version__})"
FOLDER = truth.TESTDATA / "keras"


def sequential():
    chain = [
        layers.Conv2D(4, 3, activation="relu"),
        layers.BatchNormalization(),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(3, activation="softmax"),
    ]
    return Sequential([Input([12, 12, 2]), *chain])


def functional():
    words, extra = Input([None], name="words"), Input([6], name="extra")
    x = layers.Embedding(50, 8)(words)
    x = layers.Bidirectional(layers.LSTM(4))(x)
    shared = layers.Dense(8, name="shared")
    merged = layers.Add()([shared(x), shared(layers.Dense(8)(extra))])
    frozen = layers.Dense(5, trainable=False, name="frozen")(merged)
    return Model([words, extra], layers.Dense(1)(frozen * 2.0))


def recurrent():
    images = Input([4, 2, 9, 9], name="images")
    channels = {"data_format": "channels_first"}
    x = layers.ConvLSTM2D(3, 3, return_sequences=True, **channels)(images)
    x = layers.ConvLSTM2D(2, (2, 3), dilation_rate=2, **channels)(x)
    steps = Input([12, 5], name="steps")
    back = layers.GRU(6, go_backwards=True)
    y = layers.Bidirectional(layers.LSTM(4), backward_layer=back, name="unequal")(steps)
    return Model([images, steps], [layers.Flatten()(x), layers.Dense(2)(y)])


def locally_connected():
    """Implementation 3 stores no weights for what lies beyond the edges, implementation 2 all of them."""
    steps = [
        layers.LocallyConnected1D(4, 3, padding="same", implementation=2),
        layers.LocallyConnected1D(4, 3, padding="same", implementation=3, strides=2),
        layers.Reshape([3, 4, 2]),
        layers.LocallyConnected2D(2, (3, 2), padding="same", implementation=3),
        layers.LocallyConnected2D(3, 2, implementation=3, use_bias=False),
    ]
    return Sequential([Input([12, 5]), *steps])


def open_sizes():
    """Sizes that an equation leaves open, and images of random height or width."""
    words, image = Input([6, 5], name="words"), Input([20, 16, 3], name="image")
    x = layers.EinsumDense("abc,cde->abde", output_shape=(None, 2, 3), bias_axes="de")(words)
    y = layers.RandomWidth(0.2)(layers.Conv2D(4, 3)(layers.RandomHeight(0.2)(image)))
    return Model([words, image], [x, layers.GlobalAveragePooling2D()(y)])


def functions():
    """Functions of TensorFlow that give another shape than they take."""
    x = Input([6, 4], name="x")
    calls = [
        tf.norm(x, axis=-1),
        tf.nn.top_k(x, 2),
        tf.unstack(x, axis=1),
        tf.slice(x, [0, 1, 0], [-1, 2, 3]),
        tf.strided_slice(x, [0, 1, 0], [1, 3, 2]),
        tf.gather(x, [0, 2], axis=1),
        keras.backend.gather(x, [0]),
        tf.nn.max_pool1d(x, 2, 2, "VALID"),
        tf.nn.avg_pool2d(x[..., None], [1, 2, 2, 1], 2, "SAME"),
        tf.sequence_mask(tf.cast(x[:, 0, 0], "int32"), 5),
        tf.math.l2_normalize(x, -1),
        tf.math.add_n([x, x]),
        tf.size(x),
    ]
    return Model(x, [tensor for call in calls for tensor in (call if isinstance(call, list) else [call])])


def premade():
    wide, deep = Input([5], name="wide"), Input([4], name="deep")
    both = keras.experimental.WideDeepModel(keras.experimental.LinearModel(2), Sequential([layers.Dense(3), layers.Dense(2)]))
    return Model([wide, deep], [both([wide, deep]), keras.experimental.LinearModel(3)([wide, deep])])


CASES = {
    "keras2-sequential": ("the Sequential layout of Keras 2", sequential),
    "keras2-recurrent": ("channels first in images over time; a backward layer of another width", recurrent),
    "keras2-locally-connected": ("weights that edges leave out", locally_connected),
    "keras2-open-sizes": ("sizes that a layer leaves open", open_sizes),
    "keras2-premade": ("premade models, one of another and a deep one", premade),
    "keras2-functions": ("functions of TensorFlow in a graph", functions),
    "keras2-functional": ("the Functional layout of Keras 2: a shared layer, a frozen one, an operator", functional),
}

# What shows where weights lie in it.
ARCHIVES = ["keras2-premade"]


def layer_record(layer):
    trainable = sum(w.shape.num_elements() for w in layer.trainable_weights)
    count = layer.count_params()
    node_shapes = [layer.get_output_shape_at(n) for n in range(len(layer.inbound_nodes))]
    shapes = node_shapes[0] if isinstance(node_shapes[0], list) else [node_shapes[0]]
    # An input layer's shape comes as a list of one.
    listed = [None if shape is None else list(shape) for shape in shapes]
    return {
        "path": layer.name,
        "type": type(layer).__name__,
        "parameters": count,
        "trainable": trainable,
        "non_trainable": count - trainable,
        "output_shape": listed[0] if len(listed) == 1 else listed,
        "weights": [
            {"name": w.name.split(layer.name + "/", 1)[-1].removesuffix(":0"), "shape": list(w.shape),
             "trainable": any(w is t for t in layer.trainable_weights)}
            for w in layer.weights
        ],
    }  # fmt: skip


def save(case, shows, build):
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    model = build()
    text = model.to_json()
    assert keras.models.model_from_json(text).count_params() == model.count_params(), case
    if case in ARCHIVES:
        file = FOLDER / f"{case}.keras"
        model.save(file)
        truth.timeless(file)
    else:
        file = FOLDER / f"{case}.json"
        file.write_text(text)
    rows = [layer_record(layer) for layer in model._self_tracked_trackables]
    totals = truth.totals(rows)
    assert totals["parameters"] == model.count_params(), case
    head = {"made_by": "keras2.py", "framework": FRAMEWORK, "shows": shows, "name": model.name}
    truth.write(file, {**head, **totals, "layers": rows})


if __name__ == "__main__":
    for case, (shows, build) in CASES.items():
        save(case, shows, build)
