"""Mail goes to those who asked and confirmed, once, and stops when they say so."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.mail import EmailMultiAlternatives
from django.db.models import F
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from claims import curation, undoing
from claims.following import channels, mail, outbox
from claims.models import Follower, Mail, Notice, Pace, Subscription, Task
from claims.tasks import tell_followers
from tests.factories import make_dispute, make_draft, make_editor, make_party, make_published

pytestmark = pytest.mark.django_db
SENDER = outbox.Sender("news@tracker.example", "Tracker", "https://tracker.example")


@pytest.fixture(autouse=True)
def _mails(settings: Settings) -> None:
    settings.SITE_URL = "https://tracker.example"
    settings.FOLLOW_BY_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def follow(address: str = "reader@example.org", pace: str = Pace.INSTANT, key: str = "all:") -> Subscription:
    mail.subscribe(address, channels.at(key), pace, SENDER.host)
    wanted = Subscription.objects.get(follower__email=address, channel=key)
    Mail.objects.filter(subscription=wanted).update(due_at=None)
    mail.confirm(wanted.token)
    wanted.refresh_from_db()
    return wanted


def pass_time(by: timedelta) -> None:
    """Let that much time have passed: by the database's clock, which cannot be set, everything is earlier."""
    for model, names in ((Subscription, ("due_at", "asked_at")), (Follower, ("created_at",)), (Mail, ("due_at",))):
        model._default_manager.update(**{name: F(name) - by for name in names})


def work() -> list[Any]:
    """Do what a worker does; return the mails that went out by it."""
    before = len(django_mail.outbox)
    mail.queue_digests(SENDER.host)
    list(outbox.send_due(SENDER))
    return django_mail.outbox[before:]


def test_nothing_but_the_question_is_sent_before_it_is_answered(client: Client) -> None:
    answer = client.post("/follow/", {"email": "reader@EXAMPLE.org", "channel": "all:", "pace": "instant"})
    assert answer.headers["Location"] == "/follow/asked/"
    make_published()
    (question,) = work()
    assert question.to == ["reader@example.org"]
    assert "List-Unsubscribe" not in question.extra_headers
    wanted = Subscription.objects.get()
    link = f"/follow/confirm/{wanted.token}/"
    assert f"https://tracker.example{link}" in question.body
    # A program that looks at the links of a mail confirms nothing.
    assert client.get(link).status_code == 200
    assert work() == []
    wanted.refresh_from_db()
    assert wanted.confirmed_at is None
    assert client.post(link).headers["Location"] == f"/follow/mail/{wanted.follower.token}/"
    assert work() == []
    claim = make_published()
    (digest,) = work()
    assert claim.statement in digest.body
    assert digest.body.count("OpenAI says") == 1


def test_a_mail_says_what_changed_who_says_so_and_how_to_stop(client: Client) -> None:
    wanted = follow()
    claim = make_published()
    (digest,) = work()
    assert digest.subject == "News: All changes (1 change)"
    assert digest.from_email == "Tracker <news@tracker.example>"
    for words in (
        "New allegation",
        claim.statement,
        "“OpenAI accused DeepSeek of distilling its models”",
        "Test Gazette",
        f"https://tracker.example/claims/{claim.pk}/",
    ):
        assert words in digest.body
    (html,) = digest.alternatives
    assert html.mimetype == "text/html"
    assert claim.statement in str(html.content)
    stop = f"https://tracker.example/follow/mail/{wanted.follower.token}/stop/?pace=instant"
    assert digest.extra_headers["List-Unsubscribe"] == f"<{stop}>"
    assert digest.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert digest.extra_headers["Auto-Submitted"] == "auto-generated"
    assert stop in digest.body
    assert "\n" not in digest.subject
    message = digest.message()
    assert message["Message-ID"] == Mail.objects.get(subscription=None).message_id


def test_one_click_of_a_mail_program_ends_it_and_forgets_the_address(client: Client) -> None:
    wanted = follow()
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(f"/follow/mail/{wanted.follower.token}/stop/?pace=instant", {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not Follower.objects.exists()
    assert not Mail.objects.exists()
    make_published()
    assert work() == []
    again = strict.post(f"/follow/mail/{wanted.follower.token}/stop/", {"List-Unsubscribe": "One-Click"})
    assert again.status_code == 200


def test_looking_at_the_page_ends_nothing(client: Client) -> None:
    wanted = follow()
    assert client.get(f"/follow/mail/{wanted.follower.token}/stop/?pace=instant").status_code == 200
    assert Subscription.objects.exists()


def test_one_pace_ends_and_the_other_goes_on(client: Client) -> None:
    make_published()
    wanted = follow()
    follow(pace=Pace.WEEKLY, key=channels.find("party", ("openai",)).key)
    client.post(f"/follow/mail/{wanted.follower.token}/stop/?pace=instant", {"page": "1"})
    assert [row.pace for row in Subscription.objects.all()] == [Pace.WEEKLY]


def test_a_busy_day_is_one_mail(client: Client) -> None:
    make_published()
    for key in (
        "all:",
        channels.find("party", ("openai",)).key,
        channels.find("dispute", ("openai-and-deepseek",)).key,
    ):
        follow(pace=Pace.DAILY, key=key)
    claims = [make_published() for _ in range(6)]
    assert work() == []
    pass_time(timedelta(days=1, minutes=1))
    (digest,) = work()
    assert "(6 changes)" in digest.subject
    for claim in claims:
        assert digest.body.count(f"/claims/{claim.pk}/") == 1
    assert work() == []


def test_instant_news_is_an_hour_apart_at_least(client: Client) -> None:
    follow()
    make_published()
    assert len(work()) == 1
    make_published()
    make_published()
    assert work() == []
    pass_time(timedelta(hours=1, minutes=1))
    (digest,) = work()
    assert "(2 changes)" in digest.subject


def test_nothing_new_is_no_mail(client: Client) -> None:
    make_published()
    follow(pace=Pace.DAILY)
    pass_time(timedelta(days=2))
    assert work() == []


def test_what_was_retracted_before_the_mail_went_is_not_in_it() -> None:
    follow()
    claim = make_published(statement="OpenAI says: “words to be taken back”.")
    mail.queue_digests(SENDER.host)
    curation.retract(claim, make_editor(), "It was another company.")
    list(outbox.send_due(SENDER))
    digest: Any = django_mail.outbox[0]
    assert len(django_mail.outbox) == 1
    assert "words to be taken back" not in digest.message().as_string()
    assert f"Retracted: claim {claim.pk}" in digest.alternatives[0].content


def test_who_was_told_of_a_claim_is_told_of_its_retraction() -> None:
    follow()
    claim = make_published()
    work()
    curation.retract(claim, make_editor(), "It was another company.")
    pass_time(timedelta(hours=2))
    (digest,) = work()
    assert "It was another company." in digest.body
    assert claim.statement not in digest.body


def test_who_was_told_of_a_claim_is_told_that_it_was_merged_or_taken_back_and_nobody_else() -> None:
    follow()
    editor, kept, merged = make_editor(), make_published(), make_published()
    draft = make_draft(statement="OpenAI says: “a slip of the editor's”.")
    curation.accept(draft, editor)
    work()
    unheard = make_draft()
    curation.accept(unheard, editor)
    for claim in (draft, unheard):
        undoing.take_back(claim, editor)
    curation.merge(merged, kept, editor)
    pass_time(timedelta(hours=2))
    (digest,) = work()
    assert f"Joined with another: claim {merged.pk}" in digest.alternatives[0].content
    assert f"Taken back: claim {draft.pk}" in digest.alternatives[0].content
    assert f"claim {unheard.pk}" not in digest.alternatives[0].content


def test_a_mail_is_sent_again_with_the_same_identifier_and_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    follow()
    make_published()
    mail.queue_digests(SENDER.host)
    sent: list[str] = []

    def fail(self: EmailMultiAlternatives, **_: object) -> int:
        sent.append(str(self.extra_headers["Message-ID"]))
        raise SMTPServerDisconnected("gone")

    with monkeypatch.context() as patch:
        patch.setattr(EmailMultiAlternatives, "send", fail)
        (outcome,) = outbox.send_due(SENDER)
    assert not outcome.ok
    assert list(outbox.send_due(SENDER)) == []
    Mail.objects.filter(sent_at=None).exclude(due_at=None).update(due_at=timezone.now())
    assert len(list(outbox.send_due(SENDER))) == 1
    assert [m.extra_headers["Message-ID"] for m in django_mail.outbox] == sent
    assert work() == []


def test_two_workers_queue_one_mail() -> None:
    follow()
    make_published()
    assert mail.queue_digests(SENDER.host) == 1
    assert mail.queue_digests(SENDER.host) == 0
    assert Mail.objects.filter(subscription=None).count() == 1


def test_an_address_that_is_refused_for_good_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    follow()

    def refuse(self: EmailMultiAlternatives, **_: object) -> int:
        raise SMTPRecipientsRefused({self.to[0]: (550, b"no such user")})

    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse)
    for _ in range(outbox.REFUSALS):
        assert Follower.objects.count() == 1
        pass_time(timedelta(hours=2))
        make_published()
        work()
    assert Follower.objects.count() == 0


def test_a_server_that_puts_off_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    follow()
    make_published()

    def put_off(self: EmailMultiAlternatives, **_: object) -> int:
        raise SMTPRecipientsRefused({self.to[0]: (450, b"greylisted")})

    with monkeypatch.context() as patch:
        patch.setattr(EmailMultiAlternatives, "send", put_off)
        work()
    row = Mail.objects.get(subscription=None)
    assert (row.sent_at, row.last_error) == (None, "the mail server answered 450")
    assert row.due_at is not None
    assert Follower.objects.get().refusals == 0


def test_an_unanswered_question_is_forgotten_with_its_address() -> None:
    mail.subscribe("reader@example.org", channels.at("all:"), Pace.DAILY, SENDER.host)
    mail.forget_unanswered()
    assert Follower.objects.exists()
    pass_time(timedelta(days=4))
    mail.forget_unanswered()
    assert not Follower.objects.exists()
    assert not Mail.objects.exists()


def test_nobody_can_flood_a_mailbox_or_learn_who_follows(client: Client) -> None:
    follow()
    for _ in range(20):
        answer = client.post("/follow/", {"email": "reader@example.org", "channel": "all:"})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/follow/asked/")
        client.post("/follow/", {"email": "other@example.org", "channel": "all:"})
    assert Mail.objects.filter(follower__email="reader@example.org").count() == 1
    assert Mail.objects.filter(follower__email="other@example.org").count() == mail.QUESTIONS_A_DAY


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b", "x@example.org\nBcc: y@example.org", "a" * 250 + "@example.org"]
)
def test_what_is_no_address_is_refused_with_a_word(client: Client, address: str) -> None:
    answer = client.post("/follow/", {"email": address, "channel": "all:"})
    assert answer.status_code == 422
    assert "mail" in answer.content.decode()
    assert not Mail.objects.exists()


def test_hostile_words_break_no_header() -> None:
    dispute = make_dispute("A dispute")
    type(dispute).objects.filter(pk=dispute.pk).update(title="Evil\r\nBcc: victim@example.org\x0b")
    make_published(dispute=dispute)
    follow(key=f"dispute:{dispute.pk}")
    make_published(dispute=dispute, statement="OpenAI says\r\n<script>alert(1)</script>.")
    (digest,) = work()
    message = digest.message()
    assert message["Bcc"] is None
    assert "<script>" not in digest.alternatives[0].content


def test_a_program_that_fills_in_everything_gets_no_mail(client: Client) -> None:
    client.post("/follow/", {"email": "a@example.org", "channel": "all:", "website": "https://spam.example"})
    assert not Follower.objects.exists()


def test_the_private_page_lists_and_ends_what_is_followed(client: Client) -> None:
    make_published()
    first = follow()
    second = follow(key=channels.find("party", ("openai",)).key)
    page = f"/follow/mail/{first.follower.token}/"
    assert "OpenAI" in client.get(page).content.decode()
    assert client.post(page, {"subscription": str(second.pk)}).headers["Location"] == page
    assert list(Subscription.objects.all()) == [first]
    assert client.post(page).headers["Location"] == "/follow/stopped/"
    assert not Follower.objects.exists()
    assert client.get("/follow/mail/guessed/").status_code == 404


def test_the_task_does_all_of_it_and_nothing_where_mail_is_off(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow()
    make_published()
    curation.retract(make_published(), make_editor(), "wrong")
    assert Notice.objects.due(Task.TELL).count() == 1
    settings.FOLLOW_BY_MAIL = False
    assert tell_followers() == 0
    assert not Notice.objects.due(Task.TELL).exists()
    settings.FOLLOW_BY_MAIL = True
    monkeypatch.setattr(tell_followers, "delay", lambda: None)
    assert tell_followers() == 1
    assert len(django_mail.outbox) == 1


def test_a_renamed_party_is_still_followed() -> None:
    make_published()
    follow(key=channels.find("party", ("openai",)).key)
    party = make_party()
    party.name, party.slug = "OpenAI Group", "openai-group"
    curation.save(party, make_editor())
    make_published()
    (digest,) = work()
    assert "OpenAI Group" in digest.subject


def test_words_of_sent_mails_are_kept_on_a_demonstration_alone() -> None:
    follow()
    make_published()
    work()
    assert Mail.objects.filter(sent_at__isnull=False).get().text == ""
    pass_time(timedelta(hours=2))
    make_published()
    mail.queue_digests(SENDER.host)
    list(outbox.send_due(outbox.Sender(SENDER.address, SENDER.name, SENDER.site, keeps=True)))
    assert "OpenAI says" in Mail.objects.first().text  # type: ignore[union-attr]


def test_mails_are_in_the_language_of_the_page_on_which_they_were_asked_for(client: Client) -> None:
    client.post("/de/follow/", {"email": "leser@example.org", "channel": "all:", "pace": "instant"})
    (question,) = work()
    assert "Bitte bestätigen" in question.subject
    confirm = f"/de/follow/confirm/{Subscription.objects.get().token}/"
    assert SENDER.site + confirm in question.body
    client.post(confirm)
    claim = make_published()
    (digest,) = work()
    assert "Neuer Vorwurf" in digest.body
    assert f"{SENDER.site}/de{claim.get_absolute_url()}" in digest.body
    leave = digest.extra_headers["List-Unsubscribe"].strip("<>").removeprefix(SENDER.site)
    assert client.post(leave, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Follower.objects.exists()


def test_the_register_of_corrections_is_followed_by_mail(client: Client) -> None:
    client.post("/follow/", {"email": "reader@example.org", "channel": "corrections:", "pace": "instant"})
    work()
    mail.confirm(Subscription.objects.get().token)
    claim, editor = make_published(), make_editor()
    assert work() == []
    curation.correct(claim, editor, wrong="It said Tuesday.", right="It was Wednesday.")
    curation.correct(make_dispute(), editor, wrong="It began in May.", right="It began in June.")
    (digest,) = work()
    assert "It was Wednesday." in digest.body
    assert "It began in June." in digest.body
    assert claim.statement not in digest.body
    assert "It said Tuesday." in digest.alternatives[0].content
    pass_time(timedelta(hours=2))
    assert work() == []
