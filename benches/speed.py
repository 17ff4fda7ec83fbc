"""How long reports take, beside the tools that people use today, on files made for it.

    python benches/speed.py PROGRAM        # the built netweight, with its plugins beside it

Prints the README's table. The files are sparse: large, and nothing in their weights. netweight is a
whole process, from its start to its end; a peer's time is that of the call alone, its imports left
out. Peers that are not installed are said to be absent.
"""

import json
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 15
GIB = 1 << 30


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def field(number, content):
    """A field of an ONNX message: a number, or bytes with their length."""
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


class Hole(int):
    """So many bytes of zeros that are never written."""


def onnx_file(path, weights, nodes):
    """A graph of these nodes, (operator, inputs, output), with inline weights by name and shape."""
    parts = []
    for operator, inputs, output in nodes:
        names = b"".join(field(1, name.encode()) for name in inputs) + field(2, output.encode())
        parts.append(field(1, names + field(3, f"{output}_node".encode()) + field(4, operator.encode())))
    for name, shape in weights:
        size = 4
        for dim in shape:
            size *= dim
        head = b"".join(field(1, dim) for dim in shape) + field(2, 1) + field(8, name.encode())
        head += varint(9 << 3 | 2) + varint(size)
        parts += [varint(5 << 3 | 2) + varint(len(head) + size) + head, Hole(size)]
    for number, name in ((11, "x"), (12, nodes[-1][2])):
        dims = field(1, field(2, b"batch")) + field(1, field(1, weights[0][1][0]))
        value = field(1, name.encode()) + field(2, field(1, field(1, 1) + field(2, dims)))
        parts.append(field(number, value))
    length = sum(part if isinstance(part, Hole) else len(part) for part in parts)
    head = field(1, 8) + field(2, b"pytorch") + field(8, field(1, b"") + field(2, 17)) + varint(7 << 3 | 2) + varint(length)
    with path.open("wb") as file:
        for part in [head, *parts]:
            if isinstance(part, Hole):
                file.seek(part, os.SEEK_CUR)
            else:
                file.write(part)
        file.truncate(file.tell())


def inline_onnx(path):
    """Seven matrices of 256 MiB; one more, and no protobuf library would read it."""
    weights = [(f"layer{i}.weight", (8192, 8192)) for i in range(7)]
    nodes = [("MatMul", [f"y{i - 1}" if i else "x", f"layer{i}.weight"], f"y{i}") for i in range(7)]
    onnx_file(path, weights, nodes)


def deep_onnx(path):
    """10,000 blocks of five nodes."""
    weights, nodes, x = [], [], "x"
    for i in range(10_000):
        weights += [(f"layer{i}.weight", (64, 64)), (f"layer{i}.bias", (64,))]
        a, b, c, d, e = (f"/layer{i}/{name}" for name in "abcde")
        nodes += [
            ("MatMul", [x, f"layer{i}.weight"], a),
            ("Add", [a, f"layer{i}.bias"], b),
            ("Relu", [b], c),
            ("Mul", [c, b], d),
            ("Add", [d, x], e),
        ]
        x = e
    onnx_file(path, weights, nodes)


def keras_config(path):
    """A megabyte of a thousand layers, in as many words as Keras 3 takes for each."""
    maker = lambda name, **config: {"module": "keras.initializers", "class_name": name, "config": config, "registered_name": None}
    plain = {"trainable": True, "dtype": {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": None}}
    convolution = plain | {
        "filters": 8, "kernel_size": [3, 3], "strides": [1, 1], "padding": "same", "data_format": "channels_last", "dilation_rate": [1, 1], "groups": 1,
        "activation": "linear", "use_bias": True, "kernel_initializer": maker("VarianceScaling", scale=2.0, mode="fan_out", distribution="truncated_normal", seed=None),
        "bias_initializer": maker("Zeros"), "kernel_regularizer": None, "bias_regularizer": None, "activity_regularizer": None, "kernel_constraint": None, "bias_constraint": None,
    }
    normalization = plain | {
        "axis": -1, "momentum": 0.99, "epsilon": 0.001, "center": True, "scale": True, "beta_initializer": maker("Zeros"), "gamma_initializer": maker("Ones"),
        "moving_mean_initializer": maker("Zeros"), "moving_variance_initializer": maker("Ones"), "beta_regularizer": None, "gamma_regularizer": None,
        "beta_constraint": None, "gamma_constraint": None, "synchronized": False,
    }
    layers = [("InputLayer", {"batch_shape": [None, 32, 32, 8], "dtype": "float32", "sparse": False})]
    for _ in range(333):
        layers += [("Conv2D", convolution), ("BatchNormalization", normalization), ("Activation", plain | {"activation": "relu"})]
    built = {"build_config": {"input_shape": [None, 32, 32, 8]}}
    rows = [
        {"module": "keras.layers", "class_name": name, "config": {"name": f"layer_{i}", **config}, "registered_name": None, **built}
        for i, (name, config) in enumerate(layers)
    ]
    model = {"module": "keras", "class_name": "Sequential", "config": {"name": "deep", "layers": rows}, "registered_name": None}
    path.write_text(json.dumps(model))


def spec(path):
    path.write_text("input: 64\nlayers:\n" + "  - dense: 64\n" * 20_000)


def spec_of_100_mb(path):
    """25 million parameters in a hundred layers."""
    path.write_text("input: 512\nlayers:\n" + "  - dense: 512\n" * 100)


def safetensors_file(path):
    header, at = {}, 0
    for i in range(1_000):
        header[f"layers.{i}.weight"] = {"dtype": "F16", "shape": [5120, 10240], "data_offsets": [at, at + 2 * 5120 * 10240]}
        at += 2 * 5120 * 10240
    text = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + at)


def gguf_file(path):
    text = lambda word: struct.pack("<Q", len(word)) + word.encode()
    out, at = b"GGUF" + struct.pack("<IQQ", 3, 1_000, 1), 0
    out += text("general.architecture") + struct.pack("<I", 8) + text("llama")
    for i in range(1_000):
        out += text(f"blk.{i}.ffn_up.weight") + struct.pack("<IQQIQ", 2, 5120, 10240, 1, at)
        at += 2 * 5120 * 10240
    with path.open("wb") as file:
        file.write(out + b"\0" * (-len(out) % 32))
        file.truncate(file.tell() + at)


ONNX = "import onnx; call = lambda: onnx.load(path, load_external_data=False)"
KERAS = "import keras; sys.setrecursionlimit(100_000); call = lambda: keras.models.model_from_json(open(path).read()).count_params()"
SAFETENSORS = "import safetensors; call = lambda: [f.get_slice(k).get_shape() for f in [safetensors.safe_open(path, 'numpy')] for k in f.keys()]"
GGUF = "import gguf; call = lambda: gguf.GGUFReader(path)"

# What, the file, the arguments, the most it may take, and the peer with its call.
WORKS = [
    ("start to end, a small spec", lambda path: path.write_text("input: 3\nlayers:\n  - lstm: 2\n"), "small.yaml", [], 5, None),
    ("ONNX, 1.8 GB inline", inline_onnx, "inline.onnx", [], 20, ("onnx.load", ONNX)),
    ("ONNX, 50,000 nodes", deep_onnx, "deep.onnx", [], 150, ("onnx.load", ONNX)),
    ("Keras config, 1 MB", keras_config, "config.json", [], 20, ("keras", KERAS)),
    ("YAML spec, 20,000 layers", spec, "spec.yaml", [], 1_000, None),
    ("every scheme, 100 MB model", spec_of_100_mb, "hundred.yaml", ["--fit", "1000GB"], 50, None),
    ("safetensors, 100 GB (plugin)", safetensors_file, "large.safetensors", [], 25, ("safetensors", SAFETENSORS)),
    ("GGUF, 100 GB (plugin)", gguf_file, "large.gguf", [], 25, ("gguf", GGUF)),
]


# A process counts its parent's memory as its own until it has begun, so the parent is a small one.
MEMORY = """
import os, sys
quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
print(os.wait4(child, 0)[2].ru_maxrss)
"""


def measured(program, arguments):
    """Times in milliseconds, and the largest resident memory in MiB, of whole processes."""
    command, times = [str(program), *arguments], []
    for _ in range(RUNS):
        start = time.perf_counter()
        status = subprocess.run(command, stdout=subprocess.DEVNULL).returncode
        times.append(1e3 * (time.perf_counter() - start))
        if status:
            sys.exit(f"{arguments}: exit {status}")
    run = subprocess.run([sys.executable, "-ISc", MEMORY, *command], capture_output=True, check=True)
    return times, int(run.stdout) / 1024


def peer_time(setup, path):
    """Milliseconds of the fastest of three calls, fewer where they take long, in a process of its own; none where it is not installed."""
    script = f"import sys, time\npath = {str(path)!r}\n{setup}\nbest = 1e9\nfor _ in range(3):\n    start = time.perf_counter(); call(); best = min(best, time.perf_counter() - start)\n    if best > 5: break\nprint(best * 1e3)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    return float(done.stdout.split()[-1]) if done.returncode == 0 else None


def main():
    program = Path(sys.argv[1]).resolve()
    print("| work | at most | fastest | median | memory | peer | its call | times as long |\n|---|---:|---:|---:|---:|---|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for name, make, file, arguments, most, peer in WORKS:
            path = Path(folder) / file
            make(path)
            command = ["sizes", str(path), *arguments] if arguments else [str(path)]
            times, memory = measured(program, command)
            cells = [name, f"{most} ms", f"{min(times):.1f} ms", f"{statistics.median(times):.1f} ms", f"{memory:.0f} MiB"]
            if peer is None:
                cells += ["", "", ""]
            elif (took := peer_time(peer[1], path)) is None:
                cells += [peer[0], "absent", ""]
            else:
                cells += [peer[0], f"{took:.0f} ms", f"{took / min(times):.1f}"]
            print("| " + " | ".join(cells) + " |", flush=True)
            path.unlink()


main()
