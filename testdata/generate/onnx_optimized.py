"""A network as ONNX Runtime keeps it once it is optimized for the processor: channels in blocks, filled up with zeros.

How many channels a block has is the processor's matter: 16 with AVX-512, as in the file that is kept, 8 with AVX2.
"""

import warnings

import onnx
import onnxruntime
import torch
from torch import nn

import torch_truth
import truth

FOLDER = truth.TESTDATA / "onnx"
BLOCKED = "com.microsoft.nchwc"


def network():
    """Counts of channels that no block fits, with and without a bias, one filter a channel too."""
    return nn.Sequential(
        nn.Conv2d(3, 5, 3), nn.ReLU(), nn.Conv2d(5, 18, 1, bias=False), nn.ReLU(), nn.Conv2d(18, 4, 1),
        nn.Conv2d(4, 4, 3, groups=4),
    )  # fmt: skip


def optimize(source, target):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.optimized_model_filepath = str(target)
    options.log_severity_level = 3
    onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])
    model = onnx.load(target)
    assert any(node.domain == BLOCKED for node in model.graph.node)
    for index, node in enumerate(model.graph.node):
        if node.op_type == "ReorderOutput":
            node.name = f"{node.op_type}_{index}"  # These have their names in no fixed order.
    onnx.save(model, target)


def record(module):
    """The layers without paths: of their names the runtime leaves nothing."""
    layers = []
    for layer in module.children():
        count = sum(tensor.numel() for tensor in layer.parameters())
        if count:
            layers.append({"path": "", "type": type(layer).__name__, "parameters": count, "trainable": count, "non_trainable": 0})
    return {
        "made_by": "onnx_optimized.py",
        "framework": f"{torch_truth.FRAMEWORK}, onnxruntime {onnxruntime.__version__}",
        "shows": "channels in blocks: zeros fill the last ones up",
        **truth.totals(layers),
        "layers": layers,
    }


if __name__ == "__main__":
    torch.manual_seed(1)
    module = torch_truth.randomize(network()).eval()
    file = FOLDER / "channels-in-blocks.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch_truth.export(module, (torch.zeros(1, 3, 8, 8),), str(file))
    optimize(file, file)
    truth.write(file, record(module))
