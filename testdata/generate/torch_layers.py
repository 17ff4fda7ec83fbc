"""Small PyTorch modules as ONNX files, one idea each."""

import math

import torch
from torch import nn

from torch_truth import save

CASES = {}


def case(name, shows, *inputs, **options):
    """Enter a module class, built without arguments, into the table."""

    def enter(build):
        CASES[name] = (shows, build, inputs, options)
        return build

    return enter


def image(channels, size=8):
    return torch.zeros(1, channels, size, size)


class Single(nn.Module):
    """One layer under a name, its first output if it has several."""

    def __init__(self, **layer):
        super().__init__()
        ((self.name, layer),) = layer.items()
        self.add_module(self.name, layer)

    def forward(self, *inputs):
        output = getattr(self, self.name)(*inputs)
        return output if isinstance(output, torch.Tensor) else output[0]


STEPS = torch.zeros(1, 4, 3)
LINE = torch.zeros(1, 3, 12)
SINGLES = {
    "conv1d": ("one dimension, stride and padding", lambda: nn.Conv1d(3, 5, 3, stride=2, padding=1), LINE),
    "conv3d": ("three dimensions, no bias", lambda: nn.Conv3d(2, 3, 2, bias=False), torch.zeros(1, 2, 5, 5, 5)),
    "conv-grouped": ("groups divide the weights", lambda: nn.Conv2d(6, 4, 3, groups=2), image(6)),
    "conv-depthwise": ("as many groups as channels", lambda: nn.Conv2d(6, 12, 3, groups=6, dilation=2), image(6)),
    "conv-transpose": ("inputs before outputs in the weight", lambda: nn.ConvTranspose2d(4, 3, 3, stride=2), image(4)),
    "prelu": ("one slope a channel", lambda: nn.PReLU(4), image(4)),
    "instance-norm": ("with its two vectors", lambda: nn.InstanceNorm2d(4, affine=True), image(4)),
    "instance-norm-bare": ("without: ones and zeros are constants", lambda: nn.InstanceNorm2d(4), image(4)),
    "group-norm": ("written as InstanceNormalization, Mul and Add", lambda: nn.GroupNorm(2, 4), image(4)),
    "layer-norm": ("weight and bias over the last axis", lambda: nn.LayerNorm(6), torch.zeros(1, 5, 6)),
    "batch-norm": ("alone, so that nothing can fold it", lambda: nn.BatchNorm1d(6), torch.zeros(1, 6)),
    "embedding": ("a table that Gather reads", lambda: nn.Embedding(20, 4), torch.zeros(1, 5, dtype=torch.long)),
    "linear-3d": ("MatMul and Add: the weight is turned and renamed", lambda: nn.Linear(3, 5), STEPS),
    "linear-no-bias": ("a MatMul alone", lambda: nn.Linear(3, 5, bias=False), STEPS),
    "rnn": ("one gate, two biases", lambda: nn.RNN(3, 4, batch_first=True), STEPS),
    "gru": ("three gates, two biases", lambda: nn.GRU(3, 4, batch_first=True), STEPS),
    "gru-no-bias": ("no bias at all", lambda: nn.GRU(3, 4, bias=False, batch_first=True), STEPS),
    "lstm-stacked": ("two layers, both directions", lambda: nn.LSTM(3, 4, 2, bidirectional=True), STEPS),
}


@case("multi-head-attention", "one matrix holds query, key and value", torch.zeros(1, 5, 12))
class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(12, 3, batch_first=True)

    def forward(self, x):
        return self.attention(x, x, x, need_weights=False)[0]


@case("shared-layer", "one Linear applied three times counts once", torch.zeros(1, 4, 6))
class SharedLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.step = nn.Linear(6, 6)
        self.head = nn.Linear(6, 2)

    def forward(self, x):
        for _ in range(3):
            x = torch.relu(self.step(x))
        return self.head(x)


WORDS = torch.zeros(1, 5, dtype=torch.long)


@case("tied-embedding", "the output matrix is the embedding, turned: two tensors, one parameter", WORDS)
@case("tied-embedding-dynamo", "the same by the new exporter", WORDS, dynamo=True)
@case("tied-embedding-unfolded", "the same, one tensor and a Transpose", WORDS, folding=False)
class TiedEmbedding(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20, 6)
        self.hidden = nn.Linear(6, 6)
        self.head = nn.Linear(6, 20, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, words):
        return self.head(torch.tanh(self.hidden(self.embedding(words))))


@case("sinusoidal-positions", "a table of sines is no parameter", torch.zeros(1, 6, 4))
@case("sinusoidal-positions-dynamo", "the same: metadata call it a buffer", torch.zeros(1, 6, 4), dynamo=True)
class SinusoidalPositions(nn.Module):
    def __init__(self):
        super().__init__()
        angles = torch.arange(6)[:, None] * torch.exp(torch.arange(2) * -math.log(100))
        self.register_buffer("table", torch.cat([angles.sin(), angles.cos()], 1))
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        return self.head(x + self.table)


@case("standardized-input", "mean and deviation of the data are buffers, which nobody learned", image(3))
class StandardizedInput(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("average", torch.tensor([0.4, 0.5, 0.6])[:, None, None])
        self.register_buffer("deviation", torch.tensor([0.2, 0.3, 0.25])[:, None, None])
        self.filter = nn.Conv2d(3, 2, 3)

    def forward(self, x):
        return self.filter((x - self.average) / self.deviation)


@case("learned-queries", "a learned table goes through a layer of its own", torch.zeros(1, 5, 6))
class LearnedQueries(nn.Module):
    def __init__(self):
        super().__init__()
        self.queries = nn.Parameter(torch.zeros(4, 8))
        self.project = nn.Linear(8, 6)

    def forward(self, x):
        return torch.softmax(x @ self.project(self.queries).T, 2)


@case("codebook", "the table that is looked up is compared in another layout", torch.zeros(1, 5, 6))
class Codebook(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Linear(6, 4)
        self.codes = nn.Embedding(7, 4)

    def forward(self, x):
        distance = (self.encode(x)[:, :, None] - self.codes.weight[None, None]).abs().sum(3)
        return self.codes(distance.argmin(2))


def as_values(module):
    """The exporter computes what the small network makes of the table, and leaves the network out."""
    for layer in module.network:
        for name, parameter in list(layer.named_parameters()):
            delattr(layer, name)
            layer.register_buffer(name, parameter.data)
    return module


@case("position-network", "what a layer made of a table is no parameter", torch.zeros(1, 5, 3), dynamo=True, counted=as_values)
class PositionNetwork(nn.Module):
    """Biases of attention that a small network makes of distances."""

    def __init__(self):
        super().__init__()
        places = torch.arange(5.0)
        distances = torch.stack([places[:, None] - places, (places[:, None] - places).abs()], 2)
        self.register_buffer("distances", distances)
        self.network = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
        self.key = nn.Linear(3, 4)

    def forward(self, x):
        keys = self.key(x)
        return torch.softmax(keys @ keys.transpose(1, 2) + self.network(self.distances).squeeze(2), 2)


@case("direct-parameters", "parameters that no layer holds: a scale a channel and one number", image(3))
class DirectParameters(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(3, 1, 1))
        self.temperature = nn.Parameter(torch.ones(()))

    def forward(self, x):
        return torch.softmax(x * self.scale / self.temperature, 1)


@case("squeeze-excite", "two branches meet: a gate multiplies the channels", image(8))
class SqueezeExcite(nn.Module):
    def __init__(self):
        super().__init__()
        self.squeeze = nn.Conv2d(8, 2, 1)
        self.excite = nn.Conv2d(2, 8, 1)

    def forward(self, x):
        pooled = x.mean((2, 3), keepdim=True)
        return x * torch.sigmoid(self.excite(torch.relu(self.squeeze(pooled))))


@case("two-inputs", "two inputs concatenated", torch.zeros(1, 5), torch.zeros(1, 3))
class TwoInputs(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = nn.Linear(5, 4)
        self.head = nn.Linear(7, 2)

    def forward(self, left, right):
        return self.head(torch.cat([torch.relu(self.left(left)), right], 1))


@case("wrapped-model", "the program calls layers inside a model, whose scopes then lack the model", torch.zeros(1, 3, 32))
class WrappedModel(nn.Module):
    """Frames of a signal, cut out by a window that nobody learned."""

    def __init__(self):
        super().__init__()
        self.register_buffer("hann", torch.hann_window(32))
        self.net = nn.Module()
        self.net.norm = nn.LayerNorm(32)
        self.net.body = nn.Sequential(nn.Linear(32, 6, bias=False), nn.ReLU(), nn.Linear(6, 4, bias=False))

    def forward(self, x):
        return self.net.body(self.net.norm(x * self.hann))


if __name__ == "__main__":
    for name, (shows, build, x) in SINGLES.items():
        layer_name = name.split("-")[0]
        save(name, shows, "torch_layers.py", Single(**{layer_name: build()}), (x,))
    for name, (shows, build, inputs, options) in CASES.items():
        save(name, shows, "torch_layers.py", build(), inputs, **options)
