"""How long the files are that TensorFlow's converter writes of Keras configs: `schemes/written-tflite.tsv`.

Weights are random, biases among them: the converter leaves zeros out.
"""

import os
import pathlib
import subprocess
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf

TESTDATA = pathlib.Path(__file__).resolve().parent.parent
MODELS = [
    "conv-2-3", "convolutions", "ffnn-50-100-1-100-50", "mobilenet-v2", "nested-models", "shared-dense",
    "transposed-convolution", "two-outputs",
]  # fmt: skip
MODES = ["dynamic", "float16", "int8", "int16x8"]


def randomize(model):
    random = np.random.default_rng(0)
    for weight in model.weights:
        if weight.dtype == "float32":
            values = random.normal(0, 0.05, weight.shape).astype(np.float32)
            positive = weight.path.endswith(("variance", "gamma"))
            weight.assign(1 + np.abs(values) if positive else values)


def batches(model):
    random = np.random.default_rng(1)
    shapes = [[size or 1 for size in tensor.shape] for tensor in model.inputs]
    return lambda: ([random.normal(0, 1, shape).astype(np.float32) for shape in shapes] for _ in range(2))


def convert(model, mode):
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    sets = tf.lite.OpsSet
    if mode == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if mode == "int8":
        converter.target_spec.supported_ops = [sets.TFLITE_BUILTINS_INT8]
    if mode == "int16x8":
        converter.target_spec.supported_ops = [sets.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8]
    if mode.startswith("int"):
        converter.representative_dataset = batches(model)
    return converter.convert()


def one(name, mode):
    model = keras.models.model_from_json((TESTDATA / "keras" / f"{name}.json").read_text())
    randomize(model)
    print("length", len(convert(model, mode)))


def main():
    rows = ["file\tscheme\tbytes"]
    for name in MODELS:
        for mode in MODES:
            # Some conversions end the process.
            done = subprocess.run([sys.executable, __file__, name, mode], capture_output=True, text=True)
            lengths = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("length ")]
            if lengths:
                rows.append(f"keras/{name}.json\ttflite-{mode}\t{lengths[0]}")
            else:
                print(f"{name} {mode}: {done.stderr.strip().splitlines()[-1:]}")
    (TESTDATA / "schemes" / "written-tflite.tsv").write_text("\n".join(rows) + "\n")


if len(sys.argv) == 3:
    one(*sys.argv[1:])
else:
    main()
