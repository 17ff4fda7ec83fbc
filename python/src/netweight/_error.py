"""What is raised."""

from __future__ import annotations

from typing import List, Optional

from ._documents import Failure


class NetweightError(Exception):
    """A file could not be read, or what was asked for is not there.

    ``code`` is stable (``file/not-found``), ``message`` says what was found, ``where`` the place in
    the file, ``help`` what to do; ``failures`` holds every problem of the file, this one first.
    """

    def __init__(self, failures: List[Failure]) -> None:
        first = failures[0]
        self.failures: List[Failure] = failures
        self.source: Optional[str] = first["source"]
        self.code: str = first["code"]
        self.message: str = first["message"]
        self.where: Optional[str] = first["where"]
        self.help: Optional[str] = first["help"]
        super().__init__(failures)

    def __str__(self) -> str:
        places = [place for place in (self.source, self.where) if place]
        text = ": ".join([*places, self.message])
        return f"{text} ({self.help})" if self.help else text
