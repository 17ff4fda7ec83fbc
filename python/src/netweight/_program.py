"""The program that the package carries: where it lies, and what it answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Iterator, List, Union

from ._documents import Failure, Report
from ._error import NetweightError


def program() -> Path:
    """The path of the program ``netweight`` that was installed with this package."""
    name = "netweight" + (sysconfig.get_config_var("EXE") or "")
    for folder in _folders():
        if (folder / name).is_file():
            return folder / name
    raise _error(
        "program/not-found",
        f"the program {name} is not where this package's installer puts programs",
        help="install the package again: pip install --force-reinstall netweight",
    )


def _folders() -> Iterator[Path]:
    """Where installers put a package's programs."""
    yield Path(sysconfig.get_path("scripts"))
    # pip install --target: beside the package.
    yield Path(__file__).resolve().parent.parent / "bin"
    if sys.version_info >= (3, 10):
        user = sysconfig.get_preferred_scheme("user")
    else:
        user = f"{os.name}_user"
    if user in sysconfig.get_scheme_names():
        yield Path(sysconfig.get_path("scripts", user))


def answer(arguments: List[str], file: Union[str, "os.PathLike[str]"]) -> Report:
    """What the program says of a file."""
    path = os.fspath(file)
    # A lone dash would be standard input, which belongs to the caller.
    path = os.path.join(os.curdir, path) if path == "-" else path
    ran = subprocess.run(
        [str(program()), *arguments, "--format=json", "--", path],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        check=False,
    )
    try:
        document = json.loads(ran.stdout)
        models, failures = document["models"], document["failures"]
    except (ValueError, KeyError):
        raise _error("usage", _complaint(ran.stderr, ran.returncode)) from None
    if failures:
        raise NetweightError(failures)
    report: Report = models[0]
    return report


def _complaint(stderr: bytes, code: int) -> str:
    """What the program says when it does not get as far as the file."""
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    first = lines[0] if lines else f"the program ended with exit code {code} and said nothing"
    return first[len("error: ") :] if first.startswith("error: ") else first


def _error(code: str, message: str, help: "str | None" = None) -> NetweightError:
    failure: Failure = {
        "source": None,
        "code": code,
        "message": message,
        "where": None,
        "help": help,
    }
    return NetweightError([failure])
