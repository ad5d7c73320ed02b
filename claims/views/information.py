"""What the site says about itself: how it works, what can be followed."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from claims import timelines
from claims.models import Kind
from claims.views.paging import page_of

KIND_MEANINGS = (
    (
        Kind.ALLEGATION,
        _("The claimant says that someone did wrong, caused harm, or broke a law, a licence or a promise."),
    ),
    (Kind.DENIAL, _("The claimant rejects an allegation.")),
    (
        Kind.RESPONSE,
        _("The claimant answers an allegation without denying it: explains, defends, apologises, concedes."),
    ),
    (Kind.ACTION, _("The claimant does something in the dispute: sues, fines, bans, investigates, releases, settles.")),
    (
        Kind.FINDING,
        _("The claimant concludes with authority or from evidence: a court, a regulator, a study, an inquiry."),
    ),
    (Kind.CONCERN, _("The claimant criticises, warns or asks for rules, and accuses nobody of a named wrong.")),
)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """How it works: method, rules, contact."""
    context = {
        "contact_url": settings.CONTACT_URL,
        "evaluations": timelines.evaluations(),
        "licence": settings.DATA_LICENCE,
        "version": settings.VERSION,
        "kinds": KIND_MEANINGS,
    }
    return render(request, "about.html", context)


@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """The register of corrections, the newest first."""
    page = page_of(request, timelines.corrections(), 50)
    page.object_list = timelines.mask_corrections(page.object_list)
    demonstration = any(row.dispute is not None and row.dispute.demonstration for row in page.object_list)
    return render(request, "corrections.html", {"page": page, "demonstration": demonstration})


FEED_FORMS = (("rss", "RSS"), ("atom", "Atom"), ("json", "JSON Feed"))


@require_safe
def feeds(request: HttpRequest) -> HttpResponse:
    """All feeds that can be followed."""
    disputes = timelines.public_disputes()[:200]
    parties = timelines.public_parties()[:300]
    demonstration = timelines.holds_demonstration()
    kinds = [
        (kind, [(reverse("kind-feed", args=[kind, form]), name) for form, name in FEED_FORMS]) for kind in Kind.values
    ]
    context = {"disputes": disputes, "parties": parties, "kinds": kinds, "demonstration": demonstration}
    return render(request, "feeds.html", context)
