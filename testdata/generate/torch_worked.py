"""The worked examples as ONNX files. PyTorch's recurrent gates have two biases, so their counts are larger."""

from collections import OrderedDict

import torch
from torch import nn

from torch_truth import save


def dense_chain(*sizes):
    names = [*(f"hidden{n}" for n in range(1, len(sizes) - 1)), "output"]
    return nn.Sequential(OrderedDict(zip(names, map(nn.Linear, sizes, sizes[1:]))))


class Conv(nn.Module):
    def __init__(self, inputs, filters):
        super().__init__()
        self.conv = nn.Conv2d(inputs, filters, 2)

    def forward(self, x):
        return self.conv(x)


class Lstm(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.lstm = nn.LSTM(inputs, hidden, batch_first=True)

    def forward(self, x):
        return self.lstm(x)[0]


class BiGruLstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(8, 5, batch_first=True, bidirectional=True)
        self.lstm = nn.LSTM(10, 50, batch_first=True)

    def forward(self, x):
        return self.lstm(self.gru(x)[0])[0]


ROW = torch.zeros(1, 3)
NARROW = "a narrow middle: (50 × 100 + 100 × 1 + 1 × 100 + 100 × 50) + (100 + 1 + 100 + 50) = 10,451"
CASES = {
    "ffnn-3-5-2": ("(3 × 5 + 5 × 2) + (5 + 2) = 32", dense_chain(3, 5, 2), ROW, {}),
    "ffnn-3-5-2-dynamo": ("the same by the new exporter", dense_chain(3, 5, 2), ROW, {"dynamo": True}),
    "ffnn-50-100-1-100-50": (NARROW, dense_chain(50, 100, 1, 100, 50), torch.zeros(1, 50), {}),
    "lstm-2-3": ("two biases a gate: 4 × [2(2 + 3) + 2 + 2] = 56", Lstm(3, 2), torch.zeros(1, 4, 3), {}),
    "bigru-lstm": (
        "two biases a gate: 2 × 3 × [5(5 + 8) + 5 + 5] + 4 × [50(50 + 10) + 50 + 50] = 12,850",
        BiGruLstm(),
        torch.zeros(1, 4, 8),
        {},
    ),
    "conv-1-3": ("[1 × (2 × 2) × 3] + 3 = 15", Conv(1, 3), torch.zeros(1, 1, 8, 8), {}),
    "conv-1-3-dynamo": ("the same by the new exporter", Conv(1, 3), torch.zeros(1, 1, 8, 8), {"dynamo": True}),
    "conv-3-1": ("[3 × (2 × 2) × 1] + 1 = 13", Conv(3, 1), torch.zeros(1, 3, 8, 8), {}),
    "conv-2-3": ("[2 × (2 × 2) × 3] + 3 = 27", Conv(2, 3), torch.zeros(1, 2, 8, 8), {}),
}

if __name__ == "__main__":
    for case, (shows, module, x, options) in CASES.items():
        save(case, shows, "torch_worked.py", module, (x,), **options)
