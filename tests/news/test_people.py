"""What holds of authors' names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.news.people import is_organisation, looks_like_person, names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ana Example", ["Ana Example"]),
        ("By Ana Example", ["Ana Example"]),
        ("BY ANA EXAMPLE", ["Ana Example"]),
        ("Written by: Ana Example", ["Ana Example"]),
        ("Von Ana Example und Bo Example", ["Ana Example", "Bo Example"]),
        ("Par Ana Exemple et Bo Exemple", ["Ana Exemple", "Bo Exemple"]),
        ("Por Ana Ejemplo y Bo Ejemplo", ["Ana Ejemplo", "Bo Ejemplo"]),
        ("Ana Example, Bo Example and Cy Example", ["Ana Example", "Bo Example", "Cy Example"]),
        ("Ana Example, Bo Example, and Cy Example", ["Ana Example", "Bo Example", "Cy Example"]),
        ("Ana Example & Bo Example", ["Ana Example", "Bo Example"]),
        ("Ana Example; Bo Example", ["Ana Example", "Bo Example"]),
        ("Example, Ana", ["Ana Example"]),
        ("Ana Example, Jr.", ["Ana Example Jr."]),
        ("Ana Example, Senior Reporter", ["Ana Example"]),
        ("Ana Example, The Associated Press", ["Ana Example"]),
        ("Ana Example (Berlin)", ["Ana Example"]),
        ("Ana Example | Courts", ["Ana Example"]),
        ("Ana Example ana@gazette.example @ana", ["Ana Example"]),
        ("By Ana Example Published 4 February 2025", ["Ana Example"]),
        ("Ana Example, Updated Feb. 4, 2025", ["Ana Example"]),
        ("Ana Example, Bloomberg Fri., Aug. 23", ["Ana Example"]),
        ("By ANA EXAMPLE and BO EXAMPLE DEC. 10, 2018", ["Ana Example", "Bo Example"]),
        ("April May", ["April May"]),
        ("Ana Example - Apr 16, 2015 8:02 pm UTC", ["Ana Example"]),
        ("Ana Example – 16 April 2015", ["Ana Example"]),
        ("Posted by Ana Example on April 3, 2020", ["Ana Example"]),
        ("Ana Example 3 hours ago", ["Ana Example"]),
        ("By Ana Example and Bo Example", ["Ana Example", "Bo Example"]),
        ("Words: Ana Example", ["Ana Example"]),
        ("Text by Ana Example", ["Ana Example"]),
        ("By ANA EXAMPLE, Special to the Gazette", ["Ana Example"]),
        ("By Ana Example Special to the Gazette", ["Ana Example"]),
        ("By Ana Example For The Gazette", ["Ana Example"]),
        ("Center for AI in Society", ["Center for AI in Society"]),
        ("Par ANA EXEMPLE, BO EXEMPLE Envoyés spéciaux à Toulouse", ["Ana Exemple", "Bo Exemple"]),
        ("Eine Analyse von Ana Beispiel", ["Ana Beispiel"]),
        ("durch Ana Beispiel", ["Ana Beispiel"]),
        ("von Ana", ["Ana"]),
        ("Texto: Ana Ejemplo", ["Ana Ejemplo"]),
        ("Guest post by Ana Example", ["Ana Example"]),
        ("By Ana Example BBC News, Washington", ["Ana Example"]),
        ("By Ana Example, Business Insider", ["Ana Example"]),
        ("Ana Example, Ph.D., and Bo Example, M.D.", ["Ana Example", "Bo Example"]),
        ("Ana Example\nSenior Washington Correspondent", ["Ana Example"]),
        ("Medically reviewed by Bo Example", []),
        ("View Author Page", []),
        ("Labels: Ana Example", []),
        ("Words: Ana Example, Photos: Bo Example", ["Ana Example"]),
        ("Ana Example, Photography by Bo Example", ["Ana Example"]),
        ("Reporting by Ana Example; Editing by Bo Example", ["Ana Example"]),
        ("Reporting by Ana Example and Cy Example; editing by Bo Example", ["Ana Example", "Cy Example"]),
        ("(Reporting by Ana Example in Berlin; Editing by Bo Example)", ["Ana Example"]),
        ("Reporting by Ana Example; Additional reporting by Cy Example", ["Ana Example", "Cy Example"]),
        ("Edited by Bo Example", ["Bo Example"]),
        ("By Ana Example in New York", ["Ana Example"]),
        ("Ana in 't Voorbeeld", ["Ana in 't Voorbeeld"]),
        ("Ana Example Technology reporter", ["Ana Example"]),
        ("Associated Press", ["Associated Press"]),
        ("By The Associated Press", ["The Associated Press"]),
        ("Reuters", ["Reuters"]),
        ("Staff", []),
        ("Staff and agencies", []),
        ("Site Admin", []),
        ("The Editors", []),
        ("https://social.example/ana.example", []),
        ("View all posts by Ana Example", ["Ana Example"]),
        ("Autor/in: Ana Example", ["Ana Example"]),
        ("作者：山田太郎", ["山田太郎"]),
        ("user admin", []),
        ("Ana Example\nBo Example", ["Ana Example", "Bo Example"]),
        ("<a href='/x'>Ana Example</a>", ["Ana Example"]),
        ("Di Example", ["Di Example"]),
        ("Ludwig van Beispiel", ["Ludwig van Beispiel"]),
        ("J. R. O’Example-Smith", ["J. R. O’Example-Smith"]),
        ("Müller Ängström", ["Müller Ängström"]),
        ("山田太郎", ["山田太郎"]),
        ("CNN Wire", ["CNN Wire"]),
        ("admin", []),
        ("Staff Writer", []),
        ("https://social.example/ana", []),
        ("www.gazette.example", []),
        ("@ana", []),
        ("12345", []),
        ("", []),
        ("A very long sentence that is certainly not the name of any author at all", []),
    ],
)
def test_a_byline_gives_its_names(text: str, found: list[str]) -> None:
    assert list(names([text], ["Gazette"])) == found


def test_an_outlet_is_no_author_of_its_own_page() -> None:
    assert names(["Gazette", "gazette.example", "Ana Example"], ["Gazette", "gazette.example"]) == ("Ana Example",)


def test_a_name_is_given_once() -> None:
    assert names(["Ana Example", "ANA EXAMPLE", "Ana Example, Reporter"]) == ("Ana Example",)


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("Ana Example", True),
        ("Ana", False),
        ("the court said", False),
        ("山田太郎", True),
        ("Plauderstündchen", False),
        ("Publié le", False),
    ],
)
def test_a_person_s_name_is_told_from_other_words(name: str, person: bool) -> None:
    assert looks_like_person(name) is person


@pytest.mark.parametrize(
    ("name", "organisation"),
    [
        ("AFP", True),
        ("Gazette Media GmbH", True),
        ("gazette.example", True),
        ("CNN Wire", True),
        ("Ediciones Ejemplo", True),
        ("Ana Example", False),
        ("Ana Example Jr.", False),
        ("ANA EXAMPLE", False),
    ],
)
def test_an_organisation_is_told_from_a_person(name: str, organisation: bool) -> None:
    assert is_organisation(name) is organisation


@given(st.lists(st.text(max_size=60), max_size=4))
def test_any_text_gives_clean_names(texts: list[str]) -> None:
    for name in names(texts):
        assert name == name.strip()
        assert 0 < len(name) <= 80
        assert "\n" not in name
