"""How long the files are that ONNX Runtime's quantizers write: `schemes/written-onnx.tsv`."""

import logging
import pathlib
import tempfile

import numpy as np
import onnx
from onnxruntime import quantization
from onnxruntime.quantization import QuantFormat, QuantType
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from onnxruntime.transformers.float16 import convert_float_to_float16

TESTDATA = pathlib.Path(__file__).resolve().parent.parent
MODELS = [
    "onnx/convnet", "onnx/mobilenet-v2-x0-25", "onnx/shufflenet-v2-x0-5", "onnx/squeeze-excite", "onnx/transformer",
    "onnx/transformer-dynamo", "schemes/bodies",
]  # fmt: skip
TYPES = {"u8": QuantType.QUInt8, "i8": QuantType.QInt8, "u16": QuantType.QUInt16, "i4": QuantType.QInt4}
NUMPY = {onnx.TensorProto.FLOAT: np.float32, onnx.TensorProto.INT64: np.int64, onnx.TensorProto.BOOL: np.bool_}


def bodies():
    """Two bodies, one of which reads a stored tensor from outside; the other holds a constant."""
    random = np.random.default_rng(0)
    tensor = lambda name, *shape: onnx.numpy_helper.from_array(random.standard_normal(shape).astype(np.float32), name)
    value = lambda name, shape: onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
    make = onnx.helper.make_node
    outside = make("Identity", ["outside"], ["taken"], "take")
    inside = make("Constant", [], ["made"], "make", value=tensor("inside", 1, 64))
    then = onnx.helper.make_graph([outside], "then", [], [value("taken", [1, 64])])
    other = onnx.helper.make_graph([inside], "other", [], [value("made", [1, 64])])
    nodes = [
        make("MatMul", ["x", "weight"], ["product"], "product"),
        make("If", ["condition"], ["offset"], "choose", then_branch=then, else_branch=other),
        make("Add", ["product", "offset"], ["y"], "add"),
    ]
    inputs = [value("x", [1, 32]), onnx.helper.make_tensor_value_info("condition", onnx.TensorProto.BOOL, [])]
    stored = [tensor("weight", 32, 64), tensor("outside", 1, 64)]
    graph = onnx.helper.make_graph(nodes, "bodies", inputs, [value("y", [1, 64])], stored)
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, TESTDATA / "schemes" / "bodies.onnx")


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


def blocks(source, target):
    quantizer = MatMulNBitsQuantizer(onnx.load(source), block_size=32, is_symmetric=True)
    quantizer.process()
    quantizer.model.save_model_to_file(str(target), False)


SCHEMES = {
    "ort-dyn-int8": dynamic(QuantType.QInt8, False),
    "ort-dyn-uint8-pc": dynamic(QuantType.QUInt8, True),
    "ort-static-qdq-u8i8": static(QuantFormat.QDQ, "u8", "i8", False),
    "ort-static-qdq-u8i4-pc": static(QuantFormat.QDQ, "u8", "i4", True),
    "ort-static-qdq-u16i8": static(QuantFormat.QDQ, "u16", "i8", False),
    "ort-static-qop-u8i8": static(QuantFormat.QOperator, "u8", "i8", False),
    "ort-fp16": float16,
    "ort-nbits4-b32-sym": blocks,
}


def main():
    logging.disable(logging.WARNING)
    bodies()
    rows = ["file\tscheme\tbytes"]
    with tempfile.TemporaryDirectory() as folder:
        written = pathlib.Path(folder) / "written.onnx"
        for model in MODELS:
            for scheme, write in SCHEMES.items():
                try:
                    write(TESTDATA / f"{model}.onnx", written)
                except Exception as error:
                    print(f"{model} {scheme}: {type(error).__name__}: {error}")
                else:
                    rows.append(f"{model}.onnx\t{scheme}\t{written.stat().st_size}")
    (TESTDATA / "schemes" / "written-onnx.tsv").write_text("\n".join(rows) + "\n")


main()
