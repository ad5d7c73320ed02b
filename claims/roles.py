"""Who may do what: the groups of the editorial staff and their permissions.

A contributor looks and writes drafts by hand, an editor decides, a reviewer also approves what others worded, an
administrator also keeps outlets, feeds and accounts. Which decision is allowed is `claims.curation`'s
matter; permissions only say who may try.
"""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

LOOK = (
    *("view_claim", "view_mention", "view_status", "view_party", "view_alias", "view_system", "view_topic"),
    *("view_dispute", "view_event", "view_extraction", "view_outlet", "view_feed", "view_article", "view_entry"),
    *("view_alert", "view_evaluation", "view_change", "view_poll", "view_feedanswer"),
    *("view_correction", "view_reply", "view_replyrequest", "view_suggestion", "view_notice"),
)
EVIDENCE = ("view_snapshot", "view_archivecopy", "view_reading", "view_decision", "view_auditevent", "view_historyhead")
WRITE = ("add_claim",)
DECIDE = (
    "change_claim",
    *(
        f"{verb}_{noun}"
        for noun in ("party", "alias", "system", "topic", "dispute", "event")
        for verb in ("add", "change")
    ),
    *("delete_alias", "delete_event", "add_archivecopy", "change_archivecopy", "delete_archivecopy"),
    *("add_correction", "add_replyrequest", "change_reply", "change_suggestion"),
)
APPROVE = ("approve_claim", "disclose_party")
KEEP = (
    "redact",
    *(f"{verb}_{noun}" for noun in ("outlet", "feed", "user") for verb in ("add", "change", "view")),
    "view_group",
)
ROLES = {
    "contributor": (*LOOK, "view_reading", *WRITE),
    "editor": (*LOOK, *EVIDENCE, *WRITE, *DECIDE),
    "reviewer": (*LOOK, *EVIDENCE, *WRITE, *DECIDE, *APPROVE),
    "administrator": (*LOOK, *EVIDENCE, *WRITE, *DECIDE, *APPROVE, *KEEP),
}
APPS = ("claims", "news", "auth")


def ensure_roles() -> None:
    """Make the groups that are missing, and give each the permissions that it lacks; nothing is taken away.

    Run after each migration: a permission of a new table reaches the groups by itself.
    """
    wanted = {name for names in ROLES.values() for name in names}
    known = {p.codename: p for p in Permission.objects.filter(Q(content_type__app_label__in=APPS), codename__in=wanted)}
    for role, names in ROLES.items():
        group, _ = Group.objects.get_or_create(name=role)
        group.permissions.add(*(known[name] for name in names if name in known))
