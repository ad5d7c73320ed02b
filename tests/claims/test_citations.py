"""Citations that reference managers read back as what they were."""

import json
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.citations import WRITERS, Citation

CITED = Citation(
    key="dispute-openai-deepseek",
    title="OpenAI & DeepSeek: 100% “distilled” {R1}_$",
    url="https://tracker.example/disputes/openai-deepseek/",
    site="AI claims tracker",
    changed=date(2026, 2, 13),
    as_of=date(2026, 11, 27),
    note="demonstration data",
)
EXPECTED = {
    "txt": "“OpenAI & DeepSeek: 100% “distilled” {R1}_$”. AI claims tracker (demonstration data),"
    " as of 27 November 2026. https://tracker.example/disputes/openai-deepseek/\n",
    "bib": r"""@misc{dispute-openai-deepseek,
  title = {{OpenAI \& DeepSeek: 100\% “distilled” \{R1\}\_\$}},
  author = {{AI claims tracker}},
  year = {2026},
  month = feb,
  url = {https://tracker.example/disputes/openai-deepseek/},
  urldate = {2026-11-27},
  note = {demonstration data, as of 2026-11-27}
}
""",
    "ris": "\r\n".join(
        [
            "TY  - ELEC",
            "ID  - dispute-openai-deepseek",
            "TI  - OpenAI & DeepSeek: 100% “distilled” {R1}_$",
            "AU  - AI claims tracker",
            "PB  - AI claims tracker",
            "PY  - 2026",
            "DA  - 2026/02/13",
            "Y2  - 2026/11/27",
            "UR  - https://tracker.example/disputes/openai-deepseek/",
            "N1  - demonstration data, as of 2026-11-27",
            "ER  - ",
            "",
        ]
    ),
}


@pytest.mark.parametrize("form", list(EXPECTED))
def test_each_form_is_as_its_format_has_it(form: str) -> None:
    assert WRITERS[form](CITED) == EXPECTED[form]


def test_csl_json_names_what_is_cited_and_when() -> None:
    (item,) = json.loads(WRITERS["json"](CITED))
    assert (item["type"], item["title"], item["URL"]) == ("webpage", CITED.title, CITED.url)
    assert (item["issued"], item["accessed"]) == ({"date-parts": [[2026, 2, 13]]}, {"date-parts": [[2026, 11, 27]]})


@given(st.text())
def test_no_title_breaks_out_of_its_field(title: str) -> None:
    cited = Citation("k", title, "https://a.example/", "Site", date(2026, 1, 1), date(2026, 1, 2))
    assert len(WRITERS["ris"](cited).split("\r\n")) == 12
    bib = re.sub(r"\\[{}\\&%$#_]|\\text\w+\{\}", "", WRITERS["bib"](cited))
    depth = 0
    for char in bib:
        depth += {"{": 1, "}": -1}.get(char, 0)
        assert depth >= 0
    assert depth == 0
    assert isinstance(json.loads(WRITERS["json"](cited)), list)
