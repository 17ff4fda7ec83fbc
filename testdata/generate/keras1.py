"""Keras 1 configurations: the words, and the settings that its files leave out."""

import os
import sys

# A package of this time is named like a script here.
sys.path.append(sys.path.pop(0))
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
from keras import backend, layers
from keras.models import Sequential

import truth

FRAMEWORK = "keras %s (tensorflow)" % keras.__version__
FOLDER = truth.TESTDATA / "keras"


def channels_first():
    """The paddings' files do not say where channels stand, the convolutions' do."""
    backend.set_image_dim_ordering("th")
    chain = [
        layers.ZeroPadding2D((1, 2), input_shape=(3, 12, 10)),
        layers.Convolution2D(4, 3, 3),
        layers.MaxPooling2D(),
        layers.Cropping2D(((1, 0), (0, 1))),
        layers.Convolution2D(2, 2, 2, bias=False),
        layers.Flatten(),
        layers.Dense(3),
    ]
    return Sequential(chain)


def edges():
    """Padding by the names of the edges."""
    backend.set_image_dim_ordering("tf")
    chain = [
        layers.ZeroPadding2D({"top_pad": 1, "bottom_pad": 0, "left_pad": 2, "right_pad": 1}, input_shape=(8, 9, 2)),
        layers.Convolution2D(3, 2, 2),
        layers.Reshape((8, 33)),
        layers.ZeroPadding1D({"left_pad": 1, "right_pad": 4}),
        layers.Convolution1D(2, 3),
        layers.Bidirectional(layers.LSTM(3, consume_less="gpu"), trainable=False),
    ]
    return Sequential(chain)


CASES = {
    "keras1-channels-first": ("one setting for the whole file, which some layers leave out", channels_first),
    "keras1-edges": ("padding by the names of the edges; a frozen wrapper, whose layer is trained", edges),
}


def elements(weights):
    return sum(weight.get_shape().num_elements() for weight in weights)


def layer_record(layer):
    count, trainable = elements(layer.weights), elements(layer.trainable_weights)
    return {
        "path": layer.name,
        "type": type(layer).__name__,
        "parameters": count,
        "trainable": trainable,
        "non_trainable": count - trainable,
        "output_shape": [None if size is None else int(size) for size in layer.output_shape],
        "weights": [{"name": w.name, "shape": w.get_shape().as_list()} for w in layer.weights],
    }


def save(case, shows, build, made_by):
    backend.clear_session()
    model = build()
    file = FOLDER / (case + ".json")
    file.write_text(model.to_json())
    rows = [layer_record(layer) for layer in model.layers]
    head = {"made_by": made_by, "framework": FRAMEWORK, "shows": shows, "name": None}
    head.update(truth.totals(rows), layers=rows)
    assert head["parameters"] == model.count_params(), case
    truth.write(file, head)


if __name__ == "__main__":
    for case in sorted(CASES):
        save(case, *CASES[case], made_by="keras1.py")
