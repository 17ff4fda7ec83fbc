"""How long the files are that ONNX Runtime's quantizers write: `schemes/written-onnx.tsv`."""

import logging
import pathlib
import tempfile

import numpy as np
import onnx
from onnxruntime import quantization
from onnxruntime.quantization import QuantFormat, QuantType
from onnxruntime.transformers.float16 import convert_float_to_float16

TESTDATA = pathlib.Path(__file__).resolve().parent.parent
MODELS = ["convnet", "mobilenet-v2-x0-25", "shufflenet-v2-x0-5", "squeeze-excite", "transformer", "transformer-dynamo"]
TYPES = {"u8": QuantType.QUInt8, "i8": QuantType.QInt8, "u16": QuantType.QUInt16, "i4": QuantType.QInt4}
NUMPY = {onnx.TensorProto.FLOAT: np.float32, onnx.TensorProto.INT64: np.int64}


class OneBatch(quantization.CalibrationDataReader):
    def __init__(self, path):
        graph = onnx.load(path).graph
        stored = {tensor.name for tensor in graph.initializer}
        self.batches = iter([{i.name: batch(i) for i in graph.input if i.name not in stored}])

    def get_next(self):
        return next(self.batches, None)


def batch(declared):
    tensor = declared.type.tensor_type
    shape = [dim.dim_value or 1 for dim in tensor.shape.dim]
    return np.random.default_rng(0).standard_normal(shape).astype(NUMPY[tensor.elem_type])


def dynamic(weight, per_channel):
    return lambda source, target: quantization.quantize_dynamic(source, target, weight_type=weight, per_channel=per_channel)


def static(form, activation, weight, per_channel):
    return lambda source, target: quantization.quantize_static(
        source, target, OneBatch(source), quant_format=form, activation_type=TYPES[activation],
        weight_type=TYPES[weight], per_channel=per_channel,
    )  # fmt: skip


def float16(source, target):
    onnx.save(convert_float_to_float16(onnx.load(source)), target)


SCHEMES = {
    "ort-dyn-int8": dynamic(QuantType.QInt8, False),
    "ort-dyn-uint8-pc": dynamic(QuantType.QUInt8, True),
    "ort-static-qdq-u8i8": static(QuantFormat.QDQ, "u8", "i8", False),
    "ort-static-qdq-u8i4-pc": static(QuantFormat.QDQ, "u8", "i4", True),
    "ort-static-qdq-u16i8": static(QuantFormat.QDQ, "u16", "i8", False),
    "ort-static-qop-u8i8": static(QuantFormat.QOperator, "u8", "i8", False),
    "ort-fp16": float16,
}


def main():
    logging.disable(logging.WARNING)
    rows = ["file\tscheme\tbytes"]
    with tempfile.TemporaryDirectory() as folder:
        written = pathlib.Path(folder) / "written.onnx"
        for model in MODELS:
            for scheme, write in SCHEMES.items():
                try:
                    write(TESTDATA / "onnx" / f"{model}.onnx", written)
                except Exception as error:
                    print(f"{model} {scheme}: {type(error).__name__}: {error}")
                else:
                    rows.append(f"onnx/{model}.onnx\t{scheme}\t{written.stat().st_size}")
    (TESTDATA / "schemes" / "written-onnx.tsv").write_text("\n".join(rows) + "\n")


main()
