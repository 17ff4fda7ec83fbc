"""Where the files go, and how a truth record is written beside its model."""

import json
import re
import zipfile
from pathlib import Path

TESTDATA = Path(__file__).resolve().parent.parent

# Archives note when they were written; these were written at no time.
EPOCH = (1980, 1, 1, 0, 0, 0)


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


def timeless(file):
    """Write the same zip without the moment and the memory addresses of its making."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    metadata = json.loads(members["metadata.json"])
    members["metadata.json"] = json.dumps(metadata | {"date_saved": "1980-01-01@00:00:00"}).encode()
    members["config.json"] = renumber(members["config.json"].decode()).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content)


def renumber(config):
    """Keras takes memory addresses as the numbers of shared objects; any numbers will do."""
    numbers = {}
    return re.sub(
        r'(?<="shared_object_id": )\d+',
        lambda found: str(numbers.setdefault(found[0], len(numbers) + 1)),
        config,
    )
