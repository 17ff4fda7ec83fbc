"""Truth of the weight files: one `truth.json` a folder, a line a case."""

import json

import truth


def case(file, shows, framework, tensors, *, statistics=None, quantization=0, layers=None, diagnostics=()):
    """What a file holds: learned tensors and running statistics by name with their numbers of values, values that
    serve quantization, where modules are known the values that each module learned itself, and the codes of what is to
    be said of the file."""
    statistics = statistics or {}
    trainable, non_trainable = sum(tensors.values()), sum(statistics.values())
    return {
        "file": file, "shows": shows, "framework": framework,
        "parameters": trainable + non_trainable, "trainable": trainable, "non_trainable": non_trainable,
        "quantization": quantization, "tensors": tensors | statistics, "layers": layers or {}, "diagnostics": list(diagnostics),
    }  # fmt: skip


def write(folder, cases):
    lines = ",\n".join("  " + json.dumps(one, ensure_ascii=False) for one in cases)
    (truth.TESTDATA / folder / "truth.json").write_text('{"cases": [\n' + lines + "\n]}\n")
