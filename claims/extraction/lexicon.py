"""Word lists of extraction: cue verbs by class with their inflected forms, phrases, and evaluative words.

The lists are ``data/lexicon.json``. A cue class says what a governing verb does: say (neutral report), allege,
deny, respond, warn (concern), find (authority or evidence), act (a deed in the dispute).
"""

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any


def word_set(text: str) -> frozenset[str]:
    """Return the words of *text*, which stand between blanks."""
    return frozenset(text.split())


CLASSES = ("say", "allege", "deny", "respond", "warn", "find", "act")


@cache
def _data() -> dict[str, Any]:
    raw = files("claims.extraction").joinpath("data", "lexicon.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(raw)
    return data


def inflect(verb: str) -> list[str]:
    """Return the regular forms of *verb*: base, third person, past, participle in -ing."""
    if verb.endswith("e"):
        return [verb, verb + "s", verb + "d", verb[:-1] + "ing"]
    if re.search(r"[^aeiou]y$", verb):
        return [verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"]
    third = verb + ("es" if re.search(r"(s|x|z|ch|sh)$", verb) else "s")
    return [verb, third, verb + "ed", verb + "ing"]


@cache
def verb_lemmas() -> dict[str, str]:
    """Return {inflected form: lemma} of every cue verb, in lower case."""
    data = _data()
    forms: dict[str, str] = {}
    for group in data["verbs"].values():
        for verb in group.split():
            irregular = data["irregular"].get(verb)
            for form in [verb, *irregular.split()] if irregular else inflect(verb):
                forms.setdefault(form, verb)
    return forms


@cache
def verb_classes() -> dict[str, tuple[str, ...]]:
    """Return {lemma: classes}, the class named first in the file leading."""
    classes: dict[str, list[str]] = {}
    for name, group in _data()["verbs"].items():
        for verb in group.split():
            if name not in classes.setdefault(verb, []):
                classes[verb].append(name)
    return {verb: tuple(names) for verb, names in classes.items()}


@cache
def words(name: str) -> frozenset[str]:
    """Return the word list *name* ("bad", "norm", "fix", "ai", "strong_ai")."""
    return frozenset(_data()[name].split())


@cache
def phrases() -> dict[str, re.Pattern[str]]:
    """Return one pattern a class that finds its phrases in lower-case text with straight apostrophes."""
    found = {}
    for name, items in _data()["phrases"].items():
        ordered = sorted(items, key=len, reverse=True)
        found[name] = re.compile(r"\b(?:" + "|".join(map(re.escape, ordered)) + ")")
    return found
