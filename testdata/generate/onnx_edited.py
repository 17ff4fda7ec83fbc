"""What else happens to an exported file: its weights move out of it, get lost, are left behind or are narrowed.

Each file is made from one that `torch_worked.py` wrote, and its truth from that one's.
"""

import json

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

import truth

FOLDER = truth.TESTDATA / "onnx"
SOURCE = "ffnn-3-5-2"


def source():
    return onnx.load(FOLDER / f"{SOURCE}.onnx")


def save_truth(case, shows, **more):
    record = json.loads((FOLDER / f"{SOURCE}.truth.json").read_text())
    record |= {"made_by": f"onnx_edited.py from {SOURCE}.onnx", "shows": shows, **more}
    truth.write(FOLDER / f"{case}.onnx", record)


def external(case, shows, weights, keep):
    """The weights in a file beside the model, which may get lost on the way."""
    beside = FOLDER / weights
    beside.unlink(missing_ok=True)
    file = FOLDER / f"{case}.onnx"
    onnx.save(source(), file, save_as_external_data=True, location=weights, size_threshold=0)
    if not keep:
        beside.unlink()
    save_truth(case, shows)


def unused_tensor(case, shows):
    """A tensor that no node reads."""
    model = source()
    leftover = np.random.default_rng(1).standard_normal((7, 2)).astype(np.float32)
    model.graph.initializer.append(numpy_helper.from_array(leftover, "leftover"))
    onnx.save(model, FOLDER / f"{case}.onnx")
    save_truth(case, shows, unused=[{"name": "leftover", "shape": [7, 2]}])


def float16(case, shows):
    """Inputs, outputs and weights in half precision."""
    model = source()
    for tensor in model.graph.initializer:
        tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), tensor.name))
    for value in [*model.graph.input, *model.graph.output]:
        value.type.tensor_type.elem_type = TensorProto.FLOAT16
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, FOLDER / f"{case}.onnx")
    save_truth(case, shows)


if __name__ == "__main__":
    external("external-data", "the weights in a file beside it", "external-data.weights.bin", keep=True)
    external("external-data-missing", "the file with the weights is gone: shapes still tell", "weights.bin", keep=False)
    unused_tensor("unused-tensor", "14 values that no node reads are no parameters")
    float16("float16", "two bytes a value")
