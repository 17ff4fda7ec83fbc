"""Write MANIFEST.tsv from the truth files and the tables of bad files; check that no file lacks its row."""

import json

import bad_bytes
import bad_configs
import bad_keras
import bad_models
import truth

LARGEST_FILE = 1_900_000
LARGEST_FOLDER = 8_000_000
COLUMNS = ("file", "made by", "framework", "parameters", "trainable", "non_trainable", "shows")
COUNTS = ("parameters", "trainable", "non_trainable")
BESIDE = (".truth.json", ".weights.bin", ".err", ".explain.txt", ".report.txt", "shapes.json", "rules/layers.yaml", "rules/operators.yaml")


def good_rows():
    for path in sorted(truth.TESTDATA.glob("*/*.truth.json")):
        record = json.loads(path.read_text())
        stem = path.name.removesuffix(".truth.json")
        model = next(file for file in path.parent.glob(f"{stem}.*") if not name(file).endswith(BESIDE))
        counts = ["unknown" if record[count] is None else record[count] for count in COUNTS]
        yield [name(model), record["made_by"], record["framework"], *counts, record["shows"]]


def bad_rows():
    for script in (bad_bytes, bad_configs, bad_keras, bad_models):
        for file, (shows, _) in script.FILES.items():
            yield [f"bad/{file}", f"{script.__name__}.py", "-", "-", "-", "-", shows]


def hand_written_rows():
    """Files that people could have written: what is wrong with each is what is said of it first."""
    for folder in ("bad/rules", "bad/schemes", "bad/yaml"):
        for golden in sorted((truth.TESTDATA / folder).glob("*.err")):
            said = golden.read_text().partition("\n")[0]
            shows = said.partition(": ")[2].rpartition(" [")[0]
            yield [name(golden.with_suffix("")), "by hand", "-", "-", "-", "-", shows]


def weight_file_rows():
    for folder in ("gguf", "safetensors", "tflite"):
        for record in json.loads((truth.TESTDATA / folder / "truth.json").read_text())["cases"]:
            counts = [record[count] for count in COUNTS]
            yield [f"{folder}/{record['file']}", f"formats_{folder}.py", record["framework"], *counts, record["shows"]]


def name(path):
    return path.relative_to(truth.TESTDATA).as_posix()


def models():
    """Every file that a person would pass to the program."""
    for folder in ("keras", "onnx", "rules", "bad"):
        files = (truth.TESTDATA / folder).rglob("*")
        yield from (file for file in files if file.is_file() and not name(file).endswith(BESIDE))


if __name__ == "__main__":
    rows = sorted([*good_rows(), *bad_rows(), *hand_written_rows()])
    present = {name(file) for file in models()}
    listed = {row[0] for row in rows}
    assert listed == present, listed ^ present
    sizes = {file: file.stat().st_size for file in truth.TESTDATA.rglob("*") if file.is_file()}
    assert max(sizes.values()) < LARGEST_FILE and sum(sizes.values()) < LARGEST_FOLDER, sum(sizes.values())
    lines = ["\t".join(map(str, row)) for row in (COLUMNS, *sorted([*rows, *weight_file_rows()]))]
    (truth.TESTDATA / "MANIFEST.tsv").write_text("\n".join(lines) + "\n")
