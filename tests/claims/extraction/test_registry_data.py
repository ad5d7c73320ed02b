"""The registry files that ship: enough rows, one schema, no name that means two things."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import claims.extraction
from claims.extraction.registry import load_registry
from claims.wording import fold as site_fold

DATA = Path(claims.extraction.__file__).parent / "data"
PARTY_KINDS = {
    "company", "lab", "regulator", "court", "government", "legislature", "person", "union",
    "association", "ngo", "research", "media", "police", "university", "group",
}  # fmt: skip
SYSTEM_KINDS = {"model", "product", "dataset", "tool", "law"}
PARTY_FIELDS = {
    "name", "kind", "aliases", "former", "wikidata", "country", "roles", "nationality", "of", "ambiguous",
}  # fmt: skip
SYSTEM_FIELDS = {"name", "maker", "aliases", "kind", "ambiguous"}
LISTS = ("aliases", "former", "roles", "of", "ambiguous")

Row = dict[str, Any]


def rows(file: str) -> list[Row]:
    return [json.loads(line) for line in (DATA / file).read_text(encoding="utf-8").splitlines()]


PARTIES = rows("parties.jsonl")
SYSTEMS = rows("systems.jsonl")
PARTY_NAMES = {row["name"] for row in PARTIES}


def fold(name: str) -> str:
    """Return *name* without case, accents, punctuation and a leading "the"."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).casefold()
    words = re.sub(r"[\W_]+", " ", re.sub(r"[.'’]", "", plain)).split()
    return " ".join(words[1:] if words[:1] == ["the"] and len(words) > 1 else words)


def names(row: Row) -> list[str]:
    return [row["name"], *row["aliases"], *row.get("former", [])]


def shared(table: Iterable[Row]) -> dict[str, list[str]]:
    """Return every folded name that more than one row of *table* carries, with those rows."""
    owners: dict[str, set[str]] = {}
    for row in table:
        for name in names(row):
            owners.setdefault(fold(name), set()).add(row["name"])
    return {key: sorted(owner) for key, owner in owners.items() if len(owner) > 1}


def test_there_are_enough_parties_and_systems() -> None:
    assert len(PARTIES) >= 450
    assert len(SYSTEMS) >= 150


def test_every_kind_of_party_and_of_system_occurs() -> None:
    assert {row["kind"] for row in PARTIES} == PARTY_KINDS
    assert {row["kind"] for row in SYSTEMS} == SYSTEM_KINDS
    assert Counter(row["kind"] for row in PARTIES)["regulator"] >= 40


@pytest.mark.parametrize(("table", "fields"), [(PARTIES, PARTY_FIELDS), (SYSTEMS, SYSTEM_FIELDS)])
def test_every_row_has_exactly_the_fields_of_its_table(table: list[Row], fields: set[str]) -> None:
    assert [row["name"] for row in table if set(row) != fields] == []


def test_every_string_is_trimmed_composed_and_not_empty() -> None:
    for row in PARTIES + SYSTEMS:
        for text in [row["name"], *(item for field in LISTS for item in row.get(field, []))]:
            assert isinstance(text, str), row["name"]
            assert text == unicodedata.normalize("NFC", " ".join(text.split())) != "", (row["name"], text)
            assert fold(text), (row["name"], text)


def test_no_list_repeats_itself_and_no_alias_repeats_the_name() -> None:
    for row in PARTIES + SYSTEMS:
        assert len(set(names(row))) == len(names(row)), row["name"]
        for field in LISTS:
            assert len(set(row.get(field, []))) == len(row.get(field, [])), (row["name"], field)


@pytest.mark.parametrize("table", [PARTIES, SYSTEMS])
def test_a_folded_name_belongs_to_one_row(table: list[Row]) -> None:
    assert shared(table) == {}


def test_no_system_carries_the_name_of_a_party() -> None:
    parties = {fold(name): row["name"] for row in PARTIES for name in names(row)}
    assert [name for row in SYSTEMS for name in names(row) if fold(name) in parties] == []


def test_an_ambiguous_form_is_not_also_given_as_safe() -> None:
    for row in PARTIES + SYSTEMS:
        clash = set(row["ambiguous"]) & set(names(row))
        assert clash <= ({"X"} if row["name"] == "X" else set()), (row["name"], clash)


def test_the_letter_x_needs_context() -> None:
    (row,) = [row for row in PARTIES if row["name"] == "X"]
    assert "X" in row["ambiguous"]
    assert [r["name"] for r in PARTIES + SYSTEMS for name in names(r) if len(name) == 1] == ["X"]


def test_every_party_has_a_role_that_text_can_use() -> None:
    assert [row["name"] for row in PARTIES if not row["roles"]] == []


def test_makers_and_organisations_of_persons_are_parties() -> None:
    assert {row["maker"] for row in SYSTEMS if row["maker"]} <= PARTY_NAMES
    assert {name for row in PARTIES for name in row["of"]} <= PARTY_NAMES


def test_only_persons_belong_to_organisations_and_never_to_persons() -> None:
    persons = {row["name"] for row in PARTIES if row["kind"] == "person"}
    assert [row["name"] for row in PARTIES if row["of"] and row["name"] not in persons] == []
    assert {name for row in PARTIES for name in row["of"]} & persons == set()


def test_wikidata_ids_are_well_formed_and_unique() -> None:
    ids = [row["wikidata"] for row in PARTIES if row["wikidata"] is not None]
    assert [item for item in ids if not re.fullmatch(r"Q[1-9][0-9]*", item)] == []
    assert [item for item, times in Counter(ids).items() if times > 1] == []
    known = {row["name"]: row["wikidata"] for row in PARTIES}
    assert (known["OpenAI"], known["Google"], known["Meta"]) == ("Q21708200", "Q95", "Q380")


def test_countries_are_two_letter_codes_or_international() -> None:
    wrong = [row["name"] for row in PARTIES if not re.fullmatch(r"[A-Z]{2}|INT", row["country"] or "INT")]
    assert wrong == []


@pytest.mark.parametrize(
    "name",
    [
        "DeepSeek", "Anthropic", "Google DeepMind", "Stability AI", "Clearview AI", "Character.AI", "LAION",
        "FTC", "ICO", "Garante", "CNIL", "EDPB", "European Commission", "US Copyright Office", "SAG-AFTRA",
        "High Court of Justice", "Munich Regional Court", "Delhi High Court", "The New York Times", "GEMA",
        "Getty Images", "noyb", "METR", "Sam Altman", "Liang Wenfeng", "Timnit Gebru", "Rite Aid", "NYPD",
    ],
)  # fmt: skip
def test_the_registry_knows(name: str) -> None:
    assert name in PARTY_NAMES


def test_the_loader_reads_every_row_and_offers_no_ambiguous_alias() -> None:
    registry = load_registry()
    assert [party.name for party in registry.parties] == [row["name"] for row in PARTIES]
    assert [system.name for system in registry.systems] == [row["name"] for row in SYSTEMS]
    ambiguous = {row["name"]: set(row["ambiguous"]) for row in PARTIES}
    assert [p.name for p in registry.parties if set(p.aliases) & ambiguous[p.name]] == []


def test_a_name_as_the_site_looks_it_up_means_one_party() -> None:
    owners: dict[str, set[str]] = {}
    for row in PARTIES:
        doubtful = {site_fold(name) for name in row["ambiguous"]}
        for key in {site_fold(name) for name in names(row)} - doubtful:
            owners.setdefault(key, set()).add(row["name"])
    assert {key: found for key, found in owners.items() if len(found) > 1} == {}
