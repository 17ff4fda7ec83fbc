"""Wrong input that takes a framework to make: PyTorch's own files, and ONNX graphs that contradict themselves."""

import collections

import onnx
import torch
from onnx import TensorProto, helper

import truth

BAD = truth.TESTDATA / "bad"


def ffnn():
    return onnx.load(truth.TESTDATA / "onnx" / "ffnn-3-5-2.onnx")


def external_escapes():
    model = ffnn()
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../../../etc/hostname")
    return model


def short_payload():
    model = ffnn()
    tensor = model.graph.initializer[0]
    tensor.raw_data = tensor.raw_data[:-4]
    return model


def negative_dimension():
    model = ffnn()
    model.graph.initializer[0].dims[0] = -5
    return model


def huge_dimensions():
    model = ffnn()
    model.graph.initializer[0].dims[:] = [2**62, 2**62]
    return model


def twice_the_same_name():
    model = ffnn()
    model.graph.initializer.append(model.graph.initializer[0])
    return model


def cycle():
    nodes = [helper.make_node("Add", ["x", "b"], ["a"]), helper.make_node("Relu", ["a"], ["b"])]
    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 3]) for name in ("x", "b")]
    return helper.make_model(helper.make_graph(nodes, "cycle", value[:1], value[1:]), producer_name="by hand")


GRAPHS = {
    "external-escapes": ("external data outside the model's folder", external_escapes),
    "short-payload": ("four bytes fewer than the shape says", short_payload),
    "negative-dimension": ("a tensor of -5 rows", negative_dimension),
    "huge-dimensions": ("2^62 × 2^62 elements", huge_dimensions),
    "duplicate-name": ("two tensors of one name", twice_the_same_name),
    "cycle": ("two nodes that wait for each other", cycle),
}
FILES = {f"onnx/{name}.onnx": (shows, build) for name, (shows, build) in GRAPHS.items()}
FILES["unknown/pytorch.pt"] = ("a state dict as `torch.save` writes it: a pickle in a zip", None)

if __name__ == "__main__":
    for name, (_, build) in GRAPHS.items():
        onnx.save(build(), BAD / "onnx" / f"{name}.onnx")
    torch.manual_seed(1)
    weights = collections.OrderedDict(torch.nn.Linear(3, 2).state_dict())
    torch.save(weights, BAD / "unknown" / "pytorch.pt")
