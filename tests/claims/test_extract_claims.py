"""`manage.py extract_claims`, as a script runs it: no settings, no database, pipes."""

import contextlib
import json
import os
import subprocess
import sys

from django.conf import settings

# What a machine has on which nothing is set up.
BARE = {"PATH": os.environ["PATH"]}
ARTICLE = {
    "id": "a",
    "url": None,
    "title": None,
    "published": None,
    "text": "OpenAI accused DeepSeek of copying its AI models. DeepSeek denied the accusation.",
}


def run(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "manage.py", "extract_claims", *arguments],
        cwd=settings.BASE_DIR,
        env=BARE,
        input=given,
        capture_output=True,
        timeout=120,
        check=False,
    )


def test_articles_come_out_in_order_and_bad_lines_are_named() -> None:
    lines = [json.dumps(ARTICLE), "nope", '{"id": "b"}', '{"id": "c", "text": 3}', json.dumps({"id": "d", "text": ""})]
    done = run("-", given="\n".join(lines).encode())
    assert done.returncode == 1
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["id"] for row in rows] == ["a", "d"]
    said = done.stderr.decode()
    assert "standard input, line 2: not JSON" in said
    assert 'standard input, line 3: "text" is missing' in said
    assert 'standard input, line 4: "text" is not a string' in said

    [first, second] = rows
    assert first["relevant"] is True
    keys = {"start", "end", "kind", "claimant", "targets", "about", "topics", "hedged", "confidence"}
    assert all(claim.keys() == keys for claim in first["claims"])
    assert (first["claims"][0]["claimant"], first["claims"][0]["targets"]) == ("OpenAI", ["DeepSeek"])
    assert second == {"id": "d", "relevant": False, "claims": []}


def test_a_reader_that_stops_early_ends_it_quietly() -> None:
    lines = b"".join(b'{"id": "%d", "text": "Nothing."}\n' % number for number in range(400))
    with subprocess.Popen(
        [sys.executable, "manage.py", "extract_claims"],
        cwd=settings.BASE_DIR,
        env=BARE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(lines)
        process.stdout.readline()
        process.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=120) == 0
