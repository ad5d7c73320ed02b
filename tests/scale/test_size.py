"""At a size where scans hurt, every public answer takes few questions and none of them scans a large table.

A table is large where it has more than `LARGE` rows of the made-up corpus (`claims.synthesis`).
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from claims.models import Claim, Dispute, Mention
from tests.factories import make_editor

LARGE = 10_000
# What adds up everything that is public, or the tenth of it that one topic has, in one pass: it has no page to stop at.
WHOLE = {
    "/statistics/": {"claims_claim", "claims_status", "claims_mention", "claims_claim_answers"},
    "/statistics/statuses.csv": {"claims_claim", "claims_status", "claims_mention"},
    "/statistics/answers.csv": {"claims_claim", "claims_claim_answers"},
    "/topics/": {"claims_claim"},
    "/sitemap": {"claims_articletally"},
}
MOST_QUESTIONS = 90


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("corpus")]


def addresses() -> list[str]:
    """An address of each kind, of the great dispute and of an ordinary one."""
    great, other = Dispute.objects.filter(tally__isnull=False).order_by("-tally__total", "pk")[:2]
    claim = Claim.objects.published().filter(disputes=other).order_by("pk")[0]
    mention = Mention.objects.filter(claim=claim)[0]
    party, target = claim.claimant, claim.targets.all()[0]
    assert party is not None
    system, topic, outlet = claim.systems.all()[0], claim.topics.all()[0], mention.article.outlet
    slugs = sorted((party.slug, target.slug))
    word = claim.statement.split()[-4]
    found = "/", "/changes/", "/changes/?page=300", "/disputes/", "/disputes/?page=80", "/parties/", "/systems/"
    lists = "/topics/", "/outlets/", "/statistics/", "/history/", "/corrections/", "/about/", "/feeds/", "/data/"
    of_disputes = [
        f"/disputes/{dispute.slug}/{more}"
        for dispute in (great, other)
        for more in ("", "?view=accusations", "?kind=denial", "?order=newest", "cite.bib", "card.png", "embed/")
    ]
    own = (
        *(
            f"/claims/{claim.pk}/",
            f"/claims/{claim.pk}/cite.ris",
            f"/parties/{party.slug}/",
            f"/sources/{mention.article_id}/",
        ),
        *(
            f"/pairs/{slugs[0]}/{slugs[1]}/",
            f"/systems/{system.slug}/",
            f"/topics/{topic.slug}/",
            f"/outlets/{outlet.slug}/",
        ),
        *(f"/parties/{party.slug}/?show=against", f"/topics/{topic.slug}/?kind=denial"),
    )
    searches = (
        *(
            "/search/",
            "/search/?q=model",
            f"/search/?q={word}",
            "/search/?q=lawsuit+-model&kind=action",
            "/search/?q=nothing",
        ),
        *(f"/search/?party={party.slug}&order=newest", f"/search/?topic={topic.slug}&year=2020&status=filed"),
        *(f"/search/?outlet={outlet.slug}", "/search/?order=latest&q=data", "/search/suggest.json?q=vor"),
    )
    machines = (
        *("/sitemap.xml", "/sitemap-claims.xml", "/sitemap-disputes.xml", "/sitemap-sources.xml", "/sitemap-news.xml"),
        *(f"/statistics/{name}.csv" for name in ("months", "kinds", "statuses", "answers", "claimants", "outlets")),
    )
    api = (
        *(f"/api/v1/{noun}" for noun in ("disputes", "claims", "parties", "systems", "articles", "changes")),
        *("/api/v1/claims?q=model", f"/api/v1/claims?party={party.slug}", f"/api/v1/claims/{claim.pk}"),
        *("/api/v1/corrections", "/api/v1/replies", "/api/v1/events", f"/api/v1/disputes/{great.slug}"),
        *(f"/api/v1/parties/{party.slug}", "/api/v1/openapi.json"),
    )
    channels = (
        *("feeds/all", "corrections/feed", f"disputes/{great.slug}/feed", f"parties/{party.slug}/feed"),
        *(
            f"topics/{topic.slug}/feed",
            f"systems/{system.slug}/feed",
            f"outlets/{outlet.slug}/feed",
            "feeds/kind/denial",
        ),
        f"pairs/{slugs[0]}/{slugs[1]}/feed",
    )
    feeds = [f"/{channel}.{form}" for channel in channels for form in ("rss", "atom", "json")]
    feeds += ["/feeds/all/archive-1.rss", "/search/feed.rss?q=model", "/feeds/events.ics"]
    return [*found, *lists, *of_disputes, *own, *searches, *machines, *api, *feeds]


def screens() -> list[str]:
    """A screen of each kind of the desk and the admin."""
    draft, claim = Claim.objects.drafts()[0], Claim.objects.published()[0]
    lists = [reverse(f"admin:{m._meta.app_label}_{m._meta.model_name}_changelist") for m in admin.site._registry]
    return [
        *("/admin/", "/admin/pipeline/", reverse("admin:claims_claim_change", args=[draft.pk])),
        *(reverse("admin:claims_claim_change", args=[claim.pk]), *lists),
    ]


def scanned(plan: dict[str, Any]) -> Iterator[str]:
    """Yield the tables that a plan scans from end to end."""
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from scanned(part)


def asked(client: Client, address: str) -> tuple[int, list[str]]:
    """Ask for an address; return the status and the questions to the database."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
        if answer.streaming:
            answer.getvalue()
    return answer.status_code, [query["sql"] for query in captured.captured_queries]


def large_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > %s", [LARGE])
        return {name for (name,) in cursor.fetchall()}


def scans(questions: list[str], large: set[str]) -> dict[str, str]:
    """Return the large tables that questions scan from end to end, each with one question that does."""
    found: dict[str, str] = {}
    with connection.cursor() as cursor:
        for question in questions:
            if re.match(r"\s*(SELECT|WITH)\b", question):
                cursor.execute(f"EXPLAIN (FORMAT JSON) {question.replace('%', '%%')}", [])
                found |= {table: question for table in scanned(cursor.fetchone()[0][0]["Plan"]) if table in large}
    return found


def faults(client: Client, places: list[str]) -> list[str]:
    """Return what is wrong with the questions that these addresses ask."""
    large = large_tables()
    assert {"claims_claim", "claims_mention", "news_article", "news_reading", "claims_decision"} <= large
    wrong: list[str] = []
    for address in places:
        status, questions = asked(client, address)
        if status != 200:
            wrong.append(f"{address} answers {status}")
        if len(questions) > MOST_QUESTIONS:
            wrong.append(f"{address} asks {len(questions)} questions")
        for table, question in scans(questions, large).items():
            if not any(address.startswith(start) and table in allowed for start, allowed in WHOLE.items()):
                wrong.append(f"{address} scans {table}: {question[:3000]}")
    return wrong


def test_no_public_answer_scans_a_large_table_or_asks_much(client: Client) -> None:
    wrong = faults(client, addresses())
    assert not wrong, "\n\n".join(wrong)


def test_no_screen_of_the_desk_scans_a_large_table_or_asks_much(client: Client) -> None:
    client.force_login(make_editor())
    wrong = faults(client, screens())
    assert not wrong, "\n\n".join(wrong)
