"""Keras configurations that were edited by hand or by an enemy: one fault each. Python alone makes them."""

import copy
import json

import truth

BAD = truth.TESTDATA / "bad"


def layer(kind, name, built=None, **config):
    entry = {"module": "keras.layers", "class_name": kind, "config": {"name": name, **config}}
    return entry if built is None else {**entry, "build_config": {"input_shape": built}}


def sequence(*layers, shape=(None, 6)):
    first = layer("InputLayer", "input", batch_shape=list(shape))
    config = {"name": "sequential", "layers": [first, *layers]}
    return {"module": "keras", "class_name": "Sequential", "config": config}


def dense(**config):
    return sequence(layer("Dense", "dense", **{"units": 5, **config}))


def conv(*behind, **config):
    return sequence(layer("Conv2D", "conv", **{"filters": 4, "kernel_size": [3, 3], **config}), *behind, shape=(None, 8, 8, 3))


def graph(inbound, **more):
    """Keras 2, `x` into `y`, whose calls are `inbound`."""
    x = {"class_name": "InputLayer", "name": "x", "config": {"name": "x", "batch_input_shape": [None, 6]}, "inbound_nodes": []}
    y = {"class_name": "Dense", "name": "y", "config": {"name": "y", "units": 5}, "inbound_nodes": inbound}
    config = {"name": "m", "layers": [x, y], "input_layers": [["x", 0, 0]], "output_layers": [["y", 0, 0]], **more}
    return {"class_name": "Functional", "keras_version": "2.15.0", "config": config}


def without(config, *path):
    config = copy.deepcopy(config)
    inner = config
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return config


def wrapped(depth):
    inner = layer("Dense", "dense", units=1)
    for _ in range(depth):
        inner = layer("TimeDistributed", "wrapper", layer=inner)
    return sequence(inner, shape=(None, 2, 6))


EDITED = dense()
EDITED["config"]["layers"][1]["build_config"] = {"input_shape": [None, 7]}

CONFIGS = {
    "units-text": ("a text for a size", dense(units="5")),
    "units-negative": ("a negative size", dense(units=-5)),
    "units-null": ("no size where one is needed", dense(units=None)),
    "units-float": ("5.0, which old versions took for 5", dense(units=5.0)),
    "use-bias-null": ("neither true nor false, which Python takes for false", dense(use_bias=None)),
    "unknown-argument": ("an argument that no version knows", dense(useBias=True)),
    "unknown-class": ("a class that no version knows", sequence(layer("Desne", "dense", units=5))),
    "unknown-padding": ("a word that is none", conv(padding="sane")),
    "kernel-of-three": ("three sizes for a kernel of two", conv(kernel_size=[3, 3, 3])),
    "groups-uneven": ("groups that do not divide the channels", conv(groups=2)),
    "stride-and-dilation": ("two arguments that exclude each other", conv(strides=[2, 2], dilation_rate=[2, 2])),
    "reshape-uneven": ("144 values for 7 places", conv(layer("Reshape", "reshape", target_shape=[7]))),
    "rank": ("vectors for a layer of sequences", sequence(layer("LSTM", "lstm", units=5))),
    "edited-input": ("the input edited, what was built for it not", EDITED),
    "lambda": ("code, which is not run", sequence(layer("Lambda", "lambda", function=None), layer("Dense", "dense", units=5))),
    "layers-text": ("a text for the list of layers", {**dense(), "config": {"layers": "dense"}}),
    "no-config": ("a layer without arguments", without(dense(), "config", "layers", 1, "config")),
    "no-outputs": ("a graph without an end", without(graph([[["x", 0, 0, {}]]]), "config", "output_layers")),
    "missing-layer": ("a layer fed by none of the file", graph([[["ghost", 0, 0, {}]]])),
    "circle": ("a layer fed by itself", graph([[["y", 0, 0, {}]]])),
    "wrappers": ("wrappers in wrappers, 70 deep", wrapped(70)),
}
FILES = {f"keras/{name}.json": (shows, config) for name, (shows, config) in CONFIGS.items()}

if __name__ == "__main__":
    for name, (_, config) in FILES.items():
        (BAD / name).write_text(json.dumps(config) + "\n")
