"""`manage.py find_attributions`: articles in, who is said to say what out."""

import io
import json
from pathlib import Path

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
