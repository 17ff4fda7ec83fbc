"""What a model file weighs: parameters layer by layer, and bytes under each quantization.

>>> import netweight
>>> netweight.report("model.onnx")["totals"]["parameters"]  # doctest: +SKIP
26778

:func:`report` gives everything about a file, :func:`rows` its layers as a flat table,
:func:`sizes` what its weights take under each scheme. A file that cannot be read raises
:class:`NetweightError`. All of them ask the program ``netweight`` that this package carries.
"""

from __future__ import annotations

import os
from typing import Iterable, List, Optional, Union

from ._documents import (
    Diagnostic,
    Failure,
    Formula,
    Items,
    Layer,
    Report,
    Row,
    Size,
    Totals,
    Weight,
)
from ._error import NetweightError
from ._program import answer, program

__all__ = [
    "Diagnostic",
    "Failure",
    "Formula",
    "Items",
    "Layer",
    "NetweightError",
    "Report",
    "Row",
    "Size",
    "Totals",
    "Weight",
    "program",
    "report",
    "rows",
    "sizes",
]

File = Union[str, "os.PathLike[str]"]


def report(
    file: File,
    *,
    format: Optional[str] = None,
    input_shapes: Iterable[str] = (),
    convention: Optional[str] = None,
    schemes: Iterable[str] = (),
) -> Report:
    """Everything about one model file, as ``netweight --format json`` says it.

    ``format`` names the format instead of telling it from the content; ``input_shapes`` give what
    the file leaves open (``"?,28,28,1"``, or ``"x=?,28,28,1"`` for one input of several);
    ``convention`` is whose defaults hold (``textbook``, ``keras``, ``pytorch``, ``onnx``);
    ``schemes`` are the sizes to forecast, as ``netweight schemes`` lists them.
    """
    options = _reading(format, input_shapes, convention) + _each("--scheme", schemes)
    return answer(options, file)


def rows(
    file: File,
    *,
    format: Optional[str] = None,
    input_shapes: Iterable[str] = (),
    convention: Optional[str] = None,
) -> List[Row]:
    """The layers of a model file, one flat dictionary each: a table for ``pandas.DataFrame``.

    The options are those of :func:`report`.
    """
    found = report(file, format=format, input_shapes=input_shapes, convention=convention)
    return [_row(layer) for layer in found["layers"]]


def sizes(
    file: File,
    *,
    schemes: Iterable[str] = (),
    fit: Optional[str] = None,
    format: Optional[str] = None,
    input_shapes: Iterable[str] = (),
    convention: Optional[str] = None,
) -> List[Size]:
    """What the weights take under each scheme; under the plain widths where none is named.

    ``fit`` keeps those that fit into a budget such as ``"512MiB"``, the largest first, and looks
    at every scheme where none is named. The other options are those of :func:`report`.
    """
    options = _reading(format, input_shapes, convention) + _each("--scheme", schemes)
    options += _each("--fit", () if fit is None else [fit])
    return answer(["sizes", *options], file)["sizes"]


def _reading(
    format: Optional[str], input_shapes: Iterable[str], convention: Optional[str]
) -> List[str]:
    options = _each("--from", () if format is None else [format])
    options += _each("--input-shape", input_shapes)
    return options + _each("--convention", () if convention is None else [convention])


def _each(option: str, values: Iterable[str]) -> List[str]:
    """The option with each value; a lone text is one value, not its letters."""
    return [f"{option}={value}" for value in ([values] if isinstance(values, str) else values)]


def _row(layer: Layer) -> Row:
    formula = layer["formula"]
    stored = [weight["stored_bytes"] for weight in layer["weights"] if not weight["shared"]]
    known = [count for count in stored if count is not None]
    return {
        "path": layer["path"],
        "type": layer["type"],
        "kind": layer["kind"],
        "output_shape": layer["output_shape"],
        "parameters": layer["parameters"],
        "trainable": layer["trainable"],
        "non_trainable": layer["non_trainable"],
        "stored_bytes": sum(known) if known and len(known) == len(stored) else None,
        "shared_with": layer["shared_with"],
        "by_hand": formula["numbers"] if formula else None,
        "check": formula["check"] if formula else None,
    }
