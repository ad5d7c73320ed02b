"""The lists and records of judgement: every page opens, every save is a decision, nothing is deleted."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from claims.models import Alert, Alias, Claim, Correction, Decision, Dispute, Event, Party, Reply, System, Topic
from claims.roles import ROLES, ensure_roles
from tests.factories import make_dispute, make_draft, make_editor, make_outlet, make_party, make_published, make_reading
from tracker.adminsite import GROUPS
from tracker.news.models import ArchiveCopy, Article, Change, Feed, Outlet

pytestmark = pytest.mark.django_db
JUDGED = [model for model in admin.site._registry if model._meta.app_label in {"claims", "news"}]
INLINE = re.compile(r"<[^>]*\s(?:style|on[a-z]+)\s*=|<script(?![^>]*\ssrc=)|<style")


@pytest.fixture
def boss(client: Client) -> User:
    """Somebody who may do everything, logged in."""
    user = make_editor()
    client.force_login(user)
    return user


def page(client: Client, name: str, *arguments: Any, **query: Any) -> str:
    answer = client.get(reverse(f"admin:{name}", args=arguments), query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("model", JUDGED, ids=lambda model: model._meta.model_name)
def test_every_list_and_record_opens_without_inline_style_or_script(client: Client, boss: User, model: Any) -> None:
    make_published()
    make_draft()
    Topic.objects.get_or_create(slug="privacy", defaults={"name": "privacy"})
    System.objects.create(name="R1 test", slug="r1-test")
    Feed.objects.create(url="https://feeds.example/a.xml", outlet=make_outlet())
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    pages = [page(client, f"{name}_changelist"), page(client, f"{name}_changelist", q="a")]
    if row := model._default_manager.first():
        pages.append(page(client, f"{name}_change", row.pk))
    if model in (Party, System, Topic, Dispute, Feed):
        pages.append(page(client, f"{name}_add"))
    for text in pages:
        assert not INLINE.search(text)


# Where an archive keeps a page is a hint beside the evidence, which editors note and take back.
@pytest.mark.parametrize("model", [m for m in JUDGED if m is not ArchiveCopy], ids=lambda model: model._meta.model_name)
def test_nobody_deletes_what_judgement_rests_on(client: Client, boss: User, model: Any) -> None:
    claim = make_published()
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    row = model._default_manager.first()
    assert "delete_selected" not in page(client, f"{name}_changelist")
    if row is not None:
        assert client.post(reverse(f"admin:{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
        assert model._default_manager.filter(pk=row.pk).exists()
    assert claim.mentions.exists()


@pytest.mark.parametrize("name", ["claims_claim", "claims_decision", "claims_extraction"])
def test_records_are_not_written_by_hand(client: Client, boss: User, name: str) -> None:
    make_published()
    model = apps.get_model(name.replace("_", "."))
    row = model._default_manager.first()
    assert row
    assert client.get(reverse(f"admin:{name}_add")).status_code == 403
    assert client.post(reverse(f"admin:{name}_change", args=[row.pk]), {"state": "draft"}).status_code == 403


def form_of_party(**changed: Any) -> dict[str, Any]:
    return {
        "name": "Mistral AI",
        "slug": "mistral-ai",
        "kind": "lab",
        "roles": "lab,start-up",
        "aliases-TOTAL_FORMS": "1",
        "aliases-INITIAL_FORMS": "0",
        "aliases-0-name": "Mistral",
        **changed,
    }


def test_a_party_with_its_names_is_one_decision(client: Client, boss: User) -> None:
    decisions = Decision.objects.count()
    client.post(reverse("admin:claims_party_add"), form_of_party())
    party = Party.objects.get(name="Mistral AI")
    assert set(party.aliases.values_list("folded", flat=True)) == {"mistral ai", "mistral"}
    assert Decision.objects.count() == decisions + 1
    decision = Decision.objects.first()
    assert decision
    assert (decision.actor, decision.subject, decision.after["aliases"]) == (boss, "party", ["Mistral", "Mistral AI"])


def test_a_changed_name_of_a_party_stands_in_the_decision(client: Client, boss: User) -> None:
    party = make_party("Mistral AI", "lab", "Mistral")
    alias = party.aliases.get(name="Mistral")
    own = party.aliases.get(name="Mistral AI")
    data = form_of_party(
        **{
            "aliases-TOTAL_FORMS": "2",
            "aliases-INITIAL_FORMS": "2",
            "aliases-0-id": own.pk,
            "aliases-0-party": party.pk,
            "aliases-0-name": own.name,
            "aliases-1-id": alias.pk,
            "aliases-1-party": party.pk,
            "aliases-1-name": "Le Mistral",
        }
    )
    answer = client.post(reverse("admin:claims_party_change", args=[party.pk]), data)
    assert answer.status_code == 302
    decision = Decision.objects.first()
    assert decision
    assert decision.before["aliases"] == ["Mistral", "Mistral AI"]
    assert decision.after["aliases"] == ["Le Mistral", "Mistral AI"]
    assert Alias.objects.get(pk=alias.pk).folded == "le mistral"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"name": "OpenAI, Inc."}, "is a name of OpenAI already"),
        ({"aliases-0-name": "…"}, "has no word in it"),
        (
            {"aliases-TOTAL_FORMS": "2", "aliases-0-name": "The Mistral", "aliases-1-name": "mistral"},
            "Looked up by the same words as “The Mistral”",
        ),
        ({"aliases-TOTAL_FORMS": "2", "aliases-1-name": "Mistral"}, "“Mistral” is there already"),
    ],
)
def test_a_party_that_could_not_be_told_apart_is_refused(
    client: Client, boss: User, changed: dict[str, str], told: str
) -> None:
    make_party("OpenAI")
    answer = client.post(reverse("admin:claims_party_add"), form_of_party(**changed))
    assert told in answer.content.decode()
    assert not Party.objects.filter(slug="mistral-ai").exists()


def test_a_dispute_with_topics_is_one_decision_and_each_event_another(client: Client, boss: User) -> None:
    dispute = make_dispute()
    topic = Topic.objects.get_or_create(slug="privacy", defaults={"name": "privacy"})[0]
    decisions = Decision.objects.count()
    client.post(
        reverse("admin:claims_dispute_change", args=[dispute.pk]),
        {
            "title": dispute.title,
            "summary": "What it is about.",
            "topics": [topic.pk],
            "events-TOTAL_FORMS": "1",
            "events-INITIAL_FORMS": "0",
            "events-0-on": "2025-02-01",
            "events-0-precision": "month",
            "events-0-text": "A hearing is set.",
            "events-0-sources": [make_reading().snapshot.article_id],
        },
    )
    assert Event.objects.get(dispute=dispute).text == "A hearing is set."
    assert Decision.objects.get(subject="event").after["text"] == "A hearing is set."
    assert Decision.objects.count() == decisions + 2
    decision = Decision.objects.first()
    assert decision
    assert decision.after["topics"] == [topic.pk]
    assert decision.after["events"] == ["February 2025: A hearing is set."]
    assert decision.before["summary"] == ""


def test_an_address_that_was_public_once_is_not_edited(client: Client, boss: User) -> None:
    dispute = make_dispute()
    assert 'name="slug"' not in page(client, "claims_dispute_change", dispute.pk)
    assert 'name="slug"' in page(client, "claims_dispute_add")


def test_merged_parties_are_not_offered_where_a_party_is_looked_up(client: Client, boss: User) -> None:
    old = make_party("Open Artificial Intelligence")
    old.merged_into = make_party("OpenAI")
    old.save()
    query = {"app_label": "claims", "model_name": "claim", "field_name": "claimant", "term": "open"}
    found = client.get(reverse("admin:autocomplete"), query).json()["results"]
    assert [row["text"] for row in found] == ["OpenAI"]


@pytest.mark.parametrize(
    ("verb", "subject", "words"),
    [
        ("accept", "claim", "accepted claim 7"),
        ("status", "claim", "recorded a status of claim 7"),
        ("strike", "claim", "struck a status step of claim 7"),
        ("ask", "party", "asked for a reply of party 7"),
        ("revoke", "replyrequest", "revoked the link of request for a reply 7"),
        ("reply", "reply", "published reply 7"),
    ],
)
def test_a_decision_is_told_in_words_that_read_as_a_sentence(verb: str, subject: str, words: str) -> None:
    decision = Decision(verb=verb, subject=subject, subject_id=7)
    assert (str(decision), decision.upon("it")) == (words, words.replace(decision.thing, "it"))


def test_a_decision_shows_what_changed_and_leads_to_the_claim(client: Client, boss: User) -> None:
    claim = make_published()
    decision = Decision.objects.get(subject="claim", subject_id=claim.pk)
    text = page(client, "claims_decision_change", decision.pk)
    assert "state: draft → published" in text
    assert reverse("admin:desk_claim", args=[claim.pk]) in text


def test_a_claims_record_shows_what_it_rests_on_and_what_was_decided(client: Client, boss: User) -> None:
    claim = make_published()
    text = page(client, "claims_claim_change", claim.pk)
    decision = Decision.objects.get(subject="claim", subject_id=claim.pk)
    assert claim.mentions.get().quote in text
    assert f'<a href="{reverse("admin:claims_decision_change", args=[decision.pk])}">' in text
    assert "Alleged DeepSeek" in text


def test_the_front_page_leads_to_the_desk_and_names_feeds_at_fault(client: Client, boss: User) -> None:
    make_draft()
    Feed.objects.create(url="https://feeds.example/b.xml", outlet=make_outlet(), failures=3, last_error="answered 503")
    text = page(client, "index")
    assert f'href="{reverse("admin:desk")}"' in text
    assert "answered 503" in text


# ---------------------------------------------------------------------------------------------------------- the groups
def test_the_groups_are_made_once_and_given_what_they_lack() -> None:
    ensure_roles()
    group = Group.objects.get(name="editor")
    given = set(group.permissions.values_list("codename", flat=True))
    assert given == set(ROLES["editor"])
    group.permissions.clear()
    ensure_roles()
    ensure_roles()
    assert set(group.permissions.values_list("codename", flat=True)) == given
    assert Group.objects.filter(name__in=ROLES).count() == 4


def test_every_permission_of_the_groups_exists() -> None:
    ensure_roles()
    for role, names in ROLES.items():
        assert Group.objects.get(name=role).permissions.count() == len(set(names)), role


def test_a_contributor_sees_lists_and_changes_none(client: Client) -> None:
    ensure_roles()
    party = make_party()
    user = User.objects.create_user("carl", is_staff=True)
    user.groups.add(Group.objects.get(name="contributor"))
    client.force_login(user)
    page(client, "claims_party_changelist")
    assert client.post(reverse("admin:claims_party_change", args=[party.pk]), {"name": "X"}).status_code == 403
    assert client.get(reverse("admin:news_feed_add")).status_code == 403


def test_an_editor_keeps_parties_and_no_feeds(client: Client) -> None:
    ensure_roles()
    user = User.objects.create_user("anna", is_staff=True)
    user.groups.add(Group.objects.get(name="editor"))
    client.force_login(user)
    client.post(reverse("admin:claims_party_add"), form_of_party())
    assert Party.objects.filter(slug="mistral-ai").exists()
    assert client.get(reverse("admin:news_feed_add")).status_code == 403


# ------------------------------------------------------------------------------------------- pages that changed
def make_alert(claim: Claim) -> Alert:
    mention = claim.mentions.get()
    after = make_reading("The page says something else now, & more.")
    change = Change.objects.create(
        article=mention.article, kind="text", at=timezone.now(), before=mention.reading, after=after
    )
    return Alert.objects.create(mention=mention, change=change, kind="quote-vanished")


def test_a_changed_page_is_told_beside_the_claim_and_settled_there(client: Client, boss: User) -> None:
    claim = make_published()
    alert = make_alert(claim)
    assert "1 change of pages under claims" in page(client, "index")
    assert "The quote is not on the page any more" in page(client, "desk_claim", claim.pk)
    url = reverse("admin:desk_claim", args=[claim.pk])
    data = {"action": f"settle:{alert.pk}", f"settle_note_{alert.pk}": " quote corrected ", "kind": claim.kind}
    client.post(url, data)
    alert.refresh_from_db()
    assert (alert.settled_by, alert.note) == (boss, "quote corrected")
    assert "Somebody had settled it already" in client.post(url, data).content.decode()
    assert "not on the page any more" not in page(client, "desk_claim", claim.pk)


def test_alerts_are_settled_from_their_list(client: Client, boss: User) -> None:
    alerts = [make_alert(make_published()) for _ in range(2)]
    url = reverse("admin:claims_alert_changelist")
    data = {"action": "settle", "_selected_action": [alert.pk for alert in alerts], "note": "seen"}
    assert "2 alerts settled" in client.post(url, data, follow=True).content.decode()
    assert "0 alerts" in page(client, "claims_alert_changelist", state="open")
    assert set(Alert.objects.values_list("note", flat=True)) == {"seen"}


def test_what_a_page_said_and_says_is_shown_escaped(client: Client, boss: User) -> None:
    alert = make_alert(make_published())
    text = page(client, "news_change_change", alert.change_id)
    assert "something else now, &amp; more." in text
    assert '<del class="page-was">OpenAI accused' in text


@pytest.mark.parametrize(
    "model",
    [Claim, Dispute, Party, System, Topic, Event, Reply, Correction, Outlet, Feed],
    ids=lambda model: model.__name__,
)
def test_everything_that_is_edited_is_searched_filtered_and_looked_up_by_typing(model: Any) -> None:
    found = admin.site._registry[model]
    assert found.search_fields, "nothing to search by"
    assert found.list_filter or model in (System, Topic), "nothing to filter by"
    # A choice among thousands of rows is typed, not scrolled through: what a form lets choose is looked up.
    request = RequestFactory().get("/")
    request.user = make_editor()
    many = (Party, Claim, Article, Dispute)
    typed = {*found.autocomplete_fields, *found.raw_id_fields, *found.get_readonly_fields(request)}
    if found.has_change_permission(request):
        fields = found.get_form(request).base_fields
        chosen = {name: getattr(field, "queryset", None) for name, field in fields.items() if name not in typed}
        scrolled = [name for name, rows in chosen.items() if rows is not None and rows.model in many]
        assert scrolled == []


def test_the_front_page_groups_the_lists_and_leads_to_the_pipeline(client: Client, boss: User) -> None:
    page = client.get(reverse("admin:index")).content.decode()
    titles = re.findall(r"<caption>(.*?)</caption>", page)
    assert titles[:4] == ["Desk", "Timelines", "Evidence", "Memory"]
    assert reverse("admin:pipeline") in page
    names = {model.__name__ for model in admin.site._registry}
    unlisted = {name for group in GROUPS.values() for name in group} - names
    assert unlisted == set(), "the groups name what is no list"
