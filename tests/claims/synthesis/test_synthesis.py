"""The made-up corpus: the numbers asked for, the rules kept, the same for a seed, never beside real rows."""

import random
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from claims import history
from claims.models import Claim, Decision, Dispute, Mention
from claims.synthesis import SCALES, NotEmptyError, synthesize
from claims.synthesis.lines import blocks, cell
from claims.synthesis.plan import make_plan
from claims.synthesis.sizes import FULL
from tests.factories import make_outlet
from tracker.news.models import Article, Entry, Feed, Reading, Snapshot

TINY = SCALES["tiny"]


@pytest.mark.django_db
def test_it_has_the_numbers_asked_for_and_keeps_every_rule_that_the_triggers_keep(client: Client) -> None:
    synthesize(TINY)
    for model, number in ((Feed, TINY.feeds), (Article, TINY.articles), (Entry, TINY.articles)):
        assert model._default_manager.count() == number
    assert Claim.objects.exclude(state="draft").count() == TINY.claims
    assert Claim.objects.drafts().count() == TINY.drafts
    assert Dispute.objects.count() == TINY.disputes
    assert all(m.reading.text[m.start : m.end] == m.quote for m in Mention.objects.select_related("reading"))
    assert not Claim.objects.published().filter(mentions=None).exists()
    assert not Claim.objects.published().filter(decision=None).exists()
    assert not list(history.verify())
    snapshot = Snapshot.objects.latest("pk")
    assert Reading.objects.get(snapshot=snapshot).text in snapshot.body.decode()
    # What the site shows of it is found by a word of it, and new rows go on after it.
    statement = Claim.objects.published().latest("pk").statement
    assert client.get("/search/", {"q": f'"{statement}"'}).context["found"].total == 1
    assert make_outlet("Another").pk > TINY.outlets
    assert Decision.objects.latest("number").hash


@pytest.mark.django_db
def test_it_is_never_mixed_with_what_is_there() -> None:
    make_outlet()
    with pytest.raises(NotEmptyError, match="holds outlets already"):
        synthesize(TINY)
    with pytest.raises(CommandError, match="into an empty database alone"):
        call_command("synthesize", "--scale", "tiny")


def test_a_seed_gives_the_same_plan_again_and_another_seed_another() -> None:
    one, same, other = (make_plan(TINY, random.Random(seed)) for seed in (1, 1, 2))
    assert [c.sentence for c in one.claims] == [c.sentence for c in same.claims]
    assert [c.sentence for c in one.claims] != [c.sentence for c in other.claims]
    assert one.carried == same.carried


def test_one_dispute_has_a_twentieth_of_the_claims_and_few_parties_make_most_of_them() -> None:
    size = FULL.part(100)
    plan = make_plan(size, random.Random(1))
    by_dispute = Counter(claim.dispute for claim in plan.claims)
    assert by_dispute[0] == size.largest + 1
    assert set(by_dispute) == set(range(size.disputes))
    by_party = sorted(Counter(claim.claimant for claim in plan.claims).values(), reverse=True)
    assert sum(by_party[: len(by_party) // 5]) > len(plan.claims) / 2
    mentions = sum(map(len, plan.carried.values()))
    assert size.mentions * 0.95 < mentions <= size.mentions + size.drafts


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (None, "\\N"),
        (True, "t"),
        ("a\tb\nc\\d\re", "a\\tb\\nc\\\\d\\re"),
        ([1, 2], "{1,2}"),
        (b"\x00\xff", "\\\\x00ff"),
        ({"a": "b\n"}, '{"a": "b\\\\n"}'),
    ],
)
def test_a_value_is_written_as_copy_reads_it(value: object, line: str) -> None:
    assert cell(value) == line


def test_a_value_without_a_form_is_refused_by_its_type() -> None:
    with pytest.raises(TypeError, match="object"):
        cell(object())


def test_lines_are_sent_in_blocks_and_none_is_lost() -> None:
    lines = [f"{number}\n" for number in range(1000)]
    sent = list(blocks(lines, size=100))
    assert b"".join(sent).decode() == "".join(lines)
    assert len(sent) > 10
