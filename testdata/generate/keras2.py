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


CASES = {
    "keras2-sequential": ("the Sequential layout of Keras 2", sequential),
    "keras2-functional": ("the Functional layout of Keras 2: a shared layer, a frozen one, an operator", functional),
}


def layer_record(layer):
    trainable = sum(w.shape.num_elements() for w in layer.trainable_weights)
    count = layer.count_params()
    node_shapes = [layer.get_output_shape_at(n) for n in range(len(layer.inbound_nodes))]
    # An input layer's shape comes as a list of one.
    shape = node_shapes[0][0] if isinstance(node_shapes[0], list) else node_shapes[0]
    return {
        "path": layer.name,
        "type": type(layer).__name__,
        "parameters": count,
        "trainable": trainable,
        "non_trainable": count - trainable,
        "output_shape": list(shape),
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
