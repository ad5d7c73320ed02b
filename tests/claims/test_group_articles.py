"""`manage.py group_articles`, as a script runs it: no settings, no database, pipes."""

import json
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

DATA = Path(__file__).parent.parent / "data" / "grouping"
# What a machine has on which nothing is set up.
BARE = {"PATH": os.environ["PATH"]}


def run(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "manage.py", "group_articles", *arguments],
        cwd=settings.BASE_DIR,
        env=BARE,
        input=given,
        capture_output=True,
        timeout=120,
        check=False,
    )


def test_a_file_is_grouped_in_its_order_without_any_setting() -> None:
    source = DATA / "fresh.jsonl"
    done = run(str(source))
    assert (done.returncode, done.stderr) == (0, b"")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["id"] for row in rows] == [json.loads(line)["id"] for line in source.read_text().splitlines()]
    assert all(row.keys() == {"id", "dispute"} and row["dispute"] for row in rows)


def test_bad_lines_are_named_and_the_rest_is_grouped() -> None:
    given = b'{"id": "a", "text": "x \\ud800"}\nnope\n{"id": "b"}\n{"id": "c", "title": null, "text": ""}\n'
    done = run("-", given=given)
    assert done.returncode == 1
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a", "c"]
    said = done.stderr.decode()
    assert "standard input, line 2: not JSON" in said
    assert 'standard input, line 3: "text" is missing' in said
    assert "2 line(s) of standard input could not be read" in said


def test_a_file_that_is_not_there_is_named() -> None:
    done = run("/no/such/file.jsonl")
    assert done.returncode == 1
    assert done.stdout == b""
    assert "/no/such/file.jsonl: No such file" in done.stderr.decode()


def test_a_reader_that_stops_early_ends_it_quietly() -> None:
    lines = b"".join(b'{"id": "%d", "text": "Nordhaven"}\n' % number for number in range(3_000))
    with subprocess.Popen(
        [sys.executable, "manage.py", "group_articles"],
        cwd=settings.BASE_DIR,
        env=BARE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(lines)
        process.stdin.close()
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=120) == 0
