"""Operators of a domain of one's own, with weights: what a graph says of them is their names and attributes."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import truth

FOLDER = truth.TESTDATA / "rules"
DOMAIN = "com.example"
RANDOM = np.random.default_rng(1)

# Layer, operator, attributes, weights by name, and the count by hand.
LAYERS = [
    ("/encoder/mix", "GroupedFilter", {"groups": 2}, {"weight": [4, 2, 3]}, (4 // 2) * 3 * 4),
    ("/encoder/proj", "FancyLinear", {"in_features": 5, "out_features": 3}, {"weight": [3, 5], "bias": [3]}, 5 * 3 + 3),
    ("/encoder/scale", "Calibrate", {}, {"gain": [3], "seen": [3]}, 3 + 3),
    ("/head", "PackedLinear", {"K": 3, "N": 2}, {"weight": [2, 3], "scale": [2]}, 3 * 2),
]
FROZEN = {"seen"}
NO_PARAMETERS = {"scale"}
PACKED = "PackedLinear"


def tensor(name, shape, dtype=np.float32):
    if dtype == np.int8:
        return numpy_helper.from_array(RANDOM.integers(-128, 128, shape, dtype=np.int8), name)
    return numpy_helper.from_array(RANDOM.standard_normal(shape).astype(dtype), name)


def model():
    nodes, initializers, layers, value = [], [], [], "x"
    for path, operator, attributes, weights, count in LAYERS:
        module = path.strip("/").replace("/", ".")
        names = {part: f"{module}.{part}" for part in weights}
        for part, shape in weights.items():
            packed = operator == PACKED and part == "weight"
            initializers.append(tensor(names[part], shape, np.int8 if packed else np.float32))
        output = "y" if path == LAYERS[-1][0] else f"{path}/output"
        call = [value, *names.values()]
        nodes.append(helper.make_node(operator, call, [output], f"{path}/{operator}", domain=DOMAIN, **attributes))
        frozen = sum(int(np.prod(shape)) for part, shape in weights.items() if part in FROZEN)
        layers.append({
            "path": module,
            "type": operator,
            "parameters": count,
            "trainable": count - frozen,
            "non_trainable": frozen,
            "weights": [
                {"name": names[part], "shape": shape, "trainable": part not in FROZEN}
                for part, shape in weights.items()
                if part not in NO_PARAMETERS
            ],
        })  # fmt: skip
        value = output
    graph = helper.make_graph(
        nodes,
        "custom",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 4, 7])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        initializers,
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(DOMAIN, 1)]
    return helper.make_model(graph, ir_version=8, opset_imports=opsets, producer_name="by hand"), layers


if __name__ == "__main__":
    proto, layers = model()
    FOLDER.mkdir(exist_ok=True)
    file = FOLDER / "custom-operators.onnx"
    onnx.save(proto, file)
    record = {
        "made_by": "onnx_custom.py",
        "framework": "by hand",
        "shows": "operators of a domain of one's own, with a rules file",
        "name": "custom",
        **truth.totals(layers),
        "layers": layers,
    }
    truth.write(file, record)
