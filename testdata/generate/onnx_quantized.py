"""Exported networks as ONNX Runtime quantizes them: the same parameters, and scales and zero points beside them."""

import json
import logging
import math

import numpy as np
import onnx
import onnxruntime
from onnxruntime import quantization
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

import truth

FOLDER = truth.TESTDATA / "onnx"
HOLDING = ("", "_quantized", "_Q4")
SCALING = ("_scale", "_scales", "_zero_point", "_zero_points")


class RandomDigits(quantization.CalibrationDataReader):
    def __init__(self):
        random = np.random.default_rng(1)
        images = random.standard_normal((4, 1, 1, 28, 28)).astype(np.float32)
        self.batches = iter([{"input": image} for image in images])

    def get_next(self):
        return next(self.batches, None)


def static(source, target):
    quantization.quantize_static(
        source, target, RandomDigits(), quant_format=quantization.QuantFormat.QDQ, per_channel=True,
        weight_type=quantization.QuantType.QInt8,
    )  # fmt: skip


def dynamic(source, target):
    quantization.quantize_dynamic(source, target)


def four_bits(source, target):
    quantizer = MatMulNBitsQuantizer(onnx.load(source), block_size=16, is_symmetric=False)
    quantizer.process()
    onnx.save(quantizer.model.model, target)


def save(case, source, shows, quantize):
    quantize(str(FOLDER / f"{source}.onnx"), str(FOLDER / f"{case}.onnx"))
    held = {tensor.name: tensor for tensor in onnx.load(FOLDER / f"{case}.onnx").graph.initializer}
    record = json.loads((FOLDER / f"{source}.truth.json").read_text())
    for layer in record["layers"]:
        for weight in layer["weights"]:
            weight["tensors"] = [name + end for name in weight["tensors"] for end in HOLDING if name + end in held]
            assert weight["tensors"], (case, layer["path"], weight["name"])
    scaling = [{"name": name, "shape": list(held[name].dims)} for name in held if name.endswith(SCALING)]
    record |= {
        "made_by": f"onnx_quantized.py from {source}.onnx",
        "framework": f"{record['framework']}, onnxruntime {onnxruntime.__version__}",
        "shows": shows,
        "quantization": sum(math.prod(tensor["shape"]) for tensor in scaling),
        "quantization_tensors": scaling,
    }
    truth.write(FOLDER / f"{case}.onnx", {"layers": record.pop("layers"), **record})


if __name__ == "__main__":
    logging.disable()
    save("int8-qdq", "convnet-folded", "static, a scale a channel: DequantizeLinear behind every weight", static)
    save("int8-dynamic", "transformer", "dynamic: MatMulInteger, one scale a matrix", dynamic)
    save("int4-blocks", "transformer", "MatMulNBits: two values a byte, a scale and a zero point a block", four_bits)
