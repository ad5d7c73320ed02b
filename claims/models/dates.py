"""Dates that are known to a day, a month, a year, or roughly."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext, pgettext_lazy


class Precision(models.TextChoices):
    """How much of a date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    CIRCA = "circa", "circa (about that day)"
    RANGE = "range", "from that day to another"


FORMATS = {
    Precision.DAY: pgettext_lazy("date format of Django", "j F Y"),
    Precision.MONTH: pgettext_lazy("date format of Django", "F Y"),
    Precision.YEAR: pgettext_lazy("date format of Django", "Y"),
    Precision.CIRCA: pgettext_lazy("date format of Django", r"\c\i\r\c\a j F Y"),
    Precision.RANGE: pgettext_lazy("date format of Django", "j F Y"),
}
# ISO 8601 at the precision that is known, as <time datetime> takes it.
MACHINE_FORMATS = {
    Precision.DAY: "Y-m-d",
    Precision.MONTH: "Y-m",
    Precision.YEAR: "Y",
    Precision.CIRCA: "Y-m-d",
    Precision.RANGE: "Y-m-d",
}


def describe(on: date | None, precision: str, until: date | None = None) -> str:
    """Return a date in words at its precision: "29 January 2025", "January 2025", "3 to 9 May 2025"; "" for none."""
    if on is None:
        return ""
    if precision == Precision.RANGE and until is not None:
        # What both ends share is said once.
        first = "j" if (on.year, on.month) == (until.year, until.month) else "j F" if on.year == until.year else "j F Y"
        both = {"first": format_date(on, first), "last": describe(until, Precision.DAY)}
        return gettext("%(first)s to %(last)s") % both
    return format_date(on, str(FORMATS[Precision(precision)]))


class DatedModel(models.Model):
    """Something that happened on a date known with some precision, or from one day to another."""

    on = models.DateField("date", null=True, blank=True)
    precision = models.CharField(max_length=10, choices=Precision, default=Precision.DAY)
    until = models.DateField("last day", null=True, blank=True, help_text="Of a range only.")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(precision="range", on__isnull=False, until__gt=F("on"))
                | (~Q(precision="range") & Q(until=None)),
                name="%(class)s_range_has_two_ends",
                violation_error_message="A range has a first day and a later last day; any other date has one day.",
            )
        ]

    @property
    def when(self) -> str:
        """The date in words at its precision."""
        return describe(self.on, self.precision, self.until)

    @property
    def when_iso(self) -> str:
        """The date in ISO 8601 at its precision, for machines; of a range its first day."""
        return format_date(self.on, MACHINE_FORMATS[Precision(self.precision)]) if self.on else ""
