"""Dates that are known to a day, a month, a year, or roughly."""

from datetime import date

from django.db import models
from django.utils.dateformat import format as format_date
from django.utils.translation import pgettext_lazy


class Precision(models.TextChoices):
    """How much of a date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    CIRCA = "circa", "circa (about that day)"


FORMATS = {
    Precision.DAY: pgettext_lazy("date format of Django", "j F Y"),
    Precision.MONTH: pgettext_lazy("date format of Django", "F Y"),
    Precision.YEAR: pgettext_lazy("date format of Django", "Y"),
    Precision.CIRCA: pgettext_lazy("date format of Django", r"\c\i\r\c\a j F Y"),
}
# ISO 8601 at the precision that is known, as <time datetime> takes it.
MACHINE_FORMATS = {Precision.DAY: "Y-m-d", Precision.MONTH: "Y-m", Precision.YEAR: "Y", Precision.CIRCA: "Y-m-d"}


def describe(on: date | None, precision: str) -> str:
    """Return a date in words at its precision: "29 January 2025", "January 2025"; "" for none."""
    return format_date(on, str(FORMATS[Precision(precision)])) if on else ""


class DatedModel(models.Model):
    """Something that happened on a date known with some precision."""

    on = models.DateField("date", null=True, blank=True)
    precision = models.CharField(max_length=10, choices=Precision, default=Precision.DAY)

    class Meta:
        abstract = True

    @property
    def when(self) -> str:
        """The date in words at its precision."""
        return describe(self.on, self.precision)

    @property
    def when_iso(self) -> str:
        """The date in ISO 8601 at its precision, for machines."""
        return format_date(self.on, MACHINE_FORMATS[Precision(self.precision)]) if self.on else ""
