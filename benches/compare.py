"""Who counts the parameters of testdata right: netweight beside the tools that people use today.

    python compare.py PROGRAM        # the built netweight, with its plugins beside it

Prints the README's table. Right is what the framework counted that made the model (the truth
records), for the file as it lies there; no answer is an exception, an exit code or no number.
"""

import json
import math
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

TESTDATA = Path(__file__).parent.parent / "testdata"
TOOLS = {"onnx": [], "gguf": [], "safetensors": []}


def tool(group, name):
    """Adds a tool to a group: a function from a file to its number of parameters."""

    def add(count):
        TOOLS[group].append((name, count))
        return count

    return add


def netweight(path):
    command = [sys.argv[1], "--format", "json", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["models"][0]["totals"]["parameters"]


for group in TOOLS:
    tool(group, "netweight")(netweight)


@tool("onnx", "sum over `graph.initializer` (onnx)")
def initializers(path):
    import onnx

    graph = onnx.load(path, load_external_data=False).graph
    return sum(math.prod(tensor.dims) for tensor in graph.initializer)


@tool("onnx", "onnx-opcounter")
def opcounter(path):
    import onnx
    from onnx_opcounter import calculate_params

    return int(calculate_params(onnx.load(path)))


@tool("onnx", "onnx-tool")
def onnx_tool(path):
    import numpy
    import onnx
    import onnx_tool

    model = onnx_tool.Model(str(path))
    stored = {tensor.name for tensor in onnx.load(path, load_external_data=False).graph.initializer}
    inputs = {}
    for value in onnx.load(path, load_external_data=False).graph.input:
        if value.name not in stored:
            kind = value.type.tensor_type
            shape = [dim.dim_value or 1 for dim in kind.shape.dim]
            inputs[value.name] = numpy.zeros(shape, onnx.helper.tensor_dtype_to_np_dtype(kind.elem_type))
    model.graph.shape_infer(inputs)
    model.graph.profile()
    return model.graph.params


@tool("gguf", "gguf-inspect")
def gguf_inspect(path):
    command = ["gguf-inspect", "--json", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return sum(math.prod(tensor["shape"]) for tensor in json.loads(done.stdout)["tensors"])


@tool("gguf", "modelinfo")
@tool("safetensors", "modelinfo")
def modelinfo(path):
    files = sorted(path.glob("*.safetensors")) if path.is_dir() else [path]
    done = subprocess.run(["modelinfo", *map(str, files)], capture_output=True, text=True, check=True)
    return sum(int(found.replace(",", "")) for found in re.findall(r"^Parameters:\s+([\d,]+)", done.stdout, re.M))


@tool("safetensors", "sum over the header")
def header(path):
    total = 0
    for file in sorted(path.glob("*.safetensors")) if path.is_dir() else [path]:
        with file.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            tensors = json.loads(stream.read(length))
        total += sum(math.prod(entry["shape"]) for name, entry in tensors.items() if name != "__metadata__")
    return total


def cases(group):
    """Each file of a group with the count of its framework."""
    single = TESTDATA / group / "truth.json"
    if single.exists():
        for case in json.loads(single.read_text())["cases"]:
            yield TESTDATA / group / case["file"], case["parameters"]
        return
    for record in sorted((TESTDATA / group).glob("*.truth.json")):
        yield Path(str(record).replace(".truth.json", f".{group}")), json.loads(record.read_text())["parameters"]


def judge(count, path, truth):
    try:
        found = count(path)
    except (Exception, SystemExit):
        return "none"
    return "right" if found == truth else "wrong"


def main():
    print("| files | counted by | right | wrong | no answer |\n|---|---|---:|---:|---:|")
    for group, tools in TOOLS.items():
        truths = list(cases(group))
        for name, count in tools:
            found = Counter(judge(count, path, truth) for path, truth in truths)
            files = f"{len(truths)} {group}" if name == "netweight" else ""
            print(f"| {files} | {name} | {found['right']} | {found['wrong']} | {found['none']} |")


main()
