"""The installed package, against what frameworks counted and against hand-worked arithmetic."""

import doctest
import json
import os
import pickle
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import netweight

TESTDATA = Path(__file__).resolve().parent.parent.parent / "testdata"


def truth(name):
    return json.loads((TESTDATA / f"{name}.truth.json").read_text(encoding="utf-8"))


class Reports(unittest.TestCase):
    def test_totals_are_those_of_the_framework(self):
        expected = truth("onnx/convnet")
        totals = netweight.report(TESTDATA / "onnx/convnet.onnx")["totals"]
        self.assertEqual(totals["parameters"], expected["parameters"])
        self.assertEqual(totals["non_trainable"], expected["non_trainable"])

    def test_carried_plugins_read_their_formats(self):
        for format in ["gguf", "safetensors", "tflite"]:
            truth = json.loads((TESTDATA / format / "truth.json").read_text(encoding="utf-8"))
            for case in truth["cases"][:3]:
                with self.subTest(case["file"]):
                    report = netweight.report(TESTDATA / format / case["file"])
                    self.assertEqual(report["format"], format)
                    self.assertEqual(report["totals"]["parameters"], case["parameters"])

    def test_options_reach_the_program(self):
        spec = TESTDATA / "yaml/lstm.yaml"
        # 4 × [2(2 + 3) + 2], and a second bias of 4 × 2 by PyTorch's convention.
        self.assertEqual(netweight.report(spec)["totals"]["parameters"], 48)
        pytorch = netweight.report(spec, convention="pytorch", format="yaml")
        self.assertEqual(pytorch["totals"]["parameters"], 56)
        shaped = netweight.report(TESTDATA / "onnx/convnet.onnx", input_shapes="7,1,28,28")
        self.assertEqual(shaped["layers"][-1]["output_shape"], [7, 10])

    def test_names_are_never_taken_for_options(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ["-", "--version", "a name with ünïcode.yaml"]:
                (Path(folder) / name).write_bytes((TESTDATA / "yaml/lstm.yaml").read_bytes())
            before = os.getcwd()
            os.chdir(folder)
            try:
                for name in os.listdir(folder):
                    with self.subTest(name):
                        self.assertEqual(netweight.report(name)["totals"]["parameters"], 48)
            finally:
                os.chdir(before)


class Tables(unittest.TestCase):
    def test_rows_are_flat_and_add_up(self):
        rows = netweight.rows(TESTDATA / "onnx/convnet.onnx")
        total = sum(row["parameters"] for row in rows)
        self.assertEqual(total, truth("onnx/convnet")["parameters"])
        conv = next(row for row in rows if row["path"] == "features.0")
        self.assertEqual(conv["by_hand"], "[1 × (3 × 3) × 8] + 8")
        self.assertEqual((conv["check"], conv["stored_bytes"]), ("agree", 4 * 80))
        self.assertTrue(all(row.keys() == conv.keys() for row in rows))

    def test_a_spec_stores_nothing(self):
        (row,) = netweight.rows(TESTDATA / "yaml/lstm.yaml")
        self.assertIsNone(row["stored_bytes"])
        self.assertEqual(row["by_hand"], "4 × [2(2 + 3) + 2]")

    def test_sizes_by_scheme(self):
        spec = TESTDATA / "yaml/lstm.yaml"
        sizes = netweight.sizes(spec, schemes=["float16", "int8"])
        found = [(size["scheme"], size["weights_bytes"]) for size in sizes]
        self.assertEqual(found, [("float16", 96), ("int8", 48)])
        fitting = netweight.sizes(spec, schemes=["float16", "int8"], fit="50")
        self.assertEqual([size["scheme"] for size in fitting], ["int8", "mix"])
        # 48 parameters: 192 bytes in float32.
        self.assertEqual(netweight.sizes(spec)[0]["weights_bytes"], 192)
        self.assertGreater(len(netweight.sizes(spec, fit="1KiB")), 20)


class Errors(unittest.TestCase):
    def failure(self, *arguments, **options):
        with self.assertRaises(netweight.NetweightError) as caught:
            netweight.report(*arguments, **options)
        return caught.exception

    def test_a_file_that_is_not_there(self):
        error = self.failure("no-such-file.onnx")
        self.assertEqual((error.code, error.source), ("file/not-found", "no-such-file.onnx"))
        self.assertEqual(str(error), "no-such-file.onnx: no such file")

    def test_a_broken_file_says_where(self):
        error = self.failure(TESTDATA / "bad/keras/circle.json")
        self.assertEqual(error.code, "keras/circle")
        self.assertEqual(error.where, "config.layers[1].class_name")
        self.assertEqual(error.failures[0]["message"], error.message)

    def test_an_unknown_scheme(self):
        error = self.failure(TESTDATA / "yaml/lstm.yaml", schemes=["int9"])
        self.assertEqual(error.code, "usage")
        self.assertIn("int9", error.message)

    def test_errors_travel_between_processes(self):
        error = self.failure("no-such-file.onnx")
        again = pickle.loads(pickle.dumps(error))
        self.assertEqual((again.code, str(again)), (error.code, str(error)))


class Program(unittest.TestCase):
    def test_as_a_module_it_is_the_program(self):
        for command in [[sys.executable, "-m", "netweight"], [str(netweight.program())]]:
            ran = subprocess.run(
                [*command, "--format=csv", "--columns=parameters", str(TESTDATA / "yaml/lstm.yaml")],
                stdout=subprocess.PIPE,
                check=True,
            )
            self.assertEqual(ran.stdout.split(), [b"parameters", b"48"])

    def test_the_package_is_typed(self):
        self.assertTrue((Path(netweight.__file__).parent / "py.typed").is_file())
        self.assertEqual(doctest.testmod(netweight).failed, 0)


if __name__ == "__main__":
    unittest.main()
