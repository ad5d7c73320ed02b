"""What `read_feed` and `read_page` share: files, standard input and URLs in, JSON Lines out."""

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from tracker.news.fetching import FetchPolicy, fetch_many
from tracker.news.policy import fetch_policy
from tracker.news.types import FetchError, Request

_BATCH = 32


@dataclass(frozen=True, slots=True)
class Input:
    """One input as it was named, with its bytes, or the `error` for which there are none."""

    source: str
    body: bytes = b""
    url: str = ""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str = ""


class ReadingCommand(BaseCommand):
    """Reads each input by `line` and prints it; inputs that cannot be read are named on standard error.

    Needs no database, no broker and no secret.
    """

    requires_system_checks: list[str] = []
    accept = ""
    max_bytes: int | None = None

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the inputs."""
        parser.add_argument(
            "sources", nargs="+", metavar="FILE|URL", help='files, http(s) URLs, or "-" for standard input'
        )

    def handle(self, *args: Any, sources: list[str], **options: Any) -> None:
        """Print a line for each input, in their order; exit with 1 where one could not be read."""
        failed = 0
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8")
        try:
            given_inputs = inputs(sources, self.policy(), self.accept)
            for given in tqdm(given_inputs, total=len(sources), disable=not sys.stderr.isatty()):
                failed += not self._answer(given, options)
        except BrokenPipeError:
            # The reader has seen enough ("| head"); keep the interpreter from complaining at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return
        if failed:
            raise CommandError(f"{failed} of {len(sources)} inputs could not be read.", returncode=1)

    def _answer(self, given: Input, options: Mapping[str, Any]) -> bool:
        row, error = self.line(given, options)
        if row is not None:
            self.stdout.write(json.dumps(row, ensure_ascii=False))
            self.stdout.flush()
        if error:
            self.stderr.write(f"{given.source}: {error}")
        return not error

    def line(self, given: Input, options: Mapping[str, Any]) -> tuple[dict[str, Any] | None, str]:
        """Return the row to print, if any, and the error to report, if any."""
        raise NotImplementedError

    def policy(self) -> FetchPolicy:
        """Return how URLs are fetched."""
        return replace(fetch_policy(), max_bytes=self.max_bytes) if self.max_bytes else fetch_policy()


def inputs(sources: Iterable[str], policy: FetchPolicy, accept: str = "") -> Iterator[Input]:
    """Yield the inputs in their order; neighbouring URLs are fetched together."""
    for are_urls, run in groupby(sources, key=_is_url):
        named = list(run)
        if not are_urls:
            yield from map(_from_file, named)
            continue
        for start in range(0, len(named), _BATCH):
            yield from _from_urls(named[start : start + _BATCH], policy, accept)


def _is_url(source: str) -> bool:
    return "://" in source and not Path(source).exists()


def _from_urls(urls: list[str], policy: FetchPolicy, accept: str) -> Iterator[Input]:
    done: dict[int, Input] = {}
    position = 0
    requests = [Request(url, accept=accept, key=index) for index, url in enumerate(urls)]
    for request, result in fetch_many(requests, policy=policy):
        assert isinstance(request.key, int)
        if isinstance(result, FetchError):
            given = Input(request.url, error=result.message.removeprefix(f"{request.url}: "))
        elif not result.ok:
            given = Input(request.url, error=f"the server answered {result.status}.")
        else:
            given = Input(request.url, result.body, result.final_url, result.content_type, result.headers)
        done[request.key] = given
        while position in done:
            yield done.pop(position)
            position += 1


def _from_file(source: str) -> Input:
    try:
        if source == "-":
            return Input(source, sys.stdin.buffer.read())
        return Input(source, Path(source).read_bytes())
    except IsADirectoryError:
        return Input(source, error="is a directory, not a file.")
    except FileNotFoundError:
        return Input(source, error="no such file.")
    except OSError as error:
        return Input(source, error=f"{error.strerror or error}.")
    except ValueError as error:  # a NUL in the name
        return Input(source, error=f"{error}.")
