"""How much a client of the API asked in a minute."""

from django.db import models


class ApiUse(models.Model):
    """Requests of one client in one minute; `client` is a keyed hash of its address (`claims.api.limits`)."""

    client = models.CharField(max_length=32)
    minute = models.DateTimeField(db_index=True)
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "minute"], name="api_use_once_a_minute")]

    def __str__(self) -> str:
        return f"{self.client} {self.minute}: {self.number}"
