"""Where the files go, and how a truth record is written beside its model."""

import json
from pathlib import Path

TESTDATA = Path(__file__).resolve().parent.parent


def write(model_file, truth):
    """Write `case.truth.json` beside `case.ext`: one line a layer, so that a change reads well in a diff."""
    head = {key: value for key, value in truth.items() if key != "layers"}
    lines = [f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}," for key, value in head.items()]
    layers = ",\n".join("    " + json.dumps(layer) for layer in truth["layers"])
    text = "{\n" + "\n".join(lines) + '\n  "layers": [\n' + layers + "\n  ]\n}\n"
    json.loads(text)
    model_file = Path(model_file)
    model_file.with_name(model_file.stem + ".truth.json").write_text(text)


def total(layers, key):
    """The sum over the layers, None as soon as one of them is not known."""
    counts = [layer[key] for layer in layers]
    return None if None in counts else sum(counts)


def totals(layers):
    """The three counts of a whole model."""
    return {key: total(layers, key) for key in ("parameters", "trainable", "non_trainable")}
