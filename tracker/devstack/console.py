"""What a person at the terminal sees: steps with their time, programs' lines under their names, the addresses."""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TextIO

COLOURS = {"postgres": 34, "origin": 35, "web": 32, "worker": 36, "beat": 33}
WIDTH = 8


class Console:
    """Writes to *stream*; colours only where a terminal shows them and NO_COLOR is not set."""

    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self._stream = stream
        self._colour = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    def _write(self, text: str) -> None:
        # `make run | head` closes the pipe; the stack goes on.
        with suppress(BrokenPipeError, ValueError):
            self._stream.write(text + "\n")
            self._stream.flush()

    def _paint(self, text: str, code: int) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour else text

    def note(self, text: str) -> None:
        """Say *text* in our own name."""
        self._write(text)

    def line(self, name: str, text: str) -> None:
        """Pass on one line of the program *name*."""
        self._write(f"{self._paint(name.ljust(WIDTH), COLOURS.get(name, 37))} | {text}")

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Name a step when it begins, and say how long it took when it has succeeded."""
        began = time.monotonic()
        if self._stream.isatty():
            self._stream.write(f"{name} …\r")
            self._stream.flush()
        yield
        self._write(f"{name} … {self._paint('done', 32)} ({time.monotonic() - began:.1f} s)")

    def banner(self, facts: Mapping[str, str], below: str) -> None:
        """Show what a visitor needs, apart from the lines before and after it."""
        lines = [f"  {self._paint(name.ljust(6), 1)} {value}" for name, value in facts.items()]
        self._write("\n" + "\n".join(lines) + f"\n\n  {below}\n")
