"""The registry that ships (``data/parties.jsonl``, ``data/systems.jsonl``) and matching its names in token lists."""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from claims.extraction.types import RegisteredParty, RegisteredSystem, Registry

DATA = Path(__file__).parent / "data"


class RegistryError(ValueError):
    """A registry file holds a line that is not a party or a system; the message names file and line."""


@cache
def load_registry(path: Path | None = None) -> Registry:
    """Return the registry kept in the folder *path*, by default the one that ships.

    A file that is missing counts as empty. Raises `RegistryError` for a line that is not a JSON object with a name.
    """
    folder = path or DATA
    parties = tuple(_party(row) for row in registry_rows(folder / "parties.jsonl"))
    systems = tuple(_system(row) for row in registry_rows(folder / "systems.jsonl"))
    return Registry(parties, systems)


def registry_rows(path: Path) -> Iterable[dict[str, Any]]:
    """Yield the rows of one registry file in order; raises `RegistryError` for a line that is no object with a name."""
    if not path.exists():
        return
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                raise RegistryError(f"{path}, line {number}: not JSON ({error})") from None
            if not isinstance(row, dict) or not isinstance(row.get("name"), str) or not row["name"].strip():
                raise RegistryError(f"{path}, line {number}: no name")
            yield row


def _party(row: dict[str, Any]) -> RegisteredParty:
    return RegisteredParty(
        name=row["name"],
        kind=str(row.get("kind") or "organisation"),
        aliases=tuple(
            a for a in (*row.get("aliases", ()), *row.get("former", ())) if a not in row.get("ambiguous", ())
        ),
        roles=tuple(row.get("roles", ())),
        nationality=row.get("nationality"),
    )


def _system(row: dict[str, Any]) -> RegisteredSystem:
    return RegisteredSystem(
        name=row["name"],
        maker=row.get("maker"),
        aliases=tuple(a for a in row.get("aliases", ()) if a not in row.get("ambiguous", ())),
        kind=str(row.get("kind") or "product"),
    )


class NameIndex:
    """A registry's names as a look-up by first word, longest name first. Built once a registry."""

    def __init__(self, registry: Registry) -> None:
        self.parties = {party.name: party for party in registry.parties}
        self.systems = {system.name: system for system in registry.systems}
        self._by_first: dict[str, list[tuple[tuple[str, ...], str, bool]]] = {}
        self._folded: dict[str, tuple[str, bool]] = {}
        for system in registry.systems:
            for alias in (system.name, *system.aliases):
                self._add(alias, system.name, True)
        for party in registry.parties:
            for alias in (party.name, *party.aliases):
                self._add(alias, party.name, False)
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def _add(self, alias: str, name: str, system: bool) -> None:
        words = _split(alias)
        if words and (len(words) > 1 or len(alias) > 1 or alias == "X"):
            self._by_first.setdefault(words[0], []).append((words, name, system))
        if len(words) == 1 and len(alias) >= 6:
            self._folded.setdefault(alias.lower(), (name, system))

    def canonical(self, name: str) -> str:
        """Return the registered name that *name* is an alias of, else *name*."""
        if name in self.parties:
            return name
        words = list(_split(name))
        hit = self.match(words, 0) if words else None
        return hit[1] if hit is not None and hit[0] == len(words) and not hit[2] else name

    def match(self, words: list[str], at: int) -> tuple[int, str, bool] | None:
        """Return (end, canonical name, is a system) of the longest name that starts at token *at*."""
        for tokens, name, system in self._by_first.get(words[at], ()):
            end = at + len(tokens)
            if tuple(words[at:end]) == tokens:
                return end, name, system
        # One-word names that an article spells with other capitals ("Deepseek", "Pimeyes").
        folded = self._folded.get(words[at].lower()) if words[at][0].isupper() else None
        return (at + 1, *folded) if folded else None


@cache
def _split(alias: str) -> tuple[str, ...]:
    """Return *alias* in the tokens that the parser's tokenizer makes of it."""
    from claims.extraction.parsing import load_model

    return tuple(token.text for token in load_model().make_doc(alias.replace("’", "'").strip()))


_INDEXES: dict[int, tuple[Registry, NameIndex]] = {}


def name_index(registry: Registry) -> NameIndex:
    """Return the look-up of *registry*, built at its first use."""
    known = _INDEXES.get(id(registry))
    if known is None or known[0] is not registry:
        if len(_INDEXES) > 8:
            _INDEXES.clear()
        known = _INDEXES[id(registry)] = (registry, NameIndex(registry))
    return known[1]
