"""Paddle layers as Paddle2ONNX writes them: what Paddle counts."""

import onnx
import paddle
import paddle2onnx
from paddle import nn

import truth

FOLDER = truth.TESTDATA / "onnx"
STATISTICS = ("_mean", "_variance")


class Factor(nn.Layer):
    """A learned number."""

    def __init__(self):
        super().__init__()
        self.factor = self.create_parameter([1])

    def forward(self, x):
        return x * self.factor


def one_channel():
    """Biases and a factor of one value each."""
    layers = nn.Conv2D(2, 1, 3), nn.Conv2D(1, 3, 1), Factor(), nn.Conv2DTranspose(3, 1, 2)
    return nn.Sequential(*layers), [1, 2, 6, 6]


def norms():
    """A group normalization is written with ones and zeros inside, a bare batch normalization with ones and zeros."""
    bare = nn.BatchNorm2D(4, weight_attr=False, bias_attr=False)
    return nn.Sequential(nn.Conv2D(2, 4, 3), nn.GroupNorm(2, 4), nn.PReLU(4), bare, nn.Conv2D(4, 2, 1)), [1, 2, 6, 6]


def count(tensors):
    return sum(tensor.size for tensor in tensors)


def record(model, shows):
    """Layers by the names that Paddle gives to their tensors, where the file keeps these."""
    found = []
    for layer in model.sublayers():
        own = list(layer.named_parameters(include_sublayers=False))
        statistics = count(tensor for name, tensor in own if name.endswith(STATISTICS)) + count(
            tensor for name, tensor in layer.named_buffers(include_sublayers=False) if name.endswith(STATISTICS)
        )
        trainable = count(tensor for name, tensor in own if not name.endswith(STATISTICS))
        kept = own and type(layer).__name__.startswith(("Conv2D", "BatchNorm")) and "Transpose" not in type(layer).__name__
        path = own[0][1].name.split(".")[0] if kept else ""
        counts = {"parameters": trainable + statistics, "trainable": trainable, "non_trainable": statistics}
        found.append({"path": path, "type": type(layer).__name__, **counts})
    framework = f"paddle {paddle.__version__}, paddle2onnx {paddle2onnx.__version__}"
    return {"made_by": "onnx_paddle.py", "framework": framework, "shows": shows, **truth.totals(found), "layers": found}


def save(case, shows, build):
    paddle.seed(1)
    model, shape = build()
    model.eval()
    for name, tensor in model.state_dict().items():
        values = paddle.randn(tensor.shape)
        tensor.set_value(values.abs() + 1 if name.endswith("_variance") else values)
    file = FOLDER / f"{case}.onnx"
    paddle.onnx.export(model, str(file.with_suffix("")), input_spec=[paddle.static.InputSpec(shape)], opset_version=15)
    onnx.checker.check_model(onnx.load(file))
    truth.write(file, record(model, shows))


if __name__ == "__main__":
    save("paddle-one-channel", "biases of one value count as others do", one_channel)
    save("paddle-norms", "ones and zeros that fill a normalization are made up", norms)
