"""What the tests of the review desk share: who works there, and what a browser sends."""

import html
import re
from typing import Any

from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from claims.models import Claim
from claims.roles import ensure_roles

STORY = (
    "🧪 OpenAI accused DeepSeek of distilling its models.\r\n"
    'DeepSeek denied it <b>at once</b> & "firmly" 🇨🇳. Later, it explained.'
)
ACCUSED = "OpenAI accused DeepSeek of distilling its models"
DENIED = 'DeepSeek denied it <b>at once</b> & "firmly"'


def log_in_editor(client: Client) -> User:
    """An editor of the group of that name, logged in."""
    ensure_roles()
    user = User.objects.create_user("anna", "anna@example.org", "x", is_staff=True)
    user.groups.add(Group.objects.get(name="editor"))
    client.force_login(user)
    return user


def desk(claim: Claim) -> str:
    return reverse("admin:desk_claim", args=[claim.pk])


def filled(claim: Claim, action: str, **changed: Any) -> dict[str, Any]:
    """What the browser sends for a claim's form, with some of it changed."""
    claim.refresh_from_db()
    mention = claim.mentions.first()
    data: dict[str, Any] = {
        "action": action,
        "seen": str(claim.decision_id or ""),
        "state": claim.state,
        "mention": str(mention.pk) if mention else "",
        "kind": claim.kind,
        "claimant": str(claim.claimant_id or ""),
        "statement": claim.statement,
        "on": claim.on.isoformat() if claim.on else "",
        "precision": claim.precision,
        "until": claim.until.isoformat() if claim.until else "",
        **{
            name: [str(pk) for pk in getattr(claim, name).values_list("pk", flat=True)]
            for name in ("targets", "topics", "systems", "disputes", "answers")
        },
    }
    return data | changed


def shown_text(page: str) -> str:
    """The article's text as a browser's text nodes hold it."""
    found = re.search(r'<div class="article-text"[^>]*>(.*?)</div>\s*<footer', page, re.DOTALL)
    assert found
    return html.unescape(re.sub(r"<[^>]*>", "", found[1]))
