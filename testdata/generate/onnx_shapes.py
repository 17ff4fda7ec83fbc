"""What ONNX's own shape inference says of the models in testdata/onnx, their stated shapes taken away.

Writes testdata/onnx/shapes.json: model, value, dimensions (numbers; null for a symbol or an open size).
"""

import json
import pathlib

import onnx

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "onnx"


def dimensions(value):
    tensor = value.type.tensor_type
    if not tensor.HasField("shape"):
        return None
    known = lambda dim: dim.HasField("dim_value") and dim.dim_value >= 0
    return [dim.dim_value if known(dim) else None for dim in tensor.shape.dim]


def shapes(path):
    model = onnx.load(path, load_external_data=False)
    del model.graph.value_info[:]
    graph = onnx.shape_inference.infer_shapes(model, data_prop=True).graph
    known = {value.name: dimensions(value) for value in graph.value_info}
    return {name: dims for name, dims in known.items() if dims is not None}


if __name__ == "__main__":
    found = {path.name: shapes(path) for path in sorted(FOLDER.glob("*.onnx"))}
    lines = [f"  {json.dumps(name)}: {json.dumps(values)}" for name, values in found.items()]
    (FOLDER / "shapes.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
