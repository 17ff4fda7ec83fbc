"""TensorFlow Lite files: Keras models through TFLiteConverter, plain and quantized."""

import os
import shutil

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

import formats_truth
import truth

FOLDER = truth.TESTDATA / "tflite"
FRAMEWORK = f"tensorflow {tf.__version__}, keras {keras.__version__}"


def perceptron():
    # More than 1,024 values, below which the converter leaves a kernel as it is.
    return keras.Sequential([keras.Input([40]), layers.Dense(32, "relu"), layers.Dense(5, "softmax")])


def convolutions():
    return keras.Sequential([
        keras.Input([16, 16, 3]),
        layers.Conv2D(8, 3, strides=2, padding="same", activation="relu"),
        layers.DepthwiseConv2D(3, depth_multiplier=2),
        layers.Conv2DTranspose(6, 4, strides=2),
        layers.PReLU(shared_axes=[1, 2]),
        layers.Flatten(),
        layers.Dense(4),
    ])  # fmt: skip


def sequence():
    """A table of vectors, then a recurrent layer as a loop whose body is a graph of its own."""
    tokens = keras.Input([6], batch_size=1, dtype="int32")
    vectors = layers.Embedding(30, 8)(tokens)
    return keras.Model(tokens, layers.Dense(3)(layers.LSTM(7)(vectors)))


def shared():
    """One layer used twice."""
    left, right = keras.Input([12]), keras.Input([12])
    encoder = layers.Dense(9, "relu")
    return keras.Model([left, right], layers.Dense(2)(layers.Concatenate()([encoder(left), encoder(right)])))


def heads():
    """Attention: biases of heads are added behind a change of shape, normalizations in steps."""
    tokens = keras.Input([5, 12], batch_size=1)
    mixed = layers.MultiHeadAttention(3, 4)(tokens, tokens)
    return keras.Model(tokens, layers.Dense(7)(layers.LayerNormalization()(mixed)))


def joined():
    """Values of two branches behind each other along another axis than the last."""
    rows = keras.Input([4, 8], batch_size=1)
    few = layers.Dense(3)(rows)
    more = layers.Dense(3)(layers.Concatenate(axis=1)([rows, rows]))
    return keras.Model(rows, layers.Concatenate(axis=1)([few, more]))


def weightless():
    return keras.Sequential([keras.Input([8, 8, 2]), layers.MaxPooling2D(), layers.Flatten(), layers.Softmax()])


def randomize(model):
    """No zero biases: the converter drops those of dense layers."""
    random = np.random.default_rng(7)
    model.set_weights([random.normal(0.5, 0.1, weight.shape).astype("float32") for weight in model.get_weights()])
    return model


def float16(converter, _):
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]


def dynamic(converter, _):
    converter.optimizations = [tf.lite.Optimize.DEFAULT]


def int8(converter, model):
    shapes = [[1, *tensor.shape[1:]] for tensor in model.inputs]
    random = np.random.default_rng(7)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([random.random(s, dtype="float32") for s in shapes] for _ in range(8))
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]


def sparse(converter, model):
    """Kernels mostly of zeros, which then are not stored."""
    for layer in model.layers:
        kernel, bias = layer.get_weights()
        rows = np.arange(kernel.shape[0])[:, None] % 16 == 0
        layer.set_weights([np.where(rows, kernel, 0), bias])
    converter.optimizations = [tf.lite.Optimize.EXPERIMENTAL_SPARSITY]


def float32(_, __):
    pass


def scales_and_zero_points(content):
    """Values that serve quantization beside the constants, as the interpreter lists them."""
    interpreter = tf.lite.Interpreter(model_content=content)
    produced = {index for op in interpreter._get_ops_details() for index in op["outputs"]}
    inputs = {detail["index"] for detail in interpreter.get_input_details()}
    constants = [d for d in interpreter.get_tensor_details() if d["index"] not in produced | inputs]
    return sum(
        len(d["quantization_parameters"]["scales"]) + len(d["quantization_parameters"]["zero_points"]) for d in constants
    )


def case(build, name, convert, shows):
    model = randomize(build())
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    convert(converter, model)
    content = converter.convert()
    (FOLDER / f"{name}.tflite").write_bytes(content)
    counts = {weight.path: int(np.prod(weight.shape)) for weight in model.trainable_weights}
    modules = {layer.name: layer.count_params() for layer in model.layers if layer.weights}
    record = formats_truth.case(
        f"{name}.tflite", shows, FRAMEWORK, counts, quantization=scales_and_zero_points(content), layers=modules
    )
    # The converter renames tensors; their numbers of values, in order of size, are what can be compared.
    return record | {"tensors": {}, "values": sorted(counts.values())}


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    formats_truth.write("tflite", [
        case(perceptron, "perceptron", float32, "dense layers"),
        case(perceptron, "perceptron-float16", float16, "16-bit constants behind operators that widen them"),
        case(perceptron, "perceptron-dynamic", dynamic, "8-bit kernels, the small one left as it is"),
        case(perceptron, "perceptron-int8", int8, "8-bit kernels, 32-bit biases, scales for each output"),
        case(convolutions, "convolutions", float32, "plain, depthwise and transposed convolutions, slopes"),
        case(convolutions, "convolutions-float16", float16, "the same in 16 bits"),
        case(convolutions, "convolutions-int8", int8, "the same in 8 bits"),
        case(sequence, "sequence", float32, "an embedding, a loop whose weights stand in its body"),
        case(shared, "shared", float32, "a layer used twice counts once"),
        case(weightless, "weightless", float32, "nothing to learn"),
        case(heads, "heads", float32, "biases behind a change of shape"),
        case(joined, "joined", float32, "branches joined along an axis in the middle"),
        case(perceptron, "perceptron-sparse", sparse, "only the values that are not zero are stored"),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
