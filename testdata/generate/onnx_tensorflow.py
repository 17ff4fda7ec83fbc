"""Keras models as its TensorFlow backend and tf2onnx write them: what Keras counts, and where it folds a copy."""

import os

os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "", "KERAS_BACKEND": "tensorflow"}

import keras
import numpy as np
import tensorflow as tf
import tf2onnx
from keras import layers

import truth

FOLDER = truth.TESTDATA / "onnx"


def tied():
    words = keras.Input((5,), dtype="int32")
    embedding = layers.ReversibleEmbedding(12, 4)
    return keras.Model(words, embedding(layers.Dense(4, "tanh")(embedding(words)), reverse=True))


def scaled():
    image = keras.Input((4, 4, 2))
    x = layers.Conv2D(3, 3)(layers.Rescaling([0.5, 0.25], offset=[-1.0, 1.0])(image))
    x = layers.Reshape((4, 3))(x)
    return keras.Model(image, layers.Dense(2)(layers.Attention(use_scale=True)([x, x])))


def no_bias():
    steps = keras.Input((4, 3))
    return keras.Model(steps, layers.Dense(1)(layers.LSTM(2, use_bias=False)(steps)))


def record(model, shows):
    """Layers by Keras' own names and counts."""
    size = lambda layer: sum(int(np.prod(weight.shape)) for weight in layer.weights)
    found = [
        {"path": layer.name, "type": type(layer).__name__, "parameters": size(layer), "trainable": size(layer), "non_trainable": 0}
        for layer in model.layers
        if layer.weights
    ]
    framework = f"keras {keras.__version__}, tensorflow {tf.__version__}, tf2onnx {tf2onnx.__version__}"
    return {"made_by": "onnx_tensorflow.py", "framework": framework, "shows": shows, **truth.totals(found), "layers": found}


def save(case, shows, build):
    keras.utils.set_random_seed(1)
    keras.backend.clear_session()
    model = build()
    model.set_weights([np.random.standard_normal(weight.shape).astype(np.float32) for weight in model.get_weights()])
    model(np.zeros((1, *model.inputs[0].shape[1:]), model.inputs[0].dtype))
    file = FOLDER / f"{case}.onnx"
    model.export(file, format="onnx", verbose=False)
    truth.write(file, record(model, shows))


if __name__ == "__main__":
    save("keras-tied-embedding", "the output matrix is the embedding, turned over when it was folded", tied)
    save("keras-scalar", "a learned number counts, numbers of a rescaling do not", scaled)
    save("keras-lstm-no-bias", "a bias of zeros stands where Keras has none", no_bias)
