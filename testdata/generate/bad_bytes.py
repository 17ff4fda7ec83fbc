"""Wrong input that people really pass: downloads that failed, files cut short, other files. Python alone makes them."""

import json
import random
import zlib

import truth

BAD = truth.TESTDATA / "bad"
KERAS = (truth.TESTDATA / "keras" / "ffnn-3-5-2.json").read_text()
ONNX = (truth.TESTDATA / "onnx" / "convnet.onnx").read_bytes()

HTML = """<!DOCTYPE html>
<html lang="en"><head><title>Sign in</title></head>
<body><p>You need to sign in to download <code>model.onnx</code>.</p></body></html>
"""
LFS_POINTER = f"""version https://git-lfs.github.com/spec/v1
oid sha256:{"4d7a2146" * 8}
size 97781949
"""
HUGGING_FACE = {
    "architectures": ["BertForMaskedLM"], "model_type": "bert", "hidden_size": 768, "num_hidden_layers": 12,
    "num_attention_heads": 12, "intermediate_size": 3072, "vocab_size": 30522,
}  # fmt: skip
HISTORY = {"loss": [0.693, 0.412, 0.305], "accuracy": [0.5, 0.81, 0.88]}


def random_bytes(seed, length):
    return random.Random(seed).randbytes(length)


def png():
    """A picture of one white pixel."""

    def chunk(kind, content):
        check = zlib.crc32(kind + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + kind + content + check

    header = bytes([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])
    pixels = b"\x78\x01\x01\x02\x00\xfd\xff\x00\xff\x01\x01\x01\x00"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def weights_only():
    """What `[w.tolist() for w in model.get_weights()]` gives: numbers without a network."""
    kernel = [[0.1 * (row + column) for column in range(2)] for row in range(3)]
    return json.dumps([kernel, [0.0, 0.0]])


def python_text():
    """What `str(model.get_config())` gives."""
    return repr(json.loads(KERAS)["config"])


FILES = {
    "onnx/empty.onnx": ("a download that never began", b""),
    "onnx/html-page.onnx": ("a sign-in page saved in the model's place", HTML),
    "onnx/git-lfs-pointer.onnx": ("a clone without large files: the pointer is there, the model is not", LFS_POINTER),
    "onnx/truncated.onnx": ("cut in the middle of the weights", ONNX[:60_000]),
    "onnx/truncated-nodes.onnx": ("cut in the middle of the nodes", ONNX[:500]),
    "onnx/zeros.onnx": ("room that a download took and did not fill", bytes(1024)),
    "onnx/header-only.onnx": ("a producer and a version, no graph", b"\x08\x08\x12\x07pytorch"),
    "onnx/keras-inside.onnx": ("a Keras configuration under the wrong name", KERAS),
    "onnx/random.onnx": ("noise under the right name", random_bytes(1, 256)),
    "keras/empty.json": ("nothing", ""),
    "keras/truncated.json": ("cut in the middle", KERAS[: len(KERAS) // 2]),
    "keras/trailing-comma.json": ("edited by hand: a comma before the end", KERAS[:-1] + ",}"),
    "keras/python-text.json": ("Python's text of a dict: single quotes, None, True", python_text()),
    "keras/json-in-json.json": ("`to_json()` dumped once more: a string that holds the JSON", json.dumps(KERAS)),
    "keras/weights-only.json": ("numbers without a network", weights_only()),
    "keras/history.json": ("what training wrote: losses, no layers", json.dumps(HISTORY)),
    "keras/hugging-face-config.json": ("another library's configuration", json.dumps(HUGGING_FACE, indent=2)),
    "keras/byte-order-mark.json": ("a good file that an editor put three bytes before", "\ufeff" + KERAS),
    "keras/utf-16.json": ("a good file that a shell wrote in UTF-16", ("\ufeff" + KERAS).encode("utf-16-le")),
    "keras/not-an-archive.keras": ("a configuration under the archive's name", KERAS),
    "keras/truncated.h5": ("HDF5's signature and nothing behind it", b"\x89HDF\r\n\x1a\n"),
    "unknown/empty": ("nothing, under no name", b""),
    "unknown/random.bin": ("noise", random_bytes(2, 512)),
    "unknown/picture.png": ("a picture", png()),
    "unknown/notes.txt": ("plain text", "learning rate 3e-4, batch 64, stopped at epoch 12\n"),
}

if __name__ == "__main__":
    for name, (_, content) in FILES.items():
        file = BAD / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
