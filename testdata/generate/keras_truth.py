"""Keras models with what Keras itself counts in them."""

import json
import math
import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import jax
import keras

import truth

FRAMEWORK = f"keras {keras.__version__} (jax {jax.__version__})"
FOLDER = truth.TESTDATA / "keras"

# What a person would give for a model whose file leaves the input open.
UNBUILT_INPUT = [None, 4]


def save(case, shows, build, script):
    """Write `case.json` as `to_json` gives it, and its truth."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    model = build()
    text = model.to_json()
    assert names_in_config(json.loads(text)["config"]) == [path for path, _ in walk(model)], case
    record = describe(model, shows, script)
    reread = describe(keras.models.model_from_json(text), shows, script)
    assert without_weights(reread) == without_weights(record), case
    if not model.built:
        model.build(UNBUILT_INPUT)
        given = describe(model, shows, script)
        record["given_input_shape"] = {"input_shape": UNBUILT_INPUT, **truth.totals(given["layers"])}
    file = FOLDER / f"{case}.json"
    file.write_text(text)
    truth.write(file, record)


def describe(model, shows, script):
    """The truth record of a model."""
    layers = [layer_record(path, layer) for path, layer in walk(model)]
    return {
        "made_by": script,
        "framework": FRAMEWORK,
        "shows": shows,
        "name": model.name,
        **truth.totals(layers),
        "layers": layers,
    }


def without_weights(record):
    """Where a file is read back, the names of weights may differ, their counts must not."""
    return [{key: layer[key] for key in layer if key != "weights"} for layer in record["layers"]]


def walk(model, prefix=""):
    """Every layer of the file, in the file's order; a nested model's layers follow it."""
    sequential = isinstance(model, keras.Sequential)
    for layer in model._layers if sequential else model.operations:
        path = prefix + layer.name
        yield path, layer
        if isinstance(layer, keras.Model):
            yield from walk(layer, path + "/")


def names_in_config(config, prefix=""):
    """The same paths, read from the configuration that was written."""
    paths = []
    for layer in config["layers"]:
        path = prefix + (layer.get("name") or layer["config"]["name"])
        paths.append(path)
        if "layers" in layer["config"]:
            paths += names_in_config(layer["config"], path + "/")
    return paths


def layer_record(path, layer):
    """One layer. A nested model carries no parameters of its own, its layers do."""
    own = [] if isinstance(layer, keras.Model) else getattr(layer, "weights", [])
    known = getattr(layer, "built", True)
    trainable = [weight for weight in own if weight.trainable]
    trainable_count = elements(trainable) if known else None
    count = elements(own) if known else None
    if known and own:
        assert count == layer.count_params(), path
    return {
        "path": path,
        "type": type(layer).__name__,
        "parameters": count,
        "trainable": trainable_count,
        "non_trainable": count - trainable_count if known else None,
        "output_shape": output_shape(layer),
        "weights": [weight_record(layer, weight) for weight in own],
    }


def elements(weights):
    unique = {id(weight): weight for weight in weights}
    return sum(math.prod(weight.shape) for weight in unique.values())


def weight_record(layer, weight):
    name = weight.path.split(layer.name + "/", 1)[-1]
    return {"name": name, "shape": list(weight.shape), "trainable": weight.trainable}


def output_shape(layer):
    """The symbolic shape; a list of shapes for several outputs; None where calls differ or there was none."""
    calls = [[list(tensor.shape) for tensor in node.output_tensors] for node in layer._inbound_nodes]
    if not calls or any(call != calls[0] for call in calls):
        return None
    return calls[0][0] if len(calls[0]) == 1 else calls[0]
