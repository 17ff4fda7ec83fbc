"""Configurations of `tf.keras` 2.3: functions between layers are nodes of a graph, and YAML keeps NumPy's numbers."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import Input, Model, layers

import truth

FRAMEWORK = "tf.keras %s (tensorflow %s)" % (keras.__version__, tf.__version__)
FOLDER = truth.TESTDATA / "keras"


def functions():
    x = Input([6, 4], name="x")
    calls = [
        tf.reduce_mean(x, axis=1),
        x[:, 1:3, 0],
        tf.transpose(x, [0, 2, 1]),
        tf.concat([x, x], axis=-1),
        tf.gather(x, [0, 2], axis=1),
        tf.one_hot(tf.cast(x, "int32"), 5),
        tf.pad(x, [[0, 0], [1, 2], [0, 0]]),
        tf.einsum("bij,bkj->bik", x, x),
    ]
    calls += tf.split(x, [1, 5], axis=1) + tf.unstack(x, axis=2)
    back = layers.Bidirectional(layers.LSTM(3), backward_layer=layers.GRU(5, go_backwards=True))
    return Model(x, [*calls, layers.Dense(2)(back(x))])


def layer_record(layer):
    def count(weights):
        return sum(weight.shape.num_elements() for weight in weights)

    shape = layer.get_output_shape_at(0)
    shapes = [list(one) for one in (shape if isinstance(shape, list) else [shape])]
    parameters, trainable = count(layer.weights), count(layer.trainable_weights)
    return {
        "path": layer.name,
        "type": type(layer).__name__,
        "parameters": parameters,
        "trainable": trainable,
        "non_trainable": parameters - trainable,
        "output_shape": shapes[0] if len(shapes) == 1 else shapes,
        "weights": [{"name": weight.name, "shape": list(weight.shape)} for weight in layer.weights],
    }


if __name__ == "__main__":
    model = functions()
    rows = [layer_record(layer) for layer in model.layers]
    head = {"made_by": "keras2_early.py", "framework": FRAMEWORK, "name": model.name}
    head["shows"] = "functions between layers as nodes of a graph, the numbers in them as NumPy's"
    head.update(truth.totals(rows), layers=rows)
    file = FOLDER / "tf23-functions.yaml"
    file.write_text(model.to_yaml())
    truth.write(file, head)
