"""A document without an address: named in words by its checksum and day wherever its claims are read, never linked."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from claims import curation
from claims.models import Claim, Event
from claims.timelines.records import event_record
from tests.claims.desk import desk, log_in_editor
from tests.factories import make_editor, make_outlet, make_published
from tracker.news import subscriptions
from tracker.news.models import Article, Reading

pytestmark = pytest.mark.django_db
TEXT = "Filed today.\nOpenAI accused DeepSeek of distilling its models, in a letter."


@pytest.fixture
def pasted() -> Claim:
    """A published claim over a document that an editor pasted, which is an event's source too."""
    article = subscriptions.paste(TEXT, "", make_outlet())
    claim = make_published(Reading.objects.get(snapshot__article=article))
    event = Event(dispute=claim.disputes.get(), text="The letter is sent.", on=date(2025, 1, 29))
    curation.save_event(event, [article], make_editor())
    return claim


def test_pages_and_feeds_say_in_words_what_it_is_and_link_to_nothing(client: Client, pasted: Claim) -> None:
    article = Article.objects.get()
    digest = article.url.removeprefix("urn:sha256:")
    assert re.fullmatch("[0-9a-f]{64}", digest)
    dispute = pasted.disputes.get()
    addresses = [
        *(pasted.get_absolute_url(), dispute.get_absolute_url(), reverse("source", args=[article.pk])),
        *(reverse("all-feed", args=[form]) for form in ("rss", "atom", "json")),
        reverse("outlet", args=[article.outlet.slug]),
    ]
    for address in addresses:
        text = client.get(address).content.decode()
        assert "urn:" not in text, address
        assert "ocument" in text, address
    for address in addresses[:3]:
        text = " ".join(client.get(address).content.decode().split())
        assert f"document kept here, SHA-256 <code>{digest}</code>, on <time" in text
        assert '"identifier": {"@type": "PropertyValue", "propertyID": "SHA-256"' in text or address == addresses[1]
    assert f"document kept here, SHA-256 {digest}, on" in client.get(addresses[3]).content.decode()


def test_the_api_gives_its_checksum_and_day_in_place_of_an_address(client: Client, pasted: Claim) -> None:
    answer = client.get(f"/api/v1/claims/{pasted.pk}")
    article = answer.json()["mention"]["article"]
    assert article["original_url"] is None
    assert article["document"]["sha256"] == Article.objects.get().url.rpartition(":")[2]
    assert article["document"]["kept_at"].endswith("Z")
    assert "urn:" not in answer.content.decode()
    event = event_record(Event.objects.get(), "https://tracker.example")
    assert (event["sources"], event["documents"]) == ([], [article["document"]])


def test_the_desk_links_to_no_document_either(client: Client, pasted: Claim) -> None:
    log_in_editor(client)
    text = client.get(desk(pasted)).content.decode()
    assert 'href="urn:' not in text
    assert "document kept here, SHA-256" in text


def test_a_page_of_the_web_is_linked_as_before(client: Client) -> None:
    claim = make_published()
    url = claim.mentions.get().article.url
    assert f'href="{url}"' in client.get(claim.get_absolute_url()).content.decode()
    article = client.get(f"/api/v1/claims/{claim.pk}").json()["mention"]["article"]
    assert (article["original_url"], article["document"]) == (url, None)
