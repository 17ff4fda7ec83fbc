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
    "onnx/transformer-dynamo", "schemes/bodies", "schemes/readers", "schemes/foreign", "schemes/blocked", "schemes/wrong",
]  # fmt: skip
TYPES = {"u8": QuantType.QUInt8, "i8": QuantType.QInt8, "u16": QuantType.QUInt16, "i4": QuantType.QInt4}
NUMPY = {onnx.TensorProto.FLOAT: np.float32, onnx.TensorProto.INT64: np.int64, onnx.TensorProto.BOOL: np.bool_}


MAKE = onnx.helper.make_node


def tensor(name, *shape):
    return onnx.numpy_helper.from_array(np.random.default_rng(0).standard_normal(shape).astype(np.float32), name)


def numbers(name, *values):
    return onnx.numpy_helper.from_array(np.array(values, np.int64), name)


def value(name, shape, dtype=onnx.TensorProto.FLOAT):
    return onnx.helper.make_tensor_value_info(name, dtype, shape)


def save(name, nodes, inputs, outputs, stored, domains=()):
    graph = onnx.helper.make_graph(nodes, name, inputs, outputs, stored)
    opsets = [onnx.helper.make_opsetid("", 17), *(onnx.helper.make_opsetid(domain, 1) for domain in domains)]
    onnx.save(onnx.helper.make_model(graph, opset_imports=opsets, ir_version=8), TESTDATA / "schemes" / f"{name}.onnx")


def bodies():
    """Two bodies, one of which reads a stored tensor from outside; the other holds a constant."""
    outside = MAKE("Identity", ["outside"], ["taken"], "take")
    inside = MAKE("Constant", [], ["made"], "make", value=tensor("inside", 1, 64))
    then = onnx.helper.make_graph([outside], "then", [], [value("taken", [1, 64])])
    other = onnx.helper.make_graph([inside], "other", [], [value("made", [1, 64])])
    nodes = [
        MAKE("MatMul", ["x", "weight"], ["product"], "product"),
        MAKE("If", ["condition"], ["offset"], "choose", then_branch=then, else_branch=other),
        MAKE("Add", ["product", "offset"], ["y"], "add"),
    ]
    inputs = [value("x", [1, 32]), value("condition", [], onnx.TensorProto.BOOL)]
    save("bodies", nodes, inputs, [value("y", [1, 64])], [tensor("weight", 32, 64), tensor("outside", 1, 64)])


def readers():
    """A table that is looked up and turned, a matrix that products and a sum read."""
    nodes = [
        MAKE("Gather", ["table", "words"], ["embedded"], "embed"),
        MAKE("Transpose", ["table"], ["turned"], "turn", perm=[1, 0]),
        MAKE("MatMul", ["embedded", "weight"], ["hidden"], "product"),
        MAKE("Relu", ["hidden"], ["kept"], "relu"),
        MAKE("MatMul", ["kept", "turned"], ["scores"], "score"),
        MAKE("Add", ["weight", "one"], ["more"], "add"),
        MAKE("MatMul", ["hidden", "more"], ["y"], "last"),
    ]
    outputs = [value("scores", [1, 4, 20]), value("y", [1, 4, 8])]
    stored = [tensor("table", 20, 8), tensor("weight", 8, 8), tensor("one", 1)]
    save("readers", nodes, [value("words", [1, 4], onnx.TensorProto.INT64)], outputs, stored)


def foreign():
    """An operator of the runtime's own before a product, whose type ONNX does not infer."""
    nodes = [
        MAKE("MatMul", ["x", "first"], ["a"], "one"),
        MAKE("Gelu", ["a"], ["b"], "gelu", domain="com.microsoft"),
        MAKE("MatMul", ["b", "second"], ["c"], "two"),
        MAKE("Add", ["c", "bias"], ["y"], "add"),
    ]
    stored = [tensor("first", 8, 16), tensor("second", 16, 8), tensor("bias", 8)]
    save("foreign", nodes, [value("x", [1, 8])], [value("y", [1, 8])], stored, ["com.microsoft"])


def blocked():
    """An operator without a float16 version, a part whose size is computed, axes as an attribute."""
    nodes = [
        MAKE("MatMul", ["x", "weight"], ["a"], "product"),
        MAKE("CumSum", ["a", "axis"], ["b"], "sum"),
        MAKE("Shape", ["b"], ["shape"], "shape"),
        MAKE("Gather", ["shape", "axis"], ["size"], "size"),
        MAKE("Unsqueeze", ["size", "zero"], ["end"], "unsqueeze"),
        MAKE("Slice", ["b", "zero", "end", "axes"], ["part"], "slice"),
        MAKE("ReduceMean", ["part"], ["y"], "mean", axes=[-1], keepdims=0),
    ]
    scalar = onnx.numpy_helper.from_array(np.array(1, np.int64), "axis")
    stored = [tensor("weight", 8, 16), scalar, numbers("zero", 0), numbers("axes", 1)]
    save("blocked", nodes, [value("x", [4, 8])], [value("y", [4])], stored)


def wrong():
    """An axis that is not there: no runtime loads it."""
    nodes = [
        MAKE("Squeeze", ["x", "zero"], ["a"], "squeeze"),
        MAKE("Unsqueeze", ["a", "three"], ["b"], "unsqueeze"),
        MAKE("MatMul", ["b", "weight"], ["c"], "product"),
        MAKE("Relu", ["c"], ["y"], "relu"),
    ]
    stored = [tensor("weight", 8, 16), numbers("zero", 0), numbers("three", 3)]
    save("wrong", nodes, [value("x", [1, 1, 8])], [value("y", [1, 1, 16])], stored)


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
    for make in [bodies, readers, foreign, blocked, wrong]:
        make()
    rows = ["file\tscheme\tbytes"]
    with tempfile.TemporaryDirectory() as folder:
        written = pathlib.Path(folder) / "written.onnx"
        for model in MODELS:
            for scheme, write in SCHEMES.items():
                try:
                    write(TESTDATA / f"{model}.onnx", written)
                except Exception as error:
                    print(f"{model} {scheme}: {type(error).__name__}: {error}")
                    rows.append(f"{model}.onnx\t{scheme}\tfails")
                else:
                    rows.append(f"{model}.onnx\t{scheme}\t{written.stat().st_size}")
    (TESTDATA / "schemes" / "written-onnx.tsv").write_text("\n".join(rows) + "\n")


main()
