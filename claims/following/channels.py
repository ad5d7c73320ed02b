"""What can be followed: a channel is a rule that picks claims, with a name, a page and a feed.

    all · corrections · dispute · party · pair · system · topic · outlet · kind · search

A channel has a key that outlasts renaming ("dispute:12"), which subscriptions keep, and an address made of slugs,
which people read. `find` goes from slugs to the channel, `at` from the key.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from claims import timelines
from claims.models import Claim, Decision, Dispute, Kind, Party, State, System, Topic
from claims.templatetags.tracker import kind_plural
from claims.timelines import Filters
from tracker.news.models import Outlet

SORTS = ("all", "corrections", "dispute", "party", "pair", "system", "topic", "outlet", "kind", "search")
# That a claim is public no more is told in feeds for this long; the notice at the claim's own address stays.
TOLD_FOR = timedelta(days=90)


class NoSuchChannel(LookupError):  # noqa: N818 — named for what it is about
    """There is nothing public to follow there."""


@dataclass(frozen=True, slots=True)
class Channel:
    """What is followed. *page* and *feed* are paths with their query; *feed* lacks the form's extension.

    *slugs* are those of the address, by which it can be seen whether a reader came by an old one.
    """

    sort: str
    value: str
    name: str
    description: str
    page: str
    slugs: tuple[str, ...]
    narrow: Callable[[QuerySet[Claim]], QuerySet[Claim]] = field(compare=False)
    words: str = ""
    query: str = ""
    demonstration: bool = False

    @property
    def of_claims(self) -> bool:
        """Whether its items are claims; the register of corrections has items of its own."""
        return self.sort != "corrections"

    @property
    def key(self) -> str:
        """What subscriptions keep: it stays when a dispute or a party is renamed."""
        return f"{self.sort}:{self.value}"

    @property
    def title(self) -> str:
        """The feed's title: what is followed, and where."""
        if self.sort == "all":
            return str(settings.SITE_NAME)
        mark = f"[{_('Demonstration')}] " if self.demonstration else ""
        return f"{mark}{self.name} – {settings.SITE_NAME}"

    def feed(self, form: str, part: int | None = None) -> str:
        """Return the path of the feed in *form*, or of one of its archives, with the query of a search."""
        if part is None:
            path = reverse(f"{self.sort}-feed", args=[*self.slugs, form])
        else:
            path = reverse(f"{self.sort}-archive", args=[*self.slugs, part, form])
        return f"{path}?{self.query}" if self.query else path

    def claims(self) -> QuerySet[Claim]:
        """Return the published claims."""
        if self.words:
            return timelines.matching(_search_filters(self.query))
        return self.narrow(timelines.published()).order_by()

    def gone(self) -> QuerySet[Claim]:
        """Return the claims that were published here and are no more since lately: retracted, merged or taken back.

        Of a search for words all that pass its other filters: which words such a claim held is not told.
        """
        gone = Claim.objects.exclude(state=State.PUBLISHED).filter(changed_at__gte=timezone.now() - TOLD_FOR)
        here = self.narrow(gone).order_by().values("pk")
        return gone.filter(Q(pk__in=here) | Q(pk__in=self._taken_back(gone))).order_by()

    def _taken_back(self, gone: QuerySet[Claim]) -> list[int]:
        """Return the claims whose publication here was taken back: as drafts they are what they were before it."""
        number = gone.filter(published_at=None).exclude(state=State.MERGED).order_by().values("pk")
        public = Decision.objects.filter(subject="claim", subject_id__in=number, before__state=State.PUBLISHED)
        return [decision.subject_id for decision in public if self._held(decision.before)]

    def _held(self, was: dict[str, Any]) -> bool:
        """Whether a claim that *was* like that, as a decision keeps it, was of this channel."""
        by, on = {was["claimant_id"], *was.get("co_claimants", ())}, set(was["targets"])
        keys = [int(key) for key in self.value.split(",")] if self.sort in _MODELS else []
        match self.sort:
            case "dispute" | "topic" | "system":
                return keys[0] in was.get(f"{self.sort}s", ())
            case "party":
                return keys[0] in by | on
            case "pair":
                one, other = keys
                return (one in by and other in on) or (other in by and one in on)
            case "kind":
                return bool(was["kind"] == self.value)
        return False

    def ever(self) -> QuerySet[Claim]:
        """Return all claims that were ever published here, also those that were merged or retracted since."""
        past = Claim.objects.filter(
            published_at__isnull=False, state__in=(State.PUBLISHED, State.MERGED, State.RETRACTED)
        )
        return self.narrow(past).order_by()


def find(sort: str, slugs: tuple[str, ...] = (), query: str = "") -> Channel:
    """Return the channel of that *sort* at *slugs* (of a search at *query*); raises `NoSuchChannel`."""
    try:
        return _MAKERS[sort](slugs, query)
    except (ObjectDoesNotExist, KeyError, ValueError):
        raise NoSuchChannel(f"nothing to follow at {sort} {' '.join(slugs)}".strip()) from None


def at(key: str) -> Channel:
    """Return the channel with that key; raises `NoSuchChannel` where it is not public any more."""
    sort, _colon, value = key.partition(":")
    model = _MODELS.get(sort)
    if model is None:
        return find(sort, (value,) if sort == "kind" else (), value if sort == "search" else "")
    keys = value.split(",")
    if not all(part.isascii() and part.isdigit() for part in keys):
        raise NoSuchChannel(f"{key[:60]!r} is no key of a channel")
    known = {str(row.pk): row.slug for row in model.objects.filter(pk__in=keys)}
    return find(sort, tuple(known.get(part, "") for part in keys))


_MODELS: dict[str, type[Dispute | Party | System | Topic | Outlet]] = {
    "dispute": Dispute,
    "party": Party,
    "pair": Party,
    "system": System,
    "topic": Topic,
    "outlet": Outlet,
}


def _by(filters: Filters) -> Callable[[QuerySet[Claim]], QuerySet[Claim]]:
    return lambda claims: timelines.narrowed(claims, filters)


def _all(slugs: tuple[str, ...], query: str) -> Channel:
    words = _("Every new claim, answer, finding and status in disputes over AI, with its source.")
    return Channel("all", "", _("All changes"), words, reverse("home"), (), lambda claims: claims)


def _corrections(slugs: tuple[str, ...], query: str) -> Channel:
    words = _("Every correction of what this site said: what was wrong, what is right, and since when.")
    page = reverse("corrections")
    return Channel("corrections", "", _("Corrections"), words, page, (), lambda claims: claims.none())


def _dispute(slugs: tuple[str, ...], query: str) -> Channel:
    found = timelines.find_dispute(*slugs)
    words = _("What changed in the dispute “%(title)s”.") % {"title": found.title}
    page, narrow = found.get_absolute_url(), _by(Filters(dispute=found.slug))
    return Channel(
        "dispute", str(found.pk), found.title, words, page, (found.slug,), narrow, demonstration=found.demonstration
    )


def _party(slugs: tuple[str, ...], query: str) -> Channel:
    found = timelines.find_party(*slugs)
    words = _("Claims by and against %(party)s, and the answers to them.") % {"party": found.name}
    narrow = _by(Filters(party=found.slug))
    return Channel("party", str(found.pk), found.name, words, found.get_absolute_url(), (found.slug,), narrow)


def _pair(slugs: tuple[str, ...], query: str) -> Channel:
    one, other = sorted((timelines.find_party(slug) for slug in slugs), key=lambda party: party.slug)
    about = timelines.of_pair(one, other)
    if one.pk == other.pk or not timelines.published().filter(about).exists():
        raise NoSuchChannel("no public claims between them")
    names = {"one": one.name, "other": other.name}
    return Channel(
        "pair",
        f"{one.pk},{other.pk}",
        _("%(one)s and %(other)s") % names,
        _("What %(one)s and %(other)s say of each other.") % names,
        reverse("pair", args=[one.slug, other.slug]),
        (one.slug, other.slug),
        lambda claims: claims.filter(about),
    )


def _system(slugs: tuple[str, ...], query: str) -> Channel:
    found = timelines.find_system(*slugs)
    words = _("What is claimed about the system %(name)s.") % {"name": found.name}
    narrow = _by(Filters(system=found.slug))
    return Channel("system", str(found.pk), found.name, words, found.get_absolute_url(), (found.slug,), narrow)


def _topic(slugs: tuple[str, ...], query: str) -> Channel:
    found = timelines.find_topic(*slugs)
    words = _("What changed on the topic “%(name)s”.") % {"name": found.name}
    narrow = _by(Filters(topic=found.slug))
    page = reverse("topic", args=[found.slug])
    return Channel("topic", str(found.pk), found.name, words, page, (found.slug,), narrow)


def _outlet(slugs: tuple[str, ...], query: str) -> Channel:
    found = timelines.find_outlet(*slugs)
    words = _("Claims that articles of %(name)s carry.") % {"name": found.name}
    narrow, page = _by(Filters(outlet=found.slug)), reverse("outlet", args=[found.slug])
    return Channel(
        "outlet", str(found.pk), found.name, words, page, (found.slug,), narrow, demonstration=found.demonstration
    )


def _kind(slugs: tuple[str, ...], query: str) -> Channel:
    kind = Kind(*slugs)
    name = kind_plural(kind)
    words = _("New and changed claims of one kind: %(kind)s.") % {"kind": name.lower()}
    page = f"{reverse('search')}?kind={kind}"
    return Channel("kind", str(kind), name, words, page, (str(kind),), lambda claims: claims.filter(kind=kind))


def _search_filters(query: str) -> Filters:
    return Filters.read(dict(parse_qsl(query)))


def _search(slugs: tuple[str, ...], query: str) -> Channel:
    filters = _search_filters(query)
    if not filters:
        raise NoSuchChannel("a search needs words or a filter")
    what = " · ".join(part for part in (filters.words, *filters.set.values()) if part)
    name = _("Search: %(what)s") % {"what": what}
    words = _("What is new among the results of the search “%(what)s”.") % {"what": what}
    page = f"{reverse('search')}?{filters.query}"
    return Channel(
        "search", filters.query, name, words, page, (), _by(filters), words=filters.words, query=filters.query
    )


_MAKERS: dict[str, Callable[[tuple[str, ...], str], Channel]] = {
    "all": _all,
    "corrections": _corrections,
    "dispute": _dispute,
    "party": _party,
    "pair": _pair,
    "system": _system,
    "topic": _topic,
    "outlet": _outlet,
    "kind": _kind,
    "search": _search,
}
