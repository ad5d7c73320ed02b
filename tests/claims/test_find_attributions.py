"""`manage.py find_attributions`: articles in, who is said to say what out."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.core.management import call_command


def test_sources_cues_and_contents_come_out_as_offsets(tmp_path: Path) -> None:
    text = "The ferry will not sail before Monday, the harbour office said."
    file = tmp_path / "articles.jsonl"
    file.write_text(json.dumps({"id": "a", "text": text}) + "\n" + json.dumps({"id": "b", "text": ""}) + "\n")
    out = io.StringIO()
    call_command("find_attributions", str(file), stdout=out)
    first, second = (json.loads(line) for line in out.getvalue().splitlines())
    (found,) = first["attributions"]
    spans = {name: text[slice(*found[name])] for name in ("source", "cue", "content")}
    assert spans == {
        "source": "the harbour office",
        "cue": "said",
        "content": "The ferry will not sail before Monday",
    }
    assert second == {"id": "b", "attributions": []}


def test_it_runs_where_nothing_is_set_up() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "find_attributions", "-"],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"]},
        input=b'{"id": "a", "text": "Larkfield said the tool is safe."}\nnope\n',
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert [json.loads(line)["attributions"][0]["name"] for line in done.stdout.splitlines()] == ["Larkfield"]
    assert b"line 2: not JSON" in done.stderr
    assert done.returncode == 1
