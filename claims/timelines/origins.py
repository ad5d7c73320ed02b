"""Where a report has its words from: what several reports of one claim are counted as independent by.

Ten pages may repeat one source. A mention's origin is the last of its attribution chain ("…, the FT reports that …":
the FT); else the news agency under whose name the article stands; else the outlet of the story, which for a copy is
that of its original. Two stories of one newsroom are one source.
"""

from typing import Any

from django.db.models import CharField, F, Func, JSONField, Value
from django.db.models.functions import Coalesce, Lower

# Agencies whose stories stand on other outlets' pages under the agency's name, and what each is written as besides.
AGENCIES = {
    "associated press": ("ap",),
    "reuters": ("thomson reuters", "reuters staff"),
    "agence france-presse": ("afp", "agence france presse"),
    "bloomberg": ("bloomberg news",),
    "pa media": ("pa", "press association", "pa news agency"),
    "dpa": ("deutsche presse-agentur",),
    "united press international": ("upi",),
    "ansa": (),
    "efe": ("agencia efe",),
    "kyodo news": ("kyodo",),
    "xinhua": ("xinhua news agency",),
    "press trust of india": ("pti",),
    "yonhap": ("yonhap news agency",),
    "canadian press": (),
    "australian associated press": ("aap",),
}


_WRITTEN = {written: name for name, others in AGENCIES.items() for written in (name, *others)}


def origin(mention: str = "") -> Any:
    """Return an expression for the origin of mentions, a name in lower case without "the", for use in a query.

    *mention* is the path from the query's model to the mention, with its double underscores.
    """
    page = f"{mention}article__"
    cited = _plain(_element(f"{mention}via", "cardinality(%(expressions)s)"))
    byline = _plain(_element(f"{page}authors", "1"))
    outlet = _plain(Coalesce(F(f"{page}original__outlet__name"), F(f"{page}outlet__name")))
    return Coalesce(_agency(cited), cited, _agency(byline), _agency(outlet), outlet)


def _element(field: str, index: str) -> Func:
    """Return an element of an array; NULL where there is none."""
    return Func(F(field), template=f"(%(expressions)s)[{index}]", output_field=CharField())


def _plain(name: Any) -> Func:
    """Return *name* in lower case without a leading "the"."""
    return Func(Lower(name), Value("^the "), Value(""), function="regexp_replace", output_field=CharField())


def _agency(name: Any) -> Func:
    """Return the agency that goes by *name*; NULL where it is none's."""
    written = Value(_WRITTEN, output_field=JSONField())
    return Func(written, name, template="(%(expressions)s)", arg_joiner=" ->> ", output_field=CharField())
