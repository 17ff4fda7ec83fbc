"""The documents that the program prints, as types: version 1 of the report.

A later program may add fields; ``netweight schema report`` prints the schema with every one.
"""

from __future__ import annotations

from typing import Any, List, Literal, Optional, TypedDict, Union

Dim = Union[int, str, None]
Shape = List[Dim]
Count = Optional[int]

Check = Literal["agree", "by_construction", "formula_only", "differ", "none"]
Category = Literal["trainable", "non_trainable", "constant", "quantization", "unused"]


class Totals(TypedDict):
    """The sums over a model's layers; ``parameters`` is what is known where not ``complete``."""

    parameters: Count
    trainable: int
    non_trainable: int
    complete: bool
    constants: int
    quantization: int
    unused: int
    layers: int
    layers_with_parameters: int
    stored_bytes: Count


class Formula(TypedDict):
    """A layer's arithmetic, in letters and in numbers."""

    symbols: str
    numbers: str
    value: int
    check: Check


class Weight(TypedDict):
    """One tensor of a layer."""

    name: str
    role: str
    category: Category
    shape: List[int]
    dtype: str
    elements: int
    stored_bytes: Count
    shared: bool


class Layer(TypedDict):
    """One layer; an open dimension of its output is ``None`` or has a name."""

    path: str
    type: str
    kind: Optional[str]
    output_shape: Union[Shape, List[Shape], None]
    parameters: Count
    trainable: Count
    non_trainable: Count
    shared_with: Optional[str]
    formula: Optional[Formula]
    weights: List[Weight]
    frozen: bool


class Items(TypedDict):
    """Bytes by what they hold."""

    weights: int
    scales: int
    zero_points: int
    biases: int
    activations: int
    kept: int


class Size(TypedDict):
    """What the weights take under one scheme; ``refused`` says why the real tool would not."""

    scheme: str
    kind: Literal["width", "scheme"]
    weights_bytes: int
    file_bytes: Count
    bits_per_parameter: float
    ratio: float
    items: Items
    refused: Optional[str]
    note: Optional[str]


class Diagnostic(TypedDict):
    """What else there is to say of a file."""

    severity: Literal["note", "warning", "error"]
    code: str
    where: Optional[str]
    message: str
    help: Optional[str]


class Report(TypedDict):
    """What one file weighs."""

    source: str
    format: str
    name: Optional[str]
    producer: Optional[str]
    description: str
    file_bytes: Count
    totals: Totals
    categories: List[Any]
    layers: List[Layer]
    stored: Optional[Size]
    sizes: List[Size]
    diagnostics: List[Diagnostic]


class Row(TypedDict):
    """One layer as a row of a table."""

    path: str
    type: str
    kind: Optional[str]
    output_shape: Union[Shape, List[Shape], None]
    parameters: Count
    trainable: Count
    non_trainable: Count
    stored_bytes: Count
    shared_with: Optional[str]
    by_hand: Optional[str]
    check: Optional[Check]


class Failure(TypedDict):
    """One thing that kept a file from being read."""

    source: Optional[str]
    code: str
    message: str
    where: Optional[str]
    help: Optional[str]
