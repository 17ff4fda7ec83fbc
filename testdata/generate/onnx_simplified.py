"""Networks as simplifiers and a runtime rewrite them: constants and folded weights change places, products are fused."""

import copy
import tempfile
import warnings

import onnx
import onnxruntime
import onnxsim
import onnxslim
import torch
from torch import nn

import torch_truth
import truth

FOLDER = truth.TESTDATA / "onnx"
SCRIPT = "onnx_simplified.py"


class Attention(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(size, size) for _ in range(3))

    def forward(self, x):
        query, key, value = self.query(x), self.key(x), self.value(x)
        return torch.softmax(query @ key.transpose(1, 2), -1) @ value


class Network(nn.Module):
    """Numbers of the program's own, a scaled convolution, one behind a GELU, channels in one group, an attention."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3, padding=1, bias=False)
        self.scale = nn.Parameter(torch.ones(6, 1, 1))
        self.mix = nn.Conv2d(6, 6, 1, bias=False)
        self.norm = nn.GroupNorm(1, 6)
        self.attention = Attention(6)
        self.head = nn.Linear(6, 5)

    def forward(self, x):
        x = x / torch.tensor([[[0.229]], [[0.224]], [[0.225]]])
        x = self.norm(self.mix(nn.functional.gelu(self.conv(x) * self.scale)))
        return self.head(self.attention(x.flatten(2).transpose(1, 2)))


class Turned(nn.Module):
    """A scaled convolution, and a product with what is turned over."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(3, 6, 3, bias=False)
        self.scale = nn.Parameter(torch.ones(6, 1))
        self.head = nn.Linear(6, 5, bias=False)

    def forward(self, x):
        return self.head(torch.relu(self.conv(x) * self.scale).transpose(1, 2))


def folded(network):
    """The network without the scale, which becomes a part of the convolution."""
    network = copy.deepcopy(network)
    network.conv.weight.data *= network.scale.data.unsqueeze(1)
    del network.scale
    network.scale = 1
    return network


def fused(network):
    """The same with the three projections as one, and half of a GELU's product in the next convolution."""
    network, linear = folded(network), nn.Linear(6, 18)
    parts = network.attention.query, network.attention.key, network.attention.value
    linear.weight.data = torch.cat([part.weight.data for part in parts])
    linear.bias.data = torch.cat([part.bias.data for part in parts])
    network.mix.weight.data *= 0.5
    network.attention, network.head = linear, Take(network.head)
    return network


class Take(nn.Linear):
    """A layer that takes as much of its input as it needs."""

    def __init__(self, linear):
        super().__init__(linear.in_features, linear.out_features)
        self.load_state_dict(linear.state_dict())

    def forward(self, x):
        return super().forward(x[..., : self.in_features])


def simplified(model):
    model, same = onnxsim.simplify(model)
    assert same
    return model


def optimized(model):
    """As ONNX Runtime keeps it when it optimizes for any processor."""
    with tempfile.TemporaryDirectory() as folder:
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        options.optimized_model_filepath = f"{folder}/optimized.onnx"
        options.log_severity_level = 3
        onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        return onnx.load(options.optimized_model_filepath)


def save(case, simplify, counted, tool, shows, network=Network, shape=(1, 3, 4, 4)):
    torch.manual_seed(1)
    network, inputs = torch_truth.randomize(network()).eval(), (torch.zeros(shape),)
    file = FOLDER / f"{case}.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch_truth.export(network, inputs, str(file))
        onnx.save(simplify(onnx.load(file)), file)
        record = torch_truth.describe(counted(network), inputs, file, shows, SCRIPT, {})
    record["framework"] += f", {tool.__name__} {tool.__version__}"
    truth.write(file, record)


if __name__ == "__main__":
    save("simplified-slim", onnxslim.slim, folded, onnxslim, "constants moved to the initializers")
    save("optimized-turned", optimized, folded, onnxruntime, "a product with an operand turned over", Turned, (1, 3, 9))
    save("simplified-sim", simplified, fused, onnxsim, "folded weights moved to the nodes, projections fused")
