"""Who may open what: every address by every role; and no form of ours is taken without its token.

The addresses come from the URL conf. Those of the desk and the admin are held to `data/permissions.txt`, which a person
has looked through: a new address without a line there fails, and so does a line whose address is gone. A line gives
the statuses of GET for: anonymous contributor editor reviewer administrator. Public pages know no roles.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.http import Http404
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from claims import curation
from claims.models import Claim, Dispute, Party, Reply, ReplyRequest
from claims.roles import ensure_roles
from tests.factories import make_editor, make_party, make_published
from tracker.news.models import Article, Snapshot

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).parent / "data" / "permissions.txt"
ROLES = ("anonymous", "contributor", "editor", "reviewer", "administrator")
# What others send us without a form of ours, each let in by another proof.
WITHOUT_TOKEN = {
    "websub/<str:token>/": "a hub's post, signed (WebSub 8)",
    "follow/mail/<str:token>/stop/": "one click in a mailbox (RFC 8058), by the token in the address",
    "follow/": "no cookie gives a right there: what is asked for is confirmed from the mailbox",
    "follow/webhook/": "nor there: the address that is to be called has to confirm",
}


def patterns(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """Yield the path of every address of the site."""
    for found in (resolver or get_resolver()).url_patterns:
        path = before + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from patterns(found, path)
        elif isinstance(found, URLPattern) and "(?P" not in path:
            yield path


PATHS = sorted(set(patterns()))
STAFF = [path for path in PATHS if path.startswith("admin/")]
PUBLIC = [path for path in PATHS if not path.startswith("admin/")]


@pytest.fixture
def _something() -> None:
    """Something of each kind that addresses lead to."""
    claim = make_published()
    asked = curation.ask(make_party("DeepSeek"), [claim], make_editor(), contact="press@example.org")
    curation.receive(asked, "We never did.", "A. Speaker")


def address(path: str) -> str:
    """Return *path* with the keys of things that are there; of a model without rows, with a key that leads nowhere."""
    things = {
        "news/snapshot": Snapshot,
        "desk/articles": Article,
        "desk/dispute": Dispute,
        "desk/replies": Reply,
        "desk/requests": ReplyRequest,
        "desk/party": Party,
        "desk/<str:noun>": Party,
        "desk": Claim,
        "sources": Article,
        "d/": Dispute,
        "p/": Party,
    }
    found = re.match(r"admin/(\w+)/(\w+)/<path:object_id>", path)
    if found:
        model = apps.get_model(found[1], found[2])
    else:
        model = next((m for start, m in things.items() if path.removeprefix("admin/").startswith(start)), Claim)
    row = model._default_manager.order_by("pk").first()
    values = {"pk": row.pk if row else 1, "object_id": row.pk if row else 1, "noun": "party", "form": "rss", "part": 1}
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda name: str(values.get(str(name[1]), "x")), path)


def visitor(role: str) -> Client:
    """Return a client that somebody of *role* has logged in with."""
    client = Client(raise_request_exception=True)
    if role != "anonymous":
        ensure_roles()
        user = User.objects.create_user(f"some-{role}", is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
    return client


@pytest.mark.usefixtures("_something")
def test_every_address_of_the_staff_is_open_to_the_roles_in_the_table_and_to_no_others() -> None:
    clients = [visitor(role) for role in ROLES]
    places = {path: address(path) for path in STAFF}
    found = {path: [client.get(place).status_code for client in clients] for path, place in places.items()}
    lines = [f"{path} {' '.join(map(str, statuses))}" for path, statuses in found.items()]
    table = TABLE.read_text().splitlines()
    wrong = sorted(set(lines) ^ set(table))
    assert not wrong, "look at each, and put what is meant into tests/data/permissions.txt:\n" + "\n".join(wrong)


def test_the_table_lets_nobody_in_without_a_login_and_nobody_do_less_with_more_rights() -> None:
    for line in TABLE.read_text().splitlines():
        path, anonymous, *roles = line.split()
        assert anonymous == "302" or path in ("admin/login/", "admin/logout/", "admin/second-factor/codes/"), line
        may = [status not in ("403", "404") for status in roles]
        assert may == sorted(may), line


@pytest.mark.usefixtures("_something")
def test_public_pages_know_no_roles() -> None:
    nobody, boss = visitor("anonymous"), visitor("administrator")
    for path in PUBLIC:
        place = address(path)
        assert nobody.get(place).status_code == boss.get(place).status_code, path


@pytest.mark.usefixtures("_something")
def test_no_address_takes_a_post_without_its_token_but_those_with_another_proof() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_editor())
    taken = set()
    for path in PATHS:
        try:
            status = client.post(address(path), {"action": "save"}).status_code
        except Http404:
            status = 404
        if status not in (403, 405):
            taken.add(path)
    assert taken == set(WITHOUT_TOKEN)
