"""Every language is complete, says the same, and is there without any program of the system."""

import re
from pathlib import Path

import pytest

from tracker import messages


@pytest.fixture(params=messages.LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """Each language but English."""
    return str(request.param)


def keys(catalog: messages.Catalog) -> set[tuple[str, str]]:
    return {(str(m.context or ""), m.id if isinstance(m.id, str) else m.id[0]) for m in catalog if m.id}


def test_no_message_of_the_public_pages_is_untranslated(language: str) -> None:
    translated, needed = messages.read(language), messages.collected()
    hint = "python -m tracker.messages update, then translate in locale/"
    assert sorted(keys(needed) - keys(translated)) == [], hint
    assert sorted(keys(translated) - keys(needed)) == [], hint
    assert messages.missing(translated) == [], hint


def test_translations_keep_the_placeholders_and_links_of_their_messages(language: str) -> None:
    for message in messages.read(language):
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
        for text in texts:
            # A singular may leave out the number that it says in a word.
            known = {name for text_id in ids for name in re.findall(r"%\((\w+)\)[sd]", text_id)}
            assert set(re.findall(r"%\((\w+)\)[sd]", text)) <= known, message.id
        assert set(re.findall(r"%\(\w+\)[sd]", texts[-1])) == set(re.findall(r"%\(\w+\)[sd]", ids[-1])), message.id
        assert texts[-1].count("<a ") == ids[-1].count("<a "), message.id


def test_what_is_compiled_is_what_is_translated(language: str) -> None:
    compiled = messages.po_path(language).with_suffix(".mo").read_bytes()
    assert compiled == messages.compiled(messages.read(language)), "python -m tracker.messages compile"


def test_messages_are_collected_from_templates_and_code_and_none_of_the_desks(tmp_path: Path) -> None:
    (tmp_path / "templates/admin").mkdir(parents=True)
    (tmp_path / "claims/views").mkdir(parents=True)
    counted = "{% blocktranslate count n=2 %}{{ n }} a{% plural %}{{ n }} b{% endblocktranslate %}"
    (tmp_path / "templates/page.html").write_text('{% load i18n %}{% translate "One" %}' + counted)
    (tmp_path / "templates/admin/page.html").write_text('{% load i18n %}{% translate "Desk" %}')
    (tmp_path / "claims/views/x.py").write_text('_("Two")\npgettext("context", "Three")\nngettext("f", "g", 2)\n')
    found = messages.collected(tmp_path)
    assert keys(found) == {("", "One"), ("", "%(n)s a"), ("", "Two"), ("context", "Three"), ("", "f")}


def test_an_update_keeps_what_is_translated_and_drops_what_is_gone(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    page = tmp_path / "templates/page.html"
    page.write_text('{% load i18n %}{% translate "One" %}{% translate "Two" %}')
    messages.update("de", tmp_path)
    po = messages.po_path("de", tmp_path)
    po.write_text(po.read_text().replace('msgid "One"\nmsgstr ""', 'msgid "One"\nmsgstr "Eins"'))
    page.write_text('{% load i18n %}{% translate "One" %}{% translate "Three" %}')
    catalog = messages.update("de", tmp_path)
    assert keys(catalog) == {("", "One"), ("", "Three")}
    assert messages.missing(catalog) == ["Three"]
    assert "Eins" in po.read_text()
